"""Who wrote the words that a letter carries, and hears it where they do not arrive"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author", sa.JSON(none_as_null=True), nullable=True))
