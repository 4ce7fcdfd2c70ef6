"""an account that had to go is shut out"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "shut_outs",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_shut_outs_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_shut_outs")),
    )
    with op.batch_alter_table("shut_outs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shut_outs_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shut_outs_until"), ["until"], unique=False)
