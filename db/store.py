"""Opening the database, and bringing it to the shape this program knows."""

from pathlib import Path
from typing import Any

from alembic.command import upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseTooNew(Exception):
    """The database was written by a newer program. `str()` says so in a sentence."""


def connect(url: str) -> Engine:
    """An engine for `url`. On SQLite: WAL, every commit on disk, foreign keys on, one writer from the start
    of a transaction (the standard driver would begin it too late for savepoints)."""
    address = make_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    # The engine thread is the only user at work; the driver's own check would forbid handing it over.
    options: dict[str, Any] = {"connect_args": {"check_same_thread": False}} if sqlite else {}
    engine = create_engine(address, **options)
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions for turns: nothing is read again after a commit, because a session ends with it."""
    return sessionmaker(engine, expire_on_commit=False)


def alembic_config(engine: Engine) -> Config:
    """Alembic's configuration, without its ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine) -> None:
    """Bring the database to this program's shape; an empty one is made.

    Raises DatabaseTooNew where it knows a version that this program does not.
    """
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    with engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
    if there is not None and there not in known:
        raise DatabaseTooNew(
            f"The database is at version {there}, which this program does not know yet. "
            "It was used by a newer program: please update, or restore a backup."
        )
    upgrade(alembic_config(engine), "head")
