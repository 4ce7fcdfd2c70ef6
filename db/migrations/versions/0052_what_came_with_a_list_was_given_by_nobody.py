"""what came with a list was given by nobody"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

SHELF = sa.table("shelf", sa.column("id", sa.Integer), sa.column("brought", sa.Boolean))
ORGANISATIONS = sa.table(
    "organisations", sa.column("item_id", sa.Integer), sa.column("assured_by_id", sa.Integer)
)


def upgrade() -> None:
    op.add_column("shelf", sa.Column("brought", sa.Boolean(), server_default=sa.false(), nullable=False))
    unseen = sa.select(ORGANISATIONS.c.item_id).where(
        ORGANISATIONS.c.assured_by_id.is_(None), ORGANISATIONS.c.item_id.is_not(None)
    )
    op.get_bind().execute(sa.update(SHELF).where(SHELF.c.id.in_(unseen)).values(brought=True))
