"""Being the single program that works on a SQLite file."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from db.faults import Unavailable, place
from db.files import LOCK, make


class InUse(Unavailable):
    """Another program works on the database. `str()` says so in a sentence."""


@contextmanager
def single_program(engine: Engine) -> Iterator[None]:
    """Keep every other program off this SQLite file, inside the block; on PostgreSQL programs share the work.
    The system releases the lock when the process dies. Raises InUse and Unavailable."""
    if engine.dialect.name != "sqlite":
        yield
        return
    path = Path(f"{engine.url.database}{LOCK}")
    try:
        make(path)
        file = path.open("a")  # it stays there: if it were deleted, two programs could lock it
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
