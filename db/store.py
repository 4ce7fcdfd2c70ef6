"""Opening the database, SQLite or PostgreSQL, and bringing it to the shape this program knows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import sessionmaker

from db.group import Group
from db.holds import OnceMore

if TYPE_CHECKING:  # Alembic is loaded only where a database has to be brought into shape
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"

OURS = 0x6D4E6574
"""The first half of our advisory locks on PostgreSQL; the second says what for."""
MIGRATING = 1

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

SQLITE_AWAY = {3, 5, 6, 7, 8, 10, 11, 13, 14, 15, 26}
"""What SQLite answers when the fault is not with what it was given: not permitted, busy, locked, no memory,
read-only, no input or output, malformed, disk full, cannot open, protocol, not a database."""
TOO_LARGE, ONCE_MORE, READ_ONLY = "54", "40", "25006"
"""Of PostgreSQL's states: two classes, the second for transactions that stood in each other's way, and what a
server answers that only follows another one."""

REFUSALS = {
    "password authentication failed|no password supplied": "the user name or the password is not accepted",
    r'role "[^"]*" does not exist|no pg_hba\.conf entry': "this user is not let in",
    r'database "[^"]*" does not exist': "there is no database of this name",
    "too many clients|too many connections|connection slots": "it has no place for another connection",
    "is starting up|is shutting down|recovery mode": "it is about to start or to stop",
    "resolve": "there is no machine of this name",
    "refused|No such file": "nobody answers there",
    "timeout|timed out|expired": "nobody answers there in time",
}
"""What PostgreSQL or the way to it says, and the same in words that never hold what is in the address."""


class DatabaseTooNew(Exception):
    """The database was written by a newer program. `str()` says so in a sentence."""


class Unavailable(Exception):
    """The database cannot be reached. `str()` says which and why in a sentence, without the password."""


def connect(url: str | URL) -> Engine:
    """An engine for `url`; it connects when it is used.

    On SQLite: WAL, every commit on disk, foreign keys on, one writer from the start of a transaction (the
    standard driver would begin it too late for savepoints). On PostgreSQL: READ COMMITTED, on which "only
    where it is still free" is decided by the row as it is then; every commit on disk.

    Raises Unavailable where `url` is no address of a database.
    """
    json = {"json_serializer": _dumps, "json_deserializer": orjson.loads}
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # whose words hold the address
        raise Unavailable("database.url is not the address of a database.") from None
    if address.get_backend_name() == "sqlite":
        # The engine thread is the only user at work; the driver's own check would forbid handing it over. Who
        # opens the file while another brings it into shape waits for that; at work it is `busy_timeout`.
        engine = create_engine(address, connect_args={"check_same_thread": False, "timeout": 30}, **json)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine
    engine = create_engine(
        address,
        connect_args=LINE,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        **json,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: psycopg.Connection, _record: Any) -> None:
    # A server can be set up to say "committed" before it is; what we have confirmed would be lost with it.
    connection.execute(
        "SELECT set_config(name, 'on', false) FROM pg_settings WHERE name = %s AND setting = 'off'",
        ("synchronous_commit",),
    )
    connection.commit()


def sessions(engine: Engine) -> sessionmaker[Group]:
    """Sessions for turns: nothing is read again after a commit, because a session ends with it."""
    return sessionmaker(engine, class_=Group, expire_on_commit=False)


# --- what it is, and whether it is there ---------------------------------------------------------


def described(engine: Engine) -> str:
    """Which database this is, for people: kind, version, and where. Raises Unavailable."""
    with reached(engine) as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
        kind = "SQLite" if _is_sqlite(connection) else "PostgreSQL"
    return f"{kind} {version}, {place(engine.url)}"


def place(address: URL) -> str:
    """Where a database is, without user name and password."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    port = f":{address.port}" if address.port else ""
    return f"{address.database} at {address.host or 'this machine'}{port}"


@contextmanager
def reached(engine: Engine) -> Iterator[Connection]:
    """A transaction. Raises Unavailable where none can begin."""
    kind = "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        says = str(error.orig) if isinstance(error, DBAPIError) else ""
        fits = (words for pattern, words in REFUSALS.items() if re.search(pattern, says))
        why = next(fits, "it cannot be opened")
        raise Unavailable(f"The database ({kind}, {place(engine.url)}) is not reached: {why}.") from None
    with connection, connection.begin():
        yield connection


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def is_in_the_way(error: BaseException) -> bool:
    """Whether an error says that two transactions stood in each other's way, and that it is worth to try this
    one again."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, OnceMore) or state.startswith(ONCE_MORE)


def has_lost_its_line(error: BaseException) -> bool:
    """Whether an error says that the connection is gone: on a new one it may work at once."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database is not there or cannot work now, not that it refuses what it
    was given: then nothing else would be stored either, and it is worth to try again."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, Unavailable)
    if has_lost_its_line(error):
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_AWAY
    state = getattr(error.orig, "sqlstate", None) or ""
    # Among what PostgreSQL calls operational are also values that are too large for it.
    given = state.startswith((TOO_LARGE, ONCE_MORE))
    operational = isinstance(error, OperationalError) and not given
    return operational or state == READ_ONLY


# --- its shape -----------------------------------------------------------------------------------


def alembic_config(connection: Connection) -> "Config":
    """Alembic's configuration, without its ini file; what it does is part of the caller's transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Bring the database to this program's shape; an empty one is made. Of several programs that start
    together one does it, and the others wait.

    Raises DatabaseTooNew where it knows a version that this program does not, and Unavailable.
    """
    with reached(engine) as connection:
        keep_shape(connection)
        if version(connection) != max(versions()):
            shape(connection, "head")


def keep_shape(connection: Connection) -> None:
    """Have no other program change the shape until this transaction ends."""
    if not _is_sqlite(connection):  # SQLite has one writer anyway
        connection.execute(select(func.pg_advisory_xact_lock(OURS, MIGRATING)))


def version(connection: Connection) -> str | None:
    """The version of the database's shape; None where nothing is in it. Raises DatabaseTooNew."""
    there: str | None = None
    if inspect(connection).has_table("alembic_version"):
        there = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if there is not None and there not in versions():
        raise DatabaseTooNew(
            f"The database is at version {there}, which this program does not know yet. "
            "It was used by a newer program: please update, or restore a backup."
        )
    return there


def versions() -> set[str]:
    """All versions of the shape that this program knows, by what their files' names begin with."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def shape(connection: Connection, to: str) -> None:
    """Bring the database to the shape of a version that this program knows, "head" for the newest."""
    from alembic.command import upgrade

    upgrade(alembic_config(connection), to)


@contextmanager
def opened(url: str) -> Iterator[sessionmaker[Group]]:
    """Sessions on the database at `url`, brought into shape, for one piece of work. Raises DatabaseTooNew and
    Unavailable."""
    engine = connect(url)
    try:
        migrate(engine)
        yield sessions(engine)
    finally:
        engine.dispose()
