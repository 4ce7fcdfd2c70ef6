"""Dead letters and shards: the names of the field for what was called set aside, and districts"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.rename_table("set_aside", "dead_letters")
    op.execute(sa.text("ALTER TABLE dead_letters RENAME COLUMN told TO reported"))
    op.drop_index("ix_set_aside_at", "dead_letters")
    op.create_index("ix_dead_letters_at", "dead_letters", ["at"])
    op.execute(sa.text("ALTER TABLE deliveries RENAME COLUMN district TO shard"))
