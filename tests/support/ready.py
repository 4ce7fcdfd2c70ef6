"""Databases with our tables, in a hundredth of the time that all migrations take: these have made one file in
each process of tests, and what is new begins as a copy of that."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

from db import files, shape, store


def ready(url: str) -> str:
    """Return the address of a database, which has our tables from now on. A SQLite file that is not there is
    made; one that is there has them."""
    path = files.path_of(make_url(url))
    if path is None:
        with store.connected(url) as engine:
            shape.migrate(engine)
    elif not path.exists():
        files.make(path)
        path.write_bytes(_migrated())
    return url


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated"
        with store.connected(f"sqlite:///{path}") as engine:
            shape.migrate(engine)
        return path.read_bytes()
