"""One person at the other end of a messenger: what they can do there, and what they see."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bot.adapter import Adapter
from bot.message import Chat, Event, Identity, Incoming, MessageRef
from tests.support.aio import PATIENCE

WANTS: Mapping[str, str] = {
    "admission": "people ask to be let into a room",
    "albums": "people send several files as one",
    "deletions": "we are told when people delete a message",
    "echo": "the messenger tells us our own messages as well",
    "edits": "we are told when people change a message",
    "files": "people send files, and we do",
    "leaving": "people leave us, and return",
    "limits": "the messenger has a limit on how fast we send",
    "line": "there is a line to the messenger, which can break",
    "links": "a link brings its payload",
    "markup": "words are shown bold, or as a link",
    "media": "people send what is neither words nor a file",
    "moves": "a room goes on under another id",
    "news": "we have to ask for news, over a line of our own",
    "pictures": "a picture is shown above the words",
    "redelivery": "what we did not confirm comes again",
    "refusals": "the messenger refuses a message that is wrong",
    "replies": "a message answers another",
    "room links": "a link brings us into a room, with its payload",
    "rooms": "there are rooms, in which many people write",
    "silence": "a room can keep us from writing",
    "strangers": "a chat id may be nobody's",
    "taps": "people react to any message, and take that back",
    "threads": "rooms have threads or topics",
    "token": "we have a token, which can be taken from us at once",
}
"""What a test may need of a messenger, and what that means. A driver's `lacks` names what there is not."""


@dataclass(frozen=True)
class Seen:
    """What the person sees: the bare text, the labels in the order of reading, whether it took the place of
    something, the bytes of pictures and files, and in which thread of a room it stands. `marks` are the tags
    of house markup with the words inside, `message` is the messenger's id."""

    text: str
    buttons: Sequence[str] = ()
    edited: bool = False
    files: Sequence[bytes] = ()
    thread: str = field(default="", compare=False)
    marks: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)
    message: str = field(default="", compare=False)


class Driver:
    """One person on one messenger, with the adapter that talks to them. What the messenger lacks is left as
    it is here. What people do in a test happens in its order, but need not have happened when the call
    returns.

    not_for_us:    what happened that an adapter must not hand over in this form
    line_was_cut:  whether it ever was in this test
    patience:      seconds in which whatever must come has come
    many:          events that do not come all at once
    """

    adapter: Adapter
    chat: Chat
    sender: Identity
    first_name = "Ana"
    patience = PATIENCE
    many = 120

    def __init__(self) -> None:
        self.not_for_us: list[Incoming] = []
        self.line_was_cut = False

    def another(self) -> Adapter:
        """Make one more adapter for the same account."""
        raise NotImplementedError

    async def meets(self, event: Callable[[], Awaitable[Event]]) -> None:
        """Open the private chat, where that takes more than the first word; `event` is what we make of it."""

    def concerns(self, incoming: Incoming) -> bool:
        """Whether something belongs to this test, not to one before it."""
        return True

    # --- in the private chat -------------------------------------------------------------------------

    def says(self, text: str, *, answers: MessageRef | None = None) -> None:
        """Write, in answer to a message of the bot where one is given."""
        raise NotImplementedError

    def opens(self, payload: str) -> None:
        """Come through `adapter.link(payload)`."""
        raise NotImplementedError

    def presses(self, label: str) -> None:
        """Choose on the message that was seen last."""
        raise NotImplementedError

    def takes_choice_back(self) -> None:
        """Take back what was chosen last."""
        raise NotImplementedError

    def taps_elsewhere(self) -> None:
        """React like a choice to a message that is not the bot's."""
        raise NotImplementedError

    def sends_media(self) -> str:
        """Send something that is not carried; return what it is called in `Unsupported`."""
        raise NotImplementedError

    def sends_file(self, kind: str, data: bytes, words: str) -> None:
        """Send a file with words below it."""
        raise NotImplementedError

    def sends_album(self, kind: str, files: Sequence[bytes], words: str) -> None:
        """Send files as one, with words below the first."""
        raise NotImplementedError

    def edits(self, text: str) -> None:
        """Change what was said last."""
        raise NotImplementedError

    def deletes(self) -> None:
        """Delete what was said last."""
        raise NotImplementedError

    def leaves(self) -> None:
        """Block the bot, or leave it."""
        raise NotImplementedError

    def returns(self) -> None:
        """Unblock the bot, or come back."""
        raise NotImplementedError

    async def sees(self, room: Chat | None = None) -> Seen:
        """Return the next message or change of one, in private or in a room; fail when there is none."""
        raise NotImplementedError

    def is_gone(self, message: MessageRef) -> bool:
        """Whether a message of the bot is not on the screen any longer."""
        raise NotImplementedError

    # --- in rooms ------------------------------------------------------------------------------------

    async def opens_room(self, *needs: str) -> Chat:
        """Make a room that the person leads, without the bot, of a kind that can do what is needed."""
        raise NotImplementedError

    async def opens_thread(self, room: Chat) -> Chat:
        """Open a thread in a room."""
        raise NotImplementedError

    async def brings_us(self, room: Chat) -> None:
        """Bring the bot into a room."""
        raise NotImplementedError

    def takes_us_out(self, room: Chat) -> None:
        """Throw the bot out of a room."""
        raise NotImplementedError

    def silences_us(self, room: Chat) -> None:
        """Keep the bot from writing in a room."""
        raise NotImplementedError

    def lets_us_write(self, room: Chat) -> None:
        """Let the bot write in a room again."""
        raise NotImplementedError

    def says_in(self, room: Chat, text: str, *, answers: MessageRef | None = None) -> None:
        """Write in a room; a command is one to the bot."""
        raise NotImplementedError

    def chats_in(self, room: Chat, text: str) -> None:
        """Write in a room to everybody else."""
        raise NotImplementedError

    def opens_into(self, room: Chat, payload: str) -> None:
        """Bring the bot there by `adapter.link(payload, into_room=True)`, where it is in already."""
        raise NotImplementedError

    async def somebody(self) -> tuple[Identity, str]:
        """Return the account and name of somebody else."""
        raise NotImplementedError

    async def joins(self, room: Chat) -> None:
        """Have somebody else come into a room."""
        raise NotImplementedError

    async def asks_in(self, room: Chat) -> None:
        """Have somebody else ask to be let into a room."""
        raise NotImplementedError

    def is_in(self, room: Chat) -> bool:
        """Whether somebody else is in a room now."""
        raise NotImplementedError

    def moves(self, room: Chat) -> Chat:
        """Give a room another id; return the room as it is now."""
        raise NotImplementedError

    # --- the messenger itself ------------------------------------------------------------------------

    def cuts_line(self) -> None:
        """Break the line between the messenger and the bot, until it is mended."""
        raise NotImplementedError

    def mends_line(self) -> None:
        """Have the line work again."""
        raise NotImplementedError

    @property
    def lines(self) -> int:
        """How many connections the adapter holds open."""
        raise NotImplementedError

    def limits(self, seconds: int) -> None:
        """Have the messenger say, to the next message only, that the bot is too fast, for this long."""
        raise NotImplementedError

    def refuses(self) -> None:
        """Have the messenger refuse the next message, as one that it will never take."""
        raise NotImplementedError

    def stumbles(self) -> None:
        """Have the next message answered by a page that is not the messenger's."""
        raise NotImplementedError

    def revokes(self) -> None:
        """Take the token from the bot."""
        raise NotImplementedError

    def stranger(self) -> Chat:
        """Return a private chat that there is not."""
        raise NotImplementedError

    def unacknowledged(self) -> int:
        """Return how many events the messenger would deliver again."""
        raise NotImplementedError

    def complaints(self) -> Sequence[object]:
        """Return what the messenger would not have taken."""
        return ()


Meet = Callable[[], AbstractAsyncContextManager[Driver]]
"""Begins a test: somebody new, or somebody whom nothing is left over from."""


@dataclass(frozen=True)
class Messenger:
    """One messenger, or one of two ways to it.

    lacks:   what it does not have of `WANTS`, each with the reason
    opens:   what lasts for all tests of a module, with what begins each of them
    """

    name: str
    opens: Callable[[], AbstractAsyncContextManager[Meet]]
    lacks: Mapping[str, str] = field(default_factory=dict)
