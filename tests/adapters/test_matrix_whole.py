"""What belongs to words and is no word: the thread they are written in, and files that a homeserver is too
small for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from adapters.matrix import rooms
from adapters.matrix.adapter import Matrix
from bot.adapter import Refused
from bot.message import Carried, Media, Outgoing, Words
from tests.adapters.test_matrix_keys import Inbox, message, next_of, said, synced
from tests.support.aio import on_loop
from tests.support.matrix_line import Line, line_to
from tests.support.matrix_person import Person, acquainted, running
from tests.support.synapse import homeserver


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Person, Matrix, Inbox, str, Line]]:
    async with (
        acquainted("Ana") as (ana, account, room),
        line_to(homeserver()) as line,
        running(replace(account, homeserver=line.url)) as (adapter, inbox),
    ):
        await synced(adapter)
        yield ana, adapter, inbox, room, line


# --- threads ---------------------------------------------------------------------------------------


def in_thread(root: str, answers: str = "") -> dict[str, Any]:
    answered = {"m.in_reply_to": {"event_id": answers or root}, "is_falling_back": not answers}
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": root, **answered}}


@on_loop
async def test_what_is_written_in_a_thread_of_a_private_chat_is_answered_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with talking() as (ana, adapter, inbox, room, _):
        await adapter.send(message(1, room, "A question"))
        root = (await ana.hears()).id
        inside = await ana.writes(room, "About that", **in_thread(root))
        event = (await next_of(inbox)).event
        assert event == Words("About that", inside, root), "the engine hears what it is about"
        await adapter.send(message(2, room, "In it"))
        shown = await ana.hears()
        assert shown.source["content"]["m.relates_to"] == in_thread(root)["m.relates_to"]
        # Whoever answers a certain message is answered where that is.
        await adapter.send(replace(message(3, room, "Outside"), reply_to=root))
        assert (await ana.hears()).source["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": root}}
        await adapter.send(replace(message(4, room, "Of that"), reply_to=inside))
        relation = in_thread(root, answers=inside)["m.relates_to"]
        assert (await ana.hears()).source["content"]["m.relates_to"] == relation
        await ana.writes(room, "Outside again")
        assert await said(inbox) == "Outside again"
        await adapter.send(message(5, room, "There too"))
        assert "m.relates_to" not in (await ana.hears()).source["content"]
        # What comes much later is no answer.
        await ana.writes(room, "And in it", **in_thread(root))
        assert await said(inbox) == "And in it"
        monkeypatch.setattr(rooms, "_THREAD_SECONDS", 0.0)
        await adapter.send(message(6, room, "A check-in"))
        assert "m.relates_to" not in (await ana.hears()).source["content"]


# --- too large -------------------------------------------------------------------------------------


def carrying(number: int, room: str, size: int | None, read: Any) -> Outgoing:
    media = Media("telegram", "photo", "elsewhere", "it.jpg", "image/jpeg", size)
    return replace(message(number, room, "Look"), carried=[Carried(media, read)])


@on_loop
async def test_a_file_that_the_homeserver_is_too_small_for_is_refused_before_it_is_read() -> None:
    async with talking() as (ana, adapter, _, room, line):
        asked: list[str] = []
        read: list[int] = []

        async def bytes_() -> AsyncIterator[bytes]:
            read.append(1)
            yield b"x" * 2000

        def small(request: web.Request) -> web.Response | None:
            if request.path.endswith("/media/config"):
                asked.append(request.path)
                return web.json_response({"m.upload.size": 1999})
            return None

        line.fault = small
        with pytest.raises(Refused, match="larger than the homeserver takes"):
            await adapter.send(carrying(1, room, 2000, bytes_))
        assert not read, "it is known before"
        with pytest.raises(Refused, match="larger than the homeserver takes"):
            await adapter.send(carrying(2, room, None, bytes_))
        assert len(asked) == 1
        await adapter.send(message(3, room, "Look"))
        assert (await ana.hears()).text == "Look"


@pytest.mark.parametrize(
    "says", [{}, {"m.upload.size": "many"}, {"m.upload.size": -1}, {"m.upload.size": True}, [], None]
)
@on_loop
async def test_a_homeserver_that_does_not_say_how_much_it_takes_is_tried(says: Any) -> None:
    async with talking() as (ana, adapter, _, room, line):

        async def bytes_() -> AsyncIterator[bytes]:
            yield b"x" * 2000

        line.fault = lambda request: (
            web.json_response(says) if request.path.endswith("/media/config") else None
        )
        await adapter.send(carrying(1, room, 2000, bytes_))
        assert (await ana.hears()).content["msgtype"] == "m.image"


@on_loop
async def test_a_proxy_that_takes_no_such_file_refuses_the_file_and_is_no_broken_line() -> None:
    async with talking() as (_, adapter, _, room, line):

        async def bytes_() -> AsyncIterator[bytes]:
            yield b"x" * 2000

        line.fault = lambda request: (
            web.Response(status=413, text="<html>Too large</html>", content_type="text/html")
            if request.path.endswith("/upload")
            else None
        )
        with pytest.raises(Refused, match="larger than the homeserver takes"):
            await adapter.send(carrying(1, room, 2000, bytes_))
