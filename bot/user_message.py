"""What somebody said, as a handler gets and keeps it: words, and what was sent with them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
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
    none."""

    words: str = ""
    media: tuple[Media, ...] = ()
    message: str = ""
    album: str = ""
    answers: tuple[str, ...] = ()
    forwarded: str = ""

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
        )


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
