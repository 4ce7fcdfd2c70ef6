"""What a test sees and says: what is on a screen, what was refused, what is to go wrong."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.aio import PATIENCE


@dataclass(frozen=True)
class File:
    """A file in a message of the bot; `caption` is the one that belongs to it alone, in an album too."""

    kind: str
    name: str
    data: bytes = field(repr=False)
    caption: str = ""


@dataclass(frozen=True)
class Shown:
    """What a person sees of one message of the bot, just after it was sent or changed.

    `entities` are pairs of a kind and the words it covers; `keyboard` are rows of labels; with `previews`
    a picture of the linked page hangs below the text. An album is one of these with all its `files`: its
    id is that of the first, its text the caption if only one has any. `topic` is that of a forum.
    """

    method: str
    chat: int
    message_id: int
    text: str
    entities: tuple[tuple[str, str], ...] = ()
    keyboard: tuple[tuple[str, ...], ...] = ()
    edited: bool = False
    silent: bool = False
    reply_to: int | None = None
    picture: bytes | None = field(default=None, repr=False)
    previews: bool = False
    files: tuple[File, ...] = ()
    topic: int | None = None

    @property
    def labels(self) -> list[str]:
        """All buttons, in the order of reading."""
        return [label for row in self.keyboard for label in row]


@dataclass(frozen=True)
class Refusal:
    """A request that Telegram would not have taken."""

    method: str
    code: int
    description: str


@dataclass(frozen=True)
class Call:
    """One request, before it is judged. `names` are those of its files; a download is called "file" and
    has the field "file_path"."""

    method: str
    fields: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def chat(self) -> int | None:
        """The chat it is for."""
        chat = str(self.fields.get("chat_id", ""))
        return int(chat) if re.fullmatch("-?[0-9]+", chat) else None


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a request: an HTTP status, or 0 for a line that breaks, after `seconds` of
    silence. With `accepted` the server has done what was asked, and only its answer is lost. `says` is the
    answer instead of a proxy's page: JSON, or bytes as they are."""

    status: int = 0
    retry_after: int = 0
    accepted: bool = False
    seconds: float = 0.0
    says: Any = None


Rule = Callable[[Call], Fault | None]
# What runs a method of the Bot API: with the request as aiogram understands it, and as it came.
Run = Callable[[Any, Call], Awaitable[Any]]


class Refuse(Exception):
    """`provoked`: it says nothing against the bot (somebody blocked it, a test took its token)."""

    def __init__(
        self, code: int, description: str, *, provoked: bool = False, parameters: dict[str, int] | None = None
    ) -> None:
        super().__init__(description)
        self.code, self.description, self.provoked = code, description, provoked
        self.parameters = parameters


def bad(words: str, *, provoked: bool = False) -> Refuse:
    """The refusal of a request that is wrong in itself."""
    return Refuse(400, f"Bad Request: {words}", provoked=provoked)


class Screen:
    """Where the messages of the bot can be seen: a private chat or a group. `seen` are all of them."""

    def __init__(self, id: int, whose: str) -> None:
        self.id = id
        self.seen: list[Shown] = []
        self._whose = whose
        self._unheard: asyncio.Queue[Shown] = asyncio.Queue()

    async def hears(self, timeout: float = PATIENCE) -> Shown:
        """The next message, or change of one, that was not looked at yet. Raises `AssertionError` after
        `timeout` seconds of silence."""
        try:
            return await asyncio.wait_for(self._unheard.get(), timeout)
        except TimeoutError:
            raise AssertionError(f"{self._whose} heard nothing for {timeout:g} s") from None

    @property
    def unheard(self) -> int:
        """How many messages and changes wait to be looked at."""
        return self._unheard.qsize()

    def shows(self, shown: Shown) -> None:
        """Called by the server: this is on the screen now."""
        self.seen.append(shown)
        self._unheard.put_nowait(shown)

    @property
    def chat(self) -> dict[str, Any]:
        """The `Chat` of the Bot API."""
        raise NotImplementedError
