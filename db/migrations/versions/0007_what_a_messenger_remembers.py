"""What a messenger remembers: values by key, and the newest version of a message that was edited"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remembered",
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("messenger", "key", name=op.f("pk_remembered")),
    )
    op.add_column("deliveries", sa.Column("newest", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("deliveries", "newest")
    op.drop_table("remembered")
