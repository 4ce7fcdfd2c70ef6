"""What somebody wrote, as words that keep their meaning on any messenger.

Telegram tells beside the text what is marked in it (https://core.telegram.org/bots/api#messageentity). Most
of that is looks. But an address may stand behind words, and "not" may be struck out: that is written out,
because other messengers, and the database, only have the text.
"""

from collections.abc import Mapping
from typing import Any, Final

from adapters.telegram import shape
from adapters.telegram.shape import Json, Misshapen

_MARKS: Final[Mapping[str, tuple[str, str]]] = {"strikethrough": ("~~", "~~"), "spoiler": ("||", "||")}
"""What is put before and behind words, as people type it themselves where an app knows no better."""


def written(message: Json) -> str | None:
    """Return the words of a message, or those below what it shows; None where it has no place for any. Raises
    `Misshapen`."""
    name, marked = ("text", "entities") if "text" in message else ("caption", "caption_entities")
    if name not in message:
        return None
    text = message[name]
    if not isinstance(text, str):
        raise Misshapen
    entities = message.get(marked)
    return _with_marks(text, entities) if isinstance(entities, list) and entities else text


def in_words(kind: str, message: Json) -> str:
    """Return what can be said in words of something that is not carried."""
    match kind, message[kind]:
        case "sticker", {"emoji": emoji}:
            return shape.text(emoji)
        case "dice", {"emoji": emoji, "value": value}:
            return f"{shape.text(emoji)} {shape.number(value)}"
        case "contact", contact:
            names = (
                shape.text(contact.get(part, "")) for part in ("first_name", "last_name", "phone_number")
            )
            return " ".join(filter(None, names))
        case "venue", venue:
            return "\n".join(
                [shape.text(venue["title"]), shape.hint(venue, "address"), _map(venue["location"])]
            )
        case "location", location:
            return _map(location)
        case "poll", poll:
            choices = (f"– {shape.text(option['text'])}" for option in poll["options"])
            return "\n".join([shape.text(poll["question"]), *choices])
    return written(message) or ""  # what stands below a picture that moves


def _map(place: Json) -> str:
    at = "/".join(f"{shape.degrees(place[each])}" for each in ("latitude", "longitude"))
    return f"https://www.openstreetmap.org/#map=17/{at}"


def _with_marks(text: str, entities: list[Any]) -> str:
    """Write out what is marked in a text. Places are counted in units of UTF-16; a mark that lies outside of
    the text, or in the middle of a character, is done without."""
    # Where, ends before beginnings, the inner end before the outer, and what.
    raw = text.encode("utf-16-le", "surrogatepass")
    put: list[tuple[int, bool, int, str]] = []
    for number, entity in enumerate(entities):
        match entity:
            case {"type": str(kind), "offset": int(start), "length": int(length)}:
                end = start + length
                if not 0 <= start < end <= len(raw) // 2:
                    continue
                inside = _text_of(raw[2 * start : 2 * end])
                if kind == "text_link" and isinstance(address := entity.get("url"), str):
                    if inside is not None and not _says(inside, address):
                        put.append((end, False, -number, f" ({address})"))
                elif kind in _MARKS and inside is not None:
                    before, after = _MARKS[kind]
                    put += [(start, True, number, before), (end, False, -number, after)]
    pieces, last = [], 0
    for place, _begins, _number, what in sorted(put):
        pieces += [raw[2 * last : 2 * place].decode("utf-16-le", "surrogatepass"), what]
        last = place
    return "".join([*pieces, raw[2 * last :].decode("utf-16-le", "surrogatepass")])


def _text_of(raw: bytes) -> str | None:
    """Return a piece of a text; None where it begins or ends in the middle of a character."""
    try:
        return raw.decode("utf-16-le")
    except UnicodeDecodeError:
        return None


def _says(words: str, address: str) -> bool:
    """Whether words name the address behind them already."""
    bare = address.casefold().partition("://")[2].strip("/") or address.casefold()
    return bare in words.casefold()
