"""Nobody learns from the program who has written words of need: not from its log, nor from what it keeps."""

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.support import log
from db import store
from tests.support.stage import play

PEOPLE = """
@ Mia, meta-mentor on telegram, en
@ Ana, member on telegram, en
"""

pytestmark = pytest.mark.usefixtures("logging_as_before")


def logged(script: str, database: str) -> list[str]:
    """What the log says of a conversation, without times."""
    stream = io.StringIO()
    log.configure("debug", "text", stream)
    play(PEOPLE + script, database)
    lines = [re.sub(r"^\S+Z | seconds=\S+", "", line) for line in stream.getvalue().splitlines()]
    return [line for line in lines if " turn " in line or "need" in line]


def said_by_people(lines: list[str]) -> list[str]:
    """Leave out what comes by the clock."""
    return [line for line in lines if "of=timer" not in line]


def test_the_log_calls_words_of_need_as_it_calls_all_words(tmp_path: Path) -> None:
    ordinary = said_by_people(logged("Ana: who knows a dentist", f"sqlite:///{tmp_path}/one"))
    in_need = said_by_people(logged("Ana: i want to die", f"sqlite:///{tmp_path}/two"))
    assert in_need == ordinary
    assert in_need == ["info turn of=words handler=bot.Unasked outcome=done"]


def test_the_log_does_not_say_what_follows_from_them(tmp_path: Path) -> None:
    lines = logged(
        "Ana: i want to die\nAna: [It was not meant like that]\n+ 25 hours\n"
        "Ana: i want to die\nAna: i want to die\nAna: [Yes, please ask]\nAna: [Show the numbers again]\n"
        "Ana: [Write to Mia]\nAna: /close\nAna: /report\nAna: /ask\nAna: i want to die",
        f"sqlite:///{tmp_path}/db",
    )
    said = said_by_people(lines)
    for name in ("need", "report", "protecting"):
        assert {line for line in said if name in line} == set()
    assert {"info turn of=pressed handler=bot.Unasked outcome=done"} <= set(lines)


def everything(engine: Engine) -> str:
    """All that is in the database, as one text."""
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        return "\n".join(
            str(row) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))
        )


def test_the_mark_that_words_are_not_meant_so_names_neither_them_nor_who_wrote_them(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/db"
    play(PEOPLE + "Ana: i want to die\nAna: [It was not meant like that]", database)
    with store.connected(database) as engine, engine.connect() as connection:
        marks = (
            connection.execute(text("SELECT event FROM seen WHERE event NOT LIKE 'telegram %'"))
            .scalars()
            .all()
        )
    assert marks
    assert all(re.fullmatch("[0-9a-f]{64}", mark) for mark in marks)


def test_what_was_answered_is_not_kept_once_it_is_delivered(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/db"
    said = play(PEOPLE + "Ana: i want to die\nAna: [Write to Mia]", database)
    with store.connected(database) as engine:
        kept = everything(engine)
    assert "What you write is serious" in said
    assert "What you write is serious" not in kept


def test_words_about_oneself_are_not_kept_at_all(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/db"
    play(PEOPLE + "Ana: i want to die\nAna: i want to kill myself\nAna: [Yes, please ask]", database)
    with store.connected(database) as engine:
        kept = everything(engine)
    assert "want to die" not in kept
    assert "kill myself" not in kept
    assert "own life" not in kept


def test_nobody_else_hears_of_it_without_a_tap(tmp_path: Path) -> None:
    said = play(PEOPLE + "Ana: i want to die", f"sqlite:///{tmp_path}/db")
    assert "> Ana:" in said
    assert "> Mia:" not in said
