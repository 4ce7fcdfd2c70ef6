"""Whoever has lost the key for good goes on with a new one, and hears before and afterwards what is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from db import seal, store
from db.engine import turns
from db.models import Base, Report
from db.models.sealed import Sealed, SealedWord
from db.privacy import lost_key
from db.seal import Key
from tests.program.test_backup import command, config_at
from tests.program.test_check import says
from tests.support.stage import play

BEFORE = """
@ Mia, meta-mentor on telegram, en
@ Kim, deputy on telegram, de
@ Ana, member on telegram, en
@ Bo, member on matrix, en
@ Olga, operator on telegram, en
Olga: /operator
Ana: /report
Ana: [No]
Ana: [Somebody’s data]
Ana: [Nobody here]
Ana: The list lay open.
Ana: [That is all]
Ana: [Nobody]
Ana: [Yes, with my name]
Ana: [Send it]
Kim: [Ich kümmere mich]
Bo: /ask papers
"""


AFTERWARDS = """
@ Mia, stranger on telegram, en
@ Kim, stranger on telegram, de
@ Ana, stranger on telegram, en
@ Bo, stranger on matrix, en
@ Olga, stranger on telegram, en
+ 1 minute
"""
"""They are there already."""


@pytest.fixture
def lost(tmp_path: Path) -> Path:
    """The config of an installation whose key is gone."""
    database, key = f"sqlite:///{tmp_path}/mentornet.db", Key("", tmp_path / "mentornet.key")
    play(BEFORE, database, key=key)
    key.path.unlink()
    with store.connected(database) as engine, engine.begin() as connection:
        olga = "(SELECT id FROM people WHERE name = 'Olga')"
        connection.execute(text(f"UPDATE identities SET account = '700' WHERE person_id = {olga}"))
    return config_at(tmp_path, "", '[operators]\naccounts = ["telegram:700"]')


def rows(config: Path) -> list[str]:
    """All that is in the database, as statements."""
    with closing(sqlite3.connect(config.parent / "mentornet.db")) as connection:
        return list(connection.iterdump())


def test_the_way_is_shown_where_the_key_is_missing(lost: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = says(capsys, lost, "check")
    assert status == 1
    assert "If it is lost for good, `mentornet newkey` says what that means." in told


def test_it_is_said_first_what_would_be_lost(lost: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(lost)
    status, told = says(capsys, lost, "newkey")
    assert status != 0
    assert "nor by whom and about whom: 1 reports, of which 1 are not closed." in told
    assert "questions of the bot that people have open (1)" in told
    assert "Nothing was changed. Look for the key first" in told
    assert rows(lost) == before
    assert not (lost.parent / "mentornet.key").exists()


def test_the_bot_goes_on_with_a_new_key(lost: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All that is left can be read, and those whom it concerns hear of it: who had the report, who was asked
    something, and who runs the bot."""
    status, told = says(capsys, lost, "newkey", "--lost")
    assert status == 0, told
    assert "The new key is in " in told
    key, database = Key("", lost.parent / "mentornet.key"), f"sqlite:///{lost.parent}/mentornet.db"
    with turns.opened(database) as sessions, sessions() as db:
        seal.lend(db, key.words())
        for table in Base.metadata.sorted_tables:
            db.execute(select(table)).all()
        (report,) = db.scalars(select(Report))
        assert (report.forgotten, report.said, report.reporter, report.state) == (True, None, None, "taken")
    page = play(AFTERWARDS, database, key=key)
    number = f"R-{report.number}"
    assert "> Kim: Der Schlüssel, mit dem Meldungen versiegelt sind, ging verloren" in page
    assert f"Was als {number} gemeldet wurde" in page
    assert "> Mia: The key was lost with which reports are sealed" in page
    assert "> Bo: Something has gone wrong here, and I have lost what I last asked" in page
    assert "> Olga: The key of what is sealed was lost, and there is a new one." in page
    assert "> Ana:" not in page
    assert says(capsys, lost, "newkey")[1].startswith("The key fits")
    assert says(capsys, lost, "newkey", "--lost")[1].startswith("The key fits")


def test_a_key_that_is_no_file_comes_from_the_config(lost: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lost.open("a") as file:
        file.write(f'\n[privacy]\nkey = "{"n" * 40}"\n')
    status, told = says(capsys, lost, "newkey", "--lost")
    assert (status, "The new key is in privacy.key" in told) == (0, True)
    assert "n" * 40 not in told
    assert not (lost.parent / "mentornet.key").exists()


def test_where_nothing_is_sealed_no_key_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_at(tmp_path)
    assert command(config, "migrate") == 0
    status, told = says(capsys, config, "newkey", "--lost")
    assert (status, "Nothing is sealed in the database yet" in told) == (0, True)


def test_every_sealed_column_is_given_up(lost: Path) -> None:
    """A column that is sealed tomorrow has to be one of which something can be left."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, Sealed | SealedWord) and not column.nullable:
                assert table.name in {"letters", *(kind.__tablename__ for kind in lost_key.GO)}, column
