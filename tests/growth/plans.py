"""How a database reads what a statement asks for: which tables it reads whole."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from db.models import Base

TABLES = frozenset(Base.metadata.tables)
PARTIAL = frozenset(
    index.name
    for table in Base.metadata.tables.values()
    for index in table.indexes
    for options in (index.dialect_options["sqlite"],)
    if options["where"] is not None
)
"""Indexes of few rows: to read one of them whole is what it is there for."""


ROWS = "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'"


def shape(statement: str) -> str:
    """Return a statement without its values, and without how many are in its lists: all of these are run the
    same way."""
    value = r"(?:\?|%\(\w+\)s(?:::[A-Z]+(?: PRECISION| VARYING| WITHOUT TIME ZONE)?)?)"
    return re.sub(rf"{value}(?:, {value})*", "…", " ".join(statement.split()))


FEW = 100
"""Rows of a table in which PostgreSQL may find some in any way: it takes them all to be on one page."""


def read_whole(connection: Connection, statement: str, values: Any) -> set[str]:
    """Return the tables that are read whole for a statement with these values. PostgreSQL reads whatever is
    small whole; it is asked how it would find each row by an index, in tables with more than `FEW`."""
    if connection.dialect.name == "sqlite":
        return set(_on_sqlite(connection, statement, values))
    for other_way in ("seqscan", "hashjoin", "mergejoin"):
        connection.exec_driver_sql(f"SET LOCAL enable_{other_way} = off")
    rows = {row.relname: row.reltuples for row in connection.exec_driver_sql(ROWS)}
    return {name for name in _on_postgresql(connection, statement, values) if rows[name] > FEW}


def _on_sqlite(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    called = dict(re.findall(r"\b(\w+) AS (\w+)", statement))
    names = {alias: table for table, alias in called.items()}
    for *_, step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
        if scan is not None and scan[2] not in PARTIAL:
            table = names.get(scan[1], scan[1])
            if table in TABLES:
                yield table


def _on_postgresql(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    [plan] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    yield from _scans(plan["Plan"])


def _scans(node: Mapping[str, Any]) -> Iterator[str]:
    kind, index = node["Node Type"], node.get("Index Name")
    if kind == "Seq Scan" or (
        kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and index not in PARTIAL
    ):
        yield node["Relation Name"]
    for inner in node.get("Plans", ()):
        yield from _scans(inner)
