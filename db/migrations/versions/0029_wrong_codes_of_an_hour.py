"""Wrong codes of the last hour are counted by an index"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_wrong_codes_at", "wrong_codes", ["at"])
