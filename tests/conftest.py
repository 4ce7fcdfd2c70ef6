"""What all tests share: `--rewrite` fills in what the bot says; `database` is one of each kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db import store
from tests.postgres import Postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write into the transcripts what the bot says, to be read"
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for the whole session; its database "migrated" is one to begin with."""
    with Postgres() as server:
        server.execute("CREATE DATABASE migrated")
        engine = store.connect(server.url("migrated"))
        store.migrate(engine)
        engine.dispose()
        yield server


@contextmanager
def each_kind(request: pytest.FixtureRequest, folder: Path, *, like: str) -> Iterator[str]:
    """A database of the kind that the test is run with; on PostgreSQL one `like` that one."""
    if request.param == "sqlite":
        yield f"sqlite:///{folder}/db"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database(like) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database, which the program itself brings into shape; once of each kind."""
    with each_kind(request, tmp_path, like="migrated") as url:
        yield url
