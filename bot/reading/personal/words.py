"""Words that stand beside personal data, those of all languages together, as patterns."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

from babel.dates import get_month_names

import i18n
from bot.reading.personal.folded import small

MONTHS_OF = (
    *("en", "de", "de_AT", "it", "pl", "el", "uk", "ru", "ar", "ar_SY", "ar_DZ", "tr", "fa", "fa_AF"),
    *("fr", "es"),
)
"""CLDR's locales in whose words months are known: the languages of `personal.toml`, Russian, and countries
that have months of their own."""
SIGNS = {"*": r"\w*", ".": r"\.? ?", " ": r"[ .-]+"}
"""What a sign of the lists stands for."""
CONTEXTS: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")
WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
SHORTEST = 3
"""Letters of a month that is cut short."""


@cache
def any_of(key: str) -> str:
    """Return a pattern for one word of a list, those of all languages together. It matches small letters, and
    whole words only."""
    return rf"(?<!\w){_one_of(key)}(?!\w)"


@cache
def end_of(key: str) -> str:
    """Return a pattern for one word of a list as the last part of a longer word."""
    return rf"(?<=[\w-]){_one_of(key)}(?!\w)"


def _one_of(key: str) -> str:
    found = {
        form for words in i18n.personal().values() for word in words.get(key, ()) for form in _forms(word)
    }
    return one_of(found)


def one_of(patterns: Iterable[str]) -> str:
    """Return a pattern for one of several, the longest first. Those that begin with the same sign are tried
    together, since there are hundreds."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for pattern in sorted(patterns, key=lambda each: (-len(each), each)):
        first = 1 + pattern.startswith("\\")
        found[pattern[:first] if pattern[:first].isalpha() else ""].append(pattern)
    plain = found.pop("", [])
    groups = [f"{first}(?:{'|'.join(each[1:] for each in several)})" for first, several in found.items()]
    return f"(?:{'|'.join(plain + groups)})"


def _forms(word: str) -> Iterator[str]:
    """Yield patterns for a word as it is typed: with its accents, and without where that is no other word."""
    accented = small(word.removeprefix("="))
    for form in {accented, accented if word.startswith("=") else without_accents(accented)}:
        yield "".join(SIGNS.get(sign) or re.escape(sign) for sign in form)


def without_accents(word: str) -> str:
    """Return a word in small letters without accents."""
    bare = unicodedata.normalize("NFD", word.replace("ł", "l").replace("ß", "ss"))
    return unicodedata.normalize("NFC", "".join(sign for sign in bare if unicodedata.category(sign) != "Mn"))


@cache
def months() -> dict[str, int]:
    """Return the names of the months of our calendar, and their short forms, by small letters."""
    found = _months("months")
    for locale in MONTHS_OF:
        for context in CONTEXTS:
            for width in WIDTHS:
                for number, name in get_month_names(width, context, locale).items():
                    accented = small(name).rstrip(".")
                    if width == "wide" or len(accented) >= SHORTEST:
                        found.setdefault(accented, number)
                        found.setdefault(without_accents(accented), number)
    return found


@cache
def solar_months() -> dict[str, int]:
    """Return the names of the months of the Iranian and the Afghan calendar."""
    return _months("solar_months")


def _months(key: str) -> dict[str, int]:
    return {
        name: int(number)
        for words in i18n.personal().values()
        for number, names in words.get(key, {}).items()
        for name in names
    }
