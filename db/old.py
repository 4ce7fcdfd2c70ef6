"""Deleting what is too old, some rows at a time, the oldest first. Each time is a transaction of its own that
begins where the last one ended, so nobody waits for long and no row is looked at twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Row,
    Select,
    SQLColumnExpression,
    Update,
    bindparam,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

Place = tuple[str, Any]
"""The time and the key of a row, as JSON holds them."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows were forgotten, after which place to go on, and whether these were all."""

    many: int
    place: Place | None
    all: bool


@dataclass(frozen=True, slots=True)
class Old:
    """Rows from before a time, after a place where there is one; at most this many."""

    before: datetime
    place: Place | None
    most: int

    def rows(
        self,
        db: Session,
        at: InstrumentedAttribute[Any],
        key: InstrumentedAttribute[Any],
        *more: SQLColumnExpression[Any],
        where: Sequence[SQLColumnExpression[bool]] = (),
    ) -> Sequence[Row[Any]]:
        """Return the oldest of them by the column `at`, with their `key` and the columns in `more`."""
        found = _oldest(at, key)
        if more or where:
            found = found.add_columns(*more).where(*where)
        if self.place is not None:
            time, last = self.place
            behind = literal(datetime.fromisoformat(time), at.type), literal(last, key.type)
            found = found.where(tuple_(at, key) > tuple_(*behind))
        return db.connection().execute(found, {"before": self.before, "most": self.most}).all()

    def forgotten(self, many: int, rows: Sequence[Row[Any]]) -> Forgotten:
        """Return that this many of these rows were forgotten; the others stay."""
        place = (rows[-1].at.isoformat(), rows[-1].key) if rows else self.place
        return Forgotten(many, place, all=len(rows) < self.most)

    def forget(
        self,
        db: Session,
        how: Delete | Update,
        at: InstrumentedAttribute[Any],
        key: InstrumentedAttribute[Any],
        *where: ColumnElement[bool],
    ) -> Forgotten:
        """Delete or change these rows."""
        rows = self.rows(db, at, key, where=where)
        if not rows:  # as in most nights
            return self.forgotten(0, rows)
        done = db.connection().execute(how.where(key.in_([row.key for row in rows])))
        return self.forgotten(done.rowcount, rows)


@cache
def _oldest(at: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any]) -> Select[Any]:
    """Return what asks for the oldest rows, put together once: that costs more than running it."""
    return (
        select(at.label("at"), key.label("key"))
        .where(at < bindparam("before", type_=at.type))
        .order_by(at, key)
        .limit(bindparam("most"))
    )
