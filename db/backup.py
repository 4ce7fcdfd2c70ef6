"""The database in a backup: one SQLite file, whichever kind the database is.

A SQLite database is copied as it is. From PostgreSQL and into it go rows: so what was one kind can be
restored as the other, and nobody needs PostgreSQL's own tools, in a version that suits the server.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Connection,
    Engine,
    MetaData,
    Table,
    event,
    func,
    insert,
    inspect,
    select,
)

from db import faults, files, shape, store
from db.models import Delivery, Letter, Network, Person
from db.shape import Progress, unseen
from db.single_program import single_program

PAGE = 1000
"""Rows that are carried over at a time."""
PAGES = 2_500
"""Pages of a SQLite file that are copied at a time: ten megabytes."""
AT_ONCE = 20_000
"""Rows that are written to a new file together."""
LEAP = 10_000_000
"""How far a restore moves the numbers of deliveries on. What was sent after the backup has the next ones, and
messengers know them: a button would mean something else, and a message pass for one that they have."""


class NotEmpty(faults.Unavailable):
    """There is something where nothing may be. `str()` says so in a sentence."""


class NotWhole(faults.Unavailable):
    """What was written is not what it should be. `str()` says so in a sentence."""


@dataclass(frozen=True, slots=True)
class Held:
    """How many people and networks a database holds, as it was read."""

    people: int
    networks: int


def save(url: str, path: Path, progress: Progress = unseen) -> str:
    """Copy the database, as it is at one moment, into a new file; return its version. Others go on working
    meanwhile, but nobody changes its shape. Raises DatabaseTooNew, NotOurs, NotWhole and Unavailable."""
    path.touch(0o600, exist_ok=False)
    with _opened(url) as engine:
        if engine.dialect.name == "sqlite":
            _copy_file(_path(engine), path, progress)
        else:
            _save_rows(engine, path, progress)
        progress(READING, 0, 0)
        with closing(files.opened(path, "rw")) as file:
            file.execute("PRAGMA journal_mode=DELETE")  # so it can be read where nobody may write
        with store.only_read(path) as saved:
            if not store.is_whole(saved):
                raise NotWhole(f"The database is damaged, so nothing was saved ({faults.place(engine.url)}).")
            version = _version(saved, engine)
        if version is None:
            raise faults.Unavailable(f"Nothing is in the database yet ({faults.place(engine.url)}).")
        return version


def restore(path: Path, url: str, now: datetime, progress: Progress = unseen) -> Held:
    """Bring what was saved into a database in which nothing is, and into this program's shape: all or
    nothing. Return what was read there then. Raises NotEmpty, DatabaseTooNew, NotWhole and Unavailable."""
    with _opened(url) as engine, single_program(engine), store.only_read(path) as saved:
        try:
            version = shape.version(saved)
        except faults.DatabaseTooNew:
            raise faults.DatabaseTooNew(TOO_NEW) from None
        assert version is not None, "what is saved has one"
        if engine.dialect.name == "sqlite":
            _restore_file(path, _path(engine), now, progress)
        else:
            _restore_rows(saved, engine, version, now, progress)
        with store.reached(engine) as target:
            there = _held(target)
        if there != _held(saved):
            raise NotWhole(f"Not all of the backup is in {faults.place(engine.url)} now: do not start it.")
        return there


def held(path: Path) -> Held:
    """Read what is in a saved database. Raises Unavailable."""
    with store.only_read(path) as saved:
        return _held(saved)


def _held(connection: Connection) -> Held:
    people, networks = (
        int(connection.scalar(select(func.count()).select_from(table)) or 0) for table in (Person, Network)
    )
    return Held(people, networks)


COPYING, READING = "Copying the database", "Reading the copy"
"""What is done, for whoever waits."""
TOO_NEW = "The backup was made by a newer program: please update this one."
ELSEWHERE = "a backup is restored into a new one. Name that in database.url."


@contextmanager
def _opened(url: str | URL) -> Iterator[Engine]:
    """Connect for one piece of work, whose errors are said in a sentence."""
    with store.connected(url) as engine, faults.said(engine.url):
        yield engine


def _version(saved: Connection, engine: Engine) -> str | None:
    """Return the version of a copy; what is wrong is said of the database that was copied."""
    try:
        return shape.version(saved)
    except faults.NotOurs:
        raise faults.NotOurs(shape.not_ours(engine.url)) from None


# --- files ---------------------------------------------------------------------------------------


def _path(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _copy_file(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database as it is at one moment, also while others write to it. Raises Unavailable."""

    def copied(_status: int, left: int, pages: int) -> None:
        progress(COPYING, pages - left, pages)

    if not source.exists():
        raise faults.Unavailable(f"There is no database ({source}).")
    try:
        # In WAL, readers write too: to its index.
        with closing(files.opened(source, "rw")) as there, closing(files.opened(target, "rw")) as here:
            there.execute("BEGIN")
            there.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from now on it sees one moment
            there.backup(here, pages=PAGES, progress=copied)
    except sqlite3.Error as error:
        raise faults.Unavailable(f"{source} cannot be copied to {target}: {faults.why(error)}.") from None


def _restore_file(saved: Path, target: Path, now: datetime, progress: Progress) -> None:
    # An old log beside a new file would be taken for its own.
    for path in (files.beside(target, ending) for ending in ("", files.WAL, files.JOURNAL)):
        if path.exists():
            raise NotEmpty(f"There is {path} already: {ELSEWHERE}")
    new = files.beside(target, ".new")
    for each in files.all_of(new):
        each.unlink()  # of a restore that was interrupted
    files.make(new)
    _copy_file(saved, new, progress)
    with (
        _opened(URL.create("sqlite", database=str(new))) as engine,
        store.reached(engine, changes_shape=True) as connection,
    ):
        _finish(connection, now, progress)
        progress(READING, 0, 0)
        if not store.is_whole(connection):
            raise NotWhole(f"What was restored is damaged, so it was not put in its place ({new}).")
    new.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


# --- rows ----------------------------------------------------------------------------------------


def _restore_rows(saved: Connection, engine: Engine, version: str, now: datetime, progress: Progress) -> None:
    with store.reached(engine) as target:
        shape.lock(target)
        if inspect(target).get_table_names():
            raise NotEmpty(f"The database is not empty ({faults.place(engine.url)}): {ELSEWHERE}")
        shape.bring_to(target, version)
        _copy_rows(saved, target, progress)
        _finish(target, now, progress)
        _count_on(target)


def _save_rows(engine: Engine, path: Path, progress: Progress) -> None:
    file = URL.create("sqlite", database=str(path))
    with store.reached(engine) as waiting, store.reached(engine) as source:
        shape.lock(waiting)
        source.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        version = shape.version(source)
        if version is not None:
            with _opened(file) as new:
                with store.reached(new) as target:
                    shape.bring_to(target, version)
                with new.connect() as target:
                    _copy_rows(source, target, progress, at_once=AT_ONCE)


def _copy_rows(
    source: Connection, target: Connection, progress: Progress, at_once: int | None = None
) -> None:
    """Copy all rows into tables of the same shape, in which nothing is: about so many `at_once`, so that the
    log of writes beside the new file stays small; else all or nothing."""
    theirs, ours = _tables(source), _tables(target)
    tables = [table for table in ours.sorted_tables if table.name != shape.VERSION.name]
    of = sum(_count(source, theirs.tables[table.name]) for table in tables)
    done = waiting = 0
    for table in tables:
        copied = 0
        for some in _rows(source, theirs.tables[table.name]):
            target.execute(insert(table), some)
            copied, waiting = copied + len(some), waiting + len(some)
            progress(COPYING, done + copied, of)
            if at_once is not None and waiting >= at_once:
                target.commit()
                waiting = 0
        if _count(target, table) != copied:
            raise NotWhole(f"Not all rows of {table.name} were copied, so nothing was.")
        done += copied
    if at_once is not None:
        target.commit()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _rows(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table, some at a time."""
    with faults.said(source.engine.url):
        rows = source.execute(select(table).execution_options(yield_per=PAGE))
        for some in rows.mappings().partitions():
            yield [dict(row) for row in some]


def _tables(connection: Connection) -> MetaData:
    """Return the tables as they are there, which may be of an older shape than our models."""
    found = MetaData()
    event.listen(found, "column_reflect", _none_is_null)
    found.reflect(connection)
    return found


def _none_is_null(_inspector: Any, _table: Any, column: Any) -> None:
    """Read what is missing in JSON as NULL, as our models do."""
    if isinstance(column["type"], JSON):
        column["type"] = JSON(none_as_null=True)


def _finish(connection: Connection, now: datetime, progress: Progress) -> None:
    """Bring restored rows into this program's shape, and let the numbers of deliveries leap: by a last one
    that was sent to nobody and is forgotten like others."""
    shape.bring_to(connection, "head", progress)
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
    """Let PostgreSQL count on from the numbers that are there."""
    for table in _tables(connection).tables.values():
        if "id" in table.c:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, func.max(table.c.id))))
