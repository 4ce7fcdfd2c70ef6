"""What comes in and what goes out, in words that every messenger shares.

An adapter turns its messenger's events into `Incoming` and an `Outgoing` into its messenger's calls.
Nothing here knows a messenger, a database or a language.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Identity:
    """An account on one messenger, as that messenger names it."""

    messenger: str
    account: str


@dataclass(frozen=True, slots=True)
class Chat:
    """Where messages are exchanged. `id` is the messenger's own; never parse it."""

    messenger: str
    id: str
    private: bool = True


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message that a messenger has accepted: enough to edit it or to answer to it."""

    chat: Chat
    id: str


# --- what can happen ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """Somebody wrote. `reply_to` is the id of the message it answers, in the same chat."""

    text: str
    message: str = ""
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody chose the n-th offer (from 0) of a message of ours.

    `outgoing` is the `Outgoing.id` where the messenger hands it back (Telegram's callback data), so that
    a press is understood even before the send is known to have succeeded. It proves nothing: the engine
    checks that this delivery belongs to the chat.
    """

    slot: int
    message: str = ""
    outgoing: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody came through a link; `payload` is what `Adapter.link` was given ("" for a plain start)."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Something we do not carry; `kind` is a word for the log ("sticker")."""

    kind: str


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked the bot or left the chat; nothing reaches them until they write again."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The person unblocked the bot."""


@dataclass(frozen=True, slots=True)
class Due:
    """A timer has run out. `timer` is its row."""

    timer: int


Event = Words | Pressed | Opened | Unsupported | Left | Returned | Due


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that happened; the engine makes one turn of it.

    `id` is unique for the messenger and the same at a redelivery. `name` and `language` (BCP 47) are the
    messenger's hints about the sender. Timers have neither chat nor sender.
    """

    id: str
    event: Event
    chat: Chat | None = None
    sender: Identity | None = None
    name: str = ""
    language: str = ""


# --- what goes out -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG to show above the text. `description` is for those who cannot see it."""

    png: bytes = field(repr=False)
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send, or to put in the place of an earlier one.

    `id` is the same at every attempt: an idempotency key where the messenger has such a thing.
    `html` is house markup (`b i code pre a blockquote`, entities escaped), `plain` the same as bare text;
    both fit `Capabilities.max_text`. `buttons` are rows of labels; the slot of a button is its running
    number over all rows, from 0. With `replaces`, that message is edited: to this text and these buttons;
    an empty `html` leaves the text as it is and only takes the buttons away.
    """

    id: int
    chat: Chat
    html: str
    plain: str
    buttons: Sequence[Sequence[str]] = ()
    picture: Picture | None = None
    replaces: MessageRef | None = None
    reply_to: str | None = None
    wakes: bool = True
