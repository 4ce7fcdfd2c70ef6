"""What Telegram takes: the shape of a request, text and its markup, keyboards, pictures."""

import json
import re
import struct
import types
import typing
import zlib
from collections.abc import Iterator
from typing import Any

import pydantic
from aiogram.types import InlineKeyboardMarkup
from aiohttp import BodyPartReader, web
from tdjson import td_execute

from tests.telegram_server.seen import Call, Refuse, bad

# Fields that aiogram still knows and the Bot API no longer documents.
_OUTDATED = {"disable_web_page_preview", "reply_to_message_id", "allow_sending_without_reply"}
# The parser's names for house markup, and the Bot API's.
_ENTITIES = {
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
    "textEntityTypeCode": "code",
    "textEntityTypePre": "pre",
    "textEntityTypePreCode": "pre",
    "textEntityTypeTextUrl": "text_link",
    "textEntityTypeBlockQuote": "blockquote",
}

td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')


async def sent(request: web.Request, method: str, largest: int) -> Call:
    """What was sent, in one of the ways that the Bot API knows, with files of up to `largest` bytes."""
    fields: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    if request.content_type == "application/json":
        try:
            said = json.loads(await request.read())
        except ValueError:
            raise bad("can't parse request: invalid JSON") from None
        if not isinstance(said, dict):
            raise bad("can't parse request: an object is expected")
        fields |= said
    elif request.content_type == "application/x-www-form-urlencoded":
        fields |= await request.post()
    elif request.content_type == "multipart/form-data":
        # Not `post`: where the line breaks in the middle, that leaves files of its own open.
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            name, data = str(part.name), bytes(await part.read())
            if part.filename is not None:
                files[name], names[name] = data, part.filename
            else:
                fields[name] = data.decode()
    if any(len(data) > largest for data in files.values()):
        raise Refuse(413, "Request Entity Too Large")
    return Call(method, fields, files, names)


def checked(model: type[Any], call: Call) -> Any:
    """The request as aiogram understands it. Refuses wrong types, what is missing and what is too much."""
    values: dict[str, Any] = {}
    for name, value in call.fields.items():
        if name not in model.model_fields or name in _OUTDATED:
            raise bad(f"field {name} is not known to {call.method}")
        # In a form, lists and objects arrive as JSON.
        if isinstance(value, str) and _is_nested(model.model_fields[name].annotation):
            try:
                value = json.loads(value)
            except ValueError:
                raise bad(f"can't parse field {name}") from None
        values[name] = value
    attached = set(_attached(values))
    for name in call.files:
        if name in model.model_fields:
            values[name] = f"attach://{name}"
        elif name not in attached:
            raise bad(f"file {name} is not known to {call.method}")
    try:
        checked = model.model_validate(values)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise bad(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for unknown in _too_much(checked):
        raise bad(f"field {unknown} is not known to {call.method}")
    if not _is_utf8(values):
        raise bad("strings must be encoded in UTF-8")
    return checked


def _attached(value: Any) -> Iterator[str]:
    """The names of files that the fields refer to, at any depth."""
    if isinstance(value, str) and value.startswith("attach://"):
        yield value.removeprefix("attach://")
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _attached(item)


def _is_nested(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        return any(_is_nested(part) for part in typing.get_args(annotation))
    if origin is list:
        return True
    return isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel)


def given(wants: Any, name: str) -> Any:
    """A field that was sent; aiogram has marks of its own where one was not."""
    return getattr(wants, name) if name in wants.model_fields_set else None


def _too_much(value: Any) -> Iterator[str]:
    """Fields that the Bot API does not know, at any depth."""
    if isinstance(value, pydantic.BaseModel):
        yield from value.model_extra or ()
        for name in value.model_fields_set:
            yield from _too_much(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            yield from _too_much(item)


def _is_utf8(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def parsed(text: str, wants: Any) -> tuple[str, list[dict[str, Any]]]:
    """Text without its markup, and what the markup said, by Telegram's own parser."""
    mode = given(wants, "parse_mode")
    if mode is None:
        return text.strip(), []
    if mode != "HTML":
        raise bad("unsupported parse_mode")
    try:
        return read_html(text)
    except ValueError as error:
        raise bad(str(error)) from None


def read_html(html: str) -> tuple[str, list[dict[str, Any]]]:
    """The text of a message and its entities as the Bot API shows them. Raises `ValueError` in the words
    of Telegram's parser."""
    request = {"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}}
    parsed = json.loads(td_execute(json.dumps(request).encode()) or b"{}")
    if parsed["@type"] == "error":
        words = parsed["message"]
        raise ValueError(words[0].lower() + words[1:])
    # Telegram takes off white space at both ends, and what stood there with it.
    lead = units(parsed["text"]) - units(parsed["text"].lstrip())
    return parsed["text"].strip(), [
        {
            "type": _ENTITIES[entity["type"]["@type"]],
            "offset": entity["offset"] - lead,
            "length": entity["length"],
            **({"url": entity["type"]["url"]} if "url" in entity["type"] else {}),
        }
        for entity in parsed["entities"]
        if _known(entity["type"]["@type"])
    ]


def _known(entity: str) -> bool:
    """Markup that Telegram takes and Matrix does not is a mistake of ours, though not one of Telegram's."""
    if entity not in _ENTITIES:
        raise ValueError(f"{entity} is not house markup")
    return True


def keyboard(markup: Any) -> list[list[dict[str, Any]]]:
    """The buttons of a message; only those with callback data are known here."""
    if markup is None:
        return []
    if not isinstance(markup, InlineKeyboardMarkup):
        raise bad("inline keyboard expected")
    if sum(len(row) for row in markup.inline_keyboard) > 100 or any(
        len(row) > 8 for row in markup.inline_keyboard
    ):
        raise bad("reply markup is too long")
    for button in (button for row in markup.inline_keyboard for button in row):
        if not button.text.strip():
            raise bad("can't parse inline keyboard button: text must be non-empty")
        if button.callback_data is None:
            raise bad("text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button.callback_data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    return [
        [{"text": button.text, "callback_data": button.callback_data} for button in row]
        for row in markup.inline_keyboard
        if row
    ]


def units(text: str) -> int:
    """How long Telegram says it is."""
    return len(text.encode("utf-16-le")) // 2


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG whose every part is whole, by https://www.w3.org/TR/png/.
    Raises `ValueError` for any other."""
    broken = ValueError("not a whole PNG")
    if not png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise broken
    parts: dict[bytes, bytes] = {}
    at = 8
    while at + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if png[at + 8 + length : at + 12 + length] != zlib.crc32(kind + data).to_bytes(4, "big"):
            raise broken
        parts[kind] = parts.get(kind, b"") + data
        at += 12 + length
    if not {b"IHDR", b"IDAT", b"IEND"} <= parts.keys() or len(parts[b"IHDR"]) != 13:
        raise broken
    width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 0)
    try:
        pixels = zlib.decompress(parts[b"IDAT"])
    except zlib.error:
        raise broken from None
    # One byte names the filter of each line. (Interlaced pictures have more of them.)
    if not parts[b"IHDR"][12] and len(pixels) != height * (1 + (width * depth * channels + 7) // 8):
        raise broken
    if not width or not height:
        raise broken
    return width, height


def language(wants: Any) -> str:
    """The language that a request is for, or "" for all others."""
    code: str = wants.language_code or ""
    if code and not re.fullmatch("[a-z]{2}", code):
        raise bad("invalid language code specified")
    return code
