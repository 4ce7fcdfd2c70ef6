"""What is kept of one person, as they may see it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import people
from db.electing import wishes
from db.models import Network, Organisation, Partner, Person, RecallWish, Report, Round
from db.models.sealed import Secret, Secrets
from db.network import reports
from db.privacy import kept
from db.privacy.kept import Kept

NAMED: Mapping[str, Any] = {
    "networks": Network.name,
    "rounds": Round.day,
    "organisations": Organisation.name,
    "partners": Partner.name,
}
"""What stands for a row that is nobody's, where another one refers to it."""
BOTH = frozenset({"relays", "journal"})
"""Tables whose rows belong to each of their owners; of others only the side of the first one is theirs."""


def rows(
    db: Session, person_id: int, *, reported: bool = False
) -> Iterator[tuple[Kept, list[dict[str, Any]]]]:
    """Yield, table by table, what a person sees of their rows: column by column, the oldest first, and at
    last of those that stand with who they were on another messenger. References to networks, organisations
    and rounds are shown by name and day. Tables in which there is nothing are left out. What they have
    `reported` is there only if they want that, also what they have begun to report and not sent."""
    for each in kept.everything().values():
        if not each.shown or (each.signed is not None and not reported):
            continue
        who = [person_id, *people.besides(db, person_id)]
        here = (
            _reported(db, each, person_id)
            if each.signed is not None
            else [row for whose in who for row in _own(db, each, whose)]
        )
        if here:
            yield each, here if reported else [_without_secrets(row) for row in here]


def _own(db: Session, each: Kept, person_id: int) -> list[dict[str, Any]]:
    table = each.table
    found = select(*(_shown(each, name) for name in each.shown))
    mine = kept.anybodys(each) if table.name in BOTH else kept.theirs(each)
    lines = db.connection().execute(found.where(mine).order_by(*table.primary_key), {"person": person_id})
    return [dict(line._mapping) for line in lines]


def _shown(each: Kept, name: str) -> Any:
    column = each.table.c[name]
    for key in column.foreign_keys:
        if (called := NAMED.get(key.column.table.name)) is not None:
            return select(called).where(key.column == column).scalar_subquery().label(name)
    return column


def _reported(db: Session, each: Kept, person_id: int) -> list[dict[str, Any]]:
    """Return what somebody has reported, or wishes about who leads a network: their own words, and how it
    stands, as they were told. Whom it is about, who has it, and what those wrote, is of others, and not in
    it."""
    person = db.get_one(Person, person_id)
    found = wishes.of(db, person) if each.table is RecallWish.__table__ else reports.of(db, person)
    return [{name: _of(row, name) for name in each.shown} for row in found]


def _of(row: Report | RecallWish, name: str) -> Any:
    if name == "network_id":
        return row.network.name
    return reports.own_words(row) if name == "said" and isinstance(row, Report) else getattr(row, name)


def _without_secrets(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, Secret | Secrets) else value for name, value in row.items()}
