"""Numbers that are typed where there are no buttons: they mean what was shown."""

import asyncio
from pathlib import Path

import pytest

from bot.program import demo
from tests.support.replay import NUMBERING
from tests.support.stage import play

PEOPLE = """\
@ Ana, member on telegram, en
@ Bo, member on matrix, en, helps with papers
@ Mia, meta-mentor on telegram, en
"""


@pytest.fixture
def file(migrated: Path, tmp_path: Path) -> str:
    (tmp_path / "db").write_bytes(migrated.read_bytes())
    return f"sqlite:///{tmp_path / 'db'}"


def test_where_a_number_is_asked_for_suggestions_have_none(file: str) -> None:
    played = play(PEOPLE + "Mia: /invite graduate\nMia: 2\nMia: 1\n", file, NUMBERING)
    assert "    |  • 5 people\n    |  • 25 people\n" in played
    assert "Graduates: 2 people can join with it.\n" in played
    assert "Valid until Tuesday, March 3, 2026.\n" in played


def test_a_suggestion_without_a_number_is_chosen_by_its_words(file: str) -> None:
    played = play(PEOPLE + "Mia: /invite graduate\nMia: 5 people\nMia: [A week]\n", file, NUMBERING)
    assert "Graduates: 5 people can join with it.\n" in played
    assert "Valid until Monday, March 9, 2026.\n" in played


ASKED = """\
Ana: /ask papers Which office is it?
Ana: 1
Mia: /announce We meet on Friday.
Mia: 1
Mia: 1
"""


def test_a_number_alone_chooses_on_the_newest_message_with_options(file: str) -> None:
    """Also where something without options came after it."""
    played = play(PEOPLE + ASKED + "Bo: 1\n", file, NUMBERING)
    assert "    > Ana: Bo can help." in played


def test_a_number_in_answer_to_what_is_over_says_so(file: str) -> None:
    played = play(PEOPLE + ASKED + 'Bo: 2\nBo: (answers "Ana from") 1\n', file, NUMBERING)
    assert "    > Bo: This button no longer works" in played


@pytest.mark.parametrize(
    ("typed", "below"),
    [("1", "➤ English"), ("english", "➤ english"), ("nonsense", ""), ("14", "")],
)
def test_a_question_shows_what_was_taken(file: str, typed: str, below: str) -> None:
    async def asked() -> str:
        async with demo.Stage(file, lambda line: None, NUMBERING) as terminal:
            await terminal.play([*PEOPLE.splitlines(), "Ana: /language", f"Ana: {typed}"], demo.CAST)
            return terminal.seen_by("Ana")[0].plain

    assert asyncio.run(asked()).partition("➤")[1:] == below.partition("➤")[1:]
