"""The files of a SQLite database: which they are, and that they are nobody else's to read."""

import sqlite3
import stat
from collections.abc import Iterable
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


def opened(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    """Return a connection to a file that is there, to be read or written. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
    connection.execute(IN_MEMORY)
    return connection


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
