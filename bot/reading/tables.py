"""Tables that people send, as CSV or text files or pasted, whichever program wrote them.

A cell is what `bot/making/tables.py` has written, or anybody else: separators, quotes and encodings are told
from the file itself.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import i18n
from bot.reading.unclear import Unclear
from bot.text import Text, _

MOST_ROWS = 1000
"""Rows that are read."""
SEPARATORS = ";,\t|"
"""What stands between two cells; a comma only where nothing else does so better."""
SAMPLE = 8_000
"""Characters by which the separator is guessed."""
CODE_PAGES = {
    "cp1250": ("pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro", "sq"),
    "cp1251": ("uk", "ru", "bg", "sr", "mk", "be"),
    "cp1253": ("el",),
    "cp1254": ("tr", "az", "ku"),
    "cp1255": ("he",),
    "cp1256": ("ar", "fa", "ur", "ps", "ckb"),
    "cp1257": ("lt", "lv", "et"),
    "cp1258": ("vi",),
}
"""In which encoding a language was written before Unicode, by old programs on Windows until today
(https://learn.microsoft.com/windows/win32/intl/code-page-identifiers); else in cp1252."""
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
csv.field_size_limit(10 * 2**20)  # what is larger is no file that we take
TELLS_SEPARATOR = re.compile(r"sep=(.)\s*(?:\r\n|\r|\n)", re.IGNORECASE)
"""The line with which some programs tell Excel what separates the cells."""
MARKED = re.compile(r"\A'(?='*[=+\-@\t])")
"""What was put before a cell so that no program takes it for a formula."""
NOTHING = "\x1f"
"""Stands between no cells: no text holds it."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""What no text holds."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was sent.

    header:     the names of its columns as they were written; empty where there are none
    known:      where the columns are whose names were understood, counted from 0, by what they hold
    rows:       the rest, each with as many cells as the longest, without the empty ones
    is_guessed: whether its encoding is only probable: then people have to see some rows of it
    empty:      lines that were left out because nothing stands in them
    """

    header: Sequence[str]
    known: Mapping[str, int]
    rows: Sequence[Sequence[str]]
    is_guessed: bool = False
    empty: int = 0

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        return max((len(row) for row in [self.header, *self.rows]), default=0)


def read(sent: bytes | str, locale: str, of: str = "columns") -> Table:
    """Return the table in a file or in pasted words of somebody who reads `locale`, whose columns are called
    as the word list `of` has them. Raises Unclear where it is no text, or has too many rows."""
    text, is_guessed = (sent, False) if isinstance(sent, str) else decoded(sent, locale)
    if CONTROL.search(text):
        raise Unclear(
            _("I cannot read this file: it is not text. In a table program, save it as CSV and send that.")
        )
    told = TELLS_SEPARATOR.match(text)
    text = text[told.end() :] if told else text
    lines = _cells(text, told[1] if told else _separator(text))
    filled = [line for line in lines if any(line)]
    known = columns(filled[0], of) if filled else {}
    many = len(filled) - bool(known)
    if many > MOST_ROWS:
        raise Unclear(too_many(many))
    width = max(map(len, filled), default=0)
    rows = [[*line, *[""] * (width - len(line))] for line in filled]
    return Table(
        rows[0] if known else (), known, rows[1:] if known else rows, is_guessed, len(lines) - len(filled)
    )


def too_many(many: int) -> Text:
    """Return what is said of a table with too many rows."""
    return _("Those are {n} rows. I take {most} at a time.", n=many, most=MOST_ROWS)


def columns(header: Sequence[str], of: str = "columns") -> dict[str, int]:
    """Return where the columns are whose names are known in one of our languages, by what they hold; none for
    a line that is no header."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        if (holds := _names(of).get(_plain(cell))) is not None:
            found.setdefault(holds, place)
    return found


@cache
def _names(of: str) -> Mapping[str, str]:
    """Return what a column holds by its names (`i18n/words/*/columns.toml`, or another list)."""
    return {
        _plain(name): holds
        for locale in i18n.with_words()
        for holds, names in i18n.words(locale, of).items()
        for name in names
    }


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def decoded(content: bytes, locale: str) -> tuple[str, bool]:
    """Return the text of a file, and whether its encoding is only probable."""
    for bom, encoding in BOMS.items():
        if content.startswith(bom):
            return content.decode(encoding, "replace"), False
    if content[:SAMPLE].count(0) > len(content[:SAMPLE]) // 4:  # UTF-16 has a zero in every Latin letter
        is_little = content[1:SAMPLE:2].count(0) >= content[:SAMPLE:2].count(0)
        return content.decode("utf-16-le" if is_little else "utf-16-be", "replace"), False
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        language = locale.replace("-", "_").split("_")[0]
        page = next((page for page, of in CODE_PAGES.items() if language in of), "cp1252")
        return content.decode(page, "replace"), True


def _separator(text: str) -> str:
    """Return what separates the cells of a text; "" where each line is one cell."""
    sample = text[:SAMPLE] if len(text) <= SAMPLE else text[:SAMPLE].rpartition("\n")[0]
    try:
        sniffed = csv.Sniffer().sniff(sample, SEPARATORS).delimiter
    except csv.Error:
        sniffed = ""
    likely: list[str] = [
        each for each in dict.fromkeys((sniffed, *SEPARATORS)) if each and each in SEPARATORS
    ]
    for separator in likely:
        if (widths := _widths(text, separator)) and len(widths) == 1 and min(widths) > 1:
            return separator
    if sniffed and (widths := _widths(text, sniffed)) and widths.most_common(1)[0][0] > 1:
        return sniffed
    return ""


def _widths(text: str, separator: str) -> Counter[int] | None:
    """Return how many lines have how many cells, or None where the quotes of a text do not fit this
    separator."""
    try:
        rows = _rows(text, separator, strict=True)
    except csv.Error:
        return None
    return Counter(len(row) for row in rows if any(cell.strip() for cell in row))


def _cells(text: str, separator: str) -> list[list[str]]:
    """Return the cells of each line, without the space around them."""
    try:
        rows = _rows(text, separator or NOTHING, strict=True)
    except csv.Error:  # its quotes are no quotes of cells
        rows = _rows(text, separator or NOTHING, quoting=csv.QUOTE_NONE)
    return [[MARKED.sub("", cell.strip()) for cell in row] for row in rows]


def _rows(text: str, separator: str, **how: Any) -> list[list[str]]:
    return [*csv.reader(io.StringIO(text, newline=""), delimiter=separator, **how)]
