"""How much somebody helps, and on which days they rest"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("quiet_days", sa.Integer(), server_default="0", nullable=False))
    op.add_column("people", sa.Column("ask_gap_days", sa.Integer(), server_default="0", nullable=False))
