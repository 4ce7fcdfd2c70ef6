"""cards that are shared are found at once"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.create_index(
        "ix_shelf_shared_cards",
        "shelf",
        ["network_id"],
        unique=False,
        sqlite_where=sa.text("kind = 'card' AND shared = 1"),
        postgresql_where=sa.text("kind = 'card' AND shared"),
    )
