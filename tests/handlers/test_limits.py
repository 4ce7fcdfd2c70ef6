"""What one person can do in a while: said, counted, and never in the way of a need."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db import people
from db.engine import turns
from db.network import tallies
from handlers.protecting import limits
from handlers.protecting.limits import Limit
from handlers.reporting import report
from tests.support.stage import play

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
README = Path(__file__).parents[2] / "README.md"
LIMITS = [each for each in vars(limits).values() if isinstance(each, Limit)]
TALKING = """\
@ Ana, member on telegram, en, speaks en
@ Bo, member on telegram, en, helps with papers, speaks en
Ana: /ask papers Which office is it?
Ana: [Send it with my name]
Bo: [I can help]
"""
TOO_MUCH = "That was a lot at once"


@pytest.mark.parametrize("limit", LIMITS, ids=lambda each: each.what)
def test_the_readme_says_every_limit(limit: Limit) -> None:
    (said,) = re.findall(r"(?s)\*\*Limits\.\*\*(.*?)\n\n", README.read_text("utf-8"))
    assert re.search(rf"\b{limit.most}\b", said)
    assert limit.within == limits.DAY or f"in {limit.within // timedelta(minutes=1)} minutes" in said


def test_a_while_begins_with_the_first_and_ends_by_itself(database: str) -> None:
    with turns.opened(database) as sessions, sessions() as db:
        ana = people.meet(db, "telegram", "1", chat="1", name="Ana", language=None, now=NOW).person

        def again(minutes: int) -> datetime | None:
            now = NOW + timedelta(minutes=minutes)
            return tallies.take(db, ana, "questions", most=2, within=timedelta(hours=1), now=now)

        assert [again(0), again(30)] == [None, None]
        assert again(50) == again(59) == NOW + timedelta(hours=1)
        assert [again(60), again(61)] == [None, None]
        assert again(62) == NOW + timedelta(hours=2)
        assert tallies.take(db, ana, "words", most=1, within=timedelta(hours=1), now=NOW) is None


def test_words_that_are_too_many_come_back_and_words_of_need_do_not(tmp_path: Path) -> None:
    flood = "".join(f"Bo: line {n}\n" for n in range(limits.WORDS.most + 3))
    played = play(
        f"{TALKING}{flood}Bo: I want to kill myself\n+ 10 minutes\nBo: I am back\n",
        f"sqlite:///{tmp_path}/db",
    )
    assert len(re.findall(r"> Ana: Bo: line \d+", played)) == limits.WORDS.most
    assert played.count(TOO_MUCH) == 3
    assert "> Ana: Bo: I want to kill myself" in played
    assert "> Ana: Bo: I am back" in played


def test_changes_that_are_too_many_are_not_passed_on_and_words_of_need_are(tmp_path: Path) -> None:
    changes = "".join(f'Bo: (edits "line") line {n}\n' for n in range(limits.CHANGES.most + 3))
    played = play(
        f'{TALKING}Bo: line\n{changes}Bo: (edits "line") I want to kill myself\nBo: a new line\n'
        '+ 10 minutes\nBo: (edits "line") the last one\n',
        f"sqlite:///{tmp_path}/db",
    )
    assert len(re.findall(r"~ Ana: Bo: line \d+", played)) == limits.CHANGES.most
    assert played.count("You have changed your messages very often") == 3
    assert "~ Ana: Bo: I want to kill myself" in played
    assert "> Ana: Bo: a new line" in played
    assert "~ Ana: Bo: the last one" in played


def test_a_group_does_not_read_that_somebody_writes_too_much(tmp_path: Path) -> None:
    room = "@ Square, room on telegram, led by Mia\nMia in Square: /bind\n"
    people = TALKING.splitlines(keepends=True)
    changes = "".join(f'Bo in Square: (edits "It") It is {n}\n' for n in range(limits.CHANGES.most + 1))
    flood = "".join(f'Bo in Square: (answers "Ana from") line {n}\n' for n in range(limits.WORDS.most + 1))
    played = play(
        f"{people[0]}{people[1]}@ Mia, meta-mentor on telegram, en\n{room}{people[2]}"
        "Ana: [In the group too]\nAna: [Send it with my name]\n"
        f'Bo in Square: (answers "Ana from") It is\n{changes}{flood}',
        f"sqlite:///{tmp_path}/db",
    )
    assert "> Bo: You have changed your messages very often" in played
    assert f"> Bo: {TOO_MUCH}" in played
    assert "> Square: You have" not in played and f"> Square: {TOO_MUCH}" not in played
    assert f"line {limits.WORDS.most - 2}\n    |   [It is settled]" in played
    assert f"|  line {limits.WORDS.most}\n" not in played


def test_a_question_too_many_is_given_back(tmp_path: Path) -> None:
    asks = "".join(
        f"Ana: /ask papers Which office is number {n}?\nAna: [Send it with my name]\n"
        for n in range(limits.QUESTIONS.most + 1)
    )
    played = play("\n".join(TALKING.splitlines()[:2]) + f"\n{asks}", f"sqlite:///{tmp_path}/db")
    assert "You have asked a lot today" in played
    assert played.rstrip().endswith(
        f"Which office is number {limits.QUESTIONS.most}?\n    |   [Ask it after all]"
    )


def test_harm_is_reported_several_times_and_danger_always(tmp_path: Path) -> None:
    answers = (
        "[No]",
        "[Something else]",
        "[Nobody here]",
        "What I saw.",
        "[That is all]",
        "[Nobody]",
        "[No]",
    )
    once = "".join(f"Ana: {each}\n" for each in ("/report", *answers, "[Send it]"))
    over = "Ana: /report\nAna: [No]\nAna: /report\nAna: [Yes, now]\n"
    people = "@ Ana, member on telegram, en\n@ Mia, meta-mentor on telegram, en\n"
    played = play(f"{people}{once * report.MOST}{over}", f"sqlite:///{tmp_path}/db")
    assert played.count("Your number: R-") == report.MOST
    assert f"You have sent {report.MOST} reports since yesterday." in played
    assert "I can tell Mia too, with your name." in played[-200:]


def test_every_way_to_invite_counts_as_an_invitation(tmp_path: Path) -> None:
    made = "Mia: /invite 1\n" * limits.INVITATIONS.most
    ways = "Mia: /network trusted\nMia: [Invite somebody from outside]\n"
    played = play(
        f"@ Mia, meta-mentor on telegram, en\n{made}{ways}+ 1 day\n{ways}", f"sqlite:///{tmp_path}/db"
    )
    assert played.count("You have made many invitations today") == 1
    assert played.count("Invitation for a trusted person of") == 2, "title and picture, a day later"
