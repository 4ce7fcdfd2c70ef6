"""How rows are found by an index, on both databases: a statement says what the index was made for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    SQLColumnExpression,
    Text,
    and_,
    literal_column,
    text,
)

Exact = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its code points, on both databases: an index finds what begins so, or comes next."""


def partial_index(name: str, *columns: str, where: str | Mapping[str, str], unique: bool = False) -> Index:
    """Return an index of the rows of which something is true, said for both databases or for each. Statements
    say it as literally: a bound value hides from SQLite that the condition is the same."""
    of = dict.fromkeys(("sqlite", "postgresql"), where) if isinstance(where, str) else where
    conditions: dict[str, Any] = {f"{dialect}_where": text(condition) for dialect, condition in of.items()}
    return Index(name, *columns, unique=unique, **conditions)


def literally(column: SQLColumnExpression[Any], *values: str) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these values of ours, said as in a partial index."""
    said: list[ColumnElement[str]] = [literal_column(f"'{value}'") for value in values]
    return column.in_(said) if len(said) > 1 else column == said[0]


def begins(column: SQLColumnExpression[Any], start: str) -> ColumnElement[bool]:
    """Return the condition that an `Exact` column begins so, as a range. SQLite takes no index for LIKE."""
    return and_(column >= start, column < start[:-1] + chr(ord(start[-1]) + 1))
