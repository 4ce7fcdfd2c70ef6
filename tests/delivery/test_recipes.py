"""Files that the program makes when their letter leaves."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.message import Words
from db.models import Letter, Person
from db.models.sealed import Seal, give
from tests.odd.deeds import Greeting
from tests.support.aio import on_loop
from tests.support.lab import lab

STUCK = 20.0
"""Seconds after which whoever should be answered is not."""


@on_loop
async def test_a_file_is_made_of_what_is_remembered(database: str) -> None:
    async with lab(database) as here:
        await here.says("bo", "/start")
        await here.says("ana", "/file Hello")
        made = here.console.messages["ana"][-1].made
        assert made is not None
        assert (made.name, made.content) == ("greeting.txt", b"en: Hello, 2")


@on_loop
async def test_where_a_file_cannot_be_made_its_words_say_so(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/file boom")
        shown = here.console.messages["ana"][-1]
        assert shown.made is None
        assert shown.plain == "Here it is\n\nI could not make the file. Please try again."


@on_loop
async def test_nobody_waits_while_a_file_is_made(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on, make = threading.Event(), threading.Event(), Greeting.make

    def slowly(recipe: Greeting, *given: Any) -> Any:
        begun.set()
        assert goes_on.wait(STUCK)
        return make(recipe, *given)

    monkeypatch.setattr(Greeting, "make", slowly)
    async with lab(database) as here:
        sending = asyncio.create_task(here.says("ana", "/file Hello"))
        assert await asyncio.to_thread(begun.wait, STUCK)
        async with asyncio.timeout(STUCK):
            await here.engine.receive(here.incoming("bo", Words("/start")))
        assert not sending.done()
        goes_on.set()
        await sending
        made = here.console.messages["ana"][-1].made
        assert made is not None
        assert made.content == b"en: Hello, 2"


@on_loop
async def test_what_is_read_beside_the_turns_is_opened_and_not_changed(database: str) -> None:
    def bodies(db: Session) -> Any:
        return db.scalars(select(Letter.body).order_by(Letter.id)).all()

    def change(db: Session) -> None:
        db.execute(update(Person).values(name="Bo"))

    async with lab(database) as here:
        give(here.database, Seal("a key of thirty-two characters or so"))
        await here.says("ana", "/start")
        read = await here.engine.worker.read(bodies)
        assert read
        assert read == await here.engine.worker.call(bodies)
        assert "sealed" not in str(read)
        with pytest.raises(DBAPIError):
            await here.engine.worker.read(change)


@on_loop
async def test_whoever_may_no_longer_have_a_file_reads_that_in_its_place(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/file mine")
        shown = here.console.messages["ana"][-1]
        assert shown.made is None
        assert shown.plain == "Here it is\n\nIt is not for you any more."
