"""The one painter: words, QR codes, bars and stones on a page, to look at (PNG) or to print (PDF).

Words are set in Noto Sans, which comes as a wheel: Latin, Greek and Cyrillic letters, and Arabic ones from
its sister. A text with a letter that neither has is left out: the message beside a picture says all of it.
"""

import io
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import cache, lru_cache
from math import ceil
from pathlib import Path
from time import gmtime

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import segno
from PIL import Image, ImageDraw, ImageFont

INK, GROUND, LIGHT = "#0d252d", "#a9cac3", "#dcebe6"
"""On a ground of its own, in a middle tone, a picture is legible in light and in dark apps, and glares in
neither: contrast 9:1, where WCAG 2.2 asks for 4.5:1 (https://www.w3.org/TR/WCAG22/#contrast-minimum). What is
still empty is light."""
REGULAR, BOLD = 400, 700
"""How thick letters are, as fonts count it."""
QUIET = 4
"""Modules that stay white around a QR code (ISO/IEC 18004)."""
LINE, BASE = 1.3, 1.05
"""The height of a line, and how far below its top letters stand, in sizes of its letters."""
SMALLEST = 0.6
"""To what part of their size letters shrink at most so that a text fits."""
COLOURS = 16
"""In a PNG: enough for smooth letters."""
LINE_WIDTH, ROUND, STRIPE = 4, 10, 18
"""Points: of an outline, of a corner, and from stripe to stripe."""
FONTS = [
    Path(package.ROOT) / "files" / f"{name}[wdth,wght].ttf"
    for package, name in ((fontpkg_noto_sans, "NotoSans"), (fontpkg_noto_sans_arabic, "NotoSansArabic"))
]
NO_LETTER = "\U0010ffff"


@cache
def _font(file: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(file), size)
    font.set_variation_by_axes([weight, 100])
    return font


@cache
def _has(file: Path, letter: str) -> bool:
    """Whether a font has a letter: it draws something else for it than for what no font has."""
    font = _font(file, 40, REGULAR)
    return bytes(font.getmask(letter)) != bytes(font.getmask(NO_LETTER))


def _file_for(words: str) -> Path | None:
    """Return the font that has all the letters of a text; None where none has."""
    return next((file for file in FONTS if all(_has(file, each) for each in {*"".join(words.split())})), None)


@lru_cache(10_000)
def _length(words: str, font: ImageFont.FreeTypeFont) -> float:
    return font.getlength(words)


def wrapped(words: str, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """Return words in lines that are no wider, in points; one that is wider by itself is broken."""
    lines: list[str] = []
    left = 0.0
    for word in (part for each in words.split() for part in _parts(each, width, font)):
        needs = _length(word, font) + _length(" ", font)  # word by word: most of them come again
        if lines and needs <= left:
            lines[-1] += f" {word}"
            left -= needs
        else:
            lines.append(word)
            left = width - _length(word, font)
    return lines


def _parts(word: str, width: int, font: ImageFont.FreeTypeFont) -> Iterator[str]:
    while len(word) > 1 and _length(word, font) > width:
        size = next((n for n in range(len(word) - 1, 1, -1) if font.getlength(word[:n]) <= width), 1)
        yield word[:size]
        word = word[size:]
    yield word


def width_of(words: str, size: int, weight: int = REGULAR) -> int:
    """Return how wide words are in one line, in points; 0 where they cannot be written."""
    file = _file_for(words)
    return 0 if file is None else ceil(_length(words, _font(file, size, weight)))


def height_of(words: str, width: int, size: int, weight: int = REGULAR) -> int:
    """Return how high words are in lines that are no wider, in points; 0 where they cannot be written."""
    file = _file_for(words)
    return 0 if file is None else round(size * LINE) * len(wrapped(words, width, _font(file, size, weight)))


def _ink(line: str, font: ImageFont.FreeTypeFont, direction: str | None) -> tuple[int, int]:
    """Return where the ink of a line begins and ends, seen from where it is written: letters have some space
    around them, and are to stand in one line with what is drawn."""
    mask, (offset, _above) = font.getmask2(line, anchor="ls", direction=direction)
    left, _top, right, _bottom = mask.getbbox() or (0, 0, 0, 0)
    return round(offset) + left, round(offset) + right


def _cut(line: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    """Return the beginning of a line that goes on, with an ellipsis that still fits."""
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


class Fill(Enum):
    """How something is filled: told apart by pattern, and not by colour alone."""

    SOLID = auto()
    STRIPED = auto()
    OPEN = auto()


class Page:
    """A page of so many points. `for_print`: black on white and nothing between; else on a ground of its own.
    Where it is `mirrored`, all is laid out from right to left: what is drawn at the left is at the right."""

    def __init__(self, width: int, height: int, *, for_print: bool = False, mirrored: bool = False) -> None:
        self.width = width
        self._mirrored = mirrored
        self._direction = "rtl" if mirrored else None
        self._ink = 0 if for_print else INK
        self.image = Image.new("1" if for_print else "RGB", (width, height), 1 if for_print else GROUND)
        self._draw = ImageDraw.Draw(self.image)

    def words(
        self,
        words: str,
        at: tuple[int, int],
        width: int,
        size: int,
        *,
        weight: int = REGULAR,
        lines: int = 99,
        centred: bool = False,
        smallest: float = SMALLEST,
        ink: str | None = None,
    ) -> int:
        """Write words in lines that are no wider, down to the `smallest` part of their size where there would
        be more than so many `lines`, and cut off in the last one. Return how high they are; 0 where they
        cannot be written."""
        file = _file_for(words)
        if file is None or not words.strip():
            return 0
        for smaller in range(size, min(int(size * smallest), size - 1), -2):
            font = _font(file, smaller, weight)
            if len(found := wrapped(words, width, font)) <= lines:
                break
        if len(found) > lines:
            found = [*found[: lines - 1], _cut(found[lines - 1], width, font)]
        height = round(smaller * LINE)
        for n, line in enumerate(found):
            begins, ends = _ink(line, font, self._direction)
            wide = ends - begins
            left = at[0] + (round((width - wide) / 2) if centred else 0)
            base = at[1] + n * height + round(smaller * BASE)
            place = self._from_left(left, wide) - begins, base
            fill = ink or self._ink
            self._draw.text(place, line, fill, font, "ls", direction=self._direction)
        return height * len(found)

    def box(self, at: tuple[int, int], width: int, height: int, fill: Fill, ground: str = LIGHT) -> None:
        """Draw a bar or a part of one, with an outline; what is in it stands on this `ground`."""
        left = self._from_left(at[0], width)
        corners = (left, at[1], left + width - 1, at[1] + height - 1)
        inside = self._ink if fill is Fill.SOLID else ground
        if fill is not Fill.STRIPED:
            self._draw.rounded_rectangle(corners, ROUND, inside, self._ink, LINE_WIDTH)
            return
        drawn = Image.new("RGB", (width, height), ground)
        pen = ImageDraw.Draw(drawn)
        for n in range(-height, width, STRIPE):
            ends = (n, height, n + height, 0)
            pen.line(ends, self._ink, LINE_WIDTH)
        pen.rounded_rectangle((0, 0, width - 1, height - 1), ROUND, None, self._ink, LINE_WIDTH)
        shape = Image.new("1", (width, height))
        ImageDraw.Draw(shape).rounded_rectangle((0, 0, width - 1, height - 1), ROUND, 1)
        self.image.paste(drawn, (left, at[1]), shape)

    def number(
        self, number: str, at: tuple[int, int], inside: tuple[int, int], size: int, fill: Fill
    ) -> None:
        """Write a number in the middle of a box, on a plate where the box is striped."""
        width, height = inside
        if fill is Fill.STRIPED and number:
            plate = width_of(number, size, BOLD) + size // 2
            left = self._from_left(at[0] + (width - plate) // 2, plate)
            self._draw.rectangle((left, at[1] + ROUND, left + plate, at[1] + height - ROUND), LIGHT)
        ink = GROUND if fill is Fill.SOLID else None
        middle = at[0], at[1] + (height - round(size * LINE)) // 2
        self.words(number, middle, width, size, weight=BOLD, centred=True, ink=ink)

    def path(self, points: Sequence[tuple[int, int]], width: int) -> None:
        """Draw a way through these points."""
        places = [(self._from_left(x, 1), y) for x, y in points]
        self._draw.line(places, self._ink, width, joint="curve")

    def stone(self, middle: tuple[int, int], radius: int, share: float, *, here: bool) -> None:
        """Draw a stone that is full up to a share; with a ring around it where it is where one is now."""
        x, y = self._from_left(middle[0], 1), middle[1]
        around = radius + 4 * LINE_WIDTH if here else radius
        self._draw.circle((x, y), around, GROUND if here else LIGHT, self._ink, 2 * LINE_WIDTH)
        self._draw.circle((x, y), radius, LIGHT, self._ink, LINE_WIDTH)
        if share > 0:
            filled = Image.new("1", (2 * radius + 1, 2 * radius + 1))
            ImageDraw.Draw(filled).circle((radius, radius), radius, 1)
            filled.paste(0, (0, 0, 2 * radius + 1, round(2 * radius * (1 - share))))
            self.image.paste(self._ink, (x - radius, y - radius), filled)

    def _from_left(self, left: int, width: int) -> int:
        """Return where something begins that is so far from the side at which one begins to read."""
        return self.width - left - width if self._mirrored else left

    def qr(self, content: str, middle: int, top: int, most: int) -> int:
        """Draw a QR code on white around this `middle`, with its quiet zone, at most so wide. Return how wide
        it is. It is of error correction M."""
        modules = [*segno.make(content, error="m", micro=False).matrix_iter(border=QUIET)]
        many = len(modules)
        side = most // many * many
        code = Image.new("1", (many, many))
        code.putdata([255 * (not module) for line in modules for module in line])
        whole = code.resize((side, side), Image.Resampling.NEAREST)
        self.image.paste(whole, (middle - side // 2, top))
        return side

    def cut(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw a thin line, dashed, along which the page is cut."""
        (left, top), (right, bottom) = start, end
        for n in range(0, max(right - left, bottom - top), 24):
            x, y = (left + n, top) if bottom == top else (left, top + n)
            self._draw.line((x, y, x + 8 * (bottom == top), y + 8 * (bottom != top)), fill=self._ink, width=2)

    def png(self, height: int) -> bytes:
        """Return the upper part of the page as a picture."""
        packed = io.BytesIO()
        upper = self.image.crop((0, 0, self.width, height))
        few = upper.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(packed, "PNG")
        return packed.getvalue()


def pdf(pages: Sequence[Page], *, dots_per_inch: int, title: str) -> bytes:
    """Return pages as one file, of which nobody can tell when it was made."""
    packed = io.BytesIO()
    first, *more = [page.image for page in pages]
    first.save(
        packed,
        "PDF",
        save_all=True,
        append_images=more,
        resolution=dots_per_inch,
        title=title,
        creationDate=gmtime(0),
        modDate=gmtime(0),
    )
    return packed.getvalue()
