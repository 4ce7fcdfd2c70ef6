"""A picture with a QR code: every square is where it has to be, and the words around it are drawn."""

import struct
import zlib

import pytest
import segno
from sqlalchemy.orm import Session

from bot.installation import Installation
from bot.making.pictures import Qr
from bot.message import Made
from bot.support.lettering import SIGNATURE, letters
from bot.text import Reader, Verbatim

LINK = "https://t.me/neckar_bot?start=join_B6N4JC3H"


def black(png: bytes) -> list[list[bool]]:
    """Which points of a PNG of one bit a point are black."""
    assert png.startswith(SIGNATURE)
    at, width, data = len(SIGNATURE), 0, b""
    while at < len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        part = png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length)[0] == zlib.crc32(name + part)
        if name == b"IHDR":
            width, _height, bits, kind, *_more = struct.unpack(">IIBBBBB", part)
            assert (bits, kind) == (1, 0)
        data += part if name == b"IDAT" else b""
        at += 12 + length
    lines, size = zlib.decompress(data), (width + 7) // 8
    rows = [lines[n + 1 : n + 1 + size] for n in range(0, len(lines), size + 1)]
    return [[not row[x // 8] >> 7 - x % 8 & 1 for x in range(width)] for row in rows]


def made(picture: Qr) -> Made:
    """Draw a picture: it needs nothing that is remembered."""
    return picture.make(Session(), Installation(), Reader())


def drawn(**words: object) -> list[list[bool]]:
    return black(made(Qr(LINK, Verbatim("A code"), **words)).content)  # type: ignore[arg-type]  # any words


def test_every_square_of_the_code_is_drawn() -> None:
    points = drawn()
    matrix = [list(row) for row in segno.make(LINK, error="m", micro=False).matrix_iter(border=4)]
    rows = [n for n, row in enumerate(points) if any(row)]
    columns = [x for row in points for x, is_black in enumerate(row) if is_black]
    top, left = rows[0], min(columns)
    size = (rows[-1] + 1 - top) // (len(matrix) - 8)
    assert size >= 8, "large enough to print"
    for y, line in enumerate(matrix):
        for x, module in enumerate(line):
            at = points[top + (y - 4) * size + size // 2][left + (x - 4) * size + size // 2]
            assert at == bool(module)


@pytest.mark.parametrize(
    "words",
    [
        {"above": Verbatim("Einladung zu Größe e. V.")},
        {"code": "B6N4-JC3H"},
        {"below": [Verbatim("Σκανάρετε την εικόνα")]},
        {"below": [Verbatim("Відскануйте зображення: ґ, є, і, ї")]},
    ],
)
def test_words_are_drawn_and_stored(words: dict[str, object]) -> None:
    assert len(drawn(**words)) > len(drawn())
    picture = Qr(LINK, Verbatim("A code"), **words)  # type: ignore[arg-type]  # any words
    assert made(Qr.from_json(picture.to_json())) == made(picture)


def test_words_that_cannot_be_drawn_are_left_out() -> None:
    assert drawn(above=Verbatim("دعوة")) == drawn()


def test_a_long_name_breaks_into_lines_that_fit() -> None:
    usual, _large = letters()
    lines = usual.wrapped("Netzwerk der Mentorinnen und Mentoren zwischen Neckar und Odenwald", 640)
    assert len(lines) > 1
    assert all(usual.length(line) <= 640 for line in lines)
