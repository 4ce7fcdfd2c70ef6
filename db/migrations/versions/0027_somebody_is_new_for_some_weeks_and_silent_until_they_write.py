"""Somebody is new for some weeks, and silent until they write"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("members", sa.Column("here_since", sa.DateTime(), nullable=True))
    op.add_column("members", sa.Column("silence", sa.String(length=16), nullable=True))
    op.add_column("members", sa.Column("silence_at", sa.DateTime(), nullable=True))
    op.add_column(
        "rounds", sa.Column("of_newcomers", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    taken = sa.text("state = 'taken'")
    op.create_index(
        "ix_help_requests_helpers",
        "help_requests",
        ["network_id", "helper_id"],
        sqlite_where=taken,
        postgresql_where=taken,
    )
