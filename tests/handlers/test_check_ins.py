"""Check-ins that could not go out in time: the bot was down, and wakes up late."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import handlers
from bot.program import demo
from db.models import Member, Person, Timer
from db.network import members
from handlers.checking_in import rounds
from handlers.checking_in.steps import AskMember
from tests.bench.crowd import FIRST, fill
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

PLANNED = """\
@ Ana, member on telegram, en
@ Mia, meta-mentor on telegram, en
Mia: /schedule wednesday
Mia: 18:00
Mia: [Every week]
Mia: [No question of our own]
Mia: [Plan it like this]
"""
QUESTION = "    > Ana: How is your mentoring going?"


def asked_after_down_time(database: str, wakes: datetime) -> tuple[list[str], datetime]:
    """What is said when a bot that planned check-ins for 4, 11, 18 … March sleeps until `wakes`; and when
    Ana is due next."""
    said: list[str] = []

    async def run() -> datetime:
        stage = demo.Stage(database, said.append)
        async with stage as terminal:
            await terminal.play(PLANNED.splitlines(), [])
            said.clear()
            stage.clock.wind(wakes)
            await stage.app.settle()
            return await stage.app.engine.worker.call(next_due)

    return said, asyncio.run(run())


def next_due(db: Session) -> datetime:
    """When Ana, the first member, is asked next."""
    return db.scalars(select(Timer.due_at).where(Timer.handler == AskMember.name).order_by(Timer.id)).all()[0]


@pytest.mark.parametrize(
    ("wakes", "next_one"),
    [
        (datetime(2026, 3, 5, 9, tzinfo=UTC), datetime(2026, 3, 11, 17, tzinfo=UTC)),
        (datetime(2026, 3, 7, 18, tzinfo=UTC), datetime(2026, 3, 11, 17, tzinfo=UTC)),
        (datetime(2026, 3, 20, 9, tzinfo=UTC), datetime(2026, 3, 25, 17, tzinfo=UTC)),
    ],
    ids=["the next morning", "three days later", "after three were missed"],
)
def test_what_was_missed_comes_once_and_late(database: str, wakes: datetime, next_one: datetime) -> None:
    said, due_next = asked_after_down_time(database, wakes)
    assert said.count(QUESTION) == 1
    assert due_next == next_one


def test_what_has_become_stale_is_dropped(database: str) -> None:
    said, due_next = asked_after_down_time(database, datetime(2026, 3, 22, 9, tzinfo=UTC))
    assert [line for line in said if line.startswith("    > ")] == [
        "    > Mia: 1 person waits in Neckar Mentors. Are you there?"
    ]
    assert due_next == datetime(2026, 3, 25, 17, tzinfo=UTC)


@on_loop
async def test_many_are_planned_some_at_a_time_each_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "MOST", 3)
    async with lab(database, handlers) as here:
        now = here.clock.now()
        fill(database, 10, now=now, time_zone="Europe/Berlin")
        with here.sessions.begin() as db:
            db.get_one(Person, 5).time_zone = "America/New_York"
            members.end(db, db.get_one(Member, 6), state="left", because=None, now=now)
        for words in ("/schedule wednesday", "18:00", "Every week", "No question of our own"):
            await here.says(str(FIRST), words)
        await here.presses(str(FIRST), "Plan it like this")
        turns = 0
        while (planned := plans(here)).keys() != {1, 2, 3, 4, 5, 7, 8, 9, 10}:
            assert await here.engine.due() == 1
            turns += 1
            assert len(plans(here)) - len(planned) <= 3
        assert turns == 4
        at, in_new_york = datetime(2026, 3, 4, 17, tzinfo=UTC), datetime(2026, 3, 4, 23, tzinfo=UTC)
        assert planned == {each: [in_new_york if each == 5 else at] for each in planned}

        await here.says(str(FIRST), "/network time zone")
        await here.says(str(FIRST), "Europe/Athens")
        while await here.engine.due():
            pass
        moved = at.replace(hour=16)
        assert plans(here) == {each: [in_new_york if each == 5 else moved] for each in planned}


def plans(here: Lab) -> dict[int, list[datetime]]:
    """When each member is asked."""
    found: dict[int, list[datetime]] = {}
    with here.session() as db:
        for timer in db.scalars(select(Timer).where(Timer.handler == AskMember.name)):
            found.setdefault(timer.args["member_id"], []).append(timer.due_at)
    return found
