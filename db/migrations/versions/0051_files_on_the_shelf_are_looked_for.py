"""files on the shelf are looked for"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

SHELF = sa.table("shelf", sa.column("id", sa.Integer), sa.column("media", sa.JSON))
TIMERS = sa.table(
    "timers",
    sa.column("due_at", sa.DateTime),
    sa.column("handler", sa.String),
    sa.column("args", sa.JSON),
    sa.column("about", sa.String),
    sa.column("attempts", sa.Integer),
)


def upgrade() -> None:
    connection = op.get_bind()
    now = datetime.now(UTC).replace(tzinfo=None)
    with_files = [row.id for row in connection.execute(sa.select(SHELF)) if row.media]
    looks = [
        {
            "due_at": now + timedelta(days=1 + number % 30),
            "handler": "sharing.LookForFiles",
            "args": {"item_id": item_id, "again": False},
            "about": f"shelf:{item_id}",
            "attempts": 0,
        }
        for number, item_id in enumerate(with_files)
    ]
    if looks:
        connection.execute(sa.insert(TIMERS), looks)
