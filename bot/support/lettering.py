"""Black on white: words and squares drawn into a PNG, without a library for pictures.

The letters are those of DejaVu Sans Condensed Bold (`letters.bin`, `letters.LICENSE`): Latin, Greek and
Cyrillic ones in one size, digits and capitals in a large one too. A row of a picture is one whole number, a
bit for each point, so that drawing is fast.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("letters.bin")
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Letter(NamedTuple):
    """A letter: how wide it is, and its rows."""

    width: int
    rows: Sequence[int]


class Letters(NamedTuple):
    """The letters of one size, and the height of a line."""

    height: int
    of: dict[str, Letter]

    def has(self, words: str) -> bool:
        """Whether all of the words can be drawn."""
        return all(char in self.of for char in words)

    def length(self, words: str) -> int:
        """Return how wide the words are."""
        return sum(self.of[char].width for char in words)

    def wrapped(self, words: str, width: int) -> list[str]:
        """Return the words in lines that are no wider than this, where that can be."""
        found: list[str] = []
        for word in words.split():
            if found and self.length(f"{found[-1]} {word}") <= width:
                found[-1] += f" {word}"
            else:
                found.append(word)
        return found


@cache
def letters() -> tuple[Letters, Letters]:
    """Return the letters of the usual size, and the large ones."""
    usual, large = _read(zlib.decompress(FILE.read_bytes()))
    return usual, large


def _read(stored: bytes) -> Iterator[Letters]:
    at = 0
    while at < len(stored):
        height, many = struct.unpack_from(">HH", stored, at)
        at += 4
        found: dict[str, Letter] = {}
        for _number in range(many):
            char, width = struct.unpack_from(">HB", stored, at)
            at += 3
            size = (width + 7) // 8
            rows = [int.from_bytes(stored[at + n * size : at + (n + 1) * size]) for n in range(height)]
            found[chr(char)] = Letter(width, rows)
            at += height * size
        yield Letters(height, found)


class Page:
    """A white page of a certain width, which grows downwards."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[int] = []

    def space(self, height: int) -> None:
        """Leave some points white."""
        self.rows += [0] * height

    def words(self, words: str, of: Letters) -> None:
        """Draw words in the middle, on as many lines as they need; nothing where a letter is missing."""
        if not of.has(words):
            return
        for line in of.wrapped(words, self.width):
            rows = [0] * of.height
            for char in line:
                letter = of.of[char]
                rows = [row << letter.width | own for row, own in zip(rows, letter.rows, strict=True)]
            self._centred(rows, of.length(line))

    def squares(self, modules: Sequence[Sequence[int]], size: int) -> None:
        """Draw a pattern of black and white squares in the middle."""
        for line in modules:
            row = int("".join("1" * size if black else "0" * size for black in line), 2)
            self._centred([row] * size, len(line) * size)

    def _centred(self, rows: Sequence[int], width: int) -> None:
        left = (self.width - width) // 2
        shift = self.width - left - width
        self.rows += [row << shift if shift >= 0 else row >> -shift for row in rows]

    def png(self) -> bytes:
        """Return the page as a PNG of one bit a point."""
        size, white = (self.width + 7) // 8, (1 << self.width) - 1
        spare = size * 8 - self.width
        lines = b"".join(b"\x00" + (((row & white) ^ white) << spare).to_bytes(size) for row in self.rows)
        head = struct.pack(">IIBBBBB", self.width, len(self.rows), 1, 0, 0, 0, 0)
        parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
        return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
