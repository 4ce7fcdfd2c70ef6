"""The one painter: words and QR codes on a page, to look at (PNG) or to print (PDF).

Words are set in Noto Sans, which comes as a wheel: Latin, Greek and Cyrillic letters, and Arabic ones from
its sister. A text with a letter that neither has is left out: the message beside a picture says all of it.
"""

import io
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from time import gmtime

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import segno
from PIL import Image, ImageDraw, ImageFont

INK, GROUND = "#12303a", "#cfe3dd"
"""On a ground of its own a picture is legible in light and in dark apps: contrast 10:1, where WCAG 2.2 asks
for 4.5:1 (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""
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
    return next((file for file in FONTS if all(_has(file, each) for each in {*words} - {" "})), None)


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


class Page:
    """A page of so many points. `for_print`: black on white and nothing between; else on a ground of its
    own."""

    def __init__(self, width: int, height: int, *, for_print: bool = False) -> None:
        self.width = width
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
    ) -> int:
        """Write words in lines that are no wider, smaller where there would be more than so many `lines`,
        and cut off in the last one. Return how high they are; 0 where they cannot be written."""
        file = _file_for(words)
        if file is None or not words.strip():
            return 0
        for smaller in range(size, int(size * SMALLEST), -2):
            font = _font(file, smaller, weight)
            if len(found := wrapped(words, width, font)) <= lines:
                break
        found = [*found[: lines - 1], f"{found[lines - 1]}…"] if len(found) > lines else found
        height = round(smaller * LINE)
        for n, line in enumerate(found):
            left = at[0] + (round((width - font.getlength(line)) / 2) if centred else 0)
            base = at[1] + n * height + round(smaller * BASE)
            self._draw.text((left, base), line, fill=self._ink, font=font, anchor="ls")
        return height * len(found)

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
        upper.quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
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
