"""words on the shelf stand in their keys"""

from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in ("shelf_words", "shelf_grams"):
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_with_rowid": False}):
            pass
