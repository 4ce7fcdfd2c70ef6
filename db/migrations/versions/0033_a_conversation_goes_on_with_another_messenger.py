"""a conversation goes on with another messenger"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("relays", sa.Column("asker_via", sa.Text(), nullable=True))
    op.add_column("relays", sa.Column("helper_via", sa.Text(), nullable=True))
