"""What somebody typed, as a row of things that are said about a day."""

import unicodedata
from collections.abc import Iterator

from bot.reading.phrases import APOSTROPHES, fold
from bot.reading.unclear import Unclear
from bot.reading.when import words as known_words
from bot.reading.when.words import FILLER, TOKEN, Meant
from bot.text import _

LONGEST = 200
"""Characters in which a day is named."""


def read(words: str, locale: str) -> list[Meant]:
    """Return what is said, in the order of the words: of each its kind (a letter) and which. What means
    nothing here is "?", fillers are left out.

    Raises Unclear for words that are too many for a day.
    """
    text = unicodedata.normalize("NFKC", words.translate(APOSTROPHES))
    if len(text) > LONGEST:
        raise Unclear(_("Those are a lot of words. Please type only the day, as in “15 March” or “2 weeks”."))
    return list(_articles(list(_counted(list(_meant(text, locale))))))


def _meant(text: str, locale: str) -> Iterator[Meant]:
    known, soft, endings = (
        known_words.days(locale),
        known_words.soft(locale),
        known_words.ordinal_endings(locale),
    )
    most = max(map(len, known))
    tokens = list(TOKEN.finditer(text))
    folded = [fold(token[0]) if token.lastgroup == "word" else "" for token in tokens]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        match token.lastgroup:
            case "word":
                behind = text[token.end() : token.end() + 1] or " "
                found = known_words.longest(folded, at - 1, known, most)
                if (folded[at - 1],) in soft and (behind in (".", ",") or len(tokens) == 1):
                    found = 1, known_words.weekday(folded[at - 1], locale)
                if found is None:
                    slip = known_words.slip(folded[at - 1], known)
                    found = 1, slip or Meant("?")
                length, meant = found
                at += length - 1
                yield meant._replace(words=text[token.start() : tokens[at - 1].end()])
            case "number":
                behind = text[token.end() :]
                follows = tokens[at][0] if at < len(tokens) and tokens[at].start() == token.end() else ""
                if follows and follows.casefold() in endings:
                    at += 1
                    yield Meant("o", int(token[0]), token[0] + follows)
                elif "," in token[0]:
                    yield Meant("n", float(token[0].replace(",", ".")), token[0])
                elif "." in endings and behind.startswith("."):
                    yield Meant("o", int(token[0]), token[0] + ".")
                else:
                    yield Meant("n", int(token[0]), token[0])
            case "date":
                yield Meant("D", token[0], token[0])
            case "iso":
                yield Meant("I", token[0], token[0])
            case "sign":
                yield Meant("|", None, token[0])
            case _:
                yield Meant("?", None, token[0])


def _counted(said: list[Meant]) -> Iterator[Meant]:
    """Before a unit, "1.5" is a number and no date, and "3-4" are two."""
    for at, meant in enumerate(said):
        if meant.kind == "D" and at + 1 < len(said) and said[at + 1].kind == "u":
            first, sign, second = _parts(meant.words)
            if sign in ".,":
                yield Meant("n", float(f"{first}.{second}"), meant.words)
            else:
                yield from (Meant("n", first, str(first)), Meant("|"), Meant("n", second, str(second)))
        elif meant.kind == "|" and not meant.words.isalpha() and not _between_numbers(said, at):
            continue
        else:
            yield meant


def _parts(words: str) -> tuple[int, str, int]:
    first = "".join(char for char in words[:2] if char.isdecimal())
    rest = words[len(first) :].strip()
    return int(first), rest[0], int("".join(char for char in rest[1:] if char.isdecimal()))


def _between_numbers(said: list[Meant], at: int) -> bool:
    return 0 < at < len(said) - 1 and said[at - 1].kind == "n" and said[at + 1].kind == "n"


def _articles(said: list[Meant]) -> Iterator[Meant]:
    """An article is one before a unit, and a filler elsewhere."""
    for at, meant in enumerate(said):
        if meant.kind == "i":
            if at + 1 < len(said) and said[at + 1].kind == "u":
                yield meant._replace(kind="n")
        elif meant != FILLER and meant.kind:
            yield meant
