"""What an update of Telegram means. Pure: nothing here calls anybody.

The shapes are those of https://core.telegram.org/bots/api#update.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from bot.message import (
    Added,
    AsksIn,
    Edited,
    Event,
    Identity,
    Left,
    Media,
    MovedTo,
    Newcomers,
    Opened,
    Pressed,
    Removed,
    Returned,
    Unsupported,
    Words,
)

NAME: Final = "telegram"
ASKED_FOR: Final = ("message", "edited_message", "callback_query", "my_chat_member", "chat_join_request")
"""The kinds of updates that are understood here."""

Json = Mapping[str, Any]


class Happened(NamedTuple):
    """An event, where it was, and who did it: nobody, where a group or somebody hidden behind it did."""

    event: Event
    chat: Json
    sender: Json | None = None
    thread: str = ""


def read(update: Json, our_name: str) -> Happened | None:
    """What happened; None where it is nothing for us: channels, other bots, notices of the app, kinds we do
    not know. `our_name` is what stands behind the @ where we are meant."""
    match update:
        case {"message": {"chat": {"type": "private"} as chat, "from": sender} as message}:
            event = _said(message, our_name)
        case {"message": {"chat": chat} as message}:
            return _in_group(message, chat, our_name)
        case {"edited_message": {"chat": {"type": "private"} as chat, "from": sender} as message}:
            words = message.get("text", message.get("caption"))
            event = Edited(words, str(message["message_id"])) if words is not None else None
        case {"callback_query": {"message": {"chat": chat} as message, "from": sender} as query}:
            event = _pressed(query.get("data", ""), str(message["message_id"]))
            return Happened(event, chat, sender, _thread(message))
        case {"my_chat_member": {"chat": chat, "from": sender} as change}:
            event = _our_place(chat, change["old_chat_member"], change["new_chat_member"])
        case {"chat_join_request": {"chat": chat, "from": sender} as request}:
            event = AsksIn(str(request["user_chat_id"]))
        case _:
            return None
    if event is None or chat["type"] == "channel" or sender.get("is_bot"):
        return None
    return Happened(event, chat, sender)


# --- in a private chat ---------------------------------------------------------------------------


def _said(message: Json, our_name: str) -> Event | None:
    """Words, a deep link, a file, or something that we do not carry; None for the app's own notices."""
    if "text" in message:
        text = message["text"]
        if command := _COMMAND.match(text):
            if command["name"] == "start" and _is_ours(command, our_name):
                return Opened(text[command.end() :].strip())
            if command["bot"] and _is_ours(command, our_name):
                text = f"/{command['name']}{text[command.end() :]}"
        return Words(text, str(message["message_id"]), _answered(message))
    if (media := _media(message)) is not None:
        return Words(
            message.get("caption", ""),
            str(message["message_id"]),
            _answered(message),
            media,
            message.get("media_group_id", ""),
        )
    return next(
        (Unsupported(kind, _in_words(kind, message)) for kind in _NOT_CARRIED if kind in message), None
    )


def _media(message: Json) -> Media | None:
    """What is carried as it is."""
    if "animation" in message:  # comes as a document too, and cannot be sent as one
        return None
    for kind, (name, mime) in _CARRIED.items():
        if kind not in message:
            continue
        # Of a photo there are several sizes, the largest last.
        file = message[kind][-1] if kind == "photo" else message[kind]
        return Media(
            NAME,
            kind,
            file["file_id"],
            file.get("file_name", name),
            file.get("mime_type", mime),
            file.get("file_size"),
            file.get("duration"),
        )
    return None


def _in_words(kind: str, message: Json) -> str:
    """What of it can be said in words."""
    match kind, message[kind]:
        case "sticker", {"emoji": emoji}:
            return str(emoji)
        case "dice", {"emoji": emoji, "value": value}:
            return f"{emoji} {value}"
        case "contact", contact:
            names = (contact.get(part, "") for part in ("first_name", "last_name", "phone_number"))
            return " ".join(filter(None, names))
        case "venue", venue:
            return "\n".join([venue["title"], venue.get("address", ""), _map(venue["location"])])
        case "location", location:
            return _map(location)
        case "poll", poll:
            return "\n".join([poll["question"], *(f"– {option['text']}" for option in poll["options"])])
    return ""


def _map(place: Json) -> str:
    at = f"{place['latitude']}/{place['longitude']}"
    return f"https://www.openstreetmap.org/#map=17/{at}"


# --- in a group ----------------------------------------------------------------------------------


def _in_group(message: Json, chat: Json, our_name: str) -> Happened | None:
    match message, chat:
        case {"migrate_to_chat_id": to}, _:
            return Happened(MovedTo(str(to)), chat)
        case {"migrate_from_chat_id": old}, _:
            return Happened(MovedTo(str(chat["id"])), {**chat, "id": old})
        case {"new_chat_members": people}, _:
            came = tuple(
                (Identity(NAME, str(person["id"])), person["first_name"])
                for person in people
                if not person.get("is_bot")
            )
            return Happened(Newcomers(came), chat, thread=_thread(message)) if came else None
        case {"forum_topic_reopened": _}, _:  # that it was closed we hear where it keeps us from writing
            return Happened(Added(), chat, thread=_thread(message))
        case {"from": sender}, {"type": "group" | "supergroup"}:
            hidden = message.get("sender_chat", {}).get("id") == chat["id"]
            if message.get("is_automatic_forward") or (sender.get("is_bot") and not hidden):
                return None
            event = _said_in_group(message, our_name)
            return Happened(event, chat, None if hidden else sender, _thread(message)) if event else None
    return None


def _said_in_group(message: Json, our_name: str) -> Event | None:
    """A command, or words in answer to us; None for all else that people say there, which is not for us."""
    command = _COMMAND.match(message.get("text", message.get("caption", "")))
    answered = message.get("reply_to_message", {}).get("from", {}).get("username", "")
    answers_us = _answered(message) is not None and answered.lower() == our_name.lower()
    if not (_is_ours(command, our_name) if command else answers_us):
        return None
    event = _said(message, our_name)
    if isinstance(event, Words):
        return replace(event, to_us=answers_us or bool(command and command["bot"]))
    return event if isinstance(event, Opened) else None


def _answered(message: Json) -> str | None:
    """The message that is answered. In a topic all that answers nothing answers the topic's beginning."""
    answered = message.get("reply_to_message")
    if answered is None or "forum_topic_created" in answered:
        return None
    return str(answered["message_id"])


def _thread(message: Json) -> str:
    return str(message["message_thread_id"]) if message.get("is_topic_message") else ""


def _our_place(chat: Json, old: Json, new: Json) -> Event | None:
    """What became of us: in a private chat we were blocked or unblocked; a group has us, has us silent, or
    has us no more."""
    was, is_ = _place_of(old), _place_of(new)
    if chat["type"] == "private":
        return Left() if is_ == "out" else Returned()
    if was == is_:
        return None
    return Added() if is_ == "in" else Removed(silenced=is_ == "silent")


def _place_of(member: Json) -> str:
    match member:
        case {"status": "left" | "kicked"} | {"status": "restricted", "is_member": False}:
            return "out"
        case {"status": "restricted", "can_send_messages": False}:
            return "silent"
    return "in"


# --- commands and buttons ------------------------------------------------------------------------


def callback_data(outgoing: int, slot: int) -> str:
    """What a button carries: whose it is and which, so that a press is understood on its own."""
    return f"{outgoing}:{slot}"


def _pressed(data: str, message: str) -> Pressed:
    """What `callback_data` wrote; slot -1 for data that is not ours, so that the person hears something."""
    if found := _CALLBACK.fullmatch(data):
        return Pressed(int(found[2]), message, int(found[1]))
    return Pressed(-1, message)


def _is_ours(command: re.Match[str], our_name: str) -> bool:
    return not command["bot"] or command["bot"].lower() == our_name.lower()


_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?")
_CALLBACK = re.compile(r"([0-9]{1,18}):([0-9]{1,3})")
# What is carried, with a name and a type for what comes without.
_CARRIED = {
    "voice": ("voice.ogg", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "photo": ("photo.jpg", "image/jpeg"),
    "video": ("video.mp4", "video/mp4"),
    "video_note": ("video.mp4", "video/mp4"),
    "document": ("file", "application/octet-stream"),
}
# What else a message can hold. What comes with another (an animation is a document, a venue is a location)
# stands after it. Anything else is a notice of the app itself ("pinned a message").
_NOT_CARRIED = (
    "animation", "live_photo", "sticker", "contact", "venue", "location", "poll", "dice",
    "game", "story", "checklist", "paid_media", "invoice", "gift", "unique_gift", "giveaway", "rich_message",
)  # fmt: skip
