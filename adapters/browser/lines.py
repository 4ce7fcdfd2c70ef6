"""What somebody does on the page, as a line of a script: so all that is played can be saved, and saved it
means the same."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from adapters.terminal.script import Line, Unreadable, step
from adapters.terminal.stage import Terminal

NAME = re.compile(r"[^\W\d_][\w’.-]*(?: [\w’.-]+)*")
"""A name that a script takes for nothing else."""
LONGEST = 4000
"""Characters that somebody writes at once, as on Telegram."""


class Refused(Exception):
    """The page asked for something that cannot be done; `str()` is the name of the words that say why."""


def line(asked: Mapping[str, Any], terminal: Terminal) -> Line:
    """Return the line for what the page asks. Raises Refused."""
    try:
        given = {key: str(value).strip() for key, value in asked.items() if value}
        text = _text({key: value for key, value in given.items() if value}, terminal)
        meant = step(text)
    except (KeyError, ValueError, Unreadable) as wrong:
        raise Refused("not_possible") from wrong
    if meant is None or "\n" in text:
        raise Refused("not_possible")
    return Line(1, text, meant)


def passes(span: timedelta) -> Line:
    """Return the line that lets whole minutes pass, in the largest unit that fits."""
    minutes = round(span.total_seconds() / 60)
    units = {"week": 10080, "day": 1440, "hour": 60, "minute": 1}
    unit, size = next((unit, size) for unit, size in units.items() if minutes % size == 0)
    text = f"+ {minutes // size} {unit}{'s' if minutes != size else ''}"
    return Line(1, text, step(text))


def _text(asked: Mapping[str, str], terminal: Terminal) -> str:
    match asked["do"]:
        case "wait":
            return f"+ {asked['span']}"
        case "person":
            name = _new_name(asked["name"], terminal)
            return f"@ {name}, {asked['role']} on {asked['messenger']}, {asked['language']}"
        case "room":
            led_by = f", led by {_known(asked['led_by'], terminal)}" if "led_by" in asked else ""
            return f"@ {_new_name(asked['name'], terminal)}, room on {asked['messenger']}{led_by}"
        case "network":
            return f"@ {_named(asked['name'])}, networks"
    who, room = _known(asked["who"], terminal), asked.get("room", "")
    return (
        f"{who} in {room}: {_deed(asked, who, room, terminal)}"
        if room
        else (f"{who}: {_deed(asked, who, room, terminal)}")
    )


def _deed(asked: Mapping[str, str], who: str, room: str, terminal: Terminal) -> str:
    match asked["do"]:
        case "say":
            words = _one_line(asked["words"])
            if "answers" in asked:
                seen = {each.id: each.plain for each in terminal.seen_by(who, room)}
                return f'(answers "{_beginning(asked["answers"], seen)}") {words}'
            return f"(writes) {words}" if re.match(r"[(\[]", words) else words
        case "press":
            return _press(asked["message"], asked["label"], who, room, terminal)
        case "edit":
            return f'(edits "{_own(asked["message"], who, terminal)}") {_one_line(asked["words"])}'
        case "delete":
            return f'(deletes "{_own(asked["message"], who, terminal)}")'
        case "send":
            return _sends(asked)
        case "language":
            prefix = terminal.messengers[terminal.people[who].messenger].can.prefix
            return f"{prefix}language {asked['language']}"
        case "deed":
            return f"({_one_line(asked['deed'])})"
    raise Refused("not_possible")


def _press(message: str, label: str, who: str, room: str, terminal: Terminal) -> str:
    """Return the press of a button below a message: by its label alone where no newer one has it too."""
    there = {
        each.id: each.plain
        for each in terminal.seen_by(who, room)
        if label.casefold() in (one.casefold() for one in each.labels or each.gone)
    }
    if message == next(reversed(there), None):
        return f"[{label}]"
    return f'(on "{_beginning(message, there)}") [{label}]'


def _sends(asked: Mapping[str, str]) -> str:
    """Return the sending of a file, with what is in it where it is a text."""
    inside = asked.get("inside", "")
    if '"' in inside:
        raise Refused("quotes")
    name = re.sub(r"\s+", "_", asked.get("name", ""))
    what = " ".join(filter(None, [asked["kind"], name, f'"{_one_line(inside)}"' if inside else ""]))
    return f"({what}) {_one_line(asked.get('words', ''))}".rstrip()


def _own(message: str, who: str, terminal: Terminal) -> str:
    return _beginning(message, {id: words for speaker, words, id in terminal.said if speaker == who})


def _beginning(message: str, texts: Mapping[str, str]) -> str:
    """Return how a message begins and no newer one of `texts` does, which are by their ids, oldest first.
    Raises Refused where they begin alike."""
    ids = [*texts]
    newer = [texts[each] for each in ids[ids.index(message) + 1 :]]
    for beginning in _beginnings(texts[message]):
        if not any(text.startswith(beginning) for text in newer):
            return beginning
    raise Refused("alike")


def _beginnings(text: str) -> Iterable[str]:
    """Yield how a text may be named, the shortest first: by whole words of its first line."""
    first = re.split(r'["\n]', text)[0]
    yield from (first[: at.start()] for at in re.finditer(r"(?<=\S)(?= )", first) if at.start() >= 12)
    yield first


def _one_line(words: str) -> str:
    """Return words as they stand in a script."""
    if len(words) > LONGEST:
        raise Refused("too_long")
    return re.sub(r"\r\n?|\n", r"\\n", words.strip())


def _known(name: str, terminal: Terminal) -> str:
    if name not in terminal.people:
        raise Refused("not_possible")
    return name


def _new_name(name: str, terminal: Terminal) -> str:
    """Return a name that nobody has, nor any room; in accounts capitals do not count."""
    taken = {each.casefold() for each in (*terminal.people, *terminal.rooms)}
    if name.casefold() in taken:
        raise Refused("taken")
    return _named(name)


def _named(name: str) -> str:
    if not NAME.fullmatch(name) or len(name) > 30 or {"in", "to"} & set(name.split()):
        raise Refused("bad_name")
    return name
