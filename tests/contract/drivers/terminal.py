"""Somebody at the terminal, which plays messengers for the demo and for transcripts."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

from adapters.terminal import console
from adapters.terminal.console import Console
from bot.adapter import Adapter
from bot.message import (
    Added,
    AsksIn,
    Chat,
    Deleted,
    Edited,
    Event,
    Identity,
    Incoming,
    Left,
    Media,
    MessageRef,
    MovedTo,
    Newcomers,
    Opened,
    Pressed,
    Removed,
    Returned,
    Unsupported,
    Words,
)
from tests.contract.driver import Driver, Meet, Messenger, Seen

LACKS = {
    "echo": "A terminal hands over only what somebody types",
    "limits": "A terminal takes whatever it is sent",
    "line": "A terminal is in the same process: no line can break",
    "markup": "A terminal shows bare text",
    "news": "A terminal is in the same process: there is no line",
    "refusals": "A terminal takes whatever it is sent",
    "strangers": "At a terminal whoever is written to is there",
    "taps": "A terminal's buttons stand under our own messages only",
    "threads": "A terminal has no threads",
    "token": "A terminal needs no token",
}
_BO = Identity("telegram", "bo")


class AtTheTerminal(Driver):
    """Ana and Bo, on what plays Telegram."""

    def __init__(self) -> None:
        super().__init__()
        self._console = Console("telegram", self._show)
        self.adapter: Adapter = self._console
        self.chat, self.sender = Chat("telegram", "ana"), Identity("telegram", "ana")
        self._seen: defaultdict[str, asyncio.Queue[Seen]] = defaultdict(asyncio.Queue)
        self._asides: list[str] = []
        self._numbers = count(1)
        self._said = ""

    def _show(self, to: str, message: console.Shown, edited: bool) -> None:
        if not message.id:
            self._asides.append(message.plain)
            return
        made = [message.made.content] if message.made else []
        data = (*made, *(data for _, data in message.files))
        self._seen[to].put_nowait(Seen(message.plain, message.labels, edited, data, message=message.id))

    def _happens(self, event: Event, room: Chat | None = None, who: Identity | None = None) -> None:
        account = (who or self.sender).account
        title = "Mentors" if room else ""
        stored = self._console.happens(
            account, event, name=self.first_name, language="de", room=room, title=title
        )
        stored.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _noted(self) -> str:
        self._said = f"p{next(self._numbers)}"
        return self._said

    # --- in the private chat -------------------------------------------------------------------------

    def says(self, text: str, *, answers: MessageRef | None = None) -> None:
        self._happens(Words(text, self._noted(), answers.id if answers else None))

    def opens(self, payload: str) -> None:
        assert self.adapter.link(payload).endswith(f"?start={payload}")
        self._happens(Opened(payload))

    def presses(self, label: str) -> None:
        shown = self._console.messages[self.chat.id][-1]
        self._happens(Pressed(shown.labels.index(label), shown.id, shown.outgoing))

    def sends_media(self) -> str:
        self._happens(Unsupported("sticker"))
        return "sticker"

    def sends_file(self, kind: str, data: bytes, words: str) -> None:
        self._sends(kind, data, words)

    def sends_album(self, kind: str, files: Sequence[bytes], words: str) -> None:
        for n, data in enumerate(files):
            self._sends(kind, data, words if n == 0 else "", album="a1")

    def _sends(self, kind: str, data: bytes, words: str, album: str = "") -> None:
        file = str(len(self._console.files))
        self._console.files[file] = data
        media = Media("telegram", kind, file, size=len(data))
        self._happens(Words(words, self._noted(), media=media, album=album))

    def edits(self, text: str) -> None:
        self._happens(Edited(text, self._said))

    def deletes(self) -> None:
        self._happens(Deleted(self._said))

    def leaves(self) -> None:
        self._console.blocked.add(self.chat.id)
        self._happens(Left())

    def returns(self) -> None:
        self._console.blocked.discard(self.chat.id)
        self._happens(Returned())

    async def sees(self, room: Chat | None = None) -> Seen:
        return await asyncio.wait_for(self._seen[(room or self.chat).id].get(), self.patience)

    def is_gone(self, message: MessageRef) -> bool:
        return all(shown.id != message.id for shown in self._console.messages[message.chat.id])

    # --- in rooms ------------------------------------------------------------------------------------

    async def opens_room(self, *needs: str) -> Chat:
        self._console.leaders["mentors"] = {self.sender.account}
        return Chat("telegram", "mentors", private=False)

    async def brings_us(self, room: Chat) -> None:
        self._console.blocked.discard(room.id)
        self._happens(Added(), room)

    def takes_us_out(self, room: Chat) -> None:
        self._console.blocked.add(room.id)
        self._happens(Removed(), room)

    def silences_us(self, room: Chat) -> None:
        self._console.muted.add(room.id)
        self._happens(Removed(silenced=True), room)

    def lets_us_write(self, room: Chat) -> None:
        self._console.muted.discard(room.id)
        self._happens(Added(), room)

    def says_in(self, room: Chat, text: str, *, answers: MessageRef | None = None) -> None:
        self._happens(Words(text, self._noted(), answers.id if answers else None), room)

    def chats_in(self, room: Chat, text: str) -> None:
        self._happens(Words(text, self._noted(), to_us=False), room)
        meant_for_us = Words(text, self._said)
        self.not_for_us.append(Incoming(self._said, meant_for_us, room, self.sender, self.first_name))

    def opens_into(self, room: Chat, payload: str) -> None:
        assert self.adapter.link(payload, into_room=True).endswith(f"?startgroup={payload}")
        self._happens(Opened(payload), room)

    async def somebody(self) -> tuple[Identity, str]:
        return _BO, "Bo"

    async def joins(self, room: Chat) -> None:
        self._happens(Newcomers(((_BO, "Bo"),)), room, _BO)

    async def asks_in(self, room: Chat) -> None:
        self._happens(AsksIn(_BO.account), room, _BO)

    def is_in(self, room: Chat) -> bool:
        return f"({_BO.account} is let in)" in self._asides

    def moves(self, room: Chat) -> Chat:
        new = f"{room.id}+"
        self._console.moved[room.id] = new
        self._happens(MovedTo(new), room)
        return Chat("telegram", new, private=False)

    # --- the messenger itself ------------------------------------------------------------------------

    def another(self) -> Adapter:
        return Console("telegram", self._show)

    def unacknowledged(self) -> int:
        return self._console.unacknowledged


@asynccontextmanager
async def meets() -> AsyncIterator[Driver]:
    """Somebody sits down at a terminal."""
    yield AtTheTerminal()


@asynccontextmanager
async def opens() -> AsyncIterator[Meet]:
    """Nothing lasts longer than a test."""
    yield meets


MESSENGERS = (Messenger("terminal", opens, LACKS),)
