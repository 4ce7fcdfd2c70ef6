"""Members who rest: few among very many"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rests = sa.text("state = 'resting'")
    op.create_index(
        "ix_members_resting", "members", ["network_id"], sqlite_where=rests, postgresql_where=rests
    )
