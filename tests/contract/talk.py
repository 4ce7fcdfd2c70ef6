"""A conversation: the adapter under test, between its driver and an engine that only writes down."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot import markup
from bot.adapter import Adapter, Buttons, Capabilities
from bot.message import Added, Chat, Event, Incoming, MessageRef, Outgoing, Words
from tests.contract.driver import Driver, Seen
from tests.support.matrix_person import marked

_ids = itertools.count(41)
"""Running numbers of all letters: a messenger may know one by its number and send it only once."""


@dataclass
class Talk:
    """A running adapter, and what it handed over.

    last:    the number of the letter that was made last
    broken:  this many events cannot be stored
    ready:   none is stored before
    """

    driver: Driver
    adapter: Adapter
    inbox: asyncio.Queue[Incoming] = field(default_factory=asyncio.Queue)
    broken: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    last: int = 0
    _listening: asyncio.Task[None] | None = None
    _closed: bool = False

    async def receive(self, incoming: Incoming) -> None:
        """Take an event as the engine does."""
        if not self.driver.concerns(incoming):
            return
        self.inbox.put_nowait(incoming)
        await self.ready.wait()
        if self.broken:
            self.broken -= 1
            raise RuntimeError("the disk is full")

    # --- the adapter's life --------------------------------------------------------------------------

    def listens(self) -> None:
        """Begin to listen."""
        self._listening = asyncio.create_task(self.adapter.run(self.receive))

    async def ends(self) -> BaseException | None:
        """Wait until the adapter stops to listen by itself; return why."""
        assert self._listening is not None
        async with asyncio.timeout(self.driver.patience):
            await asyncio.wait([self._listening])
        ended, self._listening = self._listening, None
        return ended.exception()

    async def stops(self) -> None:
        """Cancel the listening, as the program does; it must end by that and nothing else."""
        if self._listening is None:
            return
        self._listening.cancel()
        (ended,) = await asyncio.gather(self._listening, return_exceptions=True)
        self._listening = None
        assert isinstance(ended, asyncio.CancelledError), ended

    async def closes(self) -> None:
        """Stop and let go of the connection."""
        if not self._closed:
            self._closed = True
            try:
                await self.stops()
            finally:
                await self.adapter.close()

    # --- what comes in -------------------------------------------------------------------------------

    async def happened(self) -> Incoming:
        """Return the next event, from the right person in the right chat."""
        incoming = await self._next()
        assert (incoming.chat, incoming.sender) == (self.driver.chat, self.driver.sender)
        assert incoming.name == self.driver.first_name
        return incoming

    async def event(self) -> Event:
        """Return what the person did next."""
        return (await self.happened()).event

    async def happened_in(self, room: Chat) -> Incoming:
        """Return the next event, from a room."""
        incoming = await self._next()
        assert incoming.chat == room, incoming
        return incoming

    async def said_to_us_in(self, room: Chat) -> Incoming:
        """Return the next event from a room that is not people's talk among themselves."""
        while True:
            incoming = await self._next()
            if not isinstance(incoming.event, Words) or incoming.event.to_us or incoming.chat == room:
                assert incoming.chat == room, incoming
                return incoming

    async def _next(self) -> Incoming:
        return await asyncio.wait_for(self.inbox.get(), self.driver.patience)

    async def room(self, *needs: str) -> Chat:
        """Have the person make a room that can do this, and bring us there."""
        room = await self.driver.opens_room(*needs)
        await self.is_brought_into(room)
        return room

    async def is_brought_into(self, room: Chat) -> None:
        """Have the person bring us into a room, and hear of it."""
        await self.driver.brings_us(room)
        incoming = await self.happened_in(room)
        assert (incoming.event, incoming.sender) == (Added(), self.driver.sender)
        assert (incoming.room, incoming.sender_is_admin) in (("Mentors", True), ("Mentors", None))

    # --- what goes out -------------------------------------------------------------------------------

    def message(self, html: str, *rows: Sequence[str], to: Chat | None = None, **more: Any) -> Outgoing:
        """Make a message as the engine does: offers that are no buttons stand below the text."""
        labels = [label for row in rows for label in row]
        if labels and self.can.buttons is not Buttons.NATIVE:
            html += "\n\n" + "\n".join(f"{n}. {markup.quote(label)}" for n, label in enumerate(labels, 1))
        self.last = next(_ids)
        return Outgoing(self.last, to or self.driver.chat, html, markup.plain(html), rows, **more)

    async def send(self, html: str, *rows: Sequence[str], to: Chat | None = None, **more: Any) -> MessageRef:
        """Send as the outbox does: marks follow."""
        message = self.message(html, *rows, to=to, **more)
        sent = await self.adapter.send(message)
        if self.can.marks:
            await marked(self.adapter, sent, min(sum(map(len, rows)), self.can.marks))
        return sent

    async def sees(self, room: Chat | None = None) -> Seen:
        """Return what the person sees next."""
        return await self.driver.sees(room)

    async def sees_files(self, count: int, room: Chat | None = None) -> Seen:
        """Return this many files that the person sees next, as one message or as several."""
        first = seen = await self.sees(room)
        files = [*seen.files]
        while len(files) < count:
            seen = await self.sees(room)
            assert seen.text == ""
            files += seen.files
        return Seen(first.text, first.buttons, first.edited, tuple(files), first.thread)

    @property
    def can(self) -> Capabilities:
        """What the private chat can show."""
        return self.adapter.can(self.driver.chat)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so; fail when it does not come to pass."""
        async with asyncio.timeout(self.driver.patience):
            while not true():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def talk(driver: Driver, adapter: Adapter) -> AsyncIterator[Talk]:
    """A conversation that has begun; at its end the adapter is closed, and nothing was said against it."""
    here = Talk(driver, adapter)
    here.ready.set()
    await adapter.start()
    here.listens()
    try:
        await driver.meets(here.event)
        yield here
    finally:
        here.ready.set()
        await here.closes()
    assert not driver.complaints()
