"""What all tests share: `--rewrite` fills in what the bot says; `database` is one of each kind; what tests
tell stands at the end of the run."""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.support import log
from bot.support.garbage import keep_what_is_there, look_less_often
from db import shape, store
from tests.support.around import MEMORY
from tests.support.postgres import Postgres
from tests.support.ready import ready

look_less_often()  # while all tests are collected


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write into the transcripts what the bot says, to be read"
    )
    parser.addoption("--seed", type=int, help="repeat the kills of a storm, by the seed it tells")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, because some tests wait for others."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1


def pytest_collection_finish() -> None:
    """Garbage is not looked for among all that was loaded and collected, which is most of what there is."""
    keep_what_is_there()


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Give the process's logging back as it was."""
    root, ours = logging.getLogger(), logging.getLogger(log.ROOT)
    before = root.level, ours.level, root.handlers[:]
    yield
    root.setLevel(before[0])
    ours.setLevel(before[1])
    root.handlers[:] = before[2]


@pytest.fixture
def tells(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Have a sentence stand at the end of the run: what a test found besides that all is well."""
    return partial(record_property, "tells")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        str(sentence)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, sentence in report.user_properties
        if name == "tells"
    ]
    if told:
        terminalreporter.section("what was found")
    for sentence in sorted(told):
        terminalreporter.write_line(sentence)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for the whole session; its database "migrated" is one to begin with."""
    with Postgres(in_memory=True) as server:
        server.execute("CREATE DATABASE migrated")
        with store.connected(server.url("migrated")) as engine:
            shape.migrate(engine)
        yield server


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file to begin with."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated"
    ready(f"sqlite:///{path}")
    return path


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A folder of a test's own, in memory where there is a place for that: many databases live a second."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@contextmanager
def each_kind(request: pytest.FixtureRequest, folder: Path, *, empty: bool) -> Iterator[str]:
    """A new database of the kind that the test is run with, without or with our tables."""
    if request.param == "sqlite":
        if not empty:
            ready(f"sqlite:///{folder}/db")
        yield f"sqlite:///{folder}/db"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database(like="template0" if empty else "migrated") as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, in_memory: Path) -> Iterator[str]:
    """The address of a new database; once of each kind."""
    with each_kind(request, in_memory, empty=False) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, in_memory: Path) -> Iterator[str]:
    """The address of a database in which nothing is; once of each kind."""
    with each_kind(request, in_memory, empty=True) as url:
        yield url
