"""Numbers as people type them, in digits or in words, also inside a sentence."""

import re
import unicodedata
from datetime import date

from bot.reading import dates
from bot.reading.phrases import APOSTROPHES, fold
from bot.reading.unclear import Doubtful, Unclear
from bot.reading.when import said
from bot.reading.when import words as time_words
from bot.reading.when.words import FILLER, Meant, Vocabulary, key
from bot.text import Verbatim, _

LONGEST = 200
"""Characters in which a number is looked for."""


def found(words: str, most: int, locale: str) -> int | None:
    """Return the only whole number from 1 to `most` in a sentence, whatever else it says; None for none."""
    try:
        return number(words, most, locale)
    except Doubtful as doubtful:
        return int(next(iter(doubtful.choices)))
    except Unclear:
        return None


def number(words: str, most: int, locale: str) -> int:
    """Return the whole number from 1 to `most` that is meant by "2", "two", "just 2 people", in English or
    the language of `locale`.

    Raises Unclear where there is none, or more than one; Doubtful where something is left over.
    """
    unclear = Unclear(_("Please type a number from 1 to {limit}.", limit=most))
    text = unicodedata.normalize("NFKC", words.translate(APOSTROPHES))
    if len(text) > LONGEST or re.search(r"\d[.,]\d|[-−]\s?\d", text):
        raise unclear
    known = _vocabulary(locale)
    most_words = max(map(len, known))
    tokens = re.findall(r"\d+|[^\W\d_]+", text)
    folded = [token if token.isdecimal() else fold(token) for token in tokens]
    numbers: list[int | float] = []
    left: list[str] = []
    articles = 0
    at = 0
    while at < len(tokens):
        length, meant = time_words.longest(folded, at, known, most_words) or (1, Meant("?"))
        if tokens[at].isdecimal():
            numbers.append(int(tokens[at]))
        elif meant.kind == "n":
            numbers.append(meant.value)
        elif meant.kind == "i":
            articles += 1
        elif meant.kind == "?":
            left.append(tokens[at])
        at += length
    if not numbers and articles == 1 and not left:  # "a person"
        numbers = [1]
    if len(numbers) != 1 or not isinstance(numbers[0], int) or not 1 <= numbers[0] <= most:
        raise unclear
    (found,) = numbers
    if left:
        raise Doubtful(
            _("I have not understood “{words}”. Do you mean {n}?", words=left[0][:40], n=found),
            {str(found): Verbatim(str(found))},
        )
    return int(found)


def days(words: str, most: int, today: date, locale: str) -> int:
    """Return how many days from today are meant by "60", "60 days", "three weeks", "until Easter": 1 to
    `most`."""
    if not speaks_of_days(words, locale):
        return number(words, most, locale)
    try:
        found = (dates.day(words, today, locale) - today).days
    except Doubtful as doubtful:
        chosen = {str((date.fromisoformat(day) - today).days): text for day, text in doubtful.choices.items()}
        raise Doubtful(doubtful.text, chosen) from None
    if not 1 <= found <= most:
        raise Unclear(_("Please type a number from 1 to {limit}.", limit=most))
    return found


def speaks_of_days(words: str, locale: str) -> bool:
    """Whether words hold more of a day or a time than numbers. Too many for a day speak of more."""
    try:
        return not {each.kind for each in said.read(words, locale)} <= {"n", "?"}
    except Unclear:
        return False


def _vocabulary(locale: str) -> Vocabulary:
    fillers = {
        key(phrase): FILLER for words in time_words.lists(locale) for phrase in words["counted"]["fillers"]
    }
    return fillers | time_words.numbers(locale)
