"""What somebody said, as a handler gets and keeps it: words, and what was sent with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.message import Chat, Media, Words


@dataclass(frozen=True, slots=True)
class Note:
    """`message` names the message among all messengers, to know its changes; `album` the same for all that
    was sent together. Both are "" for what was never a message."""

    words: str = ""
    media: tuple[Media, ...] = ()
    message: str = ""
    album: str = ""

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return bool(self.words or self.media)

    @classmethod
    def of(cls, said: Words, words: str, chat: Chat) -> "Note":
        """What a message said, its words already cleaned."""
        return cls(
            words,
            (said.media,) if said.media else (),
            key(chat, said.message) if said.message else "",
            key(chat, said.album) if said.album else "",
        )

    def with_words(self, words: str) -> "Note":
        """The same with other words."""
        return replace(self, words=words)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "words": self.words,
            "media": [each.to_json() for each in self.media],
            "message": self.message,
            "album": self.album,
        }

    @classmethod
    def from_json(cls, packed: dict[str, Any]) -> "Note":
        """What `to_json` packed."""
        return cls(packed["words"], unpacked(packed["media"]), packed["message"], packed["album"])


def key(chat: Chat, message: str) -> str:
    """A message's name among all messengers."""
    return f"{chat.messenger} {chat.id} {message}"


def unpacked(media: Sequence[dict[str, Any]]) -> tuple[Media, ...]:
    """What `Media.to_json` packed."""
    return tuple(Media(**each) for each in media)
