"""Somebody on a real homeserver, whose app trusts signed devices only, in a chat that is encrypted."""

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.matrix.account import Account
from adapters.matrix.adapter import Matrix
from bot.adapter import Adapter
from bot.message import (
    Chat,
    Event,
    Identity,
    Incoming,
    MessageRef,
    Opened,
    Pressed,
    Returned,
    Words,
)
from tests.contract.driver import Driver, Meet, Messenger, Seen
from tests.contract.wire import Wire, wire_to
from tests.support.matrix_line import Fault, Line, away, line_to, refusing
from tests.support.matrix_person import Person, Shown, matrix_name, new_account, numbered, running
from tests.support.synapse import Synapse, homeserver

LACKS = {
    "albums": "On Matrix people send each file as a message of its own",
    "links": "Links to Matrix accounts carry no payload",
    "room links": "Links to Matrix accounts carry no payload",
}
_TYPES = {"photo": "m.image", "video": "m.video", "audio": "m.audio", "voice": "m.audio"}
_DIGIT = "{}\ufe0f\u20e3"


@dataclass
class World:
    """What lasts for a module: the bot's account, Ana and Bo, the line between bot and homeserver, and
    Ana's private chat with the bot, "" where she left it."""

    server: Synapse
    account: Account
    line: Line
    wire: Wire
    ana: Person
    bo: Person
    chat: str = ""


class OnMatrix(Driver):
    """Ana, in her private chat, and in rooms that are new in each test."""

    many = 30

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world, self._person, self._other = world, world.ana, world.bo
        self._begun = time.time() * 1000
        self.adapter: Adapter = self.another()
        self._opens_chat = not world.chat
        world.chat = world.chat or self._person.new_private_chat()
        self.chat, self.sender = Chat("matrix", world.chat), Identity("matrix", world.ana.account)
        self.rooms = {world.chat}
        self._last: Shown | None = None
        self._said = self._choice = ""
        self._aside: defaultdict[str, list[tuple[str, Shown]]] = defaultdict(list)
        self._unreadable = len(world.ana.unreadable)

    def another(self) -> Adapter:
        account = replace(self._world.account, homeserver=self._world.wire.url)
        return Matrix(account, invites="anyone", servers=(), messages_per_second=100)

    async def meets(self, event: Callable[[], Awaitable[Event]]) -> None:
        if self._opens_chat:
            self._invites(self.chat, self._person.bot)
            assert await event() in (Opened(), Returned())  # she may have left the chat of a test before
            await self._person.until(lambda: self._person.has_joined(self.chat.id, self._person.bot))
            return
        # What a test before has left behind comes before this.
        self.says(begin := f"begin at {self._begun}")
        while not (isinstance(happened := await event(), Words) and happened.text == begin):
            pass

    def concerns(self, incoming: Incoming) -> bool:
        return incoming.chat is None or incoming.chat.id in self.rooms

    # --- in the private chat -------------------------------------------------------------------------

    def _soon(self, doing: Callable[[], Awaitable[Any]]) -> None:
        self._person.soon(doing)

    def _writes(self, room: str, content: Mapping[str, Any], type: str = "m.room.message") -> None:
        async def write() -> None:
            self._said = await self._person.sends(room, type, content)

        self._soon(write)

    def says(self, text: str, *, answers: MessageRef | None = None) -> None:
        self._writes(self.chat.id, _words(text, answers))

    def presses(self, label: str) -> None:
        shown = self._last
        assert shown is not None
        digit = shown.digits[numbered(shown.text)[1].index(label)]

        async def tap() -> None:
            self._choice = await self._person.taps(shown, digit)

        self._soon(tap)

    def takes_choice_back(self) -> None:
        self._soon(lambda: self._person.takes_back(self.chat.id, self._choice))

    def taps_elsewhere(self) -> None:
        async def tap() -> None:
            relation = {"rel_type": "m.annotation", "event_id": self._said, "key": _DIGIT.format(1)}
            done = await self._person.sends(self.chat.id, "m.reaction", {"m.relates_to": relation})
            self.not_for_us.append(Incoming(done, Pressed(0, self._said), self.chat, self.sender, "Ana"))

        self._soon(tap)

    def sends_media(self) -> str:
        self._writes(self.chat.id, {"body": "a cat", "url": "mxc://localhost/cat", "info": {}}, "m.sticker")
        return "sticker"

    def sends_file(self, kind: str, data: bytes, words: str) -> None:
        more: dict[str, Any] = {"msgtype": _TYPES.get(kind, "m.file")}
        more |= {"body": words, "filename": f"it.{kind}"}
        more |= {"org.matrix.msc3245.voice": {}} if kind == "voice" else {}
        self._soon(lambda: self._person.sends_file(self.chat.id, data, f"it.{kind}", "text/plain", **more))

    def edits(self, text: str) -> None:
        self._soon(lambda: self._person.changes_words(self.chat.id, self._said, text))

    def deletes(self) -> None:
        self._soon(lambda: self._person.takes_back(self.chat.id, self._said))

    def leaves(self) -> None:
        self._world.chat = ""
        self._person.call("POST", f"rooms/{self.chat.id}/leave", {})

    def returns(self) -> None:
        """Open a new private chat, as whoever left one does."""
        self._world.chat = self._person.new_private_chat()
        self.chat = Chat("matrix", self._world.chat)
        self.rooms.add(self.chat.id)
        self._invites(self.chat, self._person.bot)

    async def sees(self, room: Chat | None = None) -> Seen:
        where = (room or self.chat).id
        change, shown = await self._change_in(where)
        text, labels = numbered(shown.text)
        if change == "redaction":
            if shown.reactions or not labels:  # one of several, or what goes with an edit
                return await self.sees(room)
            labels = []
        else:
            await self._person.until(lambda: len(shown.reactions) == min(6, len(labels)))
        self._last = shown
        assert shown.encrypted or where != self.chat.id
        content = shown.content
        files = (await self._person.fetches(content),) if "filename" in content else ()
        relation = content.get("m.relates_to", {})
        return Seen(
            "" if files and content["filename"] == content["body"] else text,
            labels,
            change != "message",
            files,
            thread=relation["event_id"] if relation.get("rel_type") == "m.thread" else "",
            marks=_marks(str(content.get("formatted_body", ""))),
            message=shown.id,
        )

    async def _change_in(self, room: str) -> tuple[str, Shown]:
        while not self._aside[room]:
            change, shown = await asyncio.wait_for(self._person.changes.get(), self.patience)
            if shown.source["origin_server_ts"] >= self._begun:
                self._aside[shown.room].append((change, shown))
        return self._aside[room].pop(0)

    def is_gone(self, message: MessageRef) -> bool:
        return not self._person.call("GET", f"rooms/{message.chat.id}/event/{message.id}")["content"]

    # --- in rooms ------------------------------------------------------------------------------------

    async def opens_room(self, *needs: str) -> Chat:
        room = await self._person.opens_room("Mentors")
        self.rooms.add(room)
        return Chat("matrix", room, private=False)

    async def opens_thread(self, room: Chat) -> Chat:
        first = await self._person.writes(room.id, "About papers")
        return replace(room, thread=first)

    async def brings_us(self, room: Chat) -> None:
        self._invites(room, self._person.bot)
        await self._person.until(lambda: self._person.has_joined(room.id, self._person.bot))

    def _invites(self, room: Chat, account: str) -> None:
        self._person.call("POST", f"rooms/{room.id}/invite", {"user_id": account})

    def takes_us_out(self, room: Chat) -> None:
        self._person.call("POST", f"rooms/{room.id}/kick", {"user_id": self._person.bot})

    def silences_us(self, room: Chat) -> None:
        self._levels(room, events_default=30)

    def lets_us_write(self, room: Chat) -> None:
        self._levels(room, events_default=0)

    def _levels(self, room: Chat, **changed: Any) -> None:
        path = f"rooms/{room.id}/state/m.room.power_levels"
        self._person.call("PUT", path, self._person.call("GET", path) | changed)

    def says_in(self, room: Chat, text: str, *, answers: MessageRef | None = None) -> None:
        self._writes(room.id, _words(text, answers, room.thread))

    def chats_in(self, room: Chat, text: str) -> None:
        async def write() -> None:
            self._said = await self._person.sends(room.id, "m.room.message", _words(text))
            meant_for_us = Words(text, self._said)
            self.not_for_us.append(Incoming(self._said, meant_for_us, room, self.sender, self.first_name))

        self._soon(write)

    async def somebody(self) -> tuple[Identity, str]:
        return Identity("matrix", self._other.account), self._other.name

    async def joins(self, room: Chat) -> None:
        self._invites(room, self._other.account)
        await self._person.until(lambda: self.is_in(room))

    async def asks_in(self, room: Chat) -> None:
        path = f"rooms/{room.id}/state/m.room.join_rules"
        self._person.call("PUT", path, {"join_rule": "knock"})
        self._levels(room, users={self._person.bot: 50})
        self._other.call("POST", f"knock/{room.id}", {})

    def is_in(self, room: Chat) -> bool:
        return self._person.has_joined(room.id, self._other.account)

    def moves(self, room: Chat) -> Chat:
        made = self._person.call("POST", f"rooms/{room.id}/upgrade", {"new_version": "11"})
        new = Chat("matrix", str(made["replacement_room"]), private=False)
        self.rooms.add(new.id)
        self._invites(new, self._person.bot)
        return new

    # --- the messenger itself ------------------------------------------------------------------------

    def cuts_line(self) -> None:
        self.line_was_cut = True
        self._world.wire.cut()

    def mends_line(self) -> None:
        self._world.wire.mend()

    @property
    def lines(self) -> int:
        return self._world.wire.lines

    def limits(self, seconds: int) -> None:
        self._once(refusing("/send/", "M_LIMIT_EXCEEDED", 429, retry_after_ms=seconds * 1000))

    def refuses(self) -> None:
        self._once(refusing("/send/", "M_TOO_LARGE", 413))

    def stumbles(self) -> None:
        self._once(lambda request: away(request) if "/send/" in request.path else None)

    def _once(self, fault: Fault) -> None:
        """Answer the next request that a fault is about with it, and no other."""
        line = self._world.line

        def once(request: web.Request) -> web.Response | None:
            if (answer := fault(request)) is not None:
                line.fault = _works
            return answer

        line.fault = once

    def revokes(self) -> None:
        self._world.line.fault = refusing("/", "M_UNKNOWN_TOKEN", 401)
        self._world.wire.cut()  # a request that waits for news ends
        self._world.wire.mend()

    def stranger(self) -> Chat:
        return Chat("matrix", "!nowhere:localhost")

    def unacknowledged(self) -> int:
        """Return what the homeserver would tell again after a crash."""
        return self._person.written_since(self.chat.id, self._world.account.since())

    def complaints(self) -> Sequence[object]:
        return self._person.unreadable[self._unreadable :]


def _words(text: str, answers: MessageRef | None = None, thread: str = "") -> dict[str, Any]:
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": answers.id}} if answers else {}
    if thread:
        relation |= {"rel_type": "m.thread", "event_id": thread}
        relation |= {"is_falling_back": True, "m.in_reply_to": {"event_id": thread}}
    return {"msgtype": "m.text", "body": text} | ({"m.relates_to": relation} if relation else {})


def _works(request: web.Request) -> web.Response | None:
    """Let every request through."""
    return None


class _Marks(HTMLParser):
    """The tags of a text with the words inside, where none stands in another."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag:
            self.found.add((self._tag, data))


def _marks(html: str) -> frozenset[tuple[str, str]]:
    reader = _Marks()
    reader.feed(html)
    return frozenset(reader.found)


@asynccontextmanager
async def opens() -> AsyncIterator[Meet]:
    """A homeserver for the whole run; an account for the bot that has logged in, Ana and Bo for a module."""
    server = homeserver()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        account = new_account(server, Path(folder))
        async with running(account) as (bot, _):
            while not account.since():
                await asyncio.sleep(0.01)
            await bot.introduce("", name="mentorNET", description="", short="")
        line = await stack.enter_async_context(line_to(server))
        wire = await stack.enter_async_context(wire_to(line.url))
        ana = await stack.enter_async_context(Person.on(server, "Ana", strict=True))
        bo = await stack.enter_async_context(Person.on(server, "Bo"))
        ana.bot = matrix_name(account)
        world = World(server, account, line, wire, ana, bo)

        @asynccontextmanager
        async def meets() -> AsyncIterator[Driver]:
            try:
                yield OnMatrix(world)
            finally:
                world.line.fault = _works
                world.wire.mend()

        yield meets


MESSENGERS = (Messenger("matrix", opens, LACKS),)
