"""Filled databases that are kept between runs, because to fill them takes minutes: in the cache of whoever
measures (XDG_CACHE_HOME, else ~/.cache), each named by what makes it."""

import hashlib
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from db import shape, store
from tests.growth import history
from tests.growth.history import Size
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[2]
MADE_OF = (
    Path(history.__file__),
    *sorted((ROOT / "db" / "models").rglob("*.py")),
    *sorted((ROOT / "db" / "migrations").rglob("*.py")),
)
"""What decides what is in such a database."""
UNCHECKED = "?options=-c%20session_replication_role%3Dreplica"
"""Does not look up what each row refers to: PostgreSQL is filled faster."""


def cache() -> Path:
    """The folder in which they are."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "mentornet-bench"


def _mark(*more: object) -> str:
    made_of = hashlib.sha256(repr(more).encode())
    for path in MADE_OF:
        made_of.update(path.read_bytes())
    return made_of.hexdigest()[:12]


def _make_room(kind: str) -> None:
    """Delete what was made of other files: nothing asks for it any more."""
    cache().mkdir(parents=True, exist_ok=True)
    for old in cache().glob(f"{kind}-*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()


def _fill(url: str, size: Size, now: datetime) -> None:
    with store.connected(url) as database:
        shape.migrate(database)
        with database.begin() as connection:
            history.fill(connection, size, now=now)
        if database.dialect.name == "postgresql":
            with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")


def sqlite(sizes: Mapping[str, Size], now: datetime) -> dict[str, str]:
    """The addresses of databases of these sizes, by name. What is done in them has to be taken back."""
    mark = _mark(sizes, now)
    paths = {name: cache() / f"sqlite-{mark}-{name}" for name in sizes}
    if not all(path.exists() for path in paths.values()):
        _make_room("sqlite")
        for name, size in sizes.items():
            unfinished = cache() / f"sqlite-{name}.unfinished"
            _fill(f"sqlite:///{unfinished}", size, now)
            unfinished.rename(paths[name])
    return {name: f"sqlite:///{path}" for name, path in paths.items()}


@contextmanager
def postgresql(sizes: Mapping[str, Size], now: datetime) -> Iterator[dict[str, str]]:
    """The same on a server that runs for as long as the block lasts, on a copy of what is kept."""
    data = cache() / f"postgresql-{_mark(sizes, now)}"
    if not data.exists():
        _make_room("postgresql")
        unfinished = cache() / "postgresql-unfinished"
        with Postgres() as server:
            for name, size in sizes.items():
                server.execute(f"CREATE DATABASE {name}")
                _fill(server.url(name) + UNCHECKED, size, now)
            server.stop(signal.SIGINT)
            shutil.copytree(server.data, unfinished)
        unfinished.rename(data)
    with Postgres(data) as server:
        yield {name: server.url(name) for name in sizes}
