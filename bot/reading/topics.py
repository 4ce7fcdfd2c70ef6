"""Topics: which of them somebody names, and which one a request is about.

Lists and no guess in the dark (`i18n/words/*/topics.toml`), each language's apart from the others', because a
short word of one is often another word of the next.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import i18n
from bot.reading.phrases import fold, split
from db.help.help_requests import ANYTHING

NAME, SIGN = 3, 1
"""What a name of a topic counts in a request, and what a word that only points at it counts."""
NAMED = 2
"""Words that may be no more than the name of a topic."""
LONGEST = 2000
"""Characters of a request that are read."""


class Meaning(NamedTuple):
    """What a word says: which topic, whether it names that, and what it counts in a request."""

    topic: str
    names: bool
    counts: int


class Words:
    """The words of a language's topics: whole ones, beginnings, endings, and several in a row."""

    def __init__(self, lists: Mapping[str, Mapping[str, Collection[str]]]) -> None:
        self._whole: dict[tuple[str, ...], Meaning] = {}
        self._beginning: dict[str, Meaning] = {}
        self._ending: dict[str, Meaning] = {}
        for topic, words in lists.items():
            for written in {*words["names"], *words["signs"]}:
                counts = SIGN if written in words["signs"] else NAME
                self._add(written, Meaning(topic, written in words["names"], counts))
        self._longest = max(map(len, self._whole))

    def _add(self, written: str, meaning: Meaning) -> None:
        if written.startswith("*"):
            self._ending[fold(written[1:])] = meaning
        elif written.endswith("*"):
            self._beginning[fold(written[:-1])] = meaning
        else:
            self._whole[tuple(split(written))] = meaning

    def find(self, words: Sequence[str]) -> Iterator[Meaning]:
        """Yield what is found, from left to right; a word counts only once."""
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                if (found := self._whole.get(tuple(words[at : at + length]))) is not None:
                    yield found
                    break
            else:
                length = 1
                if (part := self._part(words[at])) is not None:
                    yield part
            at += length

    def _part(self, word: str) -> Meaning | None:
        """Return the longest beginning or ending of a word that is known."""
        for length in range(len(word), 2, -1):
            found = self._beginning.get(word[:length]) or self._ending.get(word[len(word) - length :])
            if found is not None:
                return found
        return None


def guessed(words: str) -> str | None:
    """Return the topic a request is most likely about, of two as likely the one named first; None where
    nothing in it tells."""
    said = split(words[:LONGEST])
    score: Counter[str] = Counter()
    for locale in i18n.with_words():
        found: Counter[str] = Counter()
        for meaning in _of(locale).find(said):
            found[meaning.topic] += meaning.counts
        score |= found
    del score[ANYTHING]
    return max(score, key=score.__getitem__, default=None)


def only(words: str, locale: str) -> str | None:
    """Return the topic of which a word or two are no more than the name; None for others, and a question."""
    is_name = "?" not in words and len(split(words)) <= NAMED
    return next(iter(named(words, locale)), None) if is_name else None


def named(words: str, locale: str) -> list[str]:
    """Return the topics that are named, in the order of the words, in English or the language of `locale`;
    those that the words only point at where none is named."""
    said = split(words[:LONGEST])
    found = [each for language in dict.fromkeys((locale, i18n.SOURCE)) for each in _of(language).find(said)]
    names = [each for each in found if each.names]
    return list(dict.fromkeys(each.topic for each in names or found))


@cache
def _of(locale: str) -> Words:
    return Words(i18n.words(locale, "topics"))
