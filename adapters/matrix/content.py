"""An `Outgoing` as the content of Matrix events."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.message import Outgoing

_LARGEST: Final = 44_000
"""Bytes of content that survive encryption (a third more) in an event of 65,536 bytes, with room for what
homeservers add (https://spec.matrix.org/latest/client-server-api/#size-limits)."""
_FALLBACK: Final = 200
_OF_WORDS: Final = ("body", "format", "formatted_body", "m.relates_to", "m.mentions")
_PRE: Final = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)


def words(message: Outgoing) -> dict[str, Any]:
    """A message of words, as a notice where nobody needs to be woken: notices never notify."""
    return _fitting({**_text(message), **_relation(message), "m.mentions": {}})


def edit(message: Outgoing, original: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The message that takes the place of `original`, which is the first one, never an edit of it. `sent` is
    its content where it has a file: apps show nothing but what the edit brings, so it brings the file too."""
    file = {name: value for name, value in sent.items() if name not in _OF_WORDS}
    new = {**_text(message), **file}
    return _fitting(
        {
            **file,
            "msgtype": new["msgtype"],
            "body": f"* {message.plain[:_FALLBACK]}",  # for apps that know no edits
            "m.new_content": {**new, "m.mentions": {}},
            "m.relates_to": {"rel_type": "m.replace", "event_id": original},
            "m.mentions": {},
        }
    )


def file(
    message: Outgoing,
    kind: str,
    name: str,
    info: Mapping[str, Any],
    where: Mapping[str, Any],
    *,
    caption: bool,
) -> dict[str, Any]:
    """A message with a file, and with the text below it. `where` is `url` or, encrypted, `file`."""
    content: dict[str, Any] = {"msgtype": kind, "body": name, "filename": name, "info": info, **where}
    if caption and message.plain:
        content |= {**_text(message), "msgtype": kind}
    return _fitting({**content, **_relation(message), "m.mentions": {}})


def reaction(event: str, slot: int) -> dict[str, Any]:
    """The n-th offer (from 0) of a message, to be tapped. Reactions are not encrypted: only a digit."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": keycap(slot)}}


def keycap(slot: int) -> str:
    """The emoji for the n-th offer (from 0)."""
    return f"{slot + 1}\ufe0f\u20e3"


def _text(message: Outgoing) -> dict[str, Any]:
    content = {"msgtype": "m.text" if message.wakes else "m.notice", "body": message.plain}
    if "<" in message.html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": _html(message.html)}
    return content


def _html(markup: str) -> str:
    """Line breaks are tags in HTML, but not inside `pre`."""
    parts = _PRE.split(markup)
    return "".join(part if part.startswith("<pre>") else part.replace("\n", "<br>") for part in parts)


def _relation(message: Outgoing) -> dict[str, Any]:
    """In a room, an answer outside of threads begins one, so that it is not in the way of those who talk
    there. What answers nothing in its thread says so: then it only falls back to an answer, for apps that
    know no threads."""
    thread = message.chat.thread or ("" if message.chat.private else message.reply_to or "")
    answered = message.reply_to or thread
    if not answered:
        return {}
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": answered}}
    if thread:
        relation |= {"rel_type": "m.thread", "event_id": thread, "is_falling_back": answered == thread}
    return {"m.relates_to": relation}


def _fitting(content: dict[str, Any]) -> dict[str, Any]:
    """The same without its rich form where it would be too large: the library writes what is not ASCII as
    six bytes."""
    if len(json.dumps(content)) <= _LARGEST:
        return content
    bare = {name: value for name, value in content.items() if name not in ("format", "formatted_body")}
    if isinstance(new := bare.get("m.new_content"), dict):
        bare["m.new_content"] = {
            name: value for name, value in new.items() if name not in ("format", "formatted_body")
        }
    return bare
