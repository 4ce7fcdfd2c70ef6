"""A message as the server keeps it, and the accounts that Telegram itself writes with."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.telegram_server.files import Media
from tests.telegram_server.seen import File

BOT: dict[str, Any] = {
    "id": 1234567890,
    "is_bot": True,
    "first_name": "Mentor bot",
    "username": "mentor_test_bot",
}
# Who stands for an administrator without a name, for a channel, and for posts of a linked channel.
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "TurnSession", "username": "GroupAnonymousBot"}
CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}


@dataclass
class Message:
    """`sender` are the fields that say who wrote it; `extra` all that is neither text nor file. `thread` is
    the topic of a forum, or elsewhere the message that a chain of replies began with. `answer_lost` once
    the bot could not know what became of it."""

    id: int
    chat: int
    sender: Mapping[str, Any]
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    media: Media | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    service: bool = False
    reply_to: int | None = None
    thread: int | None = None
    topic: int | None = None
    edited: int = 0
    answer_lost: bool = False
    date: int = field(default_factory=lambda: int(time.time()))

    @property
    def by_bot(self) -> bool:
        """Whether it is ours."""
        return bool(self.sender.get("from") == BOT)

    @property
    def picture(self) -> bytes | None:
        """Its photo."""
        return self.media.file.data if self.media is not None and self.media.kind == "photo" else None

    @property
    def files(self) -> tuple[File, ...]:
        """Its file, as a test sees it."""
        if self.media is None:
            return ()
        return (File(self.media.kind, self.media.file.name, self.media.file.data, self.text),)

    def json(self, chat: Mapping[str, Any]) -> dict[str, Any]:
        """The `Message` of the Bot API, without the one it answers."""
        out: dict[str, Any] = {"message_id": self.id, **self.sender, "chat": chat, "date": self.date}
        if self.edited:
            out["edit_date"] = self.edited
        if self.thread is not None:
            out["message_thread_id"] = self.thread
        if self.topic is not None:
            out["is_topic_message"] = True
        if self.media is not None:
            out |= self.media.fields
        if self.text:
            words, marks = ("caption", "caption_entities") if self.media else ("text", "entities")
            out[words] = self.text
            if self.entities:
                out[marks] = self.entities
        if self.keyboard:
            out["reply_markup"] = {"inline_keyboard": self.keyboard}
        return out | dict(self.extra)
