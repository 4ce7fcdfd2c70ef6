"""Being the only program that works on a database."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from db.store import OURS, WORKING, Unavailable, place, reached

SAME_LINE = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
"""What `store.LINE` is on our side is this on PostgreSQL's: it soon lets go of what a lost program held."""


class InUse(Unavailable):
    """Another program works on the database. `str()` says so in a sentence."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Keep off every other program that wants to be alone with this database, inside the block. What keeps it
    off is let go by the system itself when the process dies. Raises InUse, and Unavailable."""
    in_use = InUse(
        f"Another program works on this database already ({place(engine.url)}). Stop it first, or name "
        "another database in database.url."
    )
    holding = _file if engine.dialect.name == "sqlite" else _connections
    with holding(engine, in_use):
        yield


@contextmanager
def _file(engine: Engine, in_use: InUse) -> Iterator[None]:
    """Hold a lock on a file beside the database. It stays there: if it were taken away, two could hold it."""
    path = Path(f"{engine.url.database}.lock")
    try:
        file = path.open("a")
    except OSError as error:
        raise Unavailable(f"The file {path} cannot be opened: {error.strerror}.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise in_use from None
        yield


@contextmanager
def _connections(engine: Engine, in_use: InUse) -> Iterator[None]:
    """Have each connection take a lock, which is lost with it: so a restart of the server lets nobody in.
    There is only one connection at a time, because only one thread works on the database."""

    def take(connection: psycopg.Connection, _record: Any) -> None:
        connection.execute(SAME_LINE)
        taken = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (OURS, WORKING)).fetchone()
        connection.commit()
        if taken != (True,):
            connection.close()
            raise in_use

    engine.dispose()
    event.listen(engine, "connect", take)
    try:
        with reached(engine):
            pass
        yield
    finally:
        event.remove(engine, "connect", take)
        engine.dispose()
