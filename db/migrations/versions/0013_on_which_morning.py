"""On which morning those who coordinate hear who waits"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("morning", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("members", "morning")
