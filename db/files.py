"""The files of a SQLite database: which they are, and that they are nobody else's to read."""

import sqlite3
import stat
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal

from sqlalchemy import URL

WAL, JOURNAL, SHARED = "-wal", "-journal", "-shm"
"""What SQLite keeps beside a file while it works on it."""
LOCK = ".lock"
"""What we keep beside it: who holds it is the only program that works on the database."""
IN_MEMORY = "PRAGMA temp_store=MEMORY"
"""What SQLite puts aside for a moment needs no folder: on a hardened system it may write to none but ours."""

GIVES_BACK = "PRAGMA auto_vacuum=INCREMENTAL"
"""Pages that are free are given back when somebody asks for it."""
INCREMENTAL = 2
"""How SQLite calls that."""
FREE_PART = 10
"""One page in so many may be free: the next day needs it again."""
PAGES = 100
"""Pages that are given back at a time, in a transaction of its own: some milliseconds."""
PAUSE = 0.01
"""Seconds in between, in which others write."""


def path_of(url: URL) -> Path | None:
    """Return where the database's file is; None for PostgreSQL, and for SQLite's other kinds of places."""
    name = url.database or ""
    is_file = url.get_backend_name() == "sqlite" and name and not name.startswith((":", "file:"))
    return Path(name) if is_file else None


def beside(path: Path, ending: str) -> Path:
    """Return the path of a file that belongs to the one at `path`."""
    return path.with_name(path.name + ending)


def all_of(path: Path) -> list[Path]:
    """Return the files of the database at `path` that are there."""
    found = (beside(path, ending) for ending in ("", WAL, JOURNAL, SHARED, LOCK))
    return [each for each in found if each.exists()]


def make(path: Path) -> None:
    """Make the file where there is none, for us alone whatever the umask is. SQLite gives what it keeps
    beside it the same rights. Raises OSError."""
    if not path.exists():
        path.touch(0o600)


def write(path: Path, text: str) -> None:
    """Write a text into a file, whole or not at all, for us alone. Raises OSError."""
    new = beside(path, ".new")
    new.unlink(missing_ok=True)
    make(new)
    new.write_text(text, "utf-8")
    new.replace(path)


def opened(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    """Return a connection to a file that is there, to be read or written. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
    connection.execute(IN_MEMORY)
    return connection


def let_give_back(path: Path) -> bool:
    """Make the database at `path` one that can give free pages back, if it was made by a program whose
    databases cannot: it is written anew once, which takes some seconds a gigabyte, and room for a second
    one. Return whether it is one; where there is no room, or somebody else is at work, it stays as it is."""
    with closing(opened(path, "rw")) as connection:
        if _number(connection, "auto_vacuum") == INCREMENTAL:
            return True
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(GIVES_BACK)
        try:
            connection.execute("VACUUM")
        except sqlite3.OperationalError:
            return False
        return _number(connection, "auto_vacuum") == INCREMENTAL


def give_back(connection: sqlite3.Connection) -> None:
    """Give free pages of a database back, bit by bit, while others work on it; some stay for the next day."""
    connection.execute("PRAGMA secure_delete=ON")
    free = _number(connection, "freelist_count")
    while free > _number(connection, "page_count") // FREE_PART:
        connection.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
        before, free = free, _number(connection, "freelist_count")
        if free >= before:  # this one cannot
            return
        time.sleep(PAUSE)


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def may_make_one_in(folder: Path) -> bool:
    """Try whether we may make a file in a folder; nothing of it stays."""
    try:
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at `path` from any that takes its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def open_to_others(paths: Iterable[Path]) -> list[Path]:
    """Return those that their rights let others read or write."""
    return [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]


def narrow(paths: Iterable[Path]) -> list[Path]:
    """Take from others the rights to these files; return those where the system does not let us."""
    left: list[Path] = []
    for path in open_to_others(paths):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)
        except OSError:
            left.append(path)
    return left
