"""The seam to the messengers: what an adapter must offer, and how it says that a send went wrong.

A third messenger is one class with the methods of `Adapter` in one file under `adapters/`.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.message import Chat, Identity, Incoming, Media, MessageRef, Outgoing

Receive = Callable[[Incoming], Awaitable[None]]
"""Hands an event to the engine; returns when it is committed, raises when it could not be stored."""


class Buttons(Enum):
    """How a chat shows choices, best first."""

    NATIVE = "native"
    REACTIONS = "reactions"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one chat can show. The engine asks only this, never which messenger it is.

    max_text:     characters of text in one message, in UTF-16 units
    max_caption:  the same for the text under a picture; 0 where pictures cannot be sent
    max_label:    characters on a button
    marks:        buttons that are put under a message one by one (`Adapter.mark`), at most
    a_minute:     messages that the chat takes from us in a minute
    prefix:       what people write before a command here
    edits:        whether a sent message can be changed
    """

    buttons: Buttons = Buttons.NATIVE
    max_text: int = 4096
    max_caption: int = 1024
    max_label: int = 40
    marks: int = 0
    a_minute: float = math.inf
    prefix: str = "/"
    edits: bool = True


LARGEST_FILE = 20 * 2**20
"""Bytes of a file that every messenger lets us carry: what Telegram lets a bot download
(https://core.telegram.org/bots/api#getfile)."""


class Sharing(Enum):
    """What several programs may do at the same time with our one account on a messenger."""

    NOTHING = "nothing"
    SENDING = "sending"
    EVERYTHING = "everything"


class Everywhere(Enum):
    """Where a menu of commands is shown, unless a chat has its own."""

    PRIVATE = "private"
    ROOMS = "rooms"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the messenger's own menu of commands: the bare name and a few words."""

    name: str
    title: str


class SendError(Exception):
    """A send did not succeed. Only the four kinds below are raised."""


class Later(SendError):
    """Slow down, or the line is broken: try again after `seconds`, or whenever the outbox thinks right where
    the messenger named none. `everywhere`: this goes for all chats. `too_fast`: there were too many messages
    for the messenger."""

    def __init__(
        self, seconds: float | None = None, *, everywhere: bool = False, too_fast: bool = False
    ) -> None:
        super().__init__("later" if seconds is None else f"again in {seconds:g} s")
        self.seconds = seconds
        self.everywhere = everywhere
        self.too_fast = too_fast


class Moved(SendError):
    """The chat has another id now: try again there."""

    def __init__(self, to: Chat) -> None:
        super().__init__("the chat has moved")
        self.to = to


class Unreachable(SendError):
    """Blocked, left or deleted: stop until they write. `silenced`: a room that is still there, but where we
    may not write."""

    def __init__(self, why: str = "", *, silenced: bool = False) -> None:
        super().__init__(why)
        self.silenced = silenced


class Refused(SendError):
    """The messenger will never take this message: our fault, somebody must look. `str()` says why,
    without anything a person wrote."""


class Unauthorised(Exception):
    """Raised by `run`: the messenger no longer accepts our token. `str()` is a sentence for the operator."""


class Adapter(Protocol):
    """One messenger. Made by `bot/app.py`; used from one event loop."""

    @property
    def name(self) -> str:
        """The messenger's name, as in `Identity.messenger`: "telegram"."""

    @property
    def rate(self) -> float:
        """Messages a second that the messenger takes from us in all."""

    @property
    def sharing(self) -> Sharing:
        """What several programs may do with the account at the same time."""

    @property
    def heard_at(self) -> float:
        """When (`time.monotonic`) the messenger last answered us while we listened; 0.0 before that."""

    async def start(self) -> None:
        """Connect once: check the token, learn our own name. Raises `Unauthorised`, or `OSError` when
        there is no connection."""

    async def check(self) -> Sequence[tuple[bool, str]]:
        """After `start`: what an operator should know, each with whether it is well, in sentences. Raises a
        `SendError`."""

    async def run(self, receive: Receive) -> None:
        """Listen until cancelled. Acknowledge to the messenger only what `receive` has returned from."""

    async def close(self) -> None:
        """Let go of the connection. No other call follows."""

    async def send(self, message: Outgoing) -> MessageRef:
        """Deliver, or raise a `SendError`. Called again with the same `message.id` after `Later`."""

    async def delete(self, message: MessageRef) -> None:
        """Take a message of ours back; nothing where that is not possible any more. Raises a `SendError`."""

    async def mark(self, message: MessageRef, count: int) -> int:
        """One step towards `count` marks under a message of ours: one is put there or taken away. How many
        steps are left then. Called only where `can` tells of marks. Raises a `SendError`."""

    async def private_chat(self, identity: Identity) -> Chat:
        """The chat in which this person is alone with us; opens one where the messenger needs that."""

    def can(self, chat: Chat) -> Capabilities:
        """What this chat can show."""

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """A link that brings `Opened(payload)` in the private chat, or in a room that the person chooses and
        the bot then comes into; "" where the messenger has no such links."""

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of something that was sent on this messenger, in pieces. Raises a `SendError`."""

    async def leads(self, chat: Chat, identity: Identity) -> bool:
        """Whether this account may change the settings of a room. Raises a `SendError`."""

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Let somebody in who asked for it (`AsksIn`); nothing where they are in already or asked no more.
        Raises a `SendError`."""

    async def show_menu(self, where: Everywhere | Chat, locale: str, menu: Sequence[MenuEntry]) -> None:
        """Show these commands in the messenger's own menu to those who read `locale`; "" for all others. In
        one chat no commands means those of everywhere. Raises a `SendError`."""

    async def introduce(self, locale: str, *, name: str, description: str, short: str) -> None:
        """Say who we are to those who read `locale`; "" for all others. `description` is for somebody who has
        not written yet, `short` for our card; up to 64, 512 and 120 characters. Raises a `SendError`."""
