"""A letter keeps the recipe of a file, where it kept a picture's own words"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LETTERS = sa.table(
    "letters",
    sa.column("id", sa.BigInteger()),
    sa.column("picture", sa.JSON(none_as_null=True)),
    sa.column("recipe", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    op.add_column("letters", sa.Column("recipe", sa.JSON(none_as_null=True), nullable=True))
    db = op.get_bind()
    for row in db.execute(sa.select(LETTERS.c.id, LETTERS.c.picture).where(LETTERS.c.picture.is_not(None))):
        args = {"name": "qr.png", "code": "", "below": [], **row.picture}
        args |= {"content": args.pop("qr"), "file": args.pop("name")}
        recipe = {"make": "making.Qr", "args": args}
        db.execute(sa.update(LETTERS).where(LETTERS.c.id == row.id).values(recipe=recipe))
    op.drop_column("letters", "picture")


def downgrade() -> None:
    op.add_column("letters", sa.Column("picture", sa.JSON(none_as_null=True), nullable=True))
    op.drop_column("letters", "recipe")
