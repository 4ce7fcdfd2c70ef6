"""Filled databases that are kept between runs, because to fill them takes minutes: in the cache of whoever
measures (XDG_CACHE_HOME, else ~/.cache), each named by what fills it. A newer shape they are brought into."""

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from db import shape, store
from tests.bench import searching, sharing
from tests.growth import history
from tests.growth.history import Size
from tests.support.postgres import Postgres

UNCHECKED = "?options=-c%20session_replication_role%3Dreplica"
"""Does not look up what each row refers to: PostgreSQL is filled faster."""
IN_MEMORY = "PRAGMA cache_size=-1000000"
"""KiB of pages that SQLite keeps while it is filled: with its usual two thousand it would read them again."""
SHAPE = "shape.json"
"""Beside the databases: by which migrations they got their shape."""
FILLERS = [Path(fill.__code__.co_filename) for fill in (history.fill, sharing.fill, searching.fill)]
Sizes = Mapping[str, Size]


def cache() -> Path:
    """The folder in which they are."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "mentornet-bench"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _migrations() -> dict[str, str]:
    return {path.name: _digest(path) for path in (shape.MIGRATIONS / "versions").glob("[0-9]*.py")}


def _in_shape(kind: str, of: object, make: Callable[[Path, Path | None], None]) -> Path:
    """The folder of databases that are filled in one way. Where there is none, or one whose migrations are
    no longer the same, `make` makes it in an empty folder; where there are new migrations, out of the one
    that is there."""
    fillers = b"".join(file.read_bytes() for file in FILLERS)
    made_of = hashlib.sha256(repr(of).encode() + fillers).hexdigest()[:12]
    kept, unfinished = cache() / f"{kind}-{made_of}", cache() / f"{kind}.unfinished"
    there = json.loads((kept / SHAPE).read_text()) if kept.exists() else {}
    if there != (now := _migrations()):
        for old in cache().glob(f"{kind}*"):
            if old != kept or not there.items() <= now.items():
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        unfinished.mkdir(parents=True)
        make(unfinished, kept if kept.exists() else None)
        (unfinished / SHAPE).write_text(json.dumps(now))
        if kept.exists():
            shutil.rmtree(kept)
        unfinished.rename(kept)
    return kept


def _bring(url: str, size: Size | None, now: datetime) -> None:
    """Bring a database into today's shape, and fill it where there is a size."""
    with store.connected(url) as database:
        lite = database.dialect.name == "sqlite"
        shape.migrate(database)
        with database.begin() as connection:
            if size is not None and lite:
                connection.exec_driver_sql(IN_MEMORY)
            if size is not None:
                history.fill(connection, size, now=now)
        if size is not None:
            with Session(database) as db, db.begin():
                sharing.fill(db, now)
        if not lite:
            with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")


def sqlite(sizes: Sizes, now: datetime) -> dict[str, str]:
    """The addresses of databases of these sizes, by name. What is done in them has to be taken back."""

    def make(folder: Path, before: Path | None) -> None:
        for name, size in sizes.items():
            if before is not None:
                shutil.copy(before / name, folder / name)
            _bring(f"sqlite:///{folder / name}", size if before is None else None, now)

    kept = _in_shape("sqlite", (sizes, now), make)
    return {name: f"sqlite:///{kept / name}" for name in sizes}


@contextmanager
def postgresql(sizes: Sizes, now: datetime) -> Iterator[dict[str, str]]:
    """The same on a server that runs for as long as the block lasts, on a copy of what is kept."""

    def make(folder: Path, before: Path | None) -> None:
        with Postgres(before and before / "data") as server:
            for name, size in sizes.items():
                if before is None:
                    server.execute(f"CREATE DATABASE {name}")
                _bring(server.url(name) + UNCHECKED, size if before is None else None, now)
            server.stop(signal.SIGINT)
            shutil.copytree(server.data, folder / "data")

    with Postgres(_in_shape("postgresql", (sizes, now), make) / "data") as server:
        yield {name: server.url(name) for name in sizes}
