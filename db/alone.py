"""Being the only program that works on a SQLite file."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from db.store import Unavailable, place


class InUse(Unavailable):
    """Another program works on the database. `str()` says so in a sentence."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Keep every other program off this SQLite file, inside the block; on PostgreSQL they share the work. The
    system itself lets go of it when the process dies. Raises InUse, and Unavailable."""
    if engine.dialect.name != "sqlite":
        yield
        return
    path = Path(f"{engine.url.database}.lock")
    try:
        file = path.open("a")  # it stays there: if it were taken away, two could hold it
    except OSError as error:
        raise Unavailable(f"The file {path} cannot be opened: {error.strerror}.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                f"Another program works on this database already ({place(engine.url)}). Stop it first, or "
                "name another database in database.url."
            ) from None
        yield
