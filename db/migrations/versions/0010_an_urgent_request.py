"""An urgent request"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("help_requests", sa.Column("urgent_at", sa.DateTime(), nullable=True))
    op.add_column("help_requests", sa.Column("waves", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("help_requests", "waves")
    op.drop_column("help_requests", "urgent_at")
