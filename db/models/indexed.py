"""How rows are found by an index, on both databases: a statement says what the index was made for, and names
are stored as they are looked for."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    ColumnElement,
    Index,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    cast,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

Exact = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its code points, on both databases: an index finds what begins so, or comes next."""


class Word(TypeDecorator[str]):
    """One of a few words of ours, such as a state. Statements say what it is compared with as a partial index
    does. A bound value would hide from SQLite that both conditions are the same, or have it planned anew each
    time (https://www.sqlite.org/partialindex.html, 2; https://www.sqlite.org/c3ref/prepare.html).
    """

    impl = String(16)
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[str]):
        def operate(self, op: OperatorType, *other: Any, **options: Any) -> ColumnElement[Any]:
            return super().operate(op, *map(_said, other), **options)

    comparator_factory = Comparator


def _said(value: Any) -> Any:
    """Return a word, or each of several, as it stands in a statement."""
    match value:
        case str() if value.isidentifier():
            return literal_column(f"'{value}'", Word)
        case tuple() | list() | set() | frozenset():
            return [_said(each) for each in value]
    return value


def partial_index(
    name: str,
    *columns: str,
    where: str | Mapping[str, str],
    unique: bool = False,
    holds: Sequence[str] = (),
) -> Index:
    """Return an index of the rows of which something is true, said for both databases or for each. It `holds`
    their numbers also on PostgreSQL, where that has to be said."""
    of = dict.fromkeys(("sqlite", "postgresql"), where) if isinstance(where, str) else where
    conditions: dict[str, Any] = {f"{dialect}_where": text(condition) for dialect, condition in of.items()}
    return Index(name, *columns, unique=unique, **conditions, postgresql_include=holds)


def begins(column: SQLColumnExpression[Any], start: str) -> ColumnElement[bool]:
    """Return the condition that an `Exact` column begins so, as a range. SQLite takes no index for LIKE."""
    return and_(column >= start, column < start[:-1] + chr(ord(start[-1]) + 1))


class _Each(FunctionElement[Any]):
    """The values of a JSON array, a row each."""

    inherit_cache = True


@compiles(_Each, "sqlite")
def _each_on_sqlite(each: _Each, compiler: Any, **how: Any) -> str:
    return f"json_each({compiler.process(each.clauses, **how)})"


@compiles(_Each, "postgresql")
def _each_on_postgresql(each: _Each, compiler: Any, **how: Any) -> str:
    return f"json_array_elements_text({compiler.process(each.clauses, **how)})"


class _Cell(FunctionElement[Any]):
    """One of the values of a JSON array, by its place."""

    inherit_cache = True


@compiles(_Cell, "sqlite")
def _cell_on_sqlite(cell: _Cell, compiler: Any, **how: Any) -> str:
    row, place = (compiler.process(each, **how) for each in cell.clauses)
    return f"json_extract({row}, '$[{place}]')"


@compiles(_Cell, "postgresql")
def _cell_on_postgresql(cell: _Cell, compiler: Any, **how: Any) -> str:
    row, place = (compiler.process(each, **how) for each in cell.clauses)
    return f"({row}::json ->> {place})"


KINDS: Mapping[type, TypeEngine[Any]] = {int: Integer(), str: Exact}


def given(name: str, columns: Mapping[str, type[int | str]], rows: Iterable[Sequence[int | str]]) -> CTE:
    """Return a table with these rows, to be joined with others. They are one value: the statement is the same
    one however many there are, and is compiled once."""
    values = [[*row] for row in rows]
    row: ColumnElement[str] = _Each(bindparam(None, values, JSON)).table_valued("value").c.value
    cells = ((_Cell(row, literal_column(str(n))), column) for n, column in enumerate(columns))
    found = select(*(cast(cell, KINDS[columns[column]]).label(column) for cell, column in cells))
    return found.cte(name).prefix_with("MATERIALIZED")  # so that the others are looked up for each of them


def any_row(kind: type[Any], *conditions: SQLColumnExpression[bool]) -> ColumnElement[bool]:
    """Return whether there is such a row, looked up for each row by itself: for what only exists, PostgreSQL
    may read a whole table once, and compare."""
    first: Select[Any] = select(literal_column("1")).select_from(kind).where(*conditions).limit(1)
    return first.correlate_except(kind).scalar_subquery().is_not(None)


# --- names ---------------------------------------------------------------------------------------

ALIKE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None}
    | {"\u200c": " ", "\u200d": None}
    | dict.fromkeys("'’‘ʼ`´′")
)
"""Letters that people type for one another; None for what they leave out."""


def folded(name: str) -> str:
    """Return a name as it is looked for: without capitals, accents and signs, however it was composed. How it
    is done never changes without a migration: it is stored."""
    bare = unicodedata.normalize("NFKD", name.casefold().translate(ALIKE))
    plain = "".join(c for c in bare if not unicodedata.combining(c)).translate(ALIKE)
    return " ".join("".join(c if _is_seen(c) else " " for c in plain).split())


def _is_seen(sign: str) -> bool:
    """Whether a sign is a letter or a digit."""
    return (kind := unicodedata.category(sign)).startswith("L") or kind == "Nd"
