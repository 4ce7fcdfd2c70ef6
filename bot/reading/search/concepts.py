"""Everyday things by their names in all languages (`i18n/words/terms.csv`): what somebody looks for in one
language is found in another, and what has two names in one is found by both."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import i18n
from bot.reading.phrases import Slips
from bot.reading.search import stems

SIGN = "="
"""Before the name of a thing, which tells it from a word."""
LONGEST, PART = 4, 4
"""Words of a name, at most; letters of one that is a part of a word, at least."""
JOINING = frozenset({"de"})
"""Languages that write words together: a flüchtlingspass is a Pass."""


def things(text: str, languages: Sequence[str], *, mended: bool = False) -> set[str]:
    """Return the things that are named in a text, each by its English name, after a sign; where they may be
    `mended`, also by names that were typed badly."""
    found: set[str] = set()
    said = stems.words(text)
    for language in languages:
        names = _names(language)
        stemmed = [stems.stem(word, language) for word in said]
        if mended:
            stemmed = [_slips(language).mended(word) for word in stemmed]
        for first in range(len(stemmed)):
            for last in range(first + 1, min(first + LONGEST, len(stemmed)) + 1):
                found.update(names.get(" ".join(stemmed[first:last]), ()))
        if language in JOINING:
            for word in stemmed:
                found.update(_parts(word, names))
    return found


def _parts(word: str, names: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Yield the things that a word begins with, and those that it ends with, by their longest names."""
    lengths = range(len(word) - 1, PART - 1, -1)
    yield from next((names[word[:n]] for n in lengths if word[:n] in names), ())
    yield from next((names[word[-n:]] for n in lengths if word[-n:] in names), ())


@cache
def _slips(language: str) -> Slips:
    return Slips({word for name in _names(language) for word in name.split()})


@cache
def _names(language: str) -> dict[str, frozenset[str]]:
    """Return the things that each name means in a language, by the stems of the name."""
    found: dict[str, set[str]] = {}
    for row in i18n.terms():
        for name in _written(row.get(language, "")):
            key = " ".join(stems.stem(word, language) for word in stems.words(name))
            found.setdefault(key, set()).add(SIGN + row[i18n.SOURCE].partition("|")[0])
    return {key: frozenset(things) for key, things in found.items()}


def _written(cell: str) -> Iterator[str]:
    return filter(None, (name.strip() for name in cell.split("|")))
