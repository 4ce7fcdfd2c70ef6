"""the journal hangs together"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "journal_months",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_journal_months_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "first", name=op.f("pk_journal_months")),
    )
    for name in ("number", "doer", "concerned"):
        op.add_column("journal", sa.Column(name, sa.Integer(), nullable=True))
    for name in ("previous", "digest"):
        digest = sa.Column(name, sa.String(length=64), server_default=sa.text("''"), nullable=False)
        op.add_column("journal", digest)
    op.create_index("ix_journal_number", "journal", ["network_id", "number"])
    op.create_index("ix_journal_since", "journal", ["network_id", "at"])
