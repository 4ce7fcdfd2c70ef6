"""Whoever waits for a long command sees how far it is."""

import io
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.__main__ import main
from bot.program.saving import commands
from bot.support import progress
from bot.support.progress import Progress, said
from db import backup, shape, store
from db.models import Seen

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Terminal(io.StringIO):
    """A screen that keeps what was written on it."""

    def isatty(self) -> bool:
        """Whether somebody looks at it."""
        return True


def wait_until(written: io.StringIO | list[str], *words: str) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        text = written.getvalue() if isinstance(written, io.StringIO) else "\n".join(written)
        if all(each in text for each in words):
            return
        time.sleep(0.01)
    raise AssertionError(f"{words} in {written}")


def test_a_line_tells_what_is_done_how_much_of_it_and_for_how_long() -> None:
    assert said("Copying the database", 1, 3, 75.4) == "Copying the database: 33 %, 1:15 min"
    assert said("Reading the copy", 0, 0, 3) == "Reading the copy, 0:03 min"


def test_a_terminal_has_one_line_which_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "BLINK", 0.01)
    screen, lines = Terminal(), list[str]()
    with Progress(lines.append, screen) as tell:
        tell("Copying", 1, 4)
        wait_until(screen, "Copying: 25 %")
        tell("Copying", 2, 4)
        wait_until(screen, "Copying: 50 %")
    assert lines == []
    assert "\n" not in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_elsewhere_it_is_a_line_a_minute_also_while_nothing_is_told() -> None:
    lines = list[str]()
    with Progress(lines.append, io.StringIO(), every=0.05) as tell:
        tell("Reading the copy")
        end = time.monotonic() + 10
        while len(lines) < 2 and time.monotonic() < end:
            time.sleep(0.01)
    assert lines[:2] == ["Reading the copy, 0:00 min"] * 2
    assert progress.LINE == 60


def test_what_is_short_tells_nothing() -> None:
    screen, lines = Terminal(), list[str]()
    with Progress(lines.append):
        pass
    with Progress(lines.append, screen) as tell:
        assert tell is not None
    assert (lines, screen.getvalue()) == ([], "")


# --- what is told --------------------------------------------------------------------------------


class Told(list[tuple[str, int, int]]):
    """What a piece of work told of itself."""

    def __call__(self, what: str, done: int, of: int) -> None:
        self.append((what, done, of))

    def of(self, what: str) -> list[tuple[int, int]]:
        """How far it was with this, each time."""
        return [(done, of) for told, done, of in self if told == what and of]


def rises_to_the_end(told: list[tuple[int, int]]) -> bool:
    return [*told] == sorted(told) and told[-1][0] == told[-1][1] > 0


ROWS = 30_000
"""Several pages of a file at a time, and of rows."""


@pytest.fixture
def filled(database: str) -> str:
    """A database with many rows, of either kind."""
    with store.connected(database) as engine, engine.begin() as connection:
        rows = [{"event": f"{n}", "at": NOW} for n in range(ROWS)]
        connection.execute(insert(Seen), rows)
    return database


def test_a_backup_and_a_restore_tell_how_far_they_are(filled: str, tmp_path: Path) -> None:
    saving, restoring = Told(), Told()
    backup.save(filled, tmp_path / "saved.db", saving)
    backup.restore(tmp_path / "saved.db", f"sqlite:///{tmp_path}/restored.db", NOW, restoring)
    for told in (saving, restoring):
        assert rises_to_the_end(told.of(backup.COPYING))
        assert told[-1] == (backup.READING, 0, 0)


def test_a_migration_tells_how_many_of_its_steps_are_done(empty: str) -> None:
    told = Told()
    with store.connected(empty) as engine:
        shape.migrate(engine, told)
    steps = told.of(f"Bringing the database to version {shape.newest()}")
    assert steps == [(done, len(shape.versions())) for done in range(len(shape.versions()) + 1)]


def test_a_copy_is_of_one_moment_also_while_others_write(tmp_path: Path, migrated: Path) -> None:
    """Between two steps of the copy another program writes, and is neither kept off nor half in the copy."""
    shutil.copy(migrated, tmp_path / "here.db")
    url, others = f"sqlite:///{tmp_path}/here.db", 0
    with store.connected(url) as engine:
        with engine.begin() as connection:
            connection.execute(insert(Seen), [{"event": f"{n:0500}", "at": NOW} for n in range(ROWS)])

        def another_writes(what: str, _done: int, _of: int) -> None:
            nonlocal others
            if what == backup.COPYING:
                others += 1
                with engine.begin() as connection:
                    connection.execute(insert(Seen).values(event=f"other {others}", at=NOW))

        backup.save(url, tmp_path / "saved.db", another_writes)
        assert others > 1, "in several steps"
        with engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(Seen)) == ROWS + others
    with closing(sqlite3.connect(tmp_path / "saved.db")) as saved:
        assert saved.execute("SELECT count(*) FROM seen").fetchone() == (ROWS,)


def test_a_command_that_is_piped_tells_a_line_a_minute_on_standard_error(
    tmp_path: Path, migrated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(migrated, tmp_path / "mentornet.db")
    really = store.is_whole

    def slow(connection: Connection) -> bool:
        time.sleep(0.2)
        return really(connection)

    monkeypatch.setattr(store, "is_whole", slow)
    often = partial(Progress, partial(print, file=sys.stderr), every=0.05)
    monkeypatch.setattr(commands, "on_terminal", often)
    config = tmp_path / "config.toml"
    config.touch(0o600)
    assert main(["--config", str(config), "backup", str(tmp_path / "saved")]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Saved in ")
    assert captured.err.startswith(f"{backup.READING}, 0:00 min\n")
