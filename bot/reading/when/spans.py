"""How long something takes, as people type it: "1,5", "90 minutes", "two days"."""

import re
import unicodedata
from functools import cache
from typing import Literal

from bot.reading.phrases import APOSTROPHES, fold
from bot.reading.unclear import Doubtful, Unclear
from bot.reading.when import words as time_words
from bot.reading.when.words import FILLER, Meant, Vocabulary, key
from bot.text import Text, _, _n, form

MINUTES: dict[str, int] = {
    "minute": 1,
    "hour": 60,
    "day": 1440,
    "week": 10080,
    "fortnight": 20160,
    "month": 43200,
}
"""A month is thirty days."""
TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
AMBIGUOUS = re.compile(r"[-−–]\s?\d|\d\s?[:/⁄]\s?\d|\d[.,]\d{3}")
"""Ranges, times of day, fractions; and "1,000", which is one in some countries and a thousand in others."""
LONGEST = 100
"""Characters in which a span is named."""
TYPE: dict[str, Text] = {
    "hour": _("Please type a number of hours, or tap one."),
    "day": _("Please type a number of days, or tap one."),
}


def minutes(words: str, unit: Literal["hour", "day"], locale: str) -> int:
    """Return how many minutes are meant by "1,5", "90 minutes", "one and a half hours", "2 days", in English
    or the language of `locale`; a number alone counts `unit`s.

    Raises Unclear where there is no span, or no whole minute; Doubtful where something is left over.
    """
    unclear = Unclear(TYPE[unit])
    text = unicodedata.normalize("NFKC", words.translate(APOSTROPHES))
    if len(text) > LONGEST or AMBIGUOUS.search(text):
        raise unclear
    total, number, last, left = 0.0, None, "", ""
    for meant in _read(text, locale):
        if meant.kind in ("n", "i") and number is None:
            number = meant.value
        elif meant.kind == "n":
            raise unclear
        elif meant.kind == "u":
            if number is None:
                raise unclear
            total, number, last = total + number * MINUTES[meant.value], None, meant.value
        elif meant.kind == "?":
            left = left or meant.words
    if number is not None:
        if last not in ("", "hour"):
            raise unclear
        total += number * (MINUTES[unit] if not last else 1)  # "1 h 30"
    found = round(total)
    if found < 1 or abs(total - found) > 0.01:
        raise unclear
    if left:
        question = _(
            "I have not understood “{words}”. Do you mean {span}?", words=left[:40], span=said(found)
        )
        raise Doubtful(question, {str(found): said(found)})
    return found


def said(minutes_: int) -> Text:
    """Return a span as it is said: "90 minutes", "2 hours", "3 days"."""
    days, rest = divmod(minutes_, MINUTES["day"])
    if days > 1 and not rest:
        return _n("{n} day", "{n} days", days)
    hours, rest = divmod(minutes_, MINUTES["hour"])
    if not rest:
        return _n("{n} hour", "{n} hours", hours)
    if hours < 2:
        return _n("{n} minute", "{n} minutes", minutes_)
    return form("{parts}", parts=[_n("{n} hour", "{n} hours", hours), _n("{n} minute", "{n} minutes", rest)])


def _read(text: str, locale: str) -> list[Meant]:
    known = _vocabulary(locale)
    most = max(map(len, known))
    tokens = TOKEN.findall(text)
    folded = ["" if token[0].isdecimal() else fold(token) for token in tokens]
    found: list[Meant] = []
    at = 0
    while at < len(tokens):
        length, meant = time_words.longest(folded, at, known, most) or (1, Meant("?"))
        if tokens[at][0].isdecimal():
            length, meant = 1, Meant("n", float(tokens[at].replace(",", ".")))
        found.append(meant._replace(words=tokens[at]))
        at += length
    return [each for at, each in enumerate(found) if each.kind and not _is_article(found, at)]


def _is_article(found: list[Meant], at: int) -> bool:
    """Whether an article is no number: nothing that is counted follows it."""
    return found[at].kind == "i" and not any(each.kind == "u" for each in found[at + 1 : at + 2])


@cache
def _vocabulary(locale: str) -> Vocabulary:
    found: Vocabulary = {}
    for words in reversed(time_words.lists(locale)):
        for fillers in (words["words"]["fillers"], words["counted"]["fillers"], words["spans"]["fillers"]):
            found |= {key(phrase): FILLER for phrase in fillers}
        for name in MINUTES:
            phrases = words["units"].get(name, ()) or words["spans"].get(name, ())
            found |= {key(phrase): Meant("u", name) for phrase in phrases}
    return found | time_words.numbers(locale)
