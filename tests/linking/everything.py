"""Rows in every table that refers to people or members: of two who are to become one, and of others. They are
made from the models, so a table that is new is filled as well."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    SmallInteger,
    Table,
    Time,
    insert,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from db.linking.references import MEMBERS, PEOPLE, Reference, all_to
from db.linking.rules import everything
from db.models import Base, Person

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OWN, THEIRS, BOTH = range(3)
"""What a row hangs on: something that only the one has, only the other, or both."""

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


class Everything:
    """Fills a database. `one` and `other` are two people, `places` their memberships where both have one."""

    def __init__(self, db: Session) -> None:
        self._db = db
        self._numbers = itertools.count(1)
        self._there: dict[str, list[Any]] = {}
        for table in Base.metadata.sorted_tables:
            self._there[table.name] = [self._insert(table, which, {}) for which in (OWN, THEIRS, BOTH)]
        self.one, self.other = (self._insert(Person.__table__, OWN, {}) for _ in range(2))
        for reference in all_to(PEOPLE):
            if reference.table.name != "merges":
                self._fill(reference, self.one, self.other)
        places = Base.metadata.tables["members"]
        of = [places.c.person_id == each for each in (self.one, self.other)]
        there = places.c.network_id == self._there["networks"][BOTH]
        self.places = [self._db.execute(select(places.c.id).where(each, there)).scalar_one() for each in of]
        for reference in all_to(MEMBERS):
            self._fill(reference, *self.places)
        db.flush()

    def _fill(self, reference: Reference, one: int, other: int) -> None:
        """Rows of both: each alone, with each other, and where only one of them can be there twice."""
        name = reference.column.name
        only_one = any(not each.columns for each in reference.once)
        alone = [] if only_one else [(one, OWN), (other, THEIRS)]
        for who, which in (*alone, (one, BOTH), (other, BOTH)):
            self._insert(reference.table, which, {name: who}, [*self._once(reference)])
        for beside in reference.beside:
            for pair in ((one, other), (other, one)):
                self._insert(reference.table, OWN, {name: pair[0], beside.name: pair[1]}, may_be_there=True)

    def _once(self, reference: Reference) -> Iterator[str]:
        for each in reference.once:
            yield from each.columns
            if each.where:
                yield "decided_at"  # what may be there only once, as long as it is open

    def _insert(
        self,
        table: Any,
        which: int,
        given: Mapping[str, Any],
        alike: list[str] | None = None,
        *,
        may_be_there: bool = False,
    ) -> Any:
        values = {
            column.name: self._value(column, which, column.name in (alike or ()))
            for column in table.columns
            if column.name not in given and not self._counts(column)
        }
        values |= given
        key = [values[each.name] for each in table.primary_key if each.name in values]
        if may_be_there and len(key) == len(table.primary_key):
            same = [each == value for each, value in zip(table.primary_key, key, strict=True)]
            if self._db.scalar(select(table.primary_key.columns[0]).where(*same)) is not None:
                return None
        made = self._db.connection().execute(insert(table).values(**values)).inserted_primary_key
        return made[0] if made is not None else None

    def _counts(self, column: Column[Any]) -> bool:
        return bool(column.primary_key and column.name == "id" and not column.foreign_keys)

    def _value(self, column: Column[Any], which: int, alike: bool) -> Any:
        number = next(self._numbers)
        if column.table.name == "people" and column.name == "network_id":
            return None
        for key in column.foreign_keys:
            if column.nullable and key.column.table.name in ("conversations", column.table.name):
                return None
            parent = key.column.table
            if [*column.table.primary_key] == [column] and parent.name not in (PEOPLE, MEMBERS):
                return self._insert(parent, which, {})  # of each there may be one such row
            return self._there[parent.name][which]
        if alike and column.name == "decided_at":
            return None
        return sample(column.type, which if alike else number, column.name)


def sample(kind: TypeEngine[Any], number: int, name: str) -> Any:
    """A value of a column."""
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    match plain:
        case DateTime():
            return NOW.replace(year=2020 + number % 6)
        case Date():
            return date(2026, 1, 1 + number % 28)
        case Time():
            return time(number % 24)
        case Boolean():
            return False
        case SmallInteger():
            return number % 12
        case Integer() if name == "weekday":
            return number % 7
        case Integer():
            return number
        case JSON():
            return {} if name == "numbers" else [number]
    short = f"{name[:3]}{number}" if getattr(plain, "length", None) else f"{name}{number}"
    return {"role": "member", "state": "active", "time_zone": "UTC"}.get(name, short)


def rows(db: Session) -> Rows:
    """All that is in the database."""
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        keys = list(table.primary_key)
        found[table.name] = {
            tuple(row._mapping[each.name] for each in keys): dict(row._mapping)
            for row in db.connection().execute(select(table))
        }
    return found


def left_behind(db: Session, filled: Everything) -> dict[str, int]:
    """Return how many rows of what moves still refer to the other one, and could refer to the one."""
    return {
        each.name: many
        for to, one, other in ((PEOPLE, filled.one, filled.other), (MEMBERS, *filled.places))
        for each in all_to(to)
        if everything()[each.name].rows == "move"
        if (many := _still(db, each, one, other))
    }


def _still(db: Session, reference: Reference, one: int, other: int) -> int:
    alone = reference.stands_alone(one, db.connection().dialect.name)
    return len(db.execute(select(reference.column).where(reference.column == other, alone)).all())


def table(name: str) -> Table:
    """A table by its name."""
    return Base.metadata.tables[name]
