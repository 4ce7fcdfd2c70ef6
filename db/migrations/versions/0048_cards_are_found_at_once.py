"""cards are found at once"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    with op.batch_alter_table("shelf", schema=None) as batch_op:
        batch_op.create_index(
            "ix_shelf_cards",
            ["network_id"],
            unique=False,
            sqlite_where=sa.text("kind = 'card'"),
            postgresql_where=sa.text("kind = 'card'"),
        )
