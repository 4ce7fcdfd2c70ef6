"""A text as its signs are meant: digits of every script are 0 to 9, every dash and every space is one, and
what cannot be seen is gone. Where each sign stood is known."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

HIDDEN = "\0"
"""Stands for what is dealt with: no rule looks into it, none reaches across it."""
SIGNS = {
    "٫": ".",
    "٬": ",",
    "٪": "%",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "۔": ".",
    "−": "-",
    "’": "'",
    "ʼ": "'",
    "⁄": "/",
}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is what was written, folded; `small` the same without capitals, sign by sign. `at` says for each
    where it stood; None where all stand where they stood."""

    text: str
    small: str
    at: Sequence[Span] | None = None

    def original(self, span: Span) -> Span:
        """Return where a part of the folded text stood in what was written."""
        if self.at is None:
            return span
        return self.at[span[0]][0], self.at[span[1] - 1][1]

    def hide(self, spans: Iterable[Span]) -> "Folded":
        """Return the same with these parts hidden."""
        text, small = self.text, self.small
        for begin, end in spans:
            hidden = HIDDEN * (end - begin)
            text, small = text[:begin] + hidden + text[end:], small[:begin] + hidden + small[end:]
        return Folded(text, small, self.at)


def fold(written: str) -> Folded:
    """Return a text folded."""
    if written.isascii() and written.isprintable():
        return Folded(written, written.lower())
    signs: list[str] = []
    at: list[Span] = []
    for place, sign in enumerate(written):
        folded = _folded(sign)
        if folded is None:  # an accent belongs to the sign before it
            if at:
                together = unicodedata.normalize("NFC", signs[-1] + sign)
                signs[-1] = together if len(together) == 1 else signs[-1]
                at[-1] = (at[-1][0], place + 1)
            continue
        signs += folded
        at += [(place, place + 1)] * len(folded)
    text = "".join(signs)
    return Folded(text, small(text), at)


def small(text: str) -> str:
    """Return a text without capitals, sign by sign."""
    return "".join(map(_small, text))


@lru_cache(4096)
def _folded(sign: str) -> str | None:
    """Return what a sign is meant as; None for one that only changes the sign before it."""
    category = unicodedata.category(sign)
    if category in ("Mn", "Me"):
        return None
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category == "Cf":
        return ""
    if category in ("Zl", "Zp") or sign == "\n":
        return "\n"
    if category in ("Zs", "Cc"):
        return " "
    if category == "Pd":
        return "-"
    if sign in SIGNS:
        return SIGNS[sign]
    # A sign that stands for several may hold accents of its own.
    found = unicodedata.normalize("NFKC", sign)
    return "".join(SIGNS.get(each, each) for each in found if unicodedata.category(each) not in ("Mn", "Me"))


@lru_cache(4096)
def _small(sign: str) -> str:
    """Return a sign without its capital, as one sign; the dot of a Turkish i does not count."""
    return "i" if sign in "İı" else sign.lower()[:1]
