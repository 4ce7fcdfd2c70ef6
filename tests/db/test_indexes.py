"""What is deleted is not looked for in whole tables: every reference to it has an index."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, ForeignKey, Table, text

from db import store
from db.models import Base

ROOT = Path(__file__).parents[2]
MODELS = {mapper.class_.__name__: mapper for mapper in Base.registry.mappers}


def named() -> Iterator[str]:
    """The models from which a statement of ours deletes: `delete(Letter)`."""
    for room in ("db", "bot", "handlers"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Name("delete"), args=[ast.Name(model), *_]) if model in MODELS:
                        yield model


def emptied() -> set[Table]:
    """All tables that lose rows: by a statement, with the row to which theirs belonged, or because what they
    referred to is gone."""
    models = [MODELS[name] for name in named()]
    for mapper in MODELS.values():
        models += [each.mapper for each in mapper.relationships if each.cascade.delete]
    found = {Base.metadata.tables[mapper.class_.__tablename__] for mapper in models}
    while more := {key.parent.table for key in keys(found) if key.ondelete == "CASCADE"} - found:
        found |= more
    return found


def keys(tables: set[Table]) -> list[ForeignKey]:
    """What refers to these tables."""
    every = (key for table in Base.metadata.sorted_tables for key in table.foreign_keys)
    return [key for key in every if key.column.table in tables]


KEYS = {f"{key.parent.table.name}.{key.parent.name}": key for key in keys(emptied())}


def plan(connection: Connection, key: ForeignKey) -> str:
    """How the database looks for rows that refer to one."""
    column = key.parent
    look = f"SELECT 1 FROM {column.table.name} WHERE {column.name} = 1"  # names of ours
    if connection.dialect.name == "sqlite":
        return "\n".join(row[-1] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {look}")))
    connection.execute(text("SET LOCAL enable_seqscan = off"))  # small tables are read whole
    return "\n".join(connection.execute(text(f"EXPLAIN {look}")).scalars())


def is_found_by_index(connection: Connection, key: ForeignKey) -> bool:
    """Whether rows that refer to one are found without a look at the others."""
    column = key.parent
    conditions = {
        "sqlite": [f"({column.name}=?)", *(["(rowid=?)"] if [*column.table.primary_key] == [column] else [])],
        "postgresql": [f"Index Cond: ({column.name} = 1)"],
    }
    found = plan(connection, key)
    return any(condition in found for condition in conditions[connection.dialect.name])


def test_it_is_known_from_what_is_deleted() -> None:
    names = {table.name for table in emptied()}
    assert {"letters", "deliveries", "seen", "networks", "member_topics"} <= names
    assert {"people", "members", "invitations"} <= names, "whoever is forgotten is looked for everywhere"


def test_every_reference_to_what_is_deleted_has_an_index(database: str) -> None:
    with store.connected(database) as engine, engine.connect() as connection:
        assert [name for name, key in KEYS.items() if not is_found_by_index(connection, key)] == []


@pytest.mark.parametrize(
    "index", ["ix_help_requests_post_id", "ix_conversations_letter_id", "ix_journal_about_id"]
)
def test_one_without_would_be_found(database: str, index: str) -> None:
    with store.connected(database) as engine:
        with engine.begin() as connection:
            connection.execute(text(f"DROP INDEX {index}"))
            missing = [name for name, key in KEYS.items() if not is_found_by_index(connection, key)]
        assert [f"ix_{name.replace('.', '_')}" for name in missing] == [index]
