"""What is counted stands in an index"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LIVE = ["network_id", "opened_at", "answered_at", "closed_at", "helper_id", "without_coordinators"]
CONTACTED = sa.text("state = 'active' AND last_contact_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_help_requests_network_id", "help_requests", ["network_id"])
    op.drop_index("ix_help_requests_opened", "help_requests")
    op.drop_index("ix_help_requests_live", "help_requests")
    op.drop_index("ix_asked_yes", "asked")
    op.create_index(
        "ix_help_requests_live",
        "help_requests",
        LIVE,
        sqlite_where=sa.text("counted = 0"),
        postgresql_where=sa.text("NOT counted"),
    )
    op.create_index(
        "ix_members_contacted",
        "members",
        ["network_id", "last_contact_at", "id"],
        sqlite_where=CONTACTED,
        postgresql_where=CONTACTED,
    )
    op.create_index("ix_link_codes_made_at", "link_codes", ["made_at"])
