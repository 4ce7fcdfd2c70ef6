"""`python -m tests.db.release 1.0.0`: keep what a release leaves behind, on the day it is made. That is the
hash of each of its migrations, in `released.txt`, and a database that it has filled, in `releases/`."""

import hashlib
import re
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Column, Connection, MetaData

from db import shape
from db.models import Base
from tests.support.stage import play

HERE = Path(__file__).parent
RELEASED, RELEASES = HERE / "released.txt", HERE / "releases"
BEGINS, GOES_ON = RELEASES / "begins.txt", RELEASES / "goes_on.txt"
"""What is played by a release, and what every later program plays on."""
LEAVES = "leaves"
"""In a column's `info`: this release neither reads nor writes it, so the next one may drop it."""


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def changed(released: str, versions: Path) -> list[str]:
    """Return the migrations of a list that are no longer, in this folder, what they were when released."""
    listed = (line.split() for line in released.splitlines() if line and not line.startswith("#"))
    return [
        name for hash_, name in listed if not (versions / name).exists() or hash_of(versions / name) != hash_
    ]


def filled(folder: Path) -> str:
    """Return a database that this program has filled, in SQL, and before it the columns that may go."""
    play(BEGINS.read_text("utf-8"), f"sqlite:///{folder}/release")
    leaves = (f"-- leaves: {each}" for each in leaving(Base.metadata))
    with closing(sqlite3.connect(folder / "release")) as made:
        return "\n".join([*leaves, *made.iterdump(), ""])


def load(sql: str, path: Path) -> None:
    """Make the SQLite file of a release again. The stage counts its events from 1 each time, so those that
    were seen are forgotten."""
    with closing(sqlite3.connect(path)) as made:
        made.executescript(sql)
        made.execute("DELETE FROM seen")
        made.commit()


def leaving(metadata: MetaData) -> Iterable[str]:
    """Yield the columns that the next release may drop."""
    return (str(column) for column in columns(metadata).values() if column.info.get(LEAVES))


def columns(metadata: MetaData) -> dict[str, Column[object]]:
    """Return all columns by their names, as in "people.name"."""
    return {str(column): column for table in metadata.tables.values() for column in table.columns}


def there(connection: Connection) -> MetaData:
    """Return the tables of a database as they are."""
    found = MetaData()
    found.reflect(connection)
    return found


def breaks(sql: str, before: MetaData, after: MetaData) -> set[str]:
    """Return the columns for which a release, at work on a database that is newer by now, would fail: those
    it knows that are gone, and those it does not know that have to be filled."""
    old, new = columns(before), columns(after)
    may_go = set(re.findall(r"^-- leaves: (\S+)$", sql, re.M))
    to_fill = {
        name
        for name, column in new.items()
        if name not in old and column.table.name in before.tables
        if not column.nullable and column.server_default is None
    }
    return (old.keys() - new.keys() - may_go) | to_fill


def keep(version: str) -> None:
    """Keep what the release of this version leaves behind."""
    with TemporaryDirectory() as folder:
        (RELEASES / f"{version}.sql").write_text(filled(Path(folder)), "utf-8")
    known = RELEASED.read_text("utf-8")
    new = [
        path for path in sorted((shape.MIGRATIONS / "versions").glob("[0-9]*.py")) if path.name not in known
    ]
    RELEASED.write_text(known + "".join(f"{hash_of(path)}  {path.name}\n" for path in new), "utf-8")


if __name__ == "__main__":
    keep(sys.argv[1])
