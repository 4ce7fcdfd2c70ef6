"""a question keeps the numbers it began with"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("help_requests", sa.Column("numbers", sa.JSON(), nullable=True))
