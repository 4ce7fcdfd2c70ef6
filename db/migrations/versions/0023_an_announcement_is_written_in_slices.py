"""An announcement is written in slices, and says how far it is"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("written", "missed"):
        op.add_column("announcements", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("announcements", sa.Column("written_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE announcements SET written = readers, written_at = made_at")
