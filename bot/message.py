"""What comes in and what goes out, in words that every messenger shares: an adapter turns its messenger's
events into `Incoming` and an `Outgoing` into its calls. Nothing here knows one, a database or a language."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Identity:
    """An account on one messenger, as that messenger names it."""

    messenger: str
    account: str


@dataclass(frozen=True, slots=True)
class Chat:
    """Where messages are exchanged. `id` is the messenger's own; never parse it. What is not `private` is a
    room; `thread` is the topic or thread in it, "" outside of all."""

    messenger: str
    id: str
    private: bool = True
    thread: str = ""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message that a messenger has accepted: enough to edit it or to answer to it. `more` are the ids of
    others that belong to it: the rest of an album."""

    chat: Chat
    id: str
    more: Sequence[str] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Media:
    """A voice note, a picture or a file, where its messenger keeps it: its bytes are carried, never stored.

    kind:     "voice", "audio", "photo", "video", "video_note" (a round one) or "document"
    file:     the messenger's own reference, for `Adapter.fetch`
    type:     MIME type, "" where nobody said
    size:     bytes; seconds: how long it plays; width, height: pixels; all None where nobody said
    waveform: how loud a voice note is, again and again: 0 to 1024, with spaces; "" where nobody said
    covered:  whether it is shown only to those who tap it
    unnamed:  nothing of it may tell who sent it: its bytes are sent anew under this name, not by the
              reference, and may be fewer than `size`
    """

    messenger: str
    kind: str
    file: str = field(repr=False)
    name: str = field(default="", repr=False)
    type: str = ""
    size: int | None = None
    seconds: int | None = None
    width: int | None = None
    height: int | None = None
    waveform: str = ""
    covered: bool = False
    unnamed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter; `Media(**packed)` makes it again."""
        return {
            key: value
            for key, value in asdict(self).items()
            if value not in ("", None) and value is not False
        }


# --- what can happen ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """Somebody wrote, or sent something with these words below it.

    reply_to: the id of the message it answers, in the same chat
    album:    the same for all that was sent together
    to_us:    false in a room, where nobody named the bot or answered it
    forwarded: who wrote it, where the sender only forwards it and the messenger says so; "" else
    content:  the bytes of the file, where an open question waits for them; no messenger brings them by itself
    """

    text: str
    message: str = ""
    reply_to: str | None = None
    media: Media | None = None
    album: str = ""
    to_us: bool = True
    forwarded: str = field(default="", repr=False)
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class WordsOfNeed(Words):
    """Somebody wrote of suicide, violence or danger, where no question waits for words. No messenger says so:
    the engine sees it."""


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody changed a message of theirs: these are its words now."""

    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """Somebody took a message of theirs back."""

    message: str


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put an emoji under a message, ours or their own."""

    sign: str
    message: str


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
    """Something we do not carry; `kind` is a word for the log ("sticker"), `text` what of it can be said in
    words (a place, a telephone number), "" for nothing."""

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something of a shape that the adapter does not know, so nobody knows what it means; `error` is what
    went wrong while it was read. It belongs to no chat: the `Incoming` names only the messenger."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked the bot or left the chat; nothing reaches them until they write again."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The person unblocked the bot."""


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody brought the bot into a room, or lets it write there again."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Somebody took the bot out of a room; with `silenced` it may only not write there any more, with
    `no_topic` because the topic is gone."""

    silenced: bool = False
    no_topic: bool = False


@dataclass(frozen=True, slots=True)
class Newcomers:
    """People came into a room: their accounts and names, in order."""

    people: tuple[tuple[Identity, str], ...]


@dataclass(frozen=True, slots=True)
class AsksIn:
    """The sender asks to be let into a room; `private` is the chat in which they can be answered."""

    private: str


@dataclass(frozen=True, slots=True)
class MovedTo:
    """A room has another id now, or a private chat goes on in another one."""

    id: str


RoomEvent = Added | Removed | Newcomers | AsksIn | MovedTo
Event = (
    Words
    | Edited
    | Deleted
    | Reacted
    | Pressed
    | Opened
    | Unsupported
    | Unreadable
    | Left
    | Returned
    | RoomEvent
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that happened; the engine makes one turn of it.

    `id` is unique for the messenger and the same at a redelivery. `name` and `language` (BCP 47) are the
    messenger's hints about the sender, `room` the name of the room. `sender_is_admin` is whether the sender
    may change the room's settings, None where nobody asked or the messenger did not say. Some of what
    happens to rooms has no sender.
    """

    id: str
    event: Event
    chat: Chat | None = None
    sender: Identity | None = None
    name: str = ""
    language: str = ""
    room: str = ""
    sender_is_admin: bool | None = None


# --- what goes out -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Made:
    """A file that the program has made, to show above the text: a PNG as a picture, any other as a file.
    `type` is its MIME type, `description` is for those who cannot see it."""

    content: bytes = field(repr=False)
    name: str
    description: str
    type: str = "image/png"

    @property
    def is_picture(self) -> bool:
        """Whether it is shown, and not only handed over."""
        return self.type == "image/png"


@dataclass(frozen=True, slots=True)
class Carried:
    """Media stored by a messenger, to be forwarded. `read` brings its bytes in pieces, for a messenger that
    does not have it, or for what is `unnamed`; it raises a `SendError`."""

    media: Media
    read: Callable[[], AsyncIterator[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send, or to put in the place of an earlier one.

    `id` is the same at every attempt: an idempotency key where the messenger has such a thing, together
    with `part`, the running number of the messages that one letter needs.
    `html` is house markup (`b i code pre a blockquote`, entities escaped), `plain` the same as bare text;
    both fit `Capabilities.max_text`. `buttons` are rows of labels; the slot of a button is its running
    number over all rows, from `first_slot`. With `replaces`, that message is edited: to this text and these
    buttons; an empty `html` leaves the text as it is and only takes the buttons away. `carried` is shown
    above the text; several are one album, which has no buttons.
    """

    id: int
    chat: Chat
    html: str
    plain: str
    buttons: Sequence[Sequence[str]] = ()
    first_slot: int = 0
    made: Made | None = None
    carried: Sequence[Carried] = ()
    replaces: MessageRef | None = None
    reply_to: str | None = None
    wakes: bool = True
    part: int = 0
