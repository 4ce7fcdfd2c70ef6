"""copies hear once"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    again = {"sqlite_autoincrement": True}  # SQLite makes the tables anew, and their numbers stay unused
    with op.batch_alter_table("copies", schema=None, table_kwargs=again) as batch_op:
        batch_op.add_column(sa.Column("heard", sa.JSON(none_as_null=True), nullable=True))
    op.execute("UPDATE copies SET heard = taken")
    with op.batch_alter_table("copies", schema=None, table_kwargs=again) as batch_op:
        batch_op.alter_column("heard", existing_type=sa.JSON(none_as_null=True), nullable=False)
