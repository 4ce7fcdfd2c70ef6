"""Of whoever asked to join and was not taken in nothing is left after a week, in no text of any table; a row
with a date holds the days in which they wait."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.program import demo
from db import store
from db.models import Application, Person, Vouch
from tests.privacy.test_forgetting import cells
from tests.support.ready import ready

NAME, ANSWER, SECOND, SPOKEN = "Zübeyde Okonkwo", "Quittengelee", "Zimtsterne", "Kirschkuchen"
REASON = "Holunderblüten"
SAID = (NAME, ANSWER, SECOND, SPOKEN, REASON)
BEGIN = f"""
@ Mia, meta-mentor on telegram, en
@ Dora, deputy on matrix, en
@ Bo, member on telegram, en
@ Nour, stranger on telegram, en
+ 31 days
Nour: (opens apply_n1)
Nour: [Go on]
Nour: {NAME}
Nour: {ANSWER}
+ 1 minute
Nour: I can help with {SECOND}.
+ 1 minute
Nour: (voice)
+ 1 minute
Nour: [Send it]
Nour: [Ask a member to vouch]
Bo: $CODE
Bo: [Yes]
Dora: !pulse
Dora: [One by one]
Dora: [Read it]
Mia: [Talk first]
Mia: Do you know Heidelberg?
Nour: Yes, and {SPOKEN}.
"""
ENDS = {
    "declined": f"Mia: [Decline]\nMia: {REASON}",
    "declined and interrupted": f"Dora: [Decline]\nMia: [Decline]\nMia: {REASON}",
    "withdrawn": "Nour: (opens apply_n1)\nNour: [Take it back]",
    "out of reach": "Nour: (blocks the bot)",
    "lapsed": "+ 21 days",
}


def played(script: str, url: str) -> None:
    """Play a conversation."""

    async def run() -> None:
        async with demo.Stage(ready(url), lambda line: None) as terminal:
            await terminal.play(script.splitlines(), demo.CAST)

    asyncio.run(run())


def found(url: str) -> set[tuple[str, str]]:
    """Return which words are found, and where."""
    return {(word, column) for column, text in cells(url) for word in SAID if word in text}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_left_after_a_week(end: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"
    script = f"{BEGIN}{ENDS[end]}"
    played(script, url)
    assert NAME in {word for word, _column in found(url)}, "until then it is there"

    played(f"{script}\n+ 7 days\n+ 1 minute", f"{url}7")
    assert found(f"{url}7") == set()
    with store.connected(f"{url}7") as engine, engine.connect() as connection:
        (row,) = connection.execute(
            select(Application.person_id, Application.decided_at, Application.answers)
        )
        assert row.decided_at is not None
        assert row.answers is None

    played(f"{script}\n+ 31 days\n+ 1 day", f"{url}31")
    with store.connected(f"{url}31") as engine, engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Application)) == 0
        who = select(func.count()).select_from(Person).where(Person.consent_at.is_(None))
        assert connection.scalar(who) == 0, "nobody is known for nothing"


def test_of_a_member_the_name_stays_and_the_answers_go(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"
    played(f"{BEGIN}Mia: [Accept]\n+ 31 days", url)
    kept = found(url)
    assert {word for word, _column in kept} == {NAME}
    assert "people.name" in {column for _word, column in kept}


def test_who_vouched_is_known_as_long_as_the_member(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"
    played(f"{BEGIN}Mia: [Accept]\n+ 90 days", url)
    with store.connected(url) as engine, engine.connect() as connection:
        assert connection.scalars(select(Application.state)).all() == ["accepted"]
        assert connection.scalar(select(func.count()).select_from(Vouch)) == 1
