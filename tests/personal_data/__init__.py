"""What people write with personal data in it, and what only looks like it, a file for each language."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.txt"))
TODAY = date(2026, 11, 30)
"""The day on which all of it is written."""


class Snippet(NamedTuple):
    """What somebody writes, and where that stands in it which has to be taken out."""

    words: str
    marks: list[tuple[int, int]]


def snippets(language: str) -> Iterator[Snippet]:
    """Yield the snippets of a language."""
    for line in (FOLDER / f"{language}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield _read(line)


def _read(line: str) -> Snippet:
    words, marks = "", []
    for part in line.split("}"):
        before, opens, marked = part.partition("{")
        words += before
        if opens:
            marks.append((len(words), len(words) + len(marked)))
            words += marked
    return Snippet(words, marks)
