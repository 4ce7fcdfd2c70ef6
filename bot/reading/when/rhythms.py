"""How often, and on which day of the week, something comes again, as people say it."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.reading.phrases import APOSTROPHES, fold
from bot.reading.when import words as known_words
from bot.reading.when.words import Meant, key

LONGEST = 200
TOKEN = re.compile(r"\d+|[^\W\d_]+")


class Said(NamedTuple):
    """Weeks between two times, and the weekday (Monday is 0), as far as they were named; the `rest` of the
    words."""

    weeks: int | None
    weekday: int | None
    rest: str


def read(words: str, locale: str) -> Said:
    """Return what "every 2 weeks on Monday at 9", "monthly", "dienstags" say."""
    text = unicodedata.normalize("NFKC", words[:LONGEST].translate(APOSTROPHES))
    found = list(TOKEN.finditer(text))
    tokens = [_number(token[0] if token[0].isdecimal() else fold(token[0]), locale) for token in found]
    weeks, used = _weeks(tokens, locale)
    named = _weekdays(tokens, locale)
    weekday = next(iter(named.values())) if len(set(named.values())) == 1 else None
    rest, end = "", 0
    for at, token in enumerate(found):
        if at in used or at in named:
            rest, end = rest + text[end : token.start()], token.end()
    return Said(weeks, weekday, (rest + text[end:]).strip(" ,.;"))


def weekdays(words: str, locale: str) -> list[int]:
    """Return the weekdays (Monday is 0) that "Saturdays and Sundays", "am Wochenende" name."""
    text = unicodedata.normalize("NFKC", words[:LONGEST].translate(APOSTROPHES))
    tokens = [fold(token) for token in TOKEN.findall(text)]
    known = known_words.days(locale)
    weekend = {5, 6} if any(known.get((token,), NO).kind in ("e", "E") for token in tokens) else set()
    return sorted(weekend | {*_weekdays(tokens, locale).values()})


NO = Meant("?")


def _weekdays(tokens: Sequence[str], locale: str) -> dict[int, int]:
    """Return the weekdays that are named, by the place of their words."""
    known = known_words.days(locale)
    named = [known.get((token,), NO) for token in tokens]
    return {at: meant.value for at, meant in enumerate(named) if meant.kind == "w"}


def _weeks(tokens: Sequence[str], locale: str) -> tuple[int | None, range]:
    """Return the number of weeks, and which words say so."""
    phrases = {
        tuple(_number(word, locale) for word in key(phrase)): int(count)
        for lists in known_words.lists(locale)
        for count, named in lists["rhythm"].items()
        for phrase in named
    }
    for length in range(max(map(len, phrases)), 0, -1):
        for at in range(len(tokens) - length + 1):
            if (found := phrases.get(tuple(tokens[at : at + length]))) is not None:
                return found, range(at, at + length)
    known = known_words.days(locale)
    for at, (number, unit) in enumerate(pairwise(tokens)):
        if known.get((unit,)) == Meant("u", "week") and number.isdecimal():
            return int(number), range(max(at - 1, 0) if at and tokens[at - 1] in EVERY else at, at + 2)
    return None, range(0)


EVERY = {"every", "ale", "jede"}
"""What stands before "3 weeks", as it is folded."""


def _number(word: str, locale: str) -> str:
    """Return a word for a number in digits, another as it is."""
    meant = known_words.numbers(locale).get((word,), NO)
    return str(meant.value) if meant.kind == "n" else word
