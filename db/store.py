"""Opening the database, SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from db import files
from db.faults import Unavailable, place, said
from db.models import sealed

OURS = 0x6D4E6574
"""The first half of our advisory locks on PostgreSQL; the second says what for."""

LINE = {
    "application_name": "mentornet",
    "connect_timeout": 5,
    # A line that is cut says nothing: these find it out within half a minute.
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How libpq keeps the line to PostgreSQL; seconds, the last one milliseconds."""

OPTIONS: dict[str, Any] = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
    # An error holds its statement, never the values: those are people's words.
    "hide_parameters": True,
}
"""How every database is read and written."""

PLANNED = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "plan_cache_mode": "force_custom_plan",
}
"""How PostgreSQL is to look for rows. Ours are few, and found by an index: to compile a statement for them,
or to have other processes help, takes longer than to find them; disks no longer turn; and a plan for any
values does not know how few rows are wanted."""

FILE = "file"
"""Where a connection keeps which file it has opened."""


def connect(url: str | URL) -> Engine:
    """Return an engine for `url`; it connects when it is used.

    On SQLite: WAL, every commit on disk, foreign keys on, one writer from the start of a transaction (the
    standard driver would begin it too late for savepoints). On PostgreSQL: READ COMMITTED, on which "only
    where it is still free" is decided by the row as it is then; every commit on disk.

    Raises Unavailable where `url` is not the address of a database.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # whose words hold the address
        raise Unavailable("database.url is not the address of a database.") from None
    if address.get_backend_name() == "sqlite":
        # The engine thread is the only user at work; the driver's own check would forbid handing it over. Who
        # opens the file while another brings it into shape waits for that; at work it is `busy_timeout`.
        engine = create_engine(address, connect_args={"check_same_thread": False, "timeout": 30}, **OPTIONS)
        path = files.path_of(address)
        if path is not None:
            event.listen(engine, "do_connect", partial(_make_file, path))
            event.listen(engine, "connect", partial(_know_file, path))
            event.listen(engine, "begin", partial(_find_file, path))
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "after_cursor_execute", _count_writes)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine
    engine = create_engine(address, connect_args=LINE, isolation_level="READ COMMITTED", **OPTIONS)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "after_cursor_execute", _count_writes)
    return engine


@contextmanager
def connected(url: str | URL) -> Iterator[Engine]:
    """Connect to the database at `url` for one piece of work. Raises Unavailable."""
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _count_writes(connection: Connection, *execution: Any) -> None:
    """Count the statements that change something, for `TurnSession.writes`."""
    context = execution[3]
    if context is not None and (context.isinsert or context.isupdate or context.isdelete):
        connection.info["writes"] = connection.info.get("writes", 0) + 1


def _make_file(path: Path, *_: object) -> None:
    """Make the file for us alone, before SQLite makes it for all."""
    with suppress(OSError):  # that it cannot be opened SQLite says itself
        files.make(path)


def _know_file(path: Path, _connection: Any, record: Any) -> None:
    record.info[FILE] = files.identity(path)


def _find_file(path: Path, connection: Connection) -> None:
    """Check that the file that was opened is still there: what is written into a deleted one is gone with the
    program. Raises Unavailable."""
    if files.identity(path) != connection.info[FILE]:
        raise Unavailable(
            f"The database's file was moved or deleted while the program works on it ({path}). Put it back, "
            "or stop the program and restore a backup."
        )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute(files.IN_MEMORY)
    if not connection.execute("PRAGMA page_count").fetchone()[0]:  # it is new: later this would write to it
        connection.execute(files.GIVES_BACK)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
    # What is deleted is gone from the file, and from the log of writes beside it once that begins anew.
    for pragma in ("secure_delete=ON", "journal_size_limit=0"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: psycopg.Connection, _record: Any) -> None:
    # A server can be set up to say "committed" before it is; what we have confirmed would be lost with it.
    connection.execute(
        "SELECT set_config(name, 'on', false) FROM pg_settings WHERE name = %s AND setting = 'off'",
        ("synchronous_commit",),
    )
    for name, value in PLANNED.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    connection.commit()


@contextmanager
def beside(engine: Engine) -> Iterator[Session]:
    """Open a session that reads the database of `engine` as it is now, opens what is sealed there, and can
    change nothing. Raises what a database raises that is away."""
    alone = _reads_sqlite(engine) if engine.dialect.name == "sqlite" else _reads_postgresql(engine)
    if (seal := sealed.of(engine)) is not None:
        sealed.give(alone, seal)
    try:
        with Session(alone) as db:
            yield db
    finally:
        alone.dispose()


def _reads_sqlite(engine: Engine) -> Engine:
    path = files.path_of(engine.url)
    assert path is not None, "what is only in memory has one connection"
    alone = create_engine(
        engine.url,
        creator=partial(files.opened, path, "ro"),
        poolclass=NullPool,
        **OPTIONS,
    )
    # By itself the driver would begin where something is changed: each statement would read another moment.
    event.listen(alone, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return alone


def _reads_postgresql(engine: Engine) -> Engine:
    return create_engine(
        engine.url,
        connect_args=LINE,
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        **OPTIONS,
    )


def narrow(engine: Engine) -> list[Path]:
    """Take from others the rights to a SQLite database; return its files that are still open to them, because
    the system does not let us."""
    path = files.path_of(engine.url)
    return [] if path is None else files.narrow(files.all_of(path))


def described(connection: Connection) -> str:
    """Return which database this is, for people: kind, version, and where."""
    version = ".".join(map(str, connection.dialect.server_version_info or ()))
    kind = "SQLite" if connection.dialect.name == "sqlite" else "PostgreSQL"
    return f"{kind} {version}, {place(connection.engine.url)}"


@contextmanager
def reached(engine: Engine, *, changes_shape: bool = False) -> Iterator[Connection]:
    """Begin a transaction; one that `changes_shape` may make tables anew. Raises Unavailable where none can
    begin, or where the database does not do what it is asked."""
    with said(engine.url, "is not reached"), engine.connect() as connection:
        loose = _references_off(connection) if changes_shape else nullcontext()
        with loose, connection.begin(), said(engine.url):
            yield connection


@contextmanager
def _references_off(connection: Connection) -> Iterator[None]:
    """Let SQLite make a table anew without deleting what refers to the old one: its way to change most of a
    table (https://www.sqlite.org/lang_altertable.html, 7). Inside a transaction it cannot be switched."""
    line: Any = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    line.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        line.execute("PRAGMA foreign_keys=ON")


@contextmanager
def only_read(path: Path) -> Iterator[Connection]:
    """Begin to read a SQLite file that is there; it stays as it is. Raises Unavailable."""
    address = URL.create("sqlite", database=str(path))
    engine = create_engine(address, creator=partial(files.opened, path, "ro"), poolclass=NullPool)
    with said(address), engine.connect() as connection:
        yield connection


def is_whole(connection: Connection) -> bool:
    """Look at every page of a SQLite file: whether none is damaged. Raises Unavailable."""
    return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
