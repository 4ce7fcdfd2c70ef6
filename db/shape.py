"""The shape of the database: its version, and how it is brought to the one this program knows."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, column, func, inspect, select, table
from sqlalchemy.engine import URL
from sqlalchemy.schema import SchemaItem

from db import files
from db.faults import DatabaseTooNew, NotOurs, is_there, place
from db.models import Base
from db.store import OURS, only_read, reached

if TYPE_CHECKING:  # Alembic is loaded only where a database has to be brought into shape
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"

MIGRATING = 1

Progress = Callable[[str, int, int], None]
"""Is told what is done now ("Copying the database"), how much of it, and of how much; 0: nobody knows."""


def unseen(_what: str, _done: int, _of: int) -> None:
    """Tell nobody how far something is."""


VERSION = table("alembic_version", column("version_num"))
"""The table in which Alembic keeps the version."""

ALWAYS = {"people", "identities", "networks", "letters", "deliveries"}
"""Tables that are there in every version: others number theirs as we do."""


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration, without its ini file; what it does is part of the caller's
    transaction."""
    from alembic.config import Config

    config = Config(stdout=sys.stdout)  # its own default is what that was when Alembic was first read
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, progress: Progress = unseen) -> tuple[str | None, str]:
    """Bring the database to this program's shape; an empty one is filled. Return its version before (None: it
    was empty) and now. Of several programs that start together one does it, and the others wait.

    Raises DatabaseTooNew where it has a version that this program does not know, NotOurs and Unavailable.
    """
    path = files.path_of(engine.url)
    if path is not None and is_there(path):
        with only_read(path) as connection:
            version(connection)  # who works on a file changes it: another program's stays as it is
    with reached(engine, changes_shape=True) as connection:
        lock(connection)
        before, now = version(connection), newest()
        if before != now:
            bring_to(connection, "head", progress)
    if path is not None:
        progress("Putting the file in order", 0, 0)
        files.let_give_back(path)
    return before, now


@contextmanager
def as_it_is(engine: Engine) -> Iterator[Connection | None]:
    """Look into a database, and change nothing of it; None where it is not there, or of another version.
    Raises DatabaseTooNew, NotOurs and Unavailable."""
    path = files.path_of(engine.url)
    if path is not None and not is_there(path):
        yield None
        return
    with reached(engine) if path is None else only_read(path) as connection:
        yield connection if version(connection) == newest() else None


def lock(connection: Connection) -> None:
    """Keep other programs from changing the shape until this transaction ends."""
    if connection.dialect.name != "sqlite":  # SQLite has one writer anyway
        connection.execute(select(func.pg_advisory_xact_lock(OURS, MIGRATING)))


def version(connection: Connection) -> str | None:
    """Return the version of the database's shape; None where nothing is in it. Raises DatabaseTooNew, and
    NotOurs where another program keeps something there."""
    tables = set(inspect(connection).get_table_names())
    there: str | None = None
    if VERSION.name in tables:
        there = connection.scalar(select(VERSION.c.version_num))
    if there is None and not tables - {VERSION.name}:
        return None
    if there is None or not tables >= ALWAYS:
        raise NotOurs(not_ours(connection.engine.url))
    if there not in versions():
        raise DatabaseTooNew(
            f"The database is at version {there}, which this program does not know yet. "
            "It was used by a newer program: please update, or restore a backup."
        )
    return there


def not_ours(address: URL) -> str:
    """Return what is said of a database in which another program keeps something."""
    return (
        f"The database ({place(address)}) belongs to another program, and nothing in it was changed. Name "
        "another one in database.url."
    )


def versions() -> set[str]:
    """Return all versions that this program knows: what the names of the migrations' files begin with."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def newest() -> str:
    """Return the version that this program brings every database to."""
    return max(versions())


def bring_to(connection: Connection, to: str, progress: Progress = unseen) -> None:
    """Bring the database to the shape of a version that this program knows; "head" is the newest."""
    from alembic.command import upgrade

    config = alembic_config(connection)
    last = newest() if to == "head" else to
    before = version(connection) or ""
    steps = sorted(each for each in versions() if before < each <= last)

    def made(step: Any, **_about: object) -> None:
        done = steps.index(step.up_revision_id) + 1
        progress(f"Bringing the database to version {last}", done, len(steps))

    progress(f"Bringing the database to version {last}", 0, len(steps))
    config.attributes["made"] = made
    upgrade(config, to)


def lacks(connection: Connection) -> list[str]:
    """Return the tables that are not there, or not as this program's newest version makes them."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    ours = Base.metadata
    options = {
        "compare_server_default": True,
        "include_name": lambda name, kind, _: kind != "table" or name in ours.tables,
    }
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), ours)
    # What changes in a column is a list of its own. What is there besides is no harm.
    steps = [step for each in found for step in (each if isinstance(each, list) else [each])]
    return sorted({_table_of(step) for step in steps if not step[0].startswith("remove_")})


def _table_of(step: tuple[Any, ...]) -> str:
    """Return the table that a step of Alembic's would change; see its `compare_metadata`."""
    thing = step[1] if isinstance(step[1], SchemaItem) else None
    if isinstance(thing, Table):
        return thing.name
    table: Table | None = getattr(thing, "table", None)
    return str(step[2]) if table is None else table.name
