"""The database in a backup: one SQLite file, whichever kind the database is.

A SQLite database is copied as it is. From PostgreSQL and into it go rows: so what was one kind can be
restored as the other, and nobody needs PostgreSQL's own tools, in a version that suits the server.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Connection,
    Engine,
    MetaData,
    NullPool,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from db import store
from db.alone import alone
from db.models import Delivery, Letter

PAGE = 1000
"""Rows that are carried over at a time."""
LEAP = 10_000_000
"""How far a restore moves the numbers of deliveries on. What was sent after the backup has the next ones, and
messengers know them: a button would mean something else, and a message pass for one that they have."""
VERSION = "alembic_version"
WAL, JOURNAL, SHARED = "-wal", "-journal", "-shm"
"""What SQLite keeps beside a file while it works on it."""


class NotEmpty(store.Unavailable):
    """There is something where nothing may be. `str()` says so in a sentence."""


def save(url: str, path: Path) -> str:
    """Copy the database, as it is at one moment, into a new file; its version. Others go on working
    meanwhile, but nobody changes its shape. Raises DatabaseTooNew and Unavailable."""
    path.touch(0o600, exist_ok=False)
    with _opened(url) as engine:
        if engine.dialect.name == "sqlite":
            _copy_file(_path(engine), path)
        else:
            _save_rows(engine, path)
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA journal_mode=DELETE")  # so it can be read where nobody may write
        with _read(path) as saved:
            version = store.version(saved)
        if version is None:
            raise store.Unavailable(f"Nothing is in the database yet ({store.place(engine.url)}).")
        return version


def restore(path: Path, url: str, now: datetime) -> None:
    """Bring what was saved into a database in which nothing is, and into this program's shape: all or
    nothing. Raises NotEmpty, DatabaseTooNew and Unavailable."""
    with _opened(url) as engine, alone(engine), _read(path) as saved:
        try:
            version = store.version(saved)
        except store.DatabaseTooNew:
            raise store.DatabaseTooNew(TOO_NEW) from None
        assert version is not None, "what is saved has one"
        if engine.dialect.name == "sqlite":
            _restore_file(path, _path(engine), now)
            return
        with store.reached(engine) as target:
            store.keep_shape(target)
            if inspect(target).get_table_names():
                raise NotEmpty(f"The database is not empty ({store.place(engine.url)}): {ELSEWHERE}")
            store.shape(target, version)
            _copy_rows(saved, target)
            _finish(target, now)
            _count_on(target)


TOO_NEW = "The backup was made by a newer program: please update this one."
ELSEWHERE = "a backup is restored into a new one. Name that in database.url."


@contextmanager
def _opened(url: str | URL) -> Iterator[Engine]:
    """An engine for one piece of work, whose errors are said in a sentence."""
    engine = store.connect(url)
    try:
        yield engine
    except (sqlite3.Error, SQLAlchemyError) as error:
        wrong = error.orig if isinstance(error, DBAPIError) else error
        # What PostgreSQL says may hold what is stored.
        why = str(wrong) if isinstance(wrong, sqlite3.Error) else type(wrong).__name__
        raise store.Unavailable(f"The work on {store.place(engine.url)} did not succeed: {why}.") from None
    finally:
        engine.dispose()


@contextmanager
def _read(path: Path) -> Iterator[Connection]:
    """A connection to a file that is only read."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool
    )
    with engine.connect() as connection:
        yield connection


# --- files ---------------------------------------------------------------------------------------


def _path(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _copy_file(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, also while others write to it. Raises Unavailable."""
    if not source.exists():
        raise store.Unavailable(f"There is no database ({source}).")
    address = f"{source.absolute().as_uri()}?mode=rw"  # in WAL, readers write too: to its index
    with closing(sqlite3.connect(address, uri=True)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def _restore_file(saved: Path, target: Path, now: datetime) -> None:
    # An old log beside a new file would be taken for its own.
    for path in (_beside(target, ending) for ending in ("", WAL, JOURNAL)):
        if path.exists():
            raise NotEmpty(f"There is {path} already: {ELSEWHERE}")
    new = _beside(target, ".new")
    for ending in ("", WAL, JOURNAL, SHARED):
        _beside(new, ending).unlink(missing_ok=True)  # of a restore that was interrupted
    new.touch(0o600)
    _copy_file(saved, new)
    with _opened(URL.create("sqlite", database=str(new))) as engine, store.reached(engine) as connection:
        _finish(connection, now)
    new.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


# --- rows ----------------------------------------------------------------------------------------


def _save_rows(engine: Engine, path: Path) -> None:
    file = URL.create("sqlite", database=str(path))
    with store.reached(engine) as shape, store.reached(engine) as source:
        store.keep_shape(shape)
        source.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        version = store.version(source)
        if version is not None:
            with _opened(file) as new, store.reached(new) as target:
                store.shape(target, version)
                _copy_rows(source, target)


def _copy_rows(source: Connection, target: Connection) -> None:
    """Copy all rows into tables of the same shape, in which nothing is."""
    theirs, ours = _tables(source), _tables(target)
    for table in ours.sorted_tables:
        if table.name != VERSION:
            rows = source.execute(select(theirs.tables[table.name]).execution_options(yield_per=PAGE))
            for some in rows.mappings().partitions():
                target.execute(insert(table), [dict(row) for row in some])


def _tables(connection: Connection) -> MetaData:
    """The tables as they are there, which may be of an older shape than our models."""
    found = MetaData()
    event.listen(found, "column_reflect", _none_is_null)
    found.reflect(connection)
    return found


def _none_is_null(_inspector: Any, _table: Any, column: Any) -> None:
    """What is not there in JSON is NULL, as in our models."""
    if isinstance(column["type"], JSON):
        column["type"] = JSON(none_as_null=True)


def _finish(connection: Connection, now: datetime) -> None:
    """Bring restored rows into this program's shape, and have the numbers of deliveries leap: by a last one,
    which was sent to nobody and is forgotten like others."""
    store.shape(connection, "head")
    letter = 1 + (connection.scalar(select(func.max(Letter.id))) or 0)
    last = LEAP + (connection.scalar(select(func.max(Delivery.id))) or 0)
    connection.execute(insert(Letter).values(id=letter, made_at=now))
    connection.execute(
        insert(Delivery).values(
            id=last,
            letter_id=letter,
            messenger="",
            chat="",
            priority=0,
            state="dropped",
            settled_at=now,
            reason="the database was restored",
        )
    )


def _count_on(connection: Connection) -> None:
    """Have PostgreSQL count on from the numbers that are there."""
    for table in _tables(connection).tables.values():
        if "id" in table.c:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, func.max(table.c.id))))
