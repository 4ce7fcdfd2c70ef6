"""who is here is counted by an index alone: those on a break, those who cannot be reached"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

PAUSES = sa.text("paused_at IS NOT NULL")
ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    op.create_index(
        "ix_members_here",
        "members",
        ["network_id", "person_id"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
        postgresql_include=["id"],
    )
    op.drop_index("ix_people_pauses", "people")
    op.create_index(
        "ix_people_pauses", "people", ["id", "paused_until"], sqlite_where=PAUSES, postgresql_where=PAUSES
    )
    op.create_index(
        "ix_identities_reached",
        "identities",
        ["person_id"],
        sqlite_where=sa.text("reachable = 1"),
        postgresql_where=sa.text("reachable"),
    )
