"""A messenger that is only played: the adapter of the terminal."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from bot.adapter import Buttons, Capabilities, Moved, Plain, Receive, Refused, Sharing, Unreachable
from bot.message import Chat, Event, Identity, Incoming, Made, Media, MessageRef, Outgoing, Pressed

TRIES = 5
"""How often an event is handed over that cannot be stored, before its person is told."""

ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
"""Marks that shut off what runs in another direction; taken out by `str.translate`."""


@dataclass
class Shown:
    """A message as somebody sees it, with its rows of buttons, and the labels of buttons that are gone."""

    id: str
    outgoing: int
    plain: str
    rows: Sequence[Sequence[str]]
    html: str = ""  # the same words in house markup; "" where nothing is marked
    made: Made | None = None
    files: list[tuple[Media, bytes]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    closed: bool = False  # its last change only took the buttons away
    numbered: bool = False  # there are no buttons: their numbers stand in the text, and are typed
    first_slot: int = 0  # of its buttons
    answers: str | None = None  # the message it is an answer to
    taken_back: str = ""  # this only says that the message of this id is gone

    @property
    def labels(self) -> list[str]:
        """The buttons, by slot."""
        return [label for row in self.rows for label in row]

    def typed(self, slot: int) -> str:
        """Return what somebody types who wants this button and has none: its number, or its words where the
        message shows them without one."""
        number = str(slot + 1)
        lines = self.plain.translate(ISOLATES).split("\n")
        if not self.labels or f"{number}. {self.labels[slot]}" in lines:
            return number
        return self.labels[slot]


def invented_link(payload: str, into_room: bool) -> str:
    """Return a link that only scripts understand."""
    start = f"?start{'group' if into_room else ''}={payload}" if payload else ""
    return f"https://example.org/bot{start}"


class Console(Plain):
    """The adapter. It calls `show` with the account, the message, and whether it changed an earlier one; and
    remembers messages, so that people can press and answer. `can` and `link` are those of the messenger that
    it plays."""

    rate = math.inf
    sharing = Sharing.EVERYTHING

    def __init__(
        self,
        name: str,
        show: Callable[[str, Shown, bool], None],
        can: Capabilities | None = None,
        link: Callable[[str, bool], str] = invented_link,
    ) -> None:
        self.name = name
        self._can = can or Capabilities()
        self._link = link
        self.messages: dict[str, list[Shown]] = {}
        self.blocked: set[str] = set()
        self.muted: set[str] = set()
        self.moved: dict[str, str] = {}
        self.leaders: dict[str, set[str]] = {}
        self.files: dict[str, bytes] = {}
        self.unacknowledged = 0
        self._show = show
        self._count = 0
        self._events = 0
        self._inbox: asyncio.Queue[tuple[Incoming, asyncio.Future[None]]] = asyncio.Queue()

    @property
    def last_heard_at(self) -> float:
        """A terminal is always there."""
        return time.monotonic()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to let go of."""

    def happens(
        self,
        account: str,
        event: Event,
        *,
        name: str,
        language: str,
        room: Chat | None = None,
        title: str = "",
    ) -> "asyncio.Future[None]":
        """Somebody does something, in a room where one is given. Done when the engine has stored it, failed
        when it cannot."""
        self._events += 1
        self.unacknowledged += 1
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        incoming = Incoming(
            f"terminal:{self._events}",
            event,
            room or Chat(self.name, account),
            Identity(self.name, account),
            name=name,
            language=language,
            room=title,
        )
        self._inbox.put_nowait((incoming, stored))
        return stored

    async def run(self, receive: Receive) -> None:
        """Hand over what people do, one after the other, until cancelled."""
        while True:
            incoming, stored = await self._inbox.get()
            for tries in range(1, TRIES + 1):
                try:
                    note = await receive(incoming)
                except Exception as error:
                    if tries == TRIES:
                        stored.set_exception(error)
                else:
                    if note and isinstance(incoming.event, Pressed) and incoming.chat is not None:
                        self._show(incoming.chat.id, Shown("", 0, f"(note: {note})", ()), False)
                    self.unacknowledged -= 1
                    stored.set_result(None)
                    break

    def can(self, chat: Chat) -> Capabilities:
        """Return what the messenger can that is played."""
        return self._can

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """Return a link like those of the messenger that is played."""
        return self._link(payload, into_room)

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of what somebody sent, in two pieces."""
        if media.file not in self.files:
            raise Refused("there is no such file")
        data = self.files[media.file]
        yield data[:5]
        yield data[5:]

    async def is_admin(self, chat: Chat, identity: Identity) -> bool:
        """Whether the script says so."""
        return identity.account in self.leaders.get(chat.id, set())

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Show that somebody is let in."""
        self._show(chat.id, Shown("", 0, f"({identity.account} is let in)", ()), False)

    async def delete(self, message: MessageRef) -> None:
        """Show that a message is gone, where it was still there."""
        seen = self.messages[message.chat.id]
        for gone in [shown for shown in seen if shown.id == message.id]:
            seen.remove(gone)
            told = Shown("", 0, f"(deleted: {gone.plain})", (), taken_back=gone.id)
            self._show(message.chat.id, told, False)

    async def send(self, message: Outgoing) -> MessageRef:
        """Show a message, or change one that was shown."""
        if message.chat.id in self.blocked:
            raise Unreachable
        if message.chat.id in self.muted:
            raise Unreachable(silenced=True)
        if message.chat.id in self.moved:
            raise Moved(Chat(self.name, self.moved[message.chat.id], private=False))
        seen = self.messages.setdefault(message.chat.id, [])
        if message.replaces is not None:
            shown = next((shown for shown in seen if shown.id == message.replaces.id), None)
            if shown is None:
                return message.replaces  # nothing is left to change
            words, _sign, _chosen = message.plain.rpartition("\n\n➤ ")
            is_same = not message.plain or shown.plain.startswith(words or message.plain)
            shown.closed = bool(shown.rows) and not message.buttons and is_same
            shown.gone = shown.labels or shown.gone
            shown.plain, shown.rows = message.plain or shown.plain, message.buttons
            shown.html = message.html if message.plain else shown.html
            shown.first_slot = message.first_slot if message.buttons else shown.first_slot
            if message.buttons:  # who presses a button that is gone presses the last that was there
                shown.outgoing = message.id
            self._show(message.chat.id, shown, True)
            return message.replaces
        self._count += 1
        files = [(each.media, b"".join([piece async for piece in each.read()])) for each in message.carried]
        shown = Shown(
            str(self._count), message.id, message.plain, message.buttons, message.html, message.made, files
        )
        shown.numbered = self._can.buttons is Buttons.NUMBERS
        shown.first_slot, shown.answers = message.first_slot, message.reply_to
        seen.append(shown)
        self._show(message.chat.id, seen[-1], False)
        return MessageRef(message.chat, str(self._count))
