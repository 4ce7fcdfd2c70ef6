"""What stands in the picture: parts of a transcript, and who sees what of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.stage import TRANSCRIPTS

PICTURE = Path(__file__).with_name("first_day.svg")
TRANSCRIPT = TRANSCRIPTS / "front/first_day.txt"
PARTS = (("    > Ana: Papers", "    > Ana: Bo: Nein, etwa 40 Euro."),)
"""How the first and the last line of each part begin."""


@dataclass(frozen=True)
class Phone:
    """Whose phone it is, and the messenger on it, by its name in transcripts."""

    owner: str
    messenger: str


PHONES = (Phone("Ana", "telegram"), Phone("Bo", "matrix"))


@dataclass
class Said:
    """A message in the chat of `whom` with the bot. `own`: they wrote it. `pressed` is the label of the
    button that they chose below it."""

    whom: str
    own: bool
    text: str
    buttons: list[list[str]]
    pressed: str = ""


@dataclass(frozen=True)
class Later:
    """Time passes, on all phones: "2 hours"."""

    span: str


Scene = list[Said | Later]


def scene() -> Scene:
    """Return what happens in those parts of the transcript, to all people in it."""
    lines = TRANSCRIPT.read_text("utf-8").splitlines()
    return list(_read(line for first, last in PARTS for line in _part(lines, first, last)))


def _part(lines: list[str], first: str, last: str) -> list[str]:
    begin, end = (
        next(at for at, line in enumerate(lines) if line.startswith(words)) for words in (first, last)
    )
    return lines[begin : end + 1]


def _read(lines: Iterable[str]) -> Iterator[Said | Later]:
    """Yield what happens. The lines below a message belong to it, and so does the press of its button."""
    newest: list[Said] = []
    for line in lines:
        if line.startswith("+ "):
            yield Later(line[2:])
        elif said := re.fullmatch(r"    > (\w+): (.*)", line):
            newest.append(Said(said[1], False, said[2], []))
            yield newest[-1]
        elif line.startswith("    |   ["):
            newest[-1].buttons.append(re.findall(r"\[([^\]]+)\]", line))
        elif line.startswith("    |"):
            newest[-1].text += "\n" + line[5:].strip()
        elif press := re.fullmatch(r"(\w+): \[(.+)\]", line):
            _below(newest, press[1], press[2]).pressed = press[2]
        elif said := re.fullmatch(r"(\w+): (.*)", line):
            newest.append(Said(said[1], True, said[2], []))
            yield newest[-1]


def _below(newest: list[Said], who: str, label: str) -> Said:
    """Return the message with the button that somebody pressed."""
    there = (said for said in reversed(newest) if said.whom == who)
    return next(said for said in there if any(label in row for row in said.buttons))
