"""Words as they are compared when something is looked for, and the stems that their forms share."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Protocol

import snowballstemmer

import i18n
from bot.reading import phrases
from db.models.indexed import folded

STEMMERS = {
    "ar": "arabic",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fa": "persian",
    "fr": "french",
    "it": "italian",
    "pl": "polish",
    "ru": "russian",
    "tr": "turkish",
    "uk": "russian",  # there is none of its own, and this one helps
}
"""Which rules find the stem of a word, by the language that it is of."""

WORD = re.compile(r"[^\W_]+")
REMEMBERED = 20_000
"""Words whose stems are kept: most of what is looked for has been looked for before."""


class Stemmer(Protocol):
    """Rules that find the stem of a word."""

    def stemWord(self, word: str) -> str: ...  # its name there


def words(text: str) -> list[str]:
    """Return the words of a text, without capitals, and with the accents that a stem is found by."""
    plain = unicodedata.normalize("NFKC", text.translate(phrases.APOSTROPHES)).lower()
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


@lru_cache(maxsize=REMEMBERED)
def fold(word: str) -> str:
    """Return a word as it is compared: "Übersetzung" and "UEBERSETZUNG" are one, and so are forms of
    Arabic letters."""
    return phrases.fold(folded(word)).replace(" ", "")


@lru_cache(maxsize=REMEMBERED)
def stem(word: str, language: str) -> str:
    """Return the stem of one of `words`, as it is compared; the word where the language has no rules."""
    name = STEMMERS.get(language)
    return fold(_stemmer(name).stemWord(word)) if name is not None else fold(word)


@cache
def _stemmer(name: str) -> Stemmer:
    found: Stemmer = snowballstemmer.stemmer(name)
    return found


@cache
def empty(language: str) -> frozenset[str]:
    """Return the words by which nothing is found, because they stand everywhere; none where the language has
    no list of them."""
    if language not in i18n.with_words():
        return frozenset()
    return frozenset(fold(word) for word in i18n.words(language, "search")["empty"])


def telling(text: str, languages: Sequence[str]) -> list[str]:
    """Return the words of a text that tell something; all of them where none does."""
    found = words(text)
    left = [word for word in found if not any(fold(word) in empty(each) for each in languages)]
    return left or found
