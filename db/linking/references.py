"""Every column that refers to people or to members, as the models have it, and what may be there only once.

So a table that is new is found by itself: `rules.toml` has to say what becomes of its rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Table,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
    select,
    text,
)

from db.models import Base

PEOPLE, MEMBERS = "people", "members"


@dataclass(frozen=True, slots=True)
class Once:
    """What may be there only once of a reference: with the same values in these other columns, where the
    condition is true (of a dialect; none: always)."""

    columns: Sequence[str]
    where: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Reference:
    """A column that refers to people or members.

    to:      which of the two
    once:    what may be there only once of it
    beside:  other columns of the row that refer to the same: the two sides of a conversation
    key:     the columns by which a row is found again, whatever this one holds by then
    """

    table: Table
    column: Column[Any]
    to: str
    once: Sequence[Once]
    beside: Sequence[Column[Any]]
    key: Sequence[Column[Any]]

    @property
    def name(self) -> str:
        """Return it as "relays.asker_id"."""
        return f"{self.table.name}.{self.column.name}"

    def stands_alone(self, whose: int, dialect: str) -> ColumnElement[bool]:
        """Return the condition that a row may become one of `whose`: there is none like it, and nobody is on
        the other side of it who is the same person."""
        twice = [self._is_there(each, whose, dialect) for each in self.once]
        with_oneself = [each.is_not_distinct_from(whose) for each in self.beside]
        return ~or_(false(), *twice, *with_oneself)

    def _is_there(self, once: Once, whose: int, dialect: str) -> ColumnElement[bool]:
        like, of = self.table.alias(), once.where.get(dialect)
        same = [like.c[name] == self.table.c[name] for name in once.columns]
        there = exists().where(like.c[self.column.name] == whose, *same)
        if of is None:
            return there
        among, also = self.table.alias(), self.table.alias()
        (key,) = self.table.primary_key
        both = like.c[key.name].in_(select(among.c[key.name]).where(of))
        own = self.table.c[key.name].in_(select(also.c[key.name]).where(of))
        return and_(own, there.where(both))


@cache
def all_to(target: str) -> Sequence[Reference]:
    """Return the columns that refer to these, table by table."""
    return [
        _reference(table, key.parent, target)
        for table in Base.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda each: str(each.parent.name))
        if key.column.table.name == target
    ]


@cache
def by_name() -> Mapping[str, Reference]:
    """Return all of them by their names."""
    return {each.name: each for target in (PEOPLE, MEMBERS) for each in all_to(target)}


def _reference(table: Table, column: Column[Any], target: str) -> Reference:
    theirs = {key.parent.name for key in table.foreign_keys if key.column.table.name == target}
    return Reference(
        table,
        column,
        target,
        [
            Once([name for name in names if name != column.name], where)
            for names, where in _unique(table)
            if column.name in names
        ],
        [table.c[name] for name in sorted(theirs - {column.name})],
        [each for each in table.primary_key if each is not column],
    )


def _unique(table: Table) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    """Yield which columns of a table hold nothing twice, and of which rows that is true."""
    yield [each.name for each in table.primary_key], {}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [each.name for each in constraint.columns], {}
    for index in table.indexes:
        if index.unique:
            yield [each.name for each in index.columns], _where(index)


def _where(index: Index) -> Mapping[str, Any]:
    said = {name: index.dialect_options[name].get("where") for name in ("sqlite", "postgresql")}
    return {name: text(str(where)) for name, where in said.items() if where is not None}
