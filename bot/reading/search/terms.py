"""By which terms a thing is found, and which of them somebody looks for who writes some words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import i18n
from bot.reading.search import concepts, likeness, stems

TITLE, TEXT, THING, LIKE = 400, 150, 300, 0.75
"""What a term counts that stands in the title or in the text, and one of an everyday thing; and what part of
it a word counts that is only like one."""
COMMON = 0.7
"""What part of its weight a term loses by which everything is found."""
MOST_WORDS = 8
"""Words of a search that count."""
SHORTEST = 2


class Entry(NamedTuple):
    """By what a thing is found: what each term counts, and the threes of letters of its words."""

    weights: Mapping[str, int]
    grams: set[tuple[str, str]]


class Asked(NamedTuple):
    """One thing that is looked for: what else it is called, and the word itself, "" for what is no word."""

    same: frozenset[str]
    word: str = ""


def entry(title: str, texts: Sequence[str], language: str) -> Entry:
    """Return by what something is found."""
    weights: dict[str, int] = {}
    words: set[str] = set()
    for text, weight in ((title, TITLE), *((text, TEXT) for text in texts)):
        for word in stems.telling(text, (language,)):
            words.add(stems.fold(word))
            for term in (stems.fold(word), stems.stem(word, language)):
                weights[term] = max(weights.get(term, 0), weight)
        for thing in concepts.things(text, (language,)):
            weights[thing] = max(weights.get(thing, 0), weight * THING // TITLE)
    weights.pop("", None)
    return Entry(weights, {(gram, word) for word in words if word for gram in likeness.grams(word)})


def asked(said: str, languages: Sequence[str]) -> list[Asked]:
    """Return what somebody looks for: each word, the words with their spaces taken out, and what they name;
    `languages` are those in which they may write."""
    languages = tuple(dict.fromkeys((*languages, *i18n.with_words())))
    words = [word for word in stems.telling(said, languages) if len(word) >= SHORTEST][:MOST_WORDS]
    found = [_word(word, languages) for word in dict.fromkeys(words)]
    found += [_word(one + other, languages) for one, other in pairwise(words)]
    return [
        *found,
        *(Asked(frozenset([thing])) for thing in sorted(concepts.things(said, languages, mended=True))),
    ]


def _word(word: str, languages: Sequence[str]) -> Asked:
    same = {stems.fold(word), *(stems.stem(word, language) for language in languages)}
    return Asked(frozenset(same - {""}), stems.fold(word))


def like(
    asked: Sequence[Asked], candidates: Sequence[tuple[int, str, int]], first_thing: int
) -> Iterator[tuple[int, str, float]]:
    """Yield the terms that mean what is asked for, with its number and the part of their weight that they
    count. `candidates` are words that have threes of letters in common with one that is asked for: its
    number, the word, and how many. Everyday things have numbers from `first_thing` on."""
    for number, each in enumerate(asked):
        place = number if each.word else first_thing + number
        yield from ((place, term, 1.0) for term in sorted(each.same))
    for number, term, in_common in candidates:
        if term not in asked[number].same:
            part = likeness.alike(asked[number].word, term, in_common)
            if part:
                yield number, term, part * LIKE


def grams(asked: Sequence[Asked]) -> Iterator[tuple[int, str, int]]:
    """Yield the threes of letters of each word that is asked for, with its number, and how many of them
    another word has to have."""
    for number, each in enumerate(asked):
        if len(each.word) >= likeness.SHORTEST:
            for gram in sorted(likeness.grams(each.word)):
                yield number, gram, likeness.least_in_common(each.word)


def rarity(many: int, of: int) -> float:
    """Return what part of its weight a term keeps by which so many of all things are found."""
    return 1 - COMMON * math.log1p(many) / math.log1p(of) if of else 1.0
