"""Tables that the program makes: CSV files that Excel, LibreOffice and Numbers open with a double tap."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from babel import Locale

from bot.markup import plain
from bot.text import AnyText, Reader, render

Cell = AnyText | str | int | date
TYPE = "text/csv"
FORMULA = re.compile(r"'*[=+\-@\t]")
"""How a cell begins that a program would take for a formula, or that was marked before."""


def written(header: Sequence[AnyText], rows: Iterable[Sequence[Cell]], reader: Reader) -> bytes:
    """Return a table as a file: UTF-8 with the mark by which Excel knows it, cells between semicolons where
    the reader's language writes decimals with a comma, days as 2026-03-02. Before what would be a formula
    stands an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection). `bot.reading.tables` reads
    it again."""
    file = io.StringIO(newline="")
    comma = Locale.parse(reader.locale).number_symbols["latn"]["decimal"] == ","
    table = csv.writer(file, delimiter=";" if comma else ",", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerows([_cell(cell, reader) for cell in row] for row in (header, *rows))
    return file.getvalue().encode("utf-8-sig")


def _cell(cell: Cell, reader: Reader) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    words = str(cell) if isinstance(cell, str | int) else plain(render(cell, reader))
    return f"'{words}" if FORMULA.match(words) else words
