"""The list of what is kept (`kept.toml`), and what the schema says of it: whose a row is, and what becomes of
it when somebody is forgotten."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, or_, select

from db.models import Base

LIST = Path(__file__).with_name("kept.toml")
PEOPLE = "people"
GOES, EMPTIED, STAYS = "goes", "taken out", "stays"
"""What becomes of a row, or of a reference in it, when its person is forgotten."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the list says of one table.

    whose:   columns that say whose a row is; none: nobody's
    shown:   columns that its owner sees
    signed:  the sealed column that says whose a row is besides; only they see it, and only if they ask for it
    columns: every column, and what it holds
    """

    table: Table
    whose: Sequence[str]
    shown: Sequence[str]
    why: str
    until: str
    columns: Mapping[str, str]
    signed: str | None = None

    @property
    def owners(self) -> list[Column[Any]]:
        """Return the columns that say whose a row is."""
        return [self.table.c[name] for name in self.whose]

    def fate(self, column: Column[Any]) -> str:
        """Return what becomes of a column when the owner of its row is forgotten: it goes with its row, a
        reference is taken out, or it stays. The schema decides it."""
        if any(_takes_along(owner) for owner in self.owners):
            return GOES
        return EMPTIED if column in self.owners else STAYS


def _takes_along(owner: Column[Any]) -> bool:
    """Whether a row goes when what it belongs to does."""
    keys = list(owner.foreign_keys)
    return not keys or keys[0].ondelete == "CASCADE"  # a person's own row goes itself


@cache
def everything() -> Mapping[str, Kept]:
    """Return what is kept, by the names of the tables, in the order of the list. Raises LookupError for a
    table or a column that is not there."""
    found = tomllib.loads(LIST.read_text("utf-8"))
    return {name: _read(Base.metadata.tables[name], entry) for name, entry in found.items()}


def _read(table: Table, entry: dict[str, Any]) -> Kept:
    kept = Kept(table, **entry)
    for name in (*kept.whose, *kept.shown, *kept.columns):
        if name not in table.c:
            raise LookupError(f"{table.name} has no column {name}")
    return kept


def of(kept: Kept, column: Column[Any]) -> ColumnElement[bool]:
    """Return the condition that a row is a person's by this column; the person is bound as `person`."""
    if kept.table.name == PEOPLE:
        return column == bindparam("person")
    (key,) = column.foreign_keys
    target = key.column.table
    if target.name == PEOPLE:
        return column == bindparam("person")
    return column.in_(select(key.column).where(theirs(everything()[target.name])))


def theirs(kept: Kept) -> ColumnElement[bool]:
    """Return the condition that a row is a person's, by the first column that says so."""
    return of(kept, kept.owners[0])


def anybodys(kept: Kept) -> ColumnElement[bool]:
    """Return the condition that a row is a person's, by any of its columns."""
    return or_(*(of(kept, owner) for owner in kept.owners))
