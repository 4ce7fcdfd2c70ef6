"""What deleting looks for: an index for each reference to what is deleted, and for what is too old"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

POSTED, KEPT = "post_id IS NOT NULL", "letter_id IS NOT NULL"
REMEMBERED = {"sqlite": "forgotten = 0", "postgresql": "NOT forgotten"}


def upgrade() -> None:
    op.create_index(
        "ix_help_requests_post_id",
        "help_requests",
        ["post_id"],
        sqlite_where=sa.text(POSTED),
        postgresql_where=sa.text(POSTED),
    )
    op.create_index(
        "ix_help_requests_remembered",
        "help_requests",
        ["closed_at"],
        sqlite_where=sa.text(REMEMBERED["sqlite"]),
        postgresql_where=sa.text(REMEMBERED["postgresql"]),
    )
    op.create_index(
        "ix_announcements_letter_id",
        "announcements",
        ["letter_id"],
        sqlite_where=sa.text(KEPT),
        postgresql_where=sa.text(KEPT),
    )
    op.create_index("ix_announcements_made_by_id", "announcements", ["made_by_id"])
    op.create_index("ix_conversations_letter_id", "conversations", ["letter_id"])
    op.create_index("ix_deliveries_letter", "deliveries", ["letter_id", "state"])
    op.drop_index("ix_deliveries_letter_id", "deliveries")
    op.create_index("ix_invitations_cohort_id", "invitations", ["cohort_id"])
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_index("ix_members_invitation_id", "members", ["invitation_id"])
    op.create_index("ix_people_network_id", "people", ["network_id"])
