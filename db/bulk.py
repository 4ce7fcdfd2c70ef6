"""Many rows in one statement, with few values in each: a statement costs more than a row, and a value that a
column holds anyway costs too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.sql.dml import ReturningInsert

from db.models import Base

Values = Mapping[str, Any]
AT_ONCE = 500
"""Values in one list of a statement: SQLite takes 32,766 of them at most."""


def batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield ids in lists that a statement takes."""
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
        yield some


def alike(rows: Sequence[Values]) -> list[dict[str, Any]]:
    """Return rows with the same columns: those that are empty in all rows are left out."""
    names = {name for row in rows for name, value in row.items() if value is not None}
    return [{name: row.get(name) for name in names} for row in rows]


def inserted(connection: Connection, kind: type[Base], rows: Sequence[Values]) -> list[int]:
    """Insert rows; return their ids in the same order."""
    given = alike(rows)
    if len(given) == 1:  # by which one row comes cheaper
        key = connection.execute(_insert(kind), given[0]).inserted_primary_key
        assert key is not None, "an insert of one row has a key"
        return [int(key[0])]
    if not given:
        return []
    # SQLite, which has one writer, numbers rows in their order; PostgreSQL has to be asked for that.
    ids = connection.scalars(_insert_many(kind, connection.dialect.name != "sqlite"), given)
    return sorted(ids.all())


# Built once: putting a statement together costs more than running it.
_insert = cache(insert)


@cache
def _insert_many(kind: type[Base], sort: bool) -> ReturningInsert[int]:
    return insert(kind).returning(kind.__table__.c.id, sort_by_parameter_order=sort)
