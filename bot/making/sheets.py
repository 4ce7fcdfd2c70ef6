"""The page on which a chart is drawn, for one reader: letters that can be read on a phone, bars told apart by
pattern, and all of it from right to left where they read so."""

from collections.abc import Sequence
from typing import NamedTuple

import i18n
from bot.making.painting import BOLD, REGULAR, Fill, Page, width_of
from bot.markup import plain
from bot.message import Made
from bot.text import AnyText, Reader, Verbatim, render

WIDTH, HIGHEST, MARGIN = 1080, 1350, 64
"""Points: the width of a picture and its height at most, as apps show it on a phone, and the space at its
edges."""
INNER = WIDTH - 2 * MARGIN
TITLE, USUAL, SMALLEST = 56, 42, 36
"""Points: the size of letters. On a phone 360 pixels wide, 36 are as large as 12 in a letter."""
BAR, THIN, SHORTEST, GAP, SPACE = 64, 44, 12, 26, 20
"""Points: the height of a bar and of one below its label, the width of the shortest one, the space between
two rows, and between a bar and what stands beside it."""
BESIDE = 460
"""Points: wider labels stand above their bars."""
FILLS = (Fill.SOLID, Fill.STRIPED, Fill.OPEN)
"""How the parts of a bar are told apart, in their order."""
RADIUS, STEP, BEND, ROAD = 62, 196, 90, 14
"""Points: of a stone of a road, from stone to stone, how far the road bends, and its width."""


class Row(NamedTuple):
    """A bar. `number` stands beside it, `parts` of it are filled, one way each, and its whole width means
    `of`; without a label it is nobody's in particular."""

    number: AnyText | None
    parts: Sequence[int]
    of: int
    label: AnyText | None = None


class Stone(NamedTuple):
    """A stone on a road: what it is, and how much of it is there, also as a `number` in words."""

    label: AnyText
    number: AnyText
    met: int
    of: int


class Sheet:
    """A page on which a chart grows downwards."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._page = Page(WIDTH, HIGHEST, mirrored=i18n.reads_right_to_left(reader.locale))
        self._top = MARGIN - SPACE

    def words(self, text: AnyText | None) -> str:
        """Return a text as the reader reads it, with the digits of their language."""
        return "" if text is None else i18n.in_digits(plain(render(text, self._reader)), self._reader.locale)

    def head(self, title: AnyText, note: AnyText | None) -> None:
        """Write the title, and a note below it."""
        self._top += self._write(title, (MARGIN, self._top), INNER, TITLE, lines=3, weight=BOLD)
        self._top += self._write(note, (MARGIN, self._top), INNER, lines=3) + GAP

    def bars(self, rows: Sequence[Row]) -> None:
        """Draw bars with the same scale, each behind its label, or below it where labels are long."""
        labels = max(width_of(self.words(row.label), USUAL) for row in rows)
        if labels > BESIDE:
            for row in rows:
                self._below(row)
            return
        begin = MARGIN + (labels + SPACE if labels else 0)
        numbers = max(width_of(self.words(row.number), USUAL, BOLD) for row in rows)
        width = WIDTH - MARGIN - begin - (numbers + SPACE if numbers else 0)
        for row in rows:
            self._write(row.label, (MARGIN, self._top + 3), begin)
            ends = self._parts(row, (begin, self._top), width, BAR)
            at = ends + SPACE * (ends > begin), self._top + 3
            self._write(row.number, at, numbers + SPACE, weight=BOLD)
            self._top += BAR + GAP

    def _below(self, row: Row) -> None:
        """Draw a bar with what is still empty of it, below its label and its number."""
        number = width_of(self.words(row.number), USUAL, BOLD)
        self._write(row.number, (WIDTH - MARGIN - number, self._top), number, weight=BOLD)
        self._top += self._write(row.label, (MARGIN, self._top), INNER - number - SPACE) + 8
        height = THIN if len(row.parts) == 1 else BAR - 8
        self._page.box((MARGIN, self._top), INNER, height, Fill.OPEN)
        self._parts(row, (MARGIN, self._top), INNER, height)
        self._top += height + GAP // len(row.parts)

    def _parts(self, row: Row, at: tuple[int, int], width: int, height: int) -> int:
        """Draw the parts of a bar; if there are several, with their numbers in them. Return where they
        end."""
        left, top = at
        numbers = [self.words(Verbatim(str(part))) for part in row.parts] if len(row.parts) > 1 else [""]
        for number, wide, fill in zip(numbers, _widths(row, width, numbers), FILLS, strict=False):
            if wide:
                self._page.box((left, top), wide, height, fill)
                self._page.number(number, (left, top), (wide, height), SMALLEST, fill)
            left += wide
        return left

    def legend(self, names: Sequence[AnyText]) -> None:
        """Name the parts of all bars."""
        left = MARGIN
        for name, fill in zip(names, FILLS, strict=False):
            wide = width_of(self.words(name), USUAL)
            if left > MARGIN and left + BAR + SPACE + wide > WIDTH - MARGIN:
                left, self._top = MARGIN, self._top + BAR
            self._page.box((left, self._top + 6), BAR, THIN, fill)
            self._write(name, (left + BAR + SPACE, self._top), wide)
            left += BAR + 3 * SPACE + wide
        self._top += BAR if names else 0

    def road(self, stones: Sequence[Stone], here: int | None) -> None:
        """Draw a road that winds from stone to stone; around the one where one is `here` is a ring."""
        first = self._top + RADIUS + SPACE
        middles = [
            (MARGIN + RADIUS + SPACE + BEND * (place % 2), first + place * STEP)
            for place in range(len(stones))
        ]
        self._page.path(middles, ROAD)
        for place, (stone, middle) in enumerate(zip(stones, middles, strict=True)):
            self._page.stone(middle, RADIUS, stone.met / max(stone.of, 1), here=place == here)
            weight = BOLD if place == here else REGULAR
            at = MARGIN + 2 * (RADIUS + SPACE) + BEND + SPACE, middle[1] - USUAL - SPACE // 2
            down = self._write(stone.label, at, WIDTH - MARGIN - at[0], weight=weight)
            self._write(stone.number, (at[0], at[1] + down), WIDTH - MARGIN - at[0], weight=weight)
        self._top = first + (len(stones) - 1) * STEP + RADIUS + SPACE

    def made(self, file: str, description: AnyText) -> Made:
        """Return the picture."""
        height = min(self._top + MARGIN - SPACE, HIGHEST)
        said = " ".join(plain(render(description, self._reader)).split())
        return Made(self._page.png(height), file, said)

    def _write(
        self,
        text: AnyText | None,
        at: tuple[int, int],
        width: int,
        size: int = USUAL,
        *,
        lines: int = 1,
        weight: int = REGULAR,
    ) -> int:
        """Write a text in letters that are not too small. Return how high it is."""
        least = SMALLEST / size
        return self._page.words(self.words(text), at, width, size, weight=weight, lines=lines, smallest=least)


def _widths(row: Row, width: int, numbers: Sequence[str]) -> list[int]:
    """Return how wide the parts of a bar are: each wide enough for its number, all of them no wider than
    there is room."""
    least = [width_of(number, SMALLEST, BOLD) + SPACE if number else SHORTEST for number in numbers]
    wide = [
        max(few, round(width * part / row.of)) if part else 0
        for part, few in zip(row.parts, least, strict=True)
    ]
    wide[wide.index(max(wide))] -= max(0, sum(wide) - width)
    return wide
