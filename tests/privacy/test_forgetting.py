"""Whoever is forgotten is gone: from every column, from the bytes of the file, and from restored backups; and
everybody else goes on."""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.program import demo
from db import store
from db.engine import timers
from db.models import Base, Identity, Person
from db.models.sealed import Seal, give
from tests.support.stage import name, transcripts

FEW = {
    "asking/ask.de",
    "asking/without_a_name_leaves",
    "asking/without_a_name_in_a_room",
    "checking_in/check_in_not_good",
    "coordinating/announce",
    "coordinating/members",
    "coordinating/pulse_many",
    "front/first_day",
    "joining/found",
    "joining/invite",
    "network/room",
    "talking/media",
    "talking/two_conversations",
}
"""Conversations after which somebody is forgotten in the tests of every day; `make soak` takes all."""
SOME = [
    pytest.param(path, id=name(path), marks=[] if name(path) in FEW else pytest.mark.soak)
    for path in transcripts()
]
DUE = "privacy.ForgetDue"
OTHERS_WORDS = {"help_requests.need", "networks.name", "rooms.name", "invitations.note", "people.name"}
"""Where somebody else may have written the same name."""


def forgotten_after(script: str, database: str) -> list[tuple[str, str, str]]:
    """Play a conversation, and then forget everybody in it but the first who coordinates, one after the
    other. Return their names, accounts and chats."""
    gone: list[tuple[str, str, str]] = []

    async def run() -> None:
        stage = demo.Stage(database, lambda line: None)
        async with stage as terminal:
            await terminal.play(script.splitlines(), demo.CAST)
            call = stage.app.engine.worker.call
            people = await call(
                lambda db: db.execute(
                    select(Person.id, Person.name, Identity.account, Identity.chat)
                    .join(Identity)
                    .where(Person.name != "Mia")
                    .order_by(Person.id)
                ).all()
            )
            for row in people:
                now = stage.now()
                args = {"person_id": row.id}
                await call(
                    partial(timers.schedule, due_at=now, handler=DUE, args=args, about=f"forget {row.id}")
                )
                gone.append((row.name, row.account, row.chat))
            await stage.wind(stage.now() + timedelta(days=3))

    asyncio.run(run())
    return gone


def cells(database: str, seal: Seal | None = None) -> Iterator[tuple[str, str]]:
    """Yield every stored text, with its table and column; what is sealed as it is read with the `seal`."""
    with store.connected(database) as engine, engine.connect() as connection:
        if seal is not None:
            give(engine, seal)
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    if value is not None:
                        packed = json.dumps(value, default=str, ensure_ascii=False)
                        yield f"{table.name}.{column}", value if isinstance(value, str) else packed


@pytest.mark.parametrize("path", SOME)
def test_nobody_who_was_forgotten_is_found_anywhere(path: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/db"
    gone = forgotten_after(path.read_text("utf-8"), database)
    assert gone, "somebody was there"
    found = list(cells(database))
    assert [said for place, said in found if place == "timers.attempts" and said != "0"] == []
    for called, account, chat in gone:
        here = [each for each in found if each[0] != "deliveries.chosen"]  # what others have typed
        assert [each for mark in {account, chat} for each in holding(mark, here)] == []
        assert [each for each in holding(called, found) if each[0] not in OTHERS_WORDS] == []


def holding(mark: str, found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The texts in which this stands as a word."""
    word = re.compile(rf"(?<!\w){re.escape(mark)}(?!\w)")
    return [(place, said) for place, said in found if mark and word.search(said)]
