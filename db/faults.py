"""What an error of the database means: whose fault it is, and a sentence for it without what is secret."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from db.holds import StaleRead

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

CODES = {
    "42501": "this user lacks the rights for that",
    READ_ONLY: "it can only be read",
    "53100": "its disk is full",
    5: "another program holds it",
    6: "another program holds it",
    8: "it can only be read",
    10: "its disk does not work as it should",
    11: "it is damaged",
    13: "its disk is full",
    14: "it cannot be opened",
    26: "the file is no SQLite database, or it is damaged",
}
"""What PostgreSQL's states and SQLite's codes mean."""


class DatabaseTooNew(Exception):
    """The database was written by a newer program. `str()` says so in a sentence."""


class Unavailable(Exception):
    """The database cannot be used. `str()` says which and why in a sentence, without the password, and with
    nothing that is stored there."""


class NotOurs(Unavailable):
    """Another program keeps something in the database. `str()` says so in a sentence."""


def place(address: URL) -> str:
    """Return where a database is, without user name and password."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    port = f":{address.port}" if address.port else ""
    return f"{address.database} at {address.host or 'this machine'}{port}"


@contextmanager
def said(address: URL, what: str = "cannot be used") -> Iterator[None]:
    """Turn errors of the database inside the block into a sentence. Raises Unavailable."""
    try:
        yield
    except (sqlite3.Error, SQLAlchemyError) as error:
        kind = "SQLite" if address.get_backend_name() == "sqlite" else "PostgreSQL"
        raise Unavailable(f"The database ({kind}, {place(address)}) {what}: {why(error)}.") from None


def is_there(file: Path) -> bool:
    """Return whether the file of a SQLite database is there. Raises Unavailable where nobody can say that,
    such as in a folder that this user may not enter."""
    try:
        return file.exists()
    except OSError as error:
        raise Unavailable(f"The database (SQLite, {file}) cannot be looked for: {error.strerror}.") from None


def why(error: Exception) -> str:
    """Return why, in our own words: those of the database may hold what is stored there, or its address."""
    if isinstance(error, Unavailable):
        return str(error)
    wrong = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(wrong, sqlite3.Error):
        name = getattr(wrong, "sqlite_errorname", "")
        return CODES.get(getattr(wrong, "sqlite_errorcode", 1) & 0xFF, f"it refuses that {name}".strip())
    state = getattr(wrong, "sqlstate", None)
    if state in CODES:
        return CODES[state]
    says = str(wrong) if isinstance(error, DBAPIError) else ""
    fits = (words for pattern, words in REFUSALS.items() if re.search(pattern, says))
    return next(fits, f"it refuses that ({state})" if state else "it cannot be opened")


def is_in_the_way(error: BaseException) -> bool:
    """Whether two transactions stood in each other's way, and this one is worth another try."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, StaleRead) or state.startswith(ONCE_MORE)


def has_lost_its_line(error: BaseException) -> bool:
    """Whether the connection is gone: on a new one it may work at once."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_away(error: BaseException) -> bool:
    """Whether the database is not there or cannot work now, rather than that it refuses what it was given:
    then nothing else would be stored either, and another try is worth it."""
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
