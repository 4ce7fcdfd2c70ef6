"""Names that are looked for: each member's and each network's, folded"""

import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SLICE = 5000
ALIKE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None}
    | {"\u200c": " ", "\u200d": None}
    | dict.fromkeys("'’‘ʼ`´′")
)


def folded(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold().translate(ALIKE))
    plain = "".join(c for c in bare if not unicodedata.combining(c)).translate(ALIKE)
    seen = (c if unicodedata.category(c)[0] == "L" or unicodedata.category(c) == "Nd" else " " for c in plain)
    return " ".join("".join(seen).split())


def members() -> Iterator[list[dict[str, object]]]:
    """Yield the memberships with the folded names of their people, some at a time."""
    page = sa.text(
        "SELECT members.id, people.name FROM members JOIN people ON people.id = members.person_id "
        "WHERE members.id > :after ORDER BY members.id LIMIT :most"
    )
    after = 0
    while rows := op.get_bind().execute(page, {"after": after, "most": SLICE}).all():
        yield [{"id": row.id, "folded": folded(row.name)} for row in rows]
        after = rows[-1].id


def upgrade() -> None:
    exact = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("members", sa.Column("folded", exact, server_default=sa.text("''"), nullable=False))
    for rows in members():
        op.get_bind().execute(sa.text("UPDATE members SET folded = :folded WHERE id = :id"), rows)

    op.add_column("networks", sa.Column("folded", exact, nullable=True))
    there: dict[str, int] = {}  # of several that are called the same, the oldest is found
    for row in op.get_bind().execute(sa.text("SELECT id, name FROM networks ORDER BY id")):
        there.setdefault(folded(row.name), row.id)
    named = [{"id": id_, "folded": name} for name, id_ in there.items()]
    if named:
        op.get_bind().execute(sa.text("UPDATE networks SET folded = :folded WHERE id = :id"), named)
    op.create_index("ix_networks_folded", "networks", ["folded"], unique=True)
