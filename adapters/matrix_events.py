"""What people do in a room, as the seam knows it: words, media, edits, presses.

Events are read as the specification has them (https://spec.matrix.org/latest/client-server-api/#instant-messaging);
nothing here asks a homeserver.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.matrix_client import NAME
from bot.message import Deleted, Edited, Event, Media, Pressed, Unsupported, Words

_MEDIA: Final = {"m.image": "photo", "m.audio": "audio", "m.video": "video", "m.file": "document"}
_POLLS: Final = ("m.poll.start", "org.matrix.msc3381.poll.start")
_VOICE: Final = ("m.voice", "org.matrix.msc3245.voice")
_KEYCAP: Final = re.compile("([1-9])\ufe0f?\u20e3?\ufe0f?")
_COMMAND: Final = re.compile(r"[!/]\w")
# What older apps put above an answer: the words that it answers.
_QUOTED: Final = re.compile(r"(?:> .*\n)+\n?")


@dataclass(slots=True)
class Ourselves:
    """How people address us."""

    account: str
    name: str

    def without_address(self, text: str) -> str | None:
        """The text behind our name at its beginning; None where that is not there."""
        local = self.account[1:].partition(":")[0]
        for name in sorted({self.account, f"@{local}", local, self.name, f"@{self.name}"}, key=len)[::-1]:
            if name and text[: len(name)].casefold() == name.casefold():
                rest = text[len(name) :]
                if not rest or rest[0] in ":, \n":
                    return rest.lstrip(":, \n")
        return None


def thread_of(source: Mapping[str, Any]) -> str:
    """The first message of the thread that an event is in; "" outside of threads."""
    relation = _relation(source)
    return str(relation.get("event_id", "")) if relation.get("rel_type") == "m.thread" else ""


def original_of(source: Mapping[str, Any]) -> str:
    """The message that an event changes; "" where it changes none."""
    relation = _relation(source)
    return str(relation.get("event_id", "")) if relation.get("rel_type") == "m.replace" else ""


def read(source: Mapping[str, Any], us: Ourselves, *, private: bool) -> Event | None:
    """What somebody did; None for what is no business of ours. Whether words in a room answer us is up to
    the caller: `reply_to` says which message they answer."""
    content = source.get("content")
    if source.get("type") == "m.room.redaction" and isinstance(content, dict):
        # In rooms before version 11 it stands outside of the content.
        redacted = content.get("redacts") or source.get("redacts")
        return Deleted(redacted) if isinstance(redacted, str) else None
    if not isinstance(content, dict) or not content:  # empty once it is redacted
        return None
    match source.get("type"):
        case "m.room.message":
            return _edited(source, us) if original_of(source) else _said(source, us, private=private)
        case "m.reaction":
            relation = _relation(source)
            found = _KEYCAP.fullmatch(str(relation.get("key", "")))
            if relation.get("rel_type") != "m.annotation" or not found:
                return None
            return Pressed(int(found[1]) - 1, str(relation.get("event_id", "")))
        case "m.sticker":
            return Unsupported("sticker")
        case str(kind) if kind in _POLLS:
            return Unsupported("poll", _poll(content))
    return None


def _said(source: Mapping[str, Any], us: Ourselves, *, private: bool) -> Event | None:
    content = source["content"]
    text, media = str(content.get("body", "")), None
    match content.get("msgtype"):
        case "m.text" | "m.emote":
            pass
        case "m.location":
            return Unsupported("location", str(content.get("geo_uri", "")).removeprefix("geo:"))
        case str(kind) if kind in _MEDIA:
            text, media = _media(content)
            if media is None:
                return None
        case _:  # notices are other bots' words
            return None
    answered, fallback = _answered(source)
    if answered and not fallback:
        text = _QUOTED.sub("", text, count=1) if text.startswith("> ") else text
    if private and fallback:
        answered = thread_of(source)
    to_us = private
    if not private:
        stripped = us.without_address(text)
        to_us = stripped is not None or us.account in _mentioned(content) or bool(_COMMAND.match(text))
        text = text if stripped is None else stripped
    reply_to = answered if answered and (private or not fallback) else None
    return Words(text, str(source["event_id"]), reply_to, media, to_us=to_us)


def _edited(source: Mapping[str, Any], us: Ourselves) -> Event | None:
    new = source["content"].get("m.new_content")
    if not isinstance(new, dict) or new.get("msgtype") not in ("m.text", "m.emote"):
        return None
    text = str(new.get("body", ""))
    stripped = us.without_address(text)
    return Edited(text if stripped is None else stripped, original_of(source))


def _media(content: Mapping[str, Any]) -> tuple[str, Media | None]:
    """The words below it, and the thing itself; `file` holds what `matrix_media.fetch` needs."""
    info = content["info"] if isinstance(content.get("info"), dict) else {}
    file = content["file"] if isinstance(content.get("file"), dict) else {"url": content.get("url")}
    if not isinstance(file.get("url"), str):
        return "", None
    kind = _MEDIA[content["msgtype"]]
    if kind == "audio" and any(mark in content for mark in _VOICE):
        kind = "voice"
    body, name = str(content.get("body", "")), content.get("filename")
    length, size = info.get("duration"), info.get("size")
    return "" if not isinstance(name, str) or name == body else body, Media(
        NAME,
        kind,
        json.dumps(file, separators=(",", ":"), sort_keys=True),
        name=name if isinstance(name, str) else body,
        type=str(info.get("mimetype", "")),
        size=size if isinstance(size, int) else None,
        seconds=round(length / 1000) if isinstance(length, int) else None,
    )


def _poll(content: Mapping[str, Any]) -> str:
    for name in _POLLS:
        match content.get(name):
            case {"question": {"body": str(question)}}:
                return question
            case {"question": {"org.matrix.msc1767.text": str(question)}}:
                return question
            case {"question": {"m.text": [{"body": str(question)}, *_]}}:
                return question
    return ""


def _answered(source: Mapping[str, Any]) -> tuple[str, bool]:
    """The message that an event answers, and whether it only says so to apps that know no threads."""
    relation = _relation(source)
    match relation.get("m.in_reply_to"):
        case {"event_id": str(event)}:
            return event, thread_of(source) != "" and relation.get("is_falling_back") is True
    return "", False


def _mentioned(content: Mapping[str, Any]) -> list[Any]:
    match content.get("m.mentions"):
        case {"user_ids": list(accounts)}:
            return accounts
    return []


def _relation(source: Mapping[str, Any]) -> Mapping[str, Any]:
    content = source.get("content")
    relation = content.get("m.relates_to") if isinstance(content, dict) else None
    return relation if isinstance(relation, dict) else {}
