"""What waits in an order: it is counted, and looked at one by one, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    and_,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Base

Row = TypeVar("Row", bound=Base)
Found = TypeVar("Found")
BEFORE = 100
"""How many may have come before a row since it was shown, so that it is still found."""
MOST = 100
"""So many are counted: of more it is only known that they are more. Whoever reads it has enough to do."""
Order = Sequence[SQLColumnExpression[Any]]
Members = Select[int] | CompoundSelect[int]


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """Rows of one kind.

    found: all of them, with what is needed to tell one
    key:   the column by which one is known
    order: which comes first
    names: the member (an id) whom one names, if any; None where none ever does
    ways:  where no index has all of them in their order: parts of them, each with the same order as an index
           has it
    whom:  the members (ids) whom they name, where that can be selected with less work than all of `found`;
           also some who are gone
    """

    db: Session
    found: Select[Row]
    key: InstrumentedAttribute[int]
    order: Order
    names: SQLColumnExpression[Any] | None
    ways: Sequence[tuple[ColumnElement[bool], Order]] = ()
    whom: Members | None = None

    @cached_property
    def many(self) -> int:
        """Return how many there are, `MOST` + 1 for all that are more."""
        some = self._first(MOST + 1) if self.ways else self._keys().limit(MOST + 1)
        return min(self.db.scalar(select(func.count()).select_from(some.subquery())) or 0, MOST + 1)

    def named(self) -> set[int]:
        """Return the members (ids) whom they name."""
        named = self._named()
        return set() if named is None else {*self.db.scalars(named)}

    def but(self, member_id: int, *others: "Queue[Any]") -> "Queue[Row]":
        """Return them without those that name a member (an id) or whom one of the others names."""
        if self.names is None:
            return self
        named = [each for each in (other._named() for other in others) if each is not None]
        free = and_(self.names != member_id, *map(self.names.not_in, named))
        return replace(self, found=self.found.where(or_(self.names.is_(None), free)))

    def _named(self) -> Members | None:
        if self.whom is not None or self.names is None:
            return self.whom
        named = self.found.with_only_columns(self.names, maintain_column_froms=True)
        return named.where(self.names.is_not(None))

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
