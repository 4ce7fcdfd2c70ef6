"""Words that wait for their reader.

`_("…", name=value)` says what to write; which language, time zone and messenger it becomes is known only
when it leaves. So a `Text` is data: it can be stored as JSON, and one letter serves readers of ten
languages. Values are escaped by construction: nobody can forget to.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup

import i18n
from bot.markup import quote


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a text is written. `prefix` is what stands before a command in their messenger."""

    locale: str = i18n.SOURCE
    time_zone: str = "UTC"
    prefix: str = "/"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in English and the values for its `{placeholders}`; with `many`, one that counts `n`; with
    `context`, one that other languages say otherwise than the same words elsewhere."""

    msgid: str
    values: Mapping[str, "Value"] = field(default_factory=dict)
    many: str = ""
    context: str = ""

    def __add__(self, other: "Text") -> "Joined":
        return Joined((self, other))


@dataclass(frozen=True, slots=True)
class Joined:
    """Several texts below each other, those that are empty left out; `between` is "\\n\\n" for paragraphs,
    "\\n" for lines."""

    parts: tuple["AnyText", ...]
    between: str = "\n\n"

    def __add__(self, other: "Text") -> "Joined":
        return Joined((*self.parts, other)) if self.between == "\n\n" else Joined((self, other))


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Words that somebody wrote, shown as they are."""

    words: str


@dataclass(frozen=True, slots=True)
class Also:
    """A text once more, in the first of these `languages` that is not its reader's, for others who see it and
    may read only that one; empty where there is none."""

    text: "AnyText"
    languages: tuple[str, ...]


class AtLeast(int):
    """So many, or more: nobody has counted on. It is written as "1,000+"."""

    @classmethod
    def told(cls, many: int, most: int) -> int:
        """Return a number as it is told where no more than `most` were counted, and one more."""
        return many if many <= most else cls(most)

    @classmethod
    def together(cls, numbers: Collection[int]) -> int:
        """Return how many all of these are."""
        is_more = any(isinstance(each, cls) for each in numbers)
        return cls(sum(numbers)) if is_more else sum(numbers)


@dataclass(frozen=True, slots=True)
class Command:
    """The name of a command, shown as it is typed where the reader is: `/help`, `!help`."""

    name: str


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week by its number, Monday is 0; shown with a capital, as on a button."""

    number: int


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its code, shown with its name in the reader's."""

    code: str


@dataclass(frozen=True, slots=True)
class TimeZone:
    """A time zone by its key, shown as its city is called in the reader's language."""

    key: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is still ahead, shown with its day of the week: "Sunday, December 6"; one that is `far` with
    its year."""

    day: date
    far: bool = False


AnyText = Text | Joined | Verbatim | Also
Named = Command | Weekday | Language | TimeZone | Day
Value = AnyText | Named | str | int | float | datetime | date | time | timedelta | list["Value"]


def _(msgid: str, **values: Value) -> Text:
    """A sentence to translate. `msgid` is house markup with `{placeholders}`."""
    return Text(msgid, values)


def _c(context: str, msgid: str, **values: Value) -> Text:
    """A sentence whose words mean something else elsewhere: `_c("a book", "Take it out")`."""
    return Text(msgid, values, context=context)


def form(markup: str, **values: Value) -> Text:
    """Markup and values without a word of its own, so that there is nothing to translate."""
    return Text(markup, values)


def _n(one: str, many: str, n: int, **values: Value) -> Text:
    """A sentence that counts: `_n("{n} day", "{n} days", days)`."""
    return Text(one, {"n": n, **values}, many)


def lines(*parts: AnyText | Iterable[AnyText]) -> Joined:
    """Texts one a line."""
    return Joined(tuple(_flat(parts)), "\n")


def paragraphs(*parts: AnyText | Iterable[AnyText]) -> Joined:
    """Texts with an empty line in between."""
    return Joined(tuple(_flat(parts)))


def _flat(parts: Iterable[AnyText | Iterable[AnyText]]) -> Iterable[AnyText]:
    for part in parts:
        if isinstance(part, Text | Joined | Verbatim | Also):
            yield part
        else:
            yield from part


def render(text: AnyText, reader: Reader) -> Markup:
    """`text` as house markup in the reader's language, time zone and messenger."""
    match text:
        case Verbatim(words):
            return quote(words, isolate=i18n.reads_right_to_left(reader.locale))
        case Joined(parts, between):
            rendered = [render(part, reader) for part in parts]
            return Markup(between).join(filter(None, rendered))
        case Also(text, languages):
            other = next((each for each in languages if each != reader.locale), None)
            return Markup() if other is None else render(text, replace(reader, locale=other))
        case Text(msgid, values, many, context):
            if many:
                found = i18n.translate_plural(reader.locale, msgid, many, _count(values))
            else:
                found = i18n.translate(reader.locale, msgid, context)
            if not values:
                return Markup(found)
            return Markup(found).format(**{name: _value(value, reader) for name, value in values.items()})


def _count(values: Mapping[str, Value]) -> int:
    n = values["n"]
    if not isinstance(n, int):
        raise TypeError("a counted text needs a whole number n")
    return n


def _value(value: Value, reader: Reader) -> Markup:
    locale = reader.locale
    match value:
        case Text() | Joined() | Verbatim() | Also():
            return render(value, reader)
        case Command(name):
            return _quoted(reader.prefix + name, locale)
        case Weekday(number):
            return _quoted(i18n.weekday(number, locale), locale)
        case Language(code):
            return _quoted(i18n.name_of(code, locale), locale)
        case TimeZone(key):
            return _quoted(i18n.city_of(key, locale), locale)
        case Day(on, far):
            return Markup(format_date(on, "full" if far else i18n.weekday_and_day(locale), locale=locale))
        case str():
            return _quoted(value, locale)
        case AtLeast():
            return Markup(f"{format_decimal(int(value), locale=locale)}+")
        case int() | float():
            return Markup(format_decimal(value, locale=locale))
        case datetime():
            local = value.astimezone(ZoneInfo(reader.time_zone))
            day = format_skeleton("MMMMEEEEd", local, locale=locale)
            return Markup(f"{day}, {format_time(local, 'HH:mm', locale=locale)}")
        case date():
            return Markup(format_date(value, "long", locale=locale))
        case time():
            return Markup(format_time(value, "HH:mm", locale=locale))
        case timedelta():
            return Markup(format_timedelta(value, locale=locale))
        case list():
            return Markup(format_list([_value(item, reader) for item in value], locale=locale))


def _quoted(words: str, locale: str) -> Markup:
    return quote(words, isolate=i18n.reads_right_to_left(locale))


# --- as JSON ------------------------------------------------------------------------------------


def to_json(text: AnyText) -> Any:
    """A JSON value from which `from_json` makes the same text again."""
    match text:
        case Verbatim(words):
            return {"verbatim": words}
        case Joined(parts, between):
            return {"join": [to_json(part) for part in parts], "between": between}
        case Also(again, languages):
            return {"also": to_json(again), "languages": list(languages)}
        case Text(msgid, values, many, context):
            packed: dict[str, Any] = {"text": msgid}
            if values:
                packed["values"] = {name: _pack(value) for name, value in values.items()}
            if many:
                packed["many"] = many
            if context:
                packed["context"] = context
            return packed


def from_json(packed: Any) -> AnyText:
    """The text that `to_json` packed."""
    if "verbatim" in packed:
        return Verbatim(packed["verbatim"])
    if "join" in packed:
        return Joined(tuple(from_json(part) for part in packed["join"]), packed["between"])
    if "also" in packed:
        return Also(from_json(packed["also"]), tuple(packed["languages"]))
    values = {name: _unpack(value) for name, value in packed.get("values", {}).items()}
    return Text(packed["text"], values, packed.get("many", ""), packed.get("context", ""))


def _pack(value: Value) -> Any:
    match value:
        case Text() | Joined() | Verbatim() | Also():
            return to_json(value)
        case Command(name):
            return {"command": name}
        case Weekday(number):
            return {"weekday": number}
        case Language(code):
            return {"language": code}
        case TimeZone(key):
            return {"zone": key}
        case Day(day, far):
            return {"day": day.isoformat(), "far": far}
        case datetime():
            return {"at": value.astimezone(UTC).isoformat()}
        case date():
            return {"on": value.isoformat()}
        case time():
            return {"clock": value.isoformat()}
        case timedelta():
            return {"seconds": value.total_seconds()}
        case list():
            return [_pack(item) for item in value]
        case AtLeast():
            return {"at_least": int(value)}
        case _:
            return value


def _unpack(packed: Any) -> Value:
    match packed:
        case {"command": name}:
            return Command(name)
        case {"weekday": number}:
            return Weekday(number)
        case {"language": code}:
            return Language(code)
        case {"zone": key}:
            return TimeZone(key)
        case {"day": on, "far": far}:
            return Day(date.fromisoformat(on), far)
        case {"at": at}:
            return datetime.fromisoformat(at)
        case {"on": on}:
            return date.fromisoformat(on)
        case {"clock": clock}:
            return time.fromisoformat(clock)
        case {"seconds": seconds}:
            return timedelta(seconds=seconds)
        case {"at_least": number}:
            return AtLeast(number)
        case list():
            return [_unpack(item) for item in packed]
        case dict():
            return from_json(packed)
        case _:
            return packed  # type: ignore[no-any-return]  # a plain JSON value


def heading(title: Text, *rest: AnyText) -> AnyText:
    """Return a message with a bold first line."""
    return paragraphs(form("<b>{title}</b>", title=title), *rest)
