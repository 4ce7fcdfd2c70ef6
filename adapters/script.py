"""The grammar of a conversation written down: what `make demo` reads and `tests/transcripts` hold.

# a remark
@ Ana, member on telegram, en        somebody is there (more: a time zone, topics, "speaks de and ar")
Ana: /ask                            Ana writes
Ana: [Papers]                        Ana presses a button
Ana: (sticker)                       Ana does something else, see `DEEDS`
+ 3 days                             time passes
= 2026-10-24 17:00                   time passes until then, in the network's time zone
    > Ana: What is it about?         what the bot says: indented, never read, always written anew
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
ROLES = ("member", "meta-mentor", "deputy", "operator", "stranger")
MESSENGERS = ("telegram", "matrix")
DEEDS = """(sticker) and other things the bot does not carry, (blocks the bot), (comes back), \
(opens PAYLOAD), (answers "beginning of a message") words, (forges 12:3)"""


class Unreadable(Exception):
    """A line that is not of the grammar; `str()` says what is wrong with it, `line` counts from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody is there. A stranger has never met the bot."""

    name: str
    role: str
    messenger: str
    language: str
    time_zone: str | None = None
    topics: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Says:
    """Somebody writes; `answers` begins the message of the bot they answer to."""

    who: str
    words: str
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class Presses:
    """Somebody presses the button with this label, the newest there is."""

    who: str
    label: str


@dataclass(frozen=True, slots=True)
class Does:
    """Somebody does something that is neither words nor a button."""

    who: str
    deed: str


@dataclass(frozen=True, slots=True)
class Passes:
    """Time passes for a while."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Reaches:
    """Time passes until a local time."""

    local: datetime


Step = Cast | Says | Presses | Does | Passes | Reaches


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the script, as it was written, and what it means (nothing for remarks)."""

    number: int
    text: str
    step: Step | None


def read(text: Iterable[str]) -> Iterator[Line]:
    """The lines of a script one by one, without what the bot said. Raises Unreadable."""
    for number, raw in enumerate(text, 1):
        line = raw.rstrip("\n")
        if line[:1] in (" ", "\t") and line.strip():
            continue
        yield Line(number, line, step(line.strip(), number))


def step(line: str, number: int = 1) -> Step | None:
    """What one line means. Raises Unreadable."""
    match line[:1]:
        case "" | "#":
            return None
        case "@":
            return _cast(line[1:], number)
        case "+":
            return Passes(_span(line[1:].split(), number))
        case "=":
            return Reaches(_time(line[1:].strip(), number))
    who, colon, words = line.partition(":")
    if not colon or not who.strip() or len(who) > 40:
        raise Unreadable(number, "somebody speaks like this: “Ana: Hello”")
    return speech(who.strip(), words.strip())


def speech(who: str, words: str) -> Says | Presses | Does:
    """What somebody's words mean in a script."""
    if words.startswith("[") and words.endswith("]"):
        return Presses(who, words[1:-1])
    if answer := re.fullmatch(r'\(answers "([^"]*)"\) (.*)', words):
        return Says(who, answer[2], answer[1])
    if words.startswith("(") and words.endswith(")"):
        return Does(who, words[1:-1])
    return Says(who, words.replace("\\n", "\n"))


def _time(words: str, number: int) -> datetime:
    with suppress(ValueError):
        time = datetime.fromisoformat(words)
        if time.tzinfo is None and 2000 <= time.year < 3000:
            return time
    raise Unreadable(number, "a time looks like “= 2026-10-24 17:00”")


def _span(words: list[str], number: int) -> timedelta:
    unit = words[1].removesuffix("s") if len(words) == 2 else ""
    if not words or not words[0].isdecimal() or len(words[0]) > 5 or unit not in UNITS:
        raise Unreadable(number, "a while looks like “+ 3 days” (up to 99999 minutes, hours, days or weeks)")
    return timedelta(seconds=int(words[0]) * UNITS[unit])


def _cast(line: str, number: int) -> Cast:
    name, *facts = (part.strip() for part in line.split(","))
    role, _, messenger = facts[0].partition(" on ") if facts else ("", "", "")
    if not name or role not in ROLES or messenger not in MESSENGERS or len(facts) < 2:
        raise Unreadable(
            number,
            "somebody is there like this: “@ Ana, member on telegram, en” "
            f"({', '.join(ROLES)}; {', '.join(MESSENGERS)})",
        )
    time_zone: str | None = None
    topics: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()
    for fact in facts[2:]:
        if "/" in fact:
            time_zone = _zone(fact, number)
        elif fact.startswith("helps with "):
            topics = _listed(fact.removeprefix("helps with "))
        elif fact.startswith("speaks "):
            speaks = _listed(fact.removeprefix("speaks "))
        else:
            raise Unreadable(number, f"“{fact}” is neither a time zone nor “helps with …” nor “speaks …”")
    return Cast(name, role, messenger, facts[1], time_zone, topics, speaks)


def _zone(name: str, number: int) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        raise Unreadable(number, f"“{name}” is not a time zone") from None


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.replace(" and ", " ").split())
