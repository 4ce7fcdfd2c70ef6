"""Somebody with Telegram on their phone: what they do, and what they see."""

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.telegram_server.files import CAPTIONED
from tests.telegram_server.posts import ANONYMOUS, BOT, Message
from tests.telegram_server.seen import Screen, Shown

if TYPE_CHECKING:
    from tests.telegram_server.rooms import Room
    from tests.telegram_server.server import TelegramServer

_JOIN_REQUEST_SECONDS = 300
_PLACE = {"latitude": 1.5, "longitude": 2.5}
# What is sent without a file.
_PLAIN: dict[str, dict[str, Any]] = {
    "location": {"location": _PLACE},
    "venue": {
        "venue": {"title": "Library", "address": "1 Main Street", "location": _PLACE},
        "location": _PLACE,
    },
    "contact": {"contact": {"phone_number": "+100", "first_name": "Cy"}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "When?",
            "options": [
                {"persistent_id": "1", "text": "Now", "voter_count": 0},
                {"persistent_id": "2", "text": "Later", "voter_count": 0},
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
    },
    "pinned_message": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
}
_FILES = CAPTIONED | {"video_note", "sticker"}


class User(Screen):
    """Somebody with Telegram on their phone, in a private chat with the bot, and in groups.

    `met`: they have written to the bot at some time; before, it may not write to them, except shortly after
    they asked to be let into a group (`open_until`, by the monotonic clock).

    What they do takes place in the private chat, or in `room`, in the topic `topic` of a forum.
    """

    def __init__(
        self, server: "TelegramServer", id: int, first_name: str, language_code: str, met: bool
    ) -> None:
        super().__init__(id, first_name)
        self.first_name, self.language_code, self.met = first_name, language_code, met
        self.blocked = False
        self.takes_voice_notes = True
        self.gone = False
        self.open_until = 0.0
        self.server = server

    # What they do.

    def says(
        self,
        text: str,
        reply_to: Shown | int | None = None,
        *,
        room: "Room | None" = None,
        topic: int | None = None,
        anonymous: bool = False,
    ) -> int:
        """Write; the id of the message. As the apps do, more than 4096 characters leave as several messages,
        and this is the id of the last. `anonymous`: as the group, which its administrators can."""
        assert text.strip(), "the apps send no empty message"
        if len(text) > 4096:
            first = self.says(text[:4096], reply_to, room=room, topic=topic, anonymous=anonymous)
            rest = text[4096:]
            return self.says(rest, room=room, topic=topic, anonymous=anonymous) if rest.strip() else first
        return self._write(room, topic, reply_to, anonymous, text=text, entities=_commands(text)).id

    def starts(self, payload: str = "") -> int:
        """Open the bot, or a link to it with a payload."""
        return self.says(f"/start {payload}".strip())

    def presses(self, shown: Shown, label: str) -> str:
        """Touch a button that the message has now; the id of the press."""
        message = self.server.messages[shown.chat, shown.message_id]
        for button in (button for row in message.keyboard for button in row):
            if button["text"] == label:
                return self.presses_data(shown, button["callback_data"])
        raise AssertionError(f"no button {label!r} on {message.text!r}")

    def presses_data(self, shown: Shown | int, data: str, *, room: "Room | None" = None) -> str:
        """Send the data of a button, on the message or not: an old screen, or a forger's app."""
        chat_id, id = self._where(shown, room)
        if (place := self.server.rooms.get(chat_id)) is not None:
            place.expects(self)
        chat = self.server.chat(chat_id)
        kept = self.server.messages.get((chat_id, id))
        # The date of a message that Telegram no longer has is 0.
        gone = {"message_id": id, "chat": chat, "date": 0}
        message = self.server.json(kept) if kept else gone
        query = self.server.query(self.id)
        self.server.push(
            "callback_query",
            {"id": query, "from": self.json, "message": message, "chat_instance": f"{chat_id}", "data": data},
        )
        return query

    def sends(
        self,
        kind: str,
        *,
        data: bytes = b"\0",
        caption: str = "",
        size: int | None = None,
        name: str = "",
        mime: str = "",
        reply_to: Shown | int | None = None,
        room: "Room | None" = None,
        topic: int | None = None,
        **more: Any,
    ) -> int:
        """Send something that is not text: "voice", "photo", "sticker", "location", …; the id of the message.

        data:  the file, of which Telegram says that it has `size` bytes; None: as many as it has
        more:  further fields of that kind, `duration=3` or `emoji="👍"`
        """
        if kind not in _FILES:
            plain = _PLAIN.get(kind, {kind: {"file_id": "f", "file_unique_id": "u"}})
            extra = plain | {kind: plain[kind] | more}
            return self._write(room, topic, reply_to, extra=extra, service=kind == "pinned_message").id
        assert not caption or kind in CAPTIONED, f"a {kind} has no caption"
        media = self.server.files.add(kind, data, name=name, mime=mime, size=size, more=more)
        return self._write(room, topic, reply_to, media=media, text=caption).id

    def sends_album(
        self,
        items: Sequence[tuple[str, bytes, str]],
        *,
        room: "Room | None" = None,
        topic: int | None = None,
    ) -> list[int]:
        """Send files as one: of each its kind, its bytes and its caption; the ids of the messages."""
        assert 2 <= len(items) <= 10, "the apps make albums of 2 to 10"
        group = {"media_group_id": f"{self.server.counts()}"}
        return [
            self._write(
                room, topic, None, media=self.server.files.add(kind, data), text=caption, extra=group
            ).id
            for kind, data, caption in items
        ]

    def edits(self, message: int, text: str, *, room: "Room | None" = None) -> None:
        """Change the words of a message of theirs, or the caption."""
        kept = self.server.messages[room.id if room else self.id, message]
        assert kept.sender.get("from", {}).get("id") == self.id, f"{self.first_name} did not write that"
        assert not kept.service, "that is no message of theirs"
        kept.text, kept.entities = text, [] if kept.media else _commands(text)
        kept.edited = int(time.time())
        self.server.happens("edited_message", kept)

    def reacts(self, shown: Shown | int, emoji: str, *, before: str = "") -> None:
        """Put an emoji under a message in the place of the one `before`, or take that away with ""."""
        chat_id, id = self._where(shown, None)
        assert (chat_id, id) in self.server.messages, "there is no such message"
        old, new = ([{"type": "emoji", "emoji": each}] if each else [] for each in (before, emoji))
        self.server.push(
            "message_reaction",
            {
                "chat": self.server.chat(chat_id),
                "message_id": id,
                "user": self.json,
                "date": int(time.time()),
                "old_reaction": old,
                "new_reaction": new,
            },
        )

    def deletes(self, shown: Shown | int, *, room: "Room | None" = None) -> None:
        """Delete a message for all sides."""
        place = self._where(shown, room)
        del self.server.messages[place]
        self.server.deleted.add(place)

    def blocks(self) -> None:
        """Block the bot."""
        self.blocked = True
        self._member("member", "kicked")

    def unblocks(self) -> None:
        """Unblock the bot."""
        self.blocked = False
        self._member("kicked", "member")

    def deletes_account(self) -> None:
        """Be gone for good."""
        self.gone = True

    def opens(self) -> None:
        """Called by a group: they asked to be let in, so the bot may write to them for a while."""
        self.open_until = time.monotonic() + _JOIN_REQUEST_SECONDS

    @property
    def json(self) -> dict[str, Any]:
        """The `User` of the Bot API."""
        language = {"language_code": self.language_code} if self.language_code else {}
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "last_name": "Secret",
            **language,
        }

    @property
    def chat(self) -> dict[str, Any]:
        """The `Chat` of the Bot API."""
        return {"id": self.id, "type": "private", "first_name": self.first_name, "last_name": "Secret"}

    def _where(self, shown: Shown | int, room: "Room | None") -> tuple[int, int]:
        if isinstance(shown, Shown):
            return shown.chat, shown.message_id
        return room.id if room else self.id, shown

    def _write(
        self,
        room: "Room | None",
        topic: int | None,
        reply_to: Shown | int | None,
        anonymous: bool = False,
        **content: Any,
    ) -> Message:
        sender: dict[str, Any] = {"from": self.json}
        if room is None:
            assert not self.blocked, f"{self.first_name} has to unblock the bot first"
            assert topic is None, "there are no topics here"
            self.met = True
        else:
            room.lets_write(self, topic, anonymous)
            if anonymous:
                sender = {"from": ANONYMOUS, "sender_chat": room.chat}
        message = self.server.message(
            room.id if room else self.id,
            sender,
            topic=topic,
            reply_to=reply_to.message_id if isinstance(reply_to, Shown) else reply_to,
            **content,
        )
        self.server.happens("message", message)
        return message

    def _member(self, old: str, new: str) -> None:
        until = {"until_date": 0} if "kicked" in (old, new) else {}
        self.server.push(
            "my_chat_member",
            {
                "chat": self.chat,
                "from": self.json,
                "date": int(time.time()),
                "old_chat_member": {"user": BOT, "status": old, **(until if old == "kicked" else {})},
                "new_chat_member": {"user": BOT, "status": new, **(until if new == "kicked" else {})},
            },
        )


def _commands(text: str) -> list[dict[str, Any]]:
    """What the apps mark in a text."""
    command = re.match(r"/\w+(@\w+)?", text)
    return [{"type": "bot_command", "offset": 0, "length": len(command[0])}] if command else []
