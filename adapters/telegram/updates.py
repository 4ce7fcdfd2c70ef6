"""What an update of Telegram means. Pure: nothing here calls anybody.

The shapes are those of https://core.telegram.org/bots/api#update. What has another shape is refused as a
whole, because nobody knows what it means; only what is a mere hint is done without.
"""

import hashlib
import marshal
import re
from dataclasses import replace
from typing import Any, Final

from adapters.telegram import shape
from adapters.telegram.shape import Json, Misshapen
from adapters.telegram.written import in_words, written
from bot.message import (
    Added,
    AsksIn,
    Chat,
    Edited,
    Event,
    Identity,
    Incoming,
    Left,
    Media,
    MovedTo,
    Newcomers,
    Opened,
    Pressed,
    Reacted,
    Removed,
    Returned,
    Unsupported,
    Words,
)

NAME: Final = "telegram"
ASKED_FOR: Final = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "chat_join_request",
)
"""The kinds of updates that are understood here."""
_LARGEST_NUMBER: Final = 2**31 - 1


def number_of(update: Any) -> int:
    """Return the number by which an update is confirmed; 0 where it has none that Telegram gives."""
    match update:
        case {"update_id": int(number)} if 0 < number <= _LARGEST_NUMBER and not isinstance(number, bool):
            return number
    return 0


def name_of(update: Any) -> str:
    """Return the id of what happened. Without a number it is made of all that the update holds, so that it is
    the same when it comes again."""
    if number := number_of(update):
        return f"update:{number}"
    whole = marshal.dumps(update, 2)  # it takes all that JSON can hold, however deep
    return f"update:{hashlib.sha256(whole).hexdigest()[:32]}"


def read(update: Any, our_name: str) -> Incoming | None:
    """Return what happened; None where it is nothing for us: channels, other bots, notices of the app, kinds
    we do not know. `our_name` is what stands behind the @ where we are meant. Raises an exception of any kind
    where the update does not have the shape that its kind has."""
    if not number_of(update):
        raise Misshapen
    thread = ""
    match update:
        case {"message": {"chat": {"type": "private"} as chat, "from": {} as sender} as message}:
            event = _said(message, our_name)
        case {"message": {"chat": {"type": "group" | "supergroup"} as chat} as message}:
            chat, sender, event = _in_group(message, chat, our_name)
            thread = _thread(message)
        case {"edited_message": {"chat": {"type": "private"} as chat, "from": {} as sender} as message}:
            words = written(message)
            event = Edited(words, shape.number(message["message_id"])) if words is not None else None
        case {"edited_message": {"chat": {"type": "group" | "supergroup"} as chat} as message}:
            chat, sender, event = _in_group(message, chat, our_name)
            event = Edited(event.text, event.message) if isinstance(event, Words) else None
        case {"callback_query": {"message": {"chat": {} as chat} as message, "from": {} as sender} as query}:
            event = _pressed(shape.text(query.get("data", "")), shape.number(message["message_id"]))
            thread = _thread(message)
        case {"message_reaction": {"chat": {"type": "private"} as chat, "user": {} as sender} as reaction}:
            event = _reacted(reaction)
        case {"my_chat_member": {"chat": {} as chat, "from": {} as sender} as change}:
            event = _our_place(chat, change["old_chat_member"], change["new_chat_member"])
        case {"chat_join_request": {"chat": {} as chat, "from": {} as sender} as request}:
            event = AsksIn(shape.number(request["user_chat_id"]))
        case (
            {"message": {"chat": {"type": "channel"}}}
            | {"message_reaction": {"chat": {"type": "group" | "supergroup" | "channel"}}}
            | {"edited_message": {"chat": {"type": "channel"}}}
            | {"callback_query": {"inline_message_id": str()}}
        ):
            return None
        case {} if update.keys().isdisjoint(ASKED_FOR):
            return None
        case _:
            raise Misshapen
    if event is None or chat["type"] == "channel" or (sender is not None and sender.get("is_bot")):
        return None
    if chat["type"] not in ("private", "group", "supergroup"):
        raise Misshapen
    return Incoming(
        id=name_of(update),
        event=event,
        chat=Chat(NAME, shape.number(chat["id"]), private=chat["type"] == "private", thread=thread),
        sender=_identity(sender) if sender is not None else None,
        name=shape.hint(sender, "first_name") if sender is not None else "",
        language=shape.hint(sender, "language_code") if sender is not None else "",
        room=shape.hint(chat, "title"),
    )


# --- in a private chat ---------------------------------------------------------------------------


def _said(message: Json, our_name: str) -> Event | None:
    """Words, a deep link, a file, or something that we do not carry; None for the app's own notices."""
    if "text" in message:
        text = written(message) or ""
        if (who := _forwarded(message)) is not None:
            return Words(text, shape.number(message["message_id"]), _answered(message), forwarded=who)
        if command := _COMMAND.match(text):
            if command["name"] == "start" and _is_ours(command, our_name):
                return Opened(text[command.end() :].strip())
            if command["bot"] and _is_ours(command, our_name):
                text = f"/{command['name']}{text[command.end() :]}"
        return Words(text, shape.number(message["message_id"]), _answered(message))
    if (media := _media(message)) is not None:
        return Words(
            written(message) or "",
            shape.number(message["message_id"]),
            _answered(message),
            media,
            shape.text(message.get("media_group_id", "")),
            forwarded=_forwarded(message) or "",
        )
    return next(
        (Unsupported(kind, in_words(kind, message)) for kind in _NOT_CARRIED if kind in message), None
    )


def _forwarded(message: Json) -> str | None:
    """Who wrote what is forwarded, "…" where that is hidden; None where nothing is."""
    match message.get("forward_origin"):
        case None:
            return None
        case {"sender_user": {} as person}:
            return (
                " ".join(filter(None, (shape.hint(person, "first_name"), shape.hint(person, "last_name"))))
                or "…"
            )
        case {"sender_user_name": str(name)} | {"sender_chat": {"title": str(name)}}:
            return name or "…"
        case {"chat": {"title": str(name)}}:
            return name or "…"
    return "…"


def _reacted(reaction: Json) -> Event | None:
    """An emoji under a message; None where one was taken away, or is of somebody's own making."""
    signs = [each["emoji"] for each in reaction["new_reaction"] if each.get("type") == "emoji"]
    before = [each.get("emoji") for each in reaction["old_reaction"]]
    new = [shape.text(each) for each in signs if each not in before]
    return Reacted(new[0], shape.number(reaction["message_id"])) if new else None


def _media(message: Json) -> Media | None:
    """What is carried as it is."""
    if "animation" in message:  # comes as a document too, and cannot be sent as one
        return None
    for kind, (name, mime) in _CARRIED.items():
        if kind not in message:
            continue
        # Of a photo there are several sizes, the largest last.
        file = message[kind][-1] if kind == "photo" else message[kind]
        if not file["file_id"]:
            raise Misshapen
        return Media(
            NAME,
            kind,
            shape.text(file["file_id"]),
            shape.hint(file, "file_name") or name,
            shape.hint(file, "mime_type") or mime,
            shape.amount(file.get("file_size")),
            shape.amount(file.get("duration")),
            shape.amount(file.get("width", file.get("length"))),
            shape.amount(file.get("height", file.get("length"))),
            covered=message.get("has_media_spoiler") is True,
        )
    return None


# --- in a group ----------------------------------------------------------------------------------


def _in_group(message: Json, chat: Json, our_name: str) -> tuple[Json, Json | None, Event | None]:
    """The chat that it is about; who did it, where that is neither the group nor somebody hidden behind it;
    and what happened, where it is something for us."""
    match message:
        case {"migrate_to_chat_id": to}:
            return chat, None, MovedTo(shape.number(to))
        case {"migrate_from_chat_id": old}:
            return {**chat, "id": old}, None, MovedTo(shape.number(chat["id"]))
        case {"new_chat_members": people}:
            came = tuple(
                (_identity(person), shape.hint(person, "first_name"))
                for person in people
                if not person.get("is_bot")
            )
            return chat, None, Newcomers(came) if came else None
        case {"forum_topic_reopened": _}:  # that it was closed we hear where it keeps us from writing
            return chat, None, Added()
        case {"from": {} as sender}:
            hidden = message.get("sender_chat", {}).get("id") == chat["id"]
            if message.get("is_automatic_forward") or (sender.get("is_bot") and not hidden):
                return chat, None, None
            return chat, None if hidden else sender, _said_in_group(message, our_name)
    return chat, None, None


def _said_in_group(message: Json, our_name: str) -> Event | None:
    """A command, or words in answer to us; None for all else that people say there, which is not for us."""
    command = _COMMAND.match(written(message) or "")
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
    return shape.number(answered["message_id"])


def _thread(message: Json) -> str:
    return shape.number(message["message_thread_id"]) if message.get("is_topic_message") else ""


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


def _identity(user: Json) -> Identity:
    return Identity(NAME, shape.number(user["id"]))


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
