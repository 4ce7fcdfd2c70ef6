"""Until when words are carried in a conversation in which all is settled"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("relays", sa.Column("ends_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("relays", "ends_at")
