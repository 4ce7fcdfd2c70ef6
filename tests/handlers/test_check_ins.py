"""Check-ins that could not go out in time: the bot was down, and wakes up late."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program import demo
from db.models import Timer
from handlers.checking_in.steps import AskMember

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
    assert said == []
    assert due_next == datetime(2026, 3, 25, 17, tzinfo=UTC)
