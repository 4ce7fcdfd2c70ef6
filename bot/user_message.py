"""What somebody said, as a handler gets and keeps it: words, and what was sent with them."""

import re
from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.markup import clean
from bot.message import Chat, Media, Words
from bot.support import traces

LONGEST_NAME = 120
"""Characters of a file's name."""


@dataclass(frozen=True, slots=True)
class UserMessage:
    """`message` names the message among all messengers, to know its changes; `album` the same for all that
    was sent together; `forwarded` is who wrote it, where somebody else did. All are "" for what was never a
    message. `answers` is the message that it answers: its messenger, its chat and its id there; empty for
    none. `content` are the bytes of its file, where a question waited for them: they are stored with the
    answer to that question, and nowhere else."""

    words: str = ""
    media: tuple[Media, ...] = ()
    message: str = ""
    album: str = ""
    answers: tuple[str, ...] = ()
    forwarded: str = ""
    content: bytes | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return bool(self.words or self.media)

    @classmethod
    def of(cls, said: Words, words: str, chat: Chat) -> "UserMessage":
        """Return what a message said, its words already cleaned."""
        return cls(
            words,
            (replace(said.media, name=file_name(said.media.name)),) if said.media else (),
            key(chat, said.message) if said.message else "",
            key(chat, said.album) if said.album else "",
            (chat.messenger, chat.id, said.reply_to) if said.reply_to else (),
            clean(said.forwarded)[:60].strip(),
            said.content,
        )

    def with_words(self, words: str) -> "UserMessage":
        """Return the same with other words."""
        return replace(self, words=words)

    def unnamed(self) -> "UserMessage":
        """Return the same without what its files tell of the sender."""
        return replace(self, media=tuple(map(traces.unnamed, self.media)))

    def without_traces(self, names: Collection[str]) -> "UserMessage":
        """Return the same, its files of these names as ones that tell nothing of their sender."""
        media = (traces.unnamed(each) if each.name in names else each for each in self.media)
        return replace(self, media=tuple(media))

    def sent(self) -> "SentFile | str":
        """Return the file that a question waited for, or the words where there is none."""
        return self.words if self.content is None else SentFile(self.media[0].name, self.content)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        stored: dict[str, Any] = {
            "words": self.words,
            "media": [each.to_json() for each in self.media],
            "message": self.message,
            "album": self.album,
        }
        more = {"answers": list(self.answers), "forwarded": self.forwarded}
        return stored | {name: value for name, value in more.items() if value}

    def with_file(self) -> dict[str, Any]:
        """Return it as it is stored where it answers a question that waits for a file: with the bytes."""
        if self.content is None:
            return self.to_json()
        return self.to_json() | {"content": b64encode(self.content).decode("ascii")}

    @classmethod
    def from_json(cls, packed: dict[str, Any]) -> "UserMessage":
        """Return what `to_json` packed."""
        return cls(
            packed["words"],
            unpacked(packed["media"]),
            packed["message"],
            packed["album"],
            tuple(packed.get("answers", ())),
            packed.get("forwarded", ""),
            b64decode(packed["content"]) if "content" in packed else None,
        )


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that answers a question, as a whole."""

    name: str
    content: bytes = field(repr=False)


def file_name(name: str) -> str:
    """Return what a file is called, without folders, and without marks that would have it read like a file
    of another kind."""
    return clean(re.split(r"[\\/]", name)[-1]).replace("\n", " ")[:LONGEST_NAME]


def key(chat: Chat, message: str) -> str:
    """Return a message's name among all messengers."""
    return f"{chat.messenger} {chat.id} {message}"


def unpacked(media: Sequence[dict[str, Any]]) -> tuple[Media, ...]:
    """Return what `Media.to_json` packed."""
    return tuple(Media(**each) for each in media)
