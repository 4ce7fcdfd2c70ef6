"""Whoever was forgotten stays so, whichever backup is restored."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import turns
from db.models import Identity, Person
from db.privacy import forgotten
from tests.program.test_backup import command, config_at
from tests.support.stage import TRANSCRIPTS, play

STORY = (TRANSCRIPTS / "front/first_day.txt").read_text("utf-8")


def names(database: str) -> set[str]:
    with turns.opened(database) as sessions, sessions() as db:
        return set(db.scalars(select(Person.name)))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A backup in which Ana still is."""
    config = config_at(tmp_path / "here")
    play(STORY, f"sqlite:///{tmp_path}/here/mentornet.db")
    assert command(config, "backup", tmp_path / "saved") == 0
    return tmp_path / "saved"


def listed(tmp_path: Path, at: datetime, name: str = "forgotten.txt") -> Path:
    """A list on which Ana is, as the program writes it."""
    path = tmp_path / name
    with turns.opened(f"sqlite:///{tmp_path}/list.db") as sessions, sessions.begin() as db:
        forgotten.note(db, [("telegram", "ana")], at)
        forgotten.write(db, path)
    return path


def test_a_restored_backup_forgets_again(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = config_at(tmp_path / "there")
    path = listed(tmp_path, datetime(2027, 1, 1, tzinfo=UTC))
    assert "ana" not in path.read_text("utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert command(there, "restore", saved, "--forgotten", path) == 0
    assert "are forgotten again: 1." in capsys.readouterr().out
    database = f"sqlite:///{tmp_path}/there/mentornet.db"
    assert "Ana" not in names(database)
    assert "Bo" in names(database)
    with turns.opened(database) as sessions, sessions() as db:
        assert db.scalars(select(Identity).where(Identity.account == "ana")).all() == []
        assert len(forgotten.entries(db)) == 1, "the next backup knows it too"


def test_the_list_beside_the_database_counts_by_itself(saved: Path, tmp_path: Path) -> None:
    there = config_at(tmp_path / "there")
    listed(tmp_path, datetime(2027, 1, 1, tzinfo=UTC), "there/forgotten.txt")
    assert command(there, "restore", saved) == 0
    assert "Ana" not in names(f"sqlite:///{tmp_path}/there/mentornet.db")


def test_who_came_back_later_stays(saved: Path, tmp_path: Path) -> None:
    there = config_at(tmp_path / "there")
    path = listed(tmp_path, datetime(2020, 1, 1, tzinfo=UTC))
    assert command(there, "restore", saved, "--forgotten", path) == 0
    assert "Ana" in names(f"sqlite:///{tmp_path}/there/mentornet.db")


def test_what_is_no_list_is_said_and_nothing_is_restored(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = config_at(tmp_path / "there")
    path = tmp_path / "other.txt"
    path.write_text("something else")
    assert command(there, "restore", saved, "--forgotten", path) != 0
    assert "is no list of people who were forgotten." in capsys.readouterr().out
    assert not (tmp_path / "there" / "mentornet.db").exists()
