"""The seam to the messengers: what an adapter must offer, and how it says that a send went wrong.

A messenger is a folder under `adapters/` (`bot/messenger.py`) with one class that has the methods of
`Adapter`; what it lacks it takes from `Plain`.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from bot.message import Chat, Identity, Incoming, Media, MessageRef, Outgoing

Receive = Callable[[Incoming], Awaitable[str | None]]
"""Hands an event to the engine; returns when it is committed, raises when it could not be stored. What it
returns is a note for whoever pressed a button, for messengers that show one on the press."""

Alert = Callable[[str], Awaitable[None]]
"""Tells the operators, on the other messengers, what only they can mend, such as a captcha or a suspended
account; an English sentence that says what to do."""


async def no_alert(sentence: str) -> None:
    """Tell nobody."""


class Buttons(Enum):
    """How a chat shows choices, best first."""

    NATIVE = "native"
    REACTIONS = "reactions"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one chat can show. The engine asks only this, never which messenger it is.

    max_text:     characters of text in one message, in UTF-16 units
    max_caption:  the same for the text under a picture or a file; 0 where those go without words, which then
                  follow in a message of their own
    max_label:    characters on a button
    marks:        buttons that are put under a message one by one (`Adapter.mark`), at most
    a_minute:     messages that the chat takes from us in a minute
    prefix:       what people write before a command here
    edits:        whether a sent message can be changed; otherwise what replaces one is sent anew, and buttons
                  that are gone stay where they are: a press on them is answered in words
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


class MenuScope(Enum):
    """Where a menu of commands is shown, unless a chat has its own."""

    PRIVATE = "private"
    ROOMS = "rooms"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the messenger's own menu of commands: the bare name and a few words."""

    name: str
    title: str


class About(Enum):
    """What an error of a messenger is about. Only what is about the letter ends it; what is about the chat
    ends all that goes there, until they write. All else passes or is mended, and the letter waits."""

    LETTER = "this letter"
    CHAT = "this chat"
    ACCOUNT = "our account"
    LINE = "the line"
    PROGRAM = "the program"


PROGRAM_AGAIN = 60.0
"""Seconds until something is tried again that failed because of the program, or of what it was told."""


class SendError(Exception):
    """A send did not succeed. Only the four kinds below are raised, and nothing else may leave `send`."""


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
    may not write; `no_topic`: because the topic in it is gone."""

    def __init__(self, why: str = "", *, silenced: bool = False, no_topic: bool = False) -> None:
        super().__init__(why)
        self.silenced = silenced or no_topic
        self.no_topic = no_topic


class Refused(SendError):
    """The messenger will never take this message: our fault, somebody must look. `str()` says why,
    without anything a person wrote."""


class Unauthorised(Exception):
    """Raised by `run`: the messenger no longer accepts our token. `str()` is a sentence for the operator."""


class Adapter(Protocol):
    """One messenger; used from one event loop. What a messenger lacks, `Plain` says for it.

    The order of calls: `start`, then `run` beside all the others, `close` at the end. Where the line is lost,
    and each time that another program hands over the account, `start` and `run` are called again: what the
    start before made has to be let go of. `send`, `delete`, `mark`, `fetch`, `admit` and `show_menu` may come
    before `run`, without it (where another program listens) and after it (while the program stops).

    Only a `SendError` may leave them. Any other exception out of `send` loses the letter and is logged as a
    fault of ours, except for an `OSError`, which is a broken line: the letter is sent again.
    """

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
    def confirms_early(self) -> bool:
        """Whether the messenger takes an event for delivered before we have stored it: what comes in the
        moment of a crash is then lost. Operators are told so."""

    @property
    def last_heard_at(self) -> float:
        """When (`time.monotonic`, seconds) the messenger last answered us while we listened; 0.0 before that.
        It has to move every minute, also where nothing happens: after two minutes the messenger counts as
        away."""

    @property
    def told(self) -> tuple[datetime, float] | None:
        """The time, as the messenger's server last told it in any answer, and when that was
        (`time.monotonic`, seconds); None where it has not."""

    async def start(self) -> None:
        """Connect: check the token, learn our own name. Raises `Unauthorised`, or `OSError` when there is no
        connection. Called again after a lost line, and each time a duty comes back."""

    async def check(self) -> Sequence[tuple[bool, str]]:
        """Return what an operator should know, after `start`: each with whether it is well, in sentences.
        Raises a `SendError`."""

    async def run(self, receive: Receive) -> None:
        """Listen until cancelled, or raise what broke the line. Acknowledge to the messenger only what
        `receive` has returned from; what it raised for is handed over again. Events of one chat come in
        order. Raises `Unauthorised` where the messenger no longer accepts us."""

    async def close(self) -> None:
        """Let go of the connection. No other call follows, but perhaps `start`."""

    async def send(self, message: Outgoing) -> MessageRef:
        """Deliver, or raise a `SendError`. Called again with the same `message.id` after `Later`. Returns how
        the message is called in a later edit or deletion: also for an edit, because some messengers name the
        newest version. An edit for which nothing is left to edit is done."""

    async def delete(self, message: MessageRef) -> None:
        """Take a message of ours back; nothing where that is no longer possible. Raises a `SendError`."""

    async def mark(self, message: MessageRef, count: int) -> int:
        """Take one step towards `count` marks under a message of ours: put one there, or take one away.
        Return how many steps are left. Called only where `can` tells of marks. Raises a `SendError`."""

    def can(self, chat: Chat) -> Capabilities:
        """Return what this chat can show."""

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """Return a link that brings `Opened(payload)` in the private chat, or in a room that the person
        chooses and the bot then comes into; "" where the messenger has no such links. Without a payload it
        only opens our chat."""

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """Yield the bytes of something that was sent on this messenger, in pieces. Raises a `SendError`."""

    async def is_admin(self, chat: Chat, identity: Identity) -> bool:
        """Whether this account may change the settings of a room. Raises a `SendError`."""

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Let somebody in who asked for it (`AsksIn`); nothing where they are in already or no longer ask.
        Raises a `SendError`."""

    async def show_menu(self, where: MenuScope | Chat, locale: str, menu: Sequence[MenuEntry]) -> None:
        """Show these commands in the messenger's own menu to those who read `locale`; "" for all others. In
        one chat, no commands means those of everywhere. Raises a `SendError`."""

    async def introduce(self, locale: str, *, name: str, description: str, short: str) -> None:
        """Say who we are to those who read `locale`; "" for all others. `description` is for somebody who has
        not written yet, `short` for our card; up to 64, 512 and 120 characters. Raises a `SendError`."""


class Plain:
    """What an `Adapter` says for a messenger that has nothing of the kind: no menus, no marks, no links, no
    rooms, no files, nothing to check. An adapter that begins with it has to add `name`, `rate`,
    `last_heard_at`, `can`, `start`, `run`, `close` and `send`."""

    name: str

    @property
    def sharing(self) -> Sharing:
        """One program at a time."""
        return Sharing.NOTHING

    @property
    def confirms_early(self) -> bool:
        """Nothing is confirmed before it is stored."""
        return False

    @property
    def told(self) -> tuple[datetime, float] | None:
        """Nobody tells the time."""
        return None

    async def check(self) -> Sequence[tuple[bool, str]]:
        """There is nothing more to know."""
        return []

    async def delete(self, message: MessageRef) -> None:
        """What was sent stays."""

    async def mark(self, message: MessageRef, count: int) -> int:
        """Buttons come with the message, or not at all."""
        return 0

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """There are no links to us."""
        return ""

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """No files come from here."""
        raise Refused("no files on this messenger")

    async def is_admin(self, chat: Chat, identity: Identity) -> bool:
        """There are no rooms, so nobody leads one."""
        return False

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """There are no rooms, so nobody asks to be let in."""

    async def show_menu(self, where: MenuScope | Chat, locale: str, menu: Sequence[MenuEntry]) -> None:
        """There are no menus: the command for help lists them."""

    async def introduce(self, locale: str, *, name: str, description: str, short: str) -> None:
        """Nothing of us is shown before we write."""
