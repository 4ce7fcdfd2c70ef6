"""Of whoever asked to join and was not taken in nothing is left after a week, in no text of any table; a row
with a date holds the days in which they wait."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.program import demo
from db import store
from db.models import Application, Person, Vouch
from tests.privacy.test_forgetting import cells
from tests.support.aio import on_loop
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


@asynccontextmanager
async def stage(url: str) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """A stage on a new database, on which a conversation goes on."""
    async with demo.Stage(ready(url), lambda line: None) as terminal:
        yield lambda script: terminal.play(script.splitlines(), demo.CAST)


def found(url: str) -> set[tuple[str, str]]:
    """Return which words are found, and where."""
    return {(word, column) for column, text in cells(url) for word in SAID if word in text}


@pytest.mark.parametrize("end", ENDS)
@on_loop
async def test_nothing_is_left_after_a_week(end: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"
    async with stage(url) as goes_on:
        await goes_on(f"{BEGIN}{ENDS[end]}")
        assert NAME in {word for word, _column in found(url)}, "until then it is there"

        await goes_on("+ 7 days\n+ 1 minute")
        assert found(url) == set()
        with store.connected(url) as engine, engine.connect() as connection:
            (row,) = connection.execute(
                select(Application.person_id, Application.decided_at, Application.answers)
            )
            assert row.decided_at is not None
            assert row.answers is None

        await goes_on("+ 24 days\n+ 1 day")
        with store.connected(url) as engine, engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(Application)) == 0
            who = select(func.count()).select_from(Person).where(Person.consent_at.is_(None))
            assert connection.scalar(who) == 0, "nobody is known for nothing"


@on_loop
async def test_of_a_member_the_name_stays_and_the_answers_go_and_who_vouched_is_known(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"
    async with stage(url) as goes_on:
        await goes_on(f"{BEGIN}Mia: [Accept]\n+ 31 days")
        kept = found(url)
        assert {word for word, _column in kept} == {NAME}
        assert "people.name" in {column for _word, column in kept}

        await goes_on("+ 59 days")
        with store.connected(url) as engine, engine.connect() as connection:
            assert connection.scalars(select(Application.state)).all() == ["accepted"]
            assert connection.scalar(select(func.count()).select_from(Vouch)) == 1
