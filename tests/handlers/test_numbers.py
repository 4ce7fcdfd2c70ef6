"""What a newer program has kept of how a network runs, and this one does not know."""

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program import demo
from db.models import Network
from db.network import numbers
from handlers.network.running import GROUPS, NAMES, SENTENCES, SUGGESTED

CAST = ["@ Mia, meta-mentor on telegram, en"]


def test_each_number_has_its_sentence() -> None:
    assert [*NAMES] == [*SENTENCES] == [*SUGGESTED] == [*numbers.NUMBERS]
    assert set(GROUPS) < set(SENTENCES)
    for key, suggested in SUGGESTED.items():
        assert all(numbers.NUMBERS[key].least <= each <= numbers.NUMBERS[key].most for each in suggested)


def test_what_is_no_longer_used_is_said_and_taken_out(database: str) -> None:
    said: list[str] = []

    async def run() -> tuple[object, object]:
        stage = demo.Stage(database, said.append)
        async with stage as terminal:
            await terminal.play(CAST, [])
            call = stage.app.engine.worker.call
            await call(add)
            await terminal.play(["Mia: /network how it runs"], [])
            before = await call(kept)
            await terminal.play(["Mia: [Take it out of the list]"], [])
            return before, await call(kept)

    assert asyncio.run(run()) == ({"moon_hours": 3, "silence_hours": 1}, {"silence_hours": 1})
    assert sum("moon_hours: no longer used." in line for line in said) == 1


def add(db: Session) -> None:
    network = db.scalars(select(Network)).one()
    network.numbers = {"moon_hours": 3, "silence_hours": 1}


def kept(db: Session) -> object:
    return dict(db.scalars(select(Network)).one().numbers)
