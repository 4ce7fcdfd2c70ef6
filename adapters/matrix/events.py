"""What people do in a room, as the seam knows it: words, media, edits, presses.

Events are read as the specification has them (https://spec.matrix.org/latest/client-server-api/#instant-messaging);
nothing here asks a homeserver.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.matrix.homeserver.client import NAME, text
from adapters.matrix.homeserver.sync import Odd
from bot.message import Deleted, Edited, Event, Media, Pressed, Reacted, Unsupported, Words

_MEDIA: Final = {"m.image": "photo", "m.audio": "audio", "m.video": "video", "m.file": "document"}
_POLLS: Final = ("m.poll.start", "org.matrix.msc3381.poll.start")
_CALLS: Final = ("m.call.invite", "m.call.notify", "org.matrix.msc4075.call.notify", "m.rtc.notification")
_GALLERIES: Final = ("m.gallery", "dm.filament.gallery")
_OF_APPS: Final = ("m.call.", "m.key.", "m.poll.", "org.matrix.msc3381.poll.", "m.beacon", "m.room.encrypted")
"""How the kinds of events begin with which apps talk to each other, and nobody says anything."""
_VOICE: Final = ("m.voice", "org.matrix.msc3245.voice")
_KEYCAP: Final = re.compile("([1-9])\ufe0f?\u20e3?\ufe0f?")
_LARGEST: Final = 2**53 - 1  # of a number in JSON that everybody reads alike
_MOST_POINTS: Final = 1000
LOUDEST: Final = 1024
_LONGEST_SIGN: Final = 16
"""Of an emoji that is put together; others are somebody's jokes."""
_COMMAND: Final = re.compile(r"[!/]\w")
# What older apps put above an answer: the words that it answers.
_QUOTED: Final = re.compile(r"(?:> .*\n)+\n?")


@dataclass(slots=True)
class Ourselves:
    """How people address us."""

    account: str
    name: str

    def without_address(self, text: str, *, private: bool = False) -> str | None:
        """The text behind our name at its beginning; None where that is not there. In private, where nobody
        has to name us, a sentence may begin with it: then it takes a sign behind it, or a command."""
        local = self.account[1:].partition(":")[0]
        for name in sorted({self.account, f"@{local}", local, self.name, f"@{self.name}"}, key=len)[::-1]:
            if name and text[: len(name)].casefold() == name.casefold():
                rest = text[len(name) :]
                bare = rest.lstrip(":, \n")
                if private and rest[:1] not in (":", ",") and not _COMMAND.match(bare):
                    return None
                if not rest or rest[0] in ":, \n":
                    return bare
        return None


def thread_of(source: Mapping[str, Any]) -> str:
    """The first message of the thread that an event is in; "" outside of threads."""
    relation = _relation(source)
    return text(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else ""


def original_of(source: Mapping[str, Any]) -> str:
    """The message that an event changes; "" where it changes none."""
    relation = _relation(source)
    return text(relation.get("event_id")) if relation.get("rel_type") == "m.replace" else ""


def read(source: Mapping[str, Any], us: Ourselves, *, private: bool) -> Event | None:
    """What somebody did; None for what is no business of ours. Whether words in a room answer us is up to
    the caller: `reply_to` says which message they answer. Raises `Odd` where nobody knows what was done."""
    content = source.get("content")
    if source.get("type") == "m.room.redaction" and isinstance(content, dict):
        # In rooms before version 11 it stands outside of the content.
        redacted = content.get("redacts") or source.get("redacts")
        if not isinstance(redacted, str):
            raise Odd("nothing is taken back")
        return Deleted(redacted)
    if not isinstance(content, dict) or not content:  # empty once it is redacted
        return None
    match source.get("type"):
        case "m.room.message":
            return _edited(source, us) if original_of(source) else _said(source, us, private=private)
        case "m.message":
            return _bare_words(source)
        case "m.reaction":
            match content.get("m.relates_to"):
                case {"rel_type": "m.annotation", "event_id": str(message), "key": str(key)}:
                    if found := _KEYCAP.fullmatch(key):
                        return Pressed(int(found[1]) - 1, message)
                    return Reacted(text(key), message) if 0 < len(key) <= _LONGEST_SIGN else None
            return None
        case "m.sticker":
            return Unsupported("sticker")
        case str(kind) if kind in _POLLS:
            return Unsupported("poll", _poll(content.get("m.new_content", content)))
        case str(kind) if kind in _CALLS:
            return Unsupported("call")
        case str(kind) if kind.startswith(_OF_APPS):
            return None
    return Unsupported("new", text(content.get("body")))


def _said(source: Mapping[str, Any], us: Ourselves, *, private: bool) -> Event | None:
    content = source["content"]
    media = None
    match content.get("msgtype"):
        case "m.text" | "m.emote":
            words = _words(content)
        case "m.location":
            return Unsupported("location", text(content.get("geo_uri")).removeprefix("geo:"))
        case str(kind) if kind in _MEDIA:
            words, media = _media(content)
        case "m.notice":  # mostly another bot's words, which nobody answers in a room
            return Unsupported("notice", _words(content))
        case "m.key.verification.request":
            return Unsupported("verification")
        case str(kind) if kind in _GALLERIES:
            return Unsupported("files", text(content.get("body")))
        case str():  # of an app that is newer than we are: it says the same in words
            words = _words(content)
        case _:
            raise Odd("a message of no kind")
    answered, fallback = _answered(source)
    if answered and not fallback:
        words = _QUOTED.sub("", words, count=1) if words.startswith("> ") else words
    if private and fallback:
        answered = thread_of(source)
    stripped = us.without_address(words, private=private)
    to_us = private or stripped is not None or us.account in _mentioned(content)
    to_us |= bool(_COMMAND.match(words))
    words = words if stripped is None else stripped
    reply_to = answered if answered and (private or not fallback) else None
    return Words(words, str(source["event_id"]), reply_to, media, to_us=to_us)


def _edited(source: Mapping[str, Any], us: Ourselves) -> Event | None:
    new = source["content"].get("m.new_content")
    if not isinstance(new, dict):
        raise Odd("an edit to nothing")
    words = _media(new)[0] if new.get("msgtype") in _MEDIA else _words(new)
    stripped = us.without_address(words)
    return Edited(words if stripped is None else stripped, original_of(source))


def _bare_words(source: Mapping[str, Any]) -> Event:
    """What a message of a kind to come says, which has its words apart from all else
    (https://github.com/matrix-org/matrix-spec-proposals/pull/1767)."""
    match source["content"].get("m.text"):
        case [{"body": str(body)}, *_]:
            return Words(text(body), str(source["event_id"]))
    return Unsupported("new")


def _words(content: Mapping[str, Any]) -> str:
    """What a message says. Raises `Odd`."""
    if not isinstance(content.get("body"), str):
        raise Odd("a message without words")
    return text(content["body"])


def _media(content: Mapping[str, Any]) -> tuple[str, Media]:
    """The words below it, and the thing itself; `file` holds what `matrix_media.fetch` needs. Raises
    `Odd`."""
    info = content["info"] if isinstance(content.get("info"), dict) else {}
    file = content["file"] if isinstance(content.get("file"), dict) else {"url": content.get("url")}
    if not isinstance(file.get("url"), str):
        raise Odd("a file that is nowhere")
    kind = _MEDIA[content["msgtype"]]
    if kind == "audio" and any(mark in content for mark in _VOICE):
        kind = "voice"
    body, name = text(content.get("body")), content.get("filename")
    length = _number(info.get("duration"))
    return "" if not isinstance(name, str) or name == body else body, Media(
        NAME,
        kind,
        json.dumps(file, separators=(",", ":"), sort_keys=True),
        name=text(name) or body,
        type=text(info.get("mimetype")),
        size=_number(info.get("size")),
        seconds=round(length / 1000) if length is not None else None,
        width=_number(info.get("w")),
        height=_number(info.get("h")),
        waveform=_waveform(content) if kind == "voice" else "",
    )


def _waveform(content: Mapping[str, Any]) -> str:
    """How loud it is over time (https://github.com/matrix-org/matrix-spec-proposals/pull/3246); "" where that
    is not told, or oddly."""
    match content.get("org.matrix.msc1767.audio"):
        case {"waveform": list(points)} if len(points) <= _MOST_POINTS:
            loud = [_number(point) for point in points]
            if all(point is not None and point <= LOUDEST for point in loud):
                return " ".join(map(str, loud))
    return ""


def _number(value: object) -> int | None:
    """A length or a size, which anybody may make up."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        return None
    return value


def _poll(content: Mapping[str, Any]) -> str:
    """What a poll asks, and below it what there is to choose."""
    for name in _POLLS:
        match content.get(name):
            case {"question": dict(question), **poll}:
                answers = poll.get("answers")
                choices = [_label(each) for each in answers] if isinstance(answers, list) else []
                return "\n".join(filter(None, [_label(question), *(f"– {each}" for each in choices if each)]))
    return ""


def _label(of: object) -> str:
    """The words of a question or of an answer, in each form that polls have had."""
    match of:
        case {"m.text": [{"body": str(words)}, *_]} | {"org.matrix.msc1767.text": str(words)}:
            return text(words)
        case {"body": str(words)}:
            return text(words)
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
