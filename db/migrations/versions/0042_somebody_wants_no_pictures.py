"""somebody wants no pictures"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("people", sa.Column("pictures", sa.Boolean(), server_default=sa.true(), nullable=False))
