"""What waits in an order: it is counted, and looked at one by one, however many there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Base
from db.models.indexed import not_among

Row = TypeVar("Row", bound=Base)
Found = TypeVar("Found")
BEFORE = 100
"""How many may have come before a row since it was shown, so that it is still found."""
MOST = 500
"""So many are counted: of more it is only known that they are more."""
Order = Sequence[SQLColumnExpression[Any]]


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """Rows of one kind.

    found: all of them, with what is needed to tell one
    key:   the column by which one is known
    order: which comes first
    names: the member (an id) whom one names; NULL where it names nobody
    ways:  where no index has all of them in their order: parts of them, each with the same order as an index
           has it
    """

    db: Session
    found: Select[Row]
    key: InstrumentedAttribute[int]
    order: Order
    names: SQLColumnExpression[Any]
    ways: Sequence[tuple[ColumnElement[bool], Order]] = ()

    @cached_property
    def many(self) -> int:
        """Return how many there are, `MOST` + 1 for all that are more."""
        some = self._first(MOST + 1) if self.ways else self._keys().limit(MOST + 1)
        return min(self.db.scalar(select(func.count()).select_from(some.subquery())) or 0, MOST + 1)

    def named(self) -> set[int]:
        """Return the members (ids) whom they name. That looks at all of them, so then they are counted."""
        named = self.db.scalars(self.found.with_only_columns(self.names, maintain_column_froms=True)).all()
        vars(self)["many"] = min(len(named), MOST + 1)
        return {member_id for member_id in named if member_id is not None}

    def but(self, members: Collection[int]) -> "Queue[Row]":
        """Return them without those that name one of these members (ids)."""
        others = or_(self.names.is_(None), not_among(self.names, members))
        return replace(self, found=self.found.where(others))

    def at(self, n: int) -> Row | None:
        """Return the n-th of them, counted from 1; None where there are fewer."""
        return self.db.scalar(self._among(self.found, n).order_by(*self.order).offset(n - 1).limit(1))

    def all(self) -> Sequence[Row]:
        """Return all of them."""
        return self.db.scalars(self.found.order_by(*self.order)).all()

    def place(self, key: int, n: int) -> int | None:
        """Return as which one a row comes that was shown as the n-th; None where it is gone."""
        near = self._among(self._keys(), n + BEFORE)
        first = self.db.scalars(near.order_by(*self.order).limit(n + BEFORE))
        return next((place for place, each in enumerate(first, 1) if each == key), None)

    def _among(self, rows: Select[Found], n: int) -> Select[Found]:
        """Select of the rows no others than those of which the first n consist."""
        return rows.where(self.key.in_(self._first(n))) if self.ways else rows

    def _first(self, n: int) -> Select[int]:
        """Select the first n of each way."""
        ways = (self._keys().where(part).order_by(*order).limit(n).subquery() for part, order in self.ways)
        return select(union_all(*(select(way.c[self.key.name]) for way in ways)).subquery().c[self.key.name])

    def _keys(self) -> Select[int]:
        return self.found.with_only_columns(self.key, maintain_column_froms=True)
