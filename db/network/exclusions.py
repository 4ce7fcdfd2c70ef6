"""Who is not to be brought together: set by one of two, and it counts for both."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from db.models import Exclusion, Merge, Person


def are_apart(one: Any, other: Any) -> ColumnElement[bool]:
    """Return the condition that two people (their ids, or columns of them) are not to be brought together,
    whoever of them has set it, and whether or not by name."""
    return exists().where(
        or_(
            and_(Exclusion.person_id == one, Exclusion.other_id == other),
            and_(Exclusion.person_id == other, Exclusion.other_id == one),
        )
    )


def keep_apart(db: Session, person: Person, other: Person, *, named: bool, now: datetime) -> None:
    """Note that a person does not want to be brought together with another one, whom they know as `named`."""
    if db.get(Exclusion, (person.id, other.id, named)) is None:
        db.add(Exclusion(person_id=person.id, other_id=other.id, named=named, set_at=now))
        db.flush()


def take_off(db: Session, person: Person, other_id: int, *, named: bool) -> bool:
    """Take off what a person has set; return whether there was anything."""
    row = db.get(Exclusion, (person.id, other_id, named))
    if row is not None:
        db.delete(row)
        db.flush()
    return row is not None


def of(db: Session, person: Person) -> Sequence[tuple[Exclusion, Person]]:
    """Return what a person has set, the latest first, with whom."""
    rows = db.execute(
        select(Exclusion, Person)
        .join(Person, Person.id == Exclusion.other_id)
        .where(Exclusion.person_id == person.id, ~exists().where(Merge.other_id == Person.id))
        .order_by(Exclusion.set_at.desc(), Exclusion.other_id, Exclusion.named)
    )
    return [(row[0], row[1]) for row in rows]


def apart_from(db: Session, person_id: int, *, by_name: bool = False) -> set[int]:
    """Return with whom (by ids) a person is not to be brought together, whoever has set it. `by_name`: only
    where the two knew each other. Who writes to somebody by name is turned away only by that: anything else
    would tell who it was that stayed without a name."""
    asked = select(Exclusion.person_id, Exclusion.other_id).where(
        or_(Exclusion.person_id == person_id, Exclusion.other_id == person_id)
    )
    if by_name:
        asked = asked.where(Exclusion.named)
    return {id_ for row in db.execute(asked) for id_ in row} - {person_id}
