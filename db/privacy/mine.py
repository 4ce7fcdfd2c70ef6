"""What is kept of one person, as they may see it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Network, Round
from db.privacy import kept
from db.privacy.kept import Kept

NAMED: Mapping[str, Any] = {"networks": Network.name, "rounds": Round.day}
"""What stands for a row that is nobody's, where another one refers to it."""
BOTH = frozenset({"relays", "journal"})
"""Tables whose rows belong to each of their owners; of others only the side of the first one is theirs."""


def rows(db: Session, person_id: int) -> Iterator[tuple[Kept, list[dict[str, Any]]]]:
    """Yield, table by table, what a person sees of their rows: column by column, the oldest first. References
    to networks and rounds are shown by name and day. Tables in which there is nothing are left out."""
    for each in kept.everything().values():
        if not each.shown:
            continue
        table = each.table
        found = select(*(_shown(each, name) for name in each.shown))
        mine = kept.anybodys(each) if table.name in BOTH else kept.theirs(each)
        lines = db.connection().execute(found.where(mine).order_by(*table.primary_key), {"person": person_id})
        if here := [dict(line._mapping) for line in lines]:
            yield each, here


def _shown(each: Kept, name: str) -> Any:
    column = each.table.c[name]
    for key in column.foreign_keys:
        if (called := NAMED.get(key.column.table.name)) is not None:
            return select(called).where(key.column == column).scalar_subquery().label(name)
    return column
