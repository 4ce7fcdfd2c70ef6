"""Words of time: which of them a language has for days, units, numbers, feasts. They are those of
`i18n/words/*/time.toml`; months and weekdays are named by CLDR."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from babel.dates import get_day_names, get_month_names

import i18n
from bot.reading.phrases import APOSTROPHES, fold

TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d\d)"
    r"|(?P<iso>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d))"
    r"|(?P<date>(?<!\d)\d{1,2}\s?([./-])\s?\d{1,2}(?:(?:\s?\4\s?(?:\d{4}|\d\d)(?!\d))|\s?\.)?(?!\d))"
    r"|(?P<number>\d+(?:,\d+)?)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<sign>[–-])"
)
LONG = 6
"""Letters of a word in which one slip still leaves it known."""


class Meant(NamedTuple):
    """What a word stands for: its kind, one letter, and which of that kind."""

    kind: str
    value: Any = None
    words: str = ""


FILLER = Meant("")
Vocabulary = dict[tuple[str, ...], Meant]


def languages(locale: str) -> list[str]:
    """Return the languages somebody may write in: their own first, then English."""
    return [*dict.fromkeys((locale, i18n.SOURCE))]


def lists(locale: str) -> list[i18n.WordLists]:
    """Return the words of time in these languages, as far as there are some."""
    known = i18n.with_words()
    return [i18n.words(language, "time") for language in languages(locale) if language in known]


def key(written: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are compared."""
    return tuple(fold(word) for word in re.findall(r"[^\W\d_]+", written.translate(APOSTROPHES)))


@cache
def numbers(locale: str) -> Vocabulary:
    """Return the words for numbers, articles included."""
    found: Vocabulary = {}
    for words in reversed(lists(locale)):
        for number, names in words["numbers"].items():
            value = float(number) if "." in number else int(number)
            found |= {key(name): Meant("n", value) for name in names}
        found |= {key(article): Meant("i", 1) for article in words["words"]["articles"]}
    return found


@cache
def days(locale: str) -> Vocabulary:
    """Return all words that say something about a day. Of those that two languages share, their own counts;
    where a language shortens a weekday and a month to the same letters, the month is meant."""
    found: Vocabulary = {}
    for language in reversed(languages(locale)):
        found |= _named(language)
        if language in i18n.with_words():
            found |= dict(_listed(i18n.words(language, "time")))
    return numbers(locale) | found


def _named(language: str) -> Vocabulary:
    """Return weekdays and months as CLDR names them."""
    found: Vocabulary = {}
    for width in ("abbreviated", "wide"):
        for context in ("stand-alone", "format"):
            weekdays = get_day_names(width, context, language)
            months = get_month_names(width, context, language)
            found |= {key(name): Meant("w", number) for number, name in weekdays.items()}
            found |= {key(name): Meant("m", number) for number, name in months.items()}
    return found


KINDS = {
    "weekend": "e",
    "whole_weekend": "E",
    "after": "t",
    "from": "r",
    "and": "&",
    "or": "|",
    "vague": "v",
}
"""List of `words` → the letter for it."""


def _listed(words: i18n.WordLists) -> Iterator[tuple[tuple[str, ...], Meant]]:
    for phrase in words["words"]["fillers"]:
        yield key(phrase), FILLER
    endings = words["endings"]
    for number, names in words["ordinals"].items():
        for name in names:
            for ending in endings["ordinals"]:
                yield key(name + ending), Meant("o", int(number))
    for number, names in words["next"].items():
        for name in names:
            for ending in endings["next"]:
                yield key(name + ending), Meant("x", int(number))
    for kind, section in (("a", "ahead"), ("w", "weekdays"), ("m", "months")):
        for number, names in words[section].items():
            for name in names:
                yield key(name), Meant(kind, int(number))
    for kind, section in (("u", "units"), ("p", "parts")):
        for name, phrases in words[section].items():
            for phrase in phrases:
                yield key(phrase), Meant(kind, name)
    for name, phrases in words["compounds"].items():
        for phrase in phrases:
            yield key(phrase), Meant("c", name.split())
    for day, feast in words["feasts"].items():
        for name in feast["names"]:
            yield key(name), Meant("f", (day, feast["after"]))
    for section, kind in KINDS.items():
        for phrase in words["words"][section]:
            yield key(phrase), Meant(kind)


@cache
def ordinal_endings(locale: str) -> frozenset[str]:
    """Return what behind digits makes them the number of a day."""
    return frozenset(ending for words in lists(locale) for ending in words["endings"]["digits"])


def soft(locale: str) -> frozenset[tuple[str, ...]]:
    """Return the words that say something only where nothing else does: "so" is short for a Sunday."""
    fillers = {key(phrase) for words in lists(locale) for phrase in words["words"]["fillers"]}
    return frozenset(fillers & {name for each in languages(locale) for name in _named(each)})


def weekday(word: str, locale: str) -> Meant:
    """Return the weekday for which a word is short."""
    return next(named[word,] for each in languages(locale) if (word,) in (named := _named(each)))


def longest(words: list[str], at: int, known: Vocabulary, most: int) -> tuple[int, Meant] | None:
    """Return how many words from here are known together, and what they stand for."""
    for length in range(min(most, len(words) - at), 0, -1):
        if (found := known.get(tuple(words[at : at + length]))) is not None:
            return length, found
    return None


def slip(word: str, known: Vocabulary) -> Meant | None:
    """Return what a word with one slip stands for, where only one thing is near."""
    if len(word) < LONG:
        return None
    near = {meant for (first, *more), meant in known.items() if not more and _is_near(word, first)}
    return near.pop() if len(near) == 1 else None


def _is_near(one: str, other: str) -> bool:
    """Whether two words that begin alike differ by a letter, or by two that changed places."""
    if one[0] != other[0] or abs(len(one) - len(other)) > 1 or len(other) < LONG - 1:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
