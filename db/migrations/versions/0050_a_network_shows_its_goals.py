"""a network shows its goals"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.add_column(
        "networks", sa.Column("shows_goals", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
