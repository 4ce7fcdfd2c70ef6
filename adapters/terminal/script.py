"""The grammar of a conversation written down: what `make demo` reads and `tests/transcripts` hold.

# a remark
@ Ana, member on telegram, en        somebody is there (more: a time zone, topics, "speaks de and ar")
@ Ana 1 to 60, member on telegram, en   many are there: Ana 1, Ana 2 and so on
@ Alster 1 to 30, networks           other networks are there, which show themselves to everybody
Ana: /ask                            Ana writes
Ana: [Papers]                        Ana presses a button, the newest with these words
Ana: (on "Bo asks") [Papers]         Ana presses the one below this message
Ana: (writes) (sigh)                 Ana writes words that would mean something else here
Ana: (sticker)                       Ana does something else, see `DEEDS`
Ana: (photo) Where is this?          Ana sends something: voice, audio, photo, video or document
Ana: (document a.csv "One\\nTwo")     Ana sends a file with this in it, in UTF-8 or (… as cp1252)
Ana: (edits "Where") Who is this?    Ana changes a message of hers
@ Neckar, room on telegram, led by Mia
Ana in Neckar: /help                 Ana does something in a room
+ 3 days                             time passes
= 2026-10-24 17:00                   time passes until then, in the network's time zone
    > Ana: What is it about?         what the bot says: indented, never read, always written anew
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
ROLES = ("member", "meta-mentor", "deputy", "operator", "stranger")
DEEDS = """(sticker) and other things the bot does not carry, (blocks the bot), (comes back), \
(opens PAYLOAD), (answers "beginning of a message") words, (forwards from Bo) words, (forges 12:3), \
(edits "beginning") words, (deletes "beginning"), (loses plan.pdf) where the messenger has it no longer, \
(photo), (voice), (document plan.pdf), (document a.csv "One\\nTwo" as cp1252), (photo in album 1), \
(document of 30 MB); \
in a room (joins), (asks to come in), (brings the bot), (takes the bot out), (mutes the bot), \
(lets the bot write), (moves the room)"""


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
class Crowd:
    """Many are there who differ by a number only."""

    people: tuple[Cast, ...]


@dataclass(frozen=True, slots=True)
class Networks:
    """Other networks are there, which show themselves to everybody, and nobody is in them."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class House:
    """A room is there, and the bot is in it; those who lead it may change its settings."""

    name: str
    messenger: str
    led_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Says:
    """Somebody writes; `answers` begins the message of the bot they answer to, `forwarded` is who wrote it
    where they only forward it. In a room where one is named, here as in what follows."""

    who: str
    words: str
    answers: str | None = None
    room: str = ""
    forwarded: str = ""


@dataclass(frozen=True, slots=True)
class Sends:
    """Somebody sends a file of this `kind` with words below it, which holds `content`, or something where
    that is None; `megabytes` 0 for a small one."""

    who: str
    kind: str
    name: str
    words: str
    album: str = ""
    megabytes: int = 0
    room: str = ""
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Edits:
    """Somebody changes their latest message that begins with `beginning`."""

    who: str
    beginning: str
    words: str
    room: str = ""


@dataclass(frozen=True, slots=True)
class Presses:
    """Somebody presses the button with this label, the newest there is; `on` begins the message below which
    it stands, where that is another one."""

    who: str
    label: str
    room: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Does:
    """Somebody does something that is neither words nor a button."""

    who: str
    deed: str
    room: str = ""


@dataclass(frozen=True, slots=True)
class Passes:
    """Time passes for a while."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Reaches:
    """Time passes until a local time."""

    local: datetime


Step = Cast | Crowd | Networks | House | Says | Sends | Edits | Presses | Does | Passes | Reaches


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the script, as it was written, and what it means (nothing for remarks)."""

    number: int
    text: str
    step: Step | None


def account(cast: Cast) -> str:
    """The account of somebody on their pretended messenger."""
    return cast.name.lower()


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


CROWD = re.compile(r"(.+) (\d{1,3}) to (\d{1,3})")
SENT = re.compile(
    r"\((voice|audio|photo|video|document)(?: (?!in album|of )(\S+))?"
    r"(?: \"([^\"]*)\"(?: as ([\w-]+))?)?"
    r"(?: in album (\w+))?(?: of (\d+) MB)?\) ?(.*)"
)


def speech(who: str, words: str) -> Says | Sends | Edits | Presses | Does:
    """What somebody's words mean in a script; `who` may be "Ana in Neckar"."""
    who, _, room = who.partition(" in ")
    if words.startswith("[") and words.endswith("]"):
        return Presses(who, words[1:-1], room)
    if pressed := re.fullmatch(r'\(on "([^"]*)"\) \[(.*)\]', words):
        return Presses(who, pressed[2], room, pressed[1])
    if words.startswith("(writes) "):
        return Says(who, words.removeprefix("(writes) ").replace("\\n", "\n"), room=room)
    if answer := re.fullmatch(r'\(answers "([^"]*)"\) (.*)', words):
        return Says(who, answer[2], answer[1], room)
    if forward := re.fullmatch(r"\(forwards from ([^)]*)\) (.*)", words):
        return Says(who, forward[2], room=room, forwarded=forward[1])
    if edit := re.fullmatch(r'\(edits "([^"]*)"\) (.*)', words):
        return Edits(who, edit[1], edit[2], room)
    if sent := SENT.fullmatch(words):
        kind, name, inside, encoding, album, megabytes, below = sent.groups()
        content = inside.replace("\\n", "\n").encode(encoding or "utf-8") if inside is not None else None
        name = name or f"{kind}.bin"
        return Sends(who, kind, name, below, album or "", int(megabytes or 0), room, content)
    if words.startswith("(") and words.endswith(")"):
        return Does(who, words[1:-1], room)
    return Says(who, words.replace("\\n", "\n"), room=room)


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


def _cast(line: str, number: int) -> Cast | Crowd | Networks | House:
    name, *facts = (part.strip() for part in line.split(","))
    if name and facts == ["networks"]:
        return Networks(_numbered(name))
    role, _, messenger = facts[0].partition(" on ") if facts else ("", "", "")
    if name and role == "room" and messenger:
        leaders = [_listed(fact.removeprefix("led by ")) for fact in facts[1:]]
        return House(name, messenger, leaders[0] if leaders else ())
    if not name or role not in ROLES or not messenger or len(facts) < 2:
        raise Unreadable(
            number,
            f"somebody is there like this: “@ Ana, member on telegram, en” ({', '.join(ROLES)})",
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
    cast = Cast(name, role, messenger, facts[1], time_zone, topics, speaks)
    if CROWD.fullmatch(name):
        return Crowd(tuple(replace(cast, name=each) for each in _numbered(name)))
    return cast


def _numbered(name: str) -> tuple[str, ...]:
    """Return "Ana 1" and "Ana 2" for "Ana 1 to 2"."""
    if (crowd := CROWD.fullmatch(name)) is None:
        return (name,)
    return tuple(f"{crowd[1]} {n}" for n in range(int(crowd[2]), int(crowd[3]) + 1))


def _zone(name: str, number: int) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        raise Unreadable(number, f"“{name}” is not a time zone") from None


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.replace(" and ", " ").split())
