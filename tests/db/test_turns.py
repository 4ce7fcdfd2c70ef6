"""Turns that are committed together share their reading and their writing, and none pays for another."""

import asyncio
import random
import threading
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

import handlers
from bot.dialogue.engine import subjects_of
from bot.message import Chat, Identity, Incoming, Words
from bot.program import cast
from bot.support.worker import Job, in_waves
from db import shape, store
from db.engine import turn_ends
from db.engine.turn_ends import TurnEnd
from db.models import Base, Conversation, Delivery
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab


def statements(here: Lab) -> list[str]:
    """What is said to the database from now on, in the engine and in the outbox."""
    said: list[str] = []
    event.listen(here.database, "before_cursor_execute", lambda _c, _r, statement, *_: said.append(statement))
    return said


async def together(here: Lab, events: Iterable[Incoming]) -> list[Any]:
    """Give events to the engine while it is busy, so that they are one group."""
    busy, free = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        busy.set()
        free.wait()

    waiting = here.engine.worker.call(wait)
    await asyncio.to_thread(busy.wait)
    received = [asyncio.create_task(here.engine.receive(each)) for each in events]
    await asyncio.sleep(0)
    free.set()
    await waiting
    return await asyncio.gather(*received, return_exceptions=True)


@pytest.mark.parametrize("at_once", [False, True], ids=["step by step", "all at once"])
@on_loop
async def test_many_who_ask_and_cancel_cost_no_more_statements_than_two(at_once: bool, database: str) -> None:
    async with lab(database) as here:
        crowd = [f"p{n}" for n in range(40)]
        await here.happens(*(here.incoming(who, Words("/start")) for who in crowd))
        here.heard.clear()
        said = statements(here)
        costs: list[int] = []
        script = ("/choose", "red", "/cancel")
        for people in (crowd[:2], crowd[2:]):
            said.clear()
            here.clock.wind(here.clock.now() + timedelta(minutes=5))  # it is remembered that they wrote
            if at_once:
                await together(here, [here.incoming(who, Words(words)) for who in people for words in script])
            else:
                for words in script:
                    await together(here, [here.incoming(who, Words(words)) for who in people])
            costs.append(len(said))
        assert costs[0] == costs[1]
        with here.session() as db:
            assert db.scalar(select(func.count()).select_from(Delivery)) == 40 * 6, "some close buttons"
            assert db.scalar(select(func.count()).select_from(Conversation)) == 0
        await here.outbox.flush()
        for who in crowd:
            answers = [text for account, text in here.heard if account == who]
            assert len(answers) == 3, "each has an answer of its own"
            assert answers[-1].startswith("Cancelled"), "in their order"


@on_loop
async def test_many_who_ask_their_peers_cost_no_more_statements_than_two(database: str) -> None:
    """Also where what they write is looked at before it is taken."""
    async with lab(database, handlers) as here:
        now = here.clock.now()
        crowd = [f"p{n}" for n in range(20)]
        for who in crowd:
            member = cast.Character(who, here.console.name, who, "en", "member", None, ("papers",), ("en",))
            enter = partial(cast.enter, character=member, time_zone="UTC", now=now - timedelta(days=1))
            await here.engine.worker.call(enter)
        said = statements(here)
        costs: list[int] = []
        for people in (crowd[:2], crowd[2:]):
            said.clear()
            here.clock.wind(here.clock.now() + timedelta(minutes=5))
            for words in ("/ask papers", "Who translates a birth certificate?", "/cancel"):
                await together(here, [here.incoming(who, Words(words)) for who in people])
            costs.append(len(said))
        assert costs[0] == costs[1]


@on_loop
async def test_to_find_whom_to_ask_costs_no_more_statements_among_many_than_among_two(database: str) -> None:
    async with lab(database, handlers) as here:
        now = here.clock.now()
        said = statements(here)
        costs: list[int] = []
        for asker, peers in (("Ana", ("Bo", "Cy")), ("Di", [f"p{n}" for n in range(40)])):
            for who in (asker, *peers):
                member = cast.Character(
                    who, here.console.name, who, "en", "member", None, ("papers",), ("en",)
                )
                enter = partial(cast.enter, character=member, time_zone="UTC", now=now - timedelta(days=1))
                await here.engine.worker.call(enter)
            await here.says(asker, "/ask papers Who translates a birth certificate?")
            said.clear()
            heard = await here.presses(asker, "Send it with my name")
            costs.append(len(said))
            assert sum("Can you help?" in text for text in heard) == 1
        assert costs[0] == costs[1]


@on_loop
async def test_what_happens_in_one_chat_and_what_one_person_does_keeps_its_order() -> None:
    several = ("ana", "bo", "cy", "ana in a room", "bo in a room", "nobody in a room", "no event")
    dice = random.Random(7)
    group = [job(dice.choice(several), n) for n in range(100)]
    ordered = in_waves(group, subjects_of)
    assert len(ordered) == len(group)
    subjects = {subject for each in group for subject in about(each)}
    assert len(subjects) == 8, "three people and their chats, the room, and what is no event"
    for subject in subjects:
        assert [each for each in ordered if subject in about(each)] == [
            each for each in group if subject in about(each)
        ]
    for each in (n for n, each in enumerate(group) if each.event is None):
        assert set(map(id, group[:each])) == set(map(id, ordered[:each])), "it stays between the others"


def job(what: str, number: int) -> Job[Any]:
    """The n-th of a group: somebody writes, in private or in a topic of a room, or it is no event."""
    who, _, where = what.partition(" in a ")
    done = asyncio.get_running_loop().create_future()
    if what == "no event":
        return Job(lambda db: None, done)
    chat = Chat("telegram", "room", private=False, thread=str(number % 2)) if where else Chat("telegram", who)
    sender = None if who == "nobody" else Identity("telegram", who)
    return Job(lambda db: None, done, True, Incoming(str(number), Words("hello"), chat, sender))


def about(each: Job[Any]) -> list[Any]:
    """Who and where; what is no event is about nothing else."""
    return ["no event"] if each.event is None else subjects_of(each.event)


@on_loop
async def test_no_statement_of_a_group_walks_through_a_table(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/walks.db"
    shape.migrate(store.connect(url))
    async with lab(url) as here:
        crowd = ["ana", "bo", "cy"]
        await here.happens(*(here.incoming(who, Words("/start")) for who in crowd))
        asked: list[tuple[str, Any]] = []
        event.listen(
            here.database,
            "before_cursor_execute",
            lambda _c, _r, what, of, _x, many: asked.append((what, of)),
        )
        for words in ("/choose", "red", "/cancel"):
            await together(here, [here.incoming(who, Words(words)) for who in crowd])
            await here.outbox.flush()
        with here.session() as db:
            line = db.connection()
            for what, of in [
                (what, of) for what, of in asked if what.startswith(("SELECT", "UPDATE", "DELETE"))
            ]:
                given = of[0] if isinstance(of, list) else of
                plan = [row.detail for row in line.exec_driver_sql(f"EXPLAIN QUERY PLAN {what}", given)]
                assert not {f"SCAN {table}" for table in Base.metadata.tables} & set(plan), what


@on_loop
async def test_who_speaks_twice_in_a_group_is_answered_in_order(database: str) -> None:
    async with lab(database) as here:
        words = ("/choose", "red", "/cancel")
        both = [here.incoming(who, Words(each)) for each in words for who in ("ana", "bo")]
        await together(here, both)
        await here.outbox.flush()
        for who in ("ana", "bo"):
            heard = [text.partition("\n")[0] for to, text in here.heard if to == who]
            assert heard == ["Which colour?", "Which size?", "Cancelled: Choose."]


@on_loop
async def test_an_end_that_cannot_be_written_is_nobody_elses(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = turn_ends.write

    def write(connection: Connection, ended: Collection[TurnEnd]) -> None:
        written(connection, ended)
        if any(reply.to["chat"] == "eve" for each in ended for reply in each.replies):
            raise OSError("no place for Eve")

    async with lab(database) as here:
        people = ("ana", "eve", "bo", "cy")
        for who in people:
            await here.says(who, "/start")
        monkeypatch.setattr(turn_ends, "write", write)
        # Who comes after Eve reads something, and is the first to meet what is wrong with her turn.
        events = [here.incoming(who, Words("/boom")) for who in people]
        assert await together(here, events) == [None] * 4, "hers is set aside after some tries"
        await here.outbox.flush()
        assert [to for to, text in here.heard if text == "Say a word"] == ["ana", "bo", "cy"]
