"""Phrases that people type, found in what they wrote, however they wrote it.

The phrases come from `i18n/words/`, where it is explained how they are written. Nothing is known here of what
they mean.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from operator import itemgetter

BETWEEN = 2
"""How many other words may stand between two words of a phrase."""
ANYTHING = 8
"""The same where a phrase leaves it open."""
LONG = 5
"""Letters of a word in which one may be missing or too many. Another in its place mostly makes a word of its
own."""
SWAPS = 4
"""Letters of a word in which two neighbours may change places."""
LAST = 4
"""How many messages stay read: one is asked many things, and before the next one comes."""

APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′"))
WORD = re.compile(r"[^\W_]+")
STOP = re.compile(r"[.!?;:…]")
AGAIN = re.compile(r"(.)\1+")
ONCE = itemgetter(1)
"""What stands for a letter that is written again: a function, because a template is read anew each time."""

Lists = Mapping[str, Sequence[str]]
Found = tuple[int, ...]
"""Where the words of a phrase stand."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote: each word as those of the phrases that it may be, and the `signs` before each and
    behind the last. `spans` is where each stands in the `text`."""

    words: tuple[frozenset[str], ...]
    signs: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    text: str

    @property
    def texts(self) -> list[str]:
        """Return each word as it was written."""
        return [self.text[begin:end] for begin, end in self.spans]

    def between(self, first: int, last: int) -> str:
        """Return what was written from one word to another."""
        return self.text[self.spans[first][0] : self.spans[last][1]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say something: the words that may stand in each place, and how many others before it. Where
    it `ends`, what is said ends as well, or goes on with one of `onward`. `never` are words that may not
    stand between. `name` is for whoever looks for it."""

    name: str
    places: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    ends: bool
    onward: frozenset[str]
    never: frozenset[str]


def fold(word: str) -> str:
    """Return a word without capitals, accents and doubled letters: "Schlägt", "SCHLAEGT" and "schläggt" are
    one."""
    bare = word.casefold()
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    bare = AGAIN.sub(ONCE, bare)
    for two, one in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        bare = bare.replace(two, one)
    return AGAIN.sub(ONCE, bare)


@lru_cache(maxsize=LAST)
def folded(text: str) -> tuple[str, tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Return a text with its letters and accents in one, its words as they are compared, and where each of
    them stands in it."""
    text = unicodedata.normalize("NFKC", text.translate(APOSTROPHES))
    found = list(WORD.finditer(text))
    return text, tuple(fold(word[0]) for word in found), tuple(word.span() for word in found)


def split(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared."""
    return folded(text)[1]


def read(name: str, written: str, lists: Lists, never: Iterable[str] = ()) -> Iterator[Phrase]:
    """Return a phrase as it is written in a list: several where one of its places takes a different number of
    words. `never` are words that may not stand between its own.

    Raises KeyError where it names a list that is not there.
    """
    filled = re.sub(r"\{(\w+)\}", lambda words: "/".join(lists[words[1]]), written)
    onward, outside = frozenset(map(fold, lists["onward"])), frozenset(map(fold, never))
    gap, places = BETWEEN, []
    for place in filled.removesuffix("$").split():
        if place == "…":
            gap = ANYTHING
        else:
            places.append(list(_choices(place.removeprefix("_"), 0 if place[0] == "_" else gap)))
            gap = BETWEEN
    for way in product(*places):
        words, gaps = zip(*(each for choice in way for each in choice), strict=True)
        yield Phrase(name, words, gaps, written.endswith("$"), onward, outside)


def _choices(place: str, gap: int) -> Iterator[list[tuple[frozenset[str], int]]]:
    """Return what may stand in one place: single words, or words joined by "_"."""
    several = [choice.split("_") for choice in place.split("/")]
    if single := frozenset(fold(words[0]) for words in several if len(words) == 1):
        yield [(single, gap)]
    for words in several:
        if len(words) > 1:
            yield [(frozenset([fold(word)]), 0 if number else gap) for number, word in enumerate(words)]


class Phrases:
    """Phrases that are looked for together. `lookalikes` are no slip of one of their words; `also` are words
    that are known as well. Of two words that were written as one, each has at least `half` letters."""

    def __init__(
        self,
        phrases: Iterable[Phrase],
        lookalikes: Iterable[str] = (),
        also: Iterable[str] = (),
        half: int = 2,
    ) -> None:
        self._by_word: defaultdict[str, list[Phrase]] = defaultdict(list)
        self._vocabulary = set(also)
        self._half = half
        for phrase in phrases:
            self._vocabulary.update(*phrase.places, phrase.onward, phrase.never)
            # Looked for only where its longest word was said: most of what people write has none.
            for word in max(phrase.places, key=lambda place: min(map(len, place))):
                self._by_word[word].append(phrase)
        self._lookalikes = frozenset(map(fold, lookalikes))
        self._longest = max(map(len, self._vocabulary))
        self._slips = Slips(self._vocabulary)

    def find(self, text: str) -> Iterator[tuple[Phrase, Found]]:
        """Return the phrases in what somebody wrote, and where their words stand."""
        yield from self.find_in(self.read(text))

    def find_in(self, said: Said) -> Iterator[tuple[Phrase, Found]]:
        """Return the phrases in words that were read already."""
        where: defaultdict[str, list[int]] = defaultdict(list)
        for number, meant in enumerate(said.words):
            for word in meant:
                where[word].append(number)
        there = {id(phrase): phrase for word in where for phrase in self._by_word.get(word, ())}
        for phrase in there.values():
            if not any(place.isdisjoint(where) for place in phrase.places):
                at = [[n for word in place & where.keys() for n in where[word]] for place in phrase.places]
                for found in _ways(phrase, at, said):
                    yield phrase, found

    def read(self, text: str) -> Said:
        """Return what somebody wrote, each word as those that it may be."""
        words: list[frozenset[str]] = []
        signs: list[str] = []
        spans: list[tuple[int, int]] = []
        end = 0
        text, tokens, where = folded(text)
        for token, span in zip(tokens, where, strict=True):
            parts = self._parts(token)
            words += parts
            signs += [text[end : span[0]], *[" "] * (len(parts) - 1)]
            spans += [span] * len(parts)
            end = span[1]
        return Said(tuple(words), (*signs, text[end:]), tuple(spans), text)

    def _parts(self, word: str) -> list[frozenset[str]]:
        """Return what a word may mean; of two that were written as one, what each may."""
        if word in self._vocabulary:
            return [frozenset([word])]
        if word not in self._lookalikes and SWAPS <= len(word) <= 2 * self._longest:
            if meant := self._slips.meant(word):
                return [meant]
            for cut in range(self._half, len(word) - self._half + 1):
                # Of "kannnicht" one n is folded away.
                for first, second in ((word[:cut], word[cut:]), (word[:cut], word[cut - 1 :])):
                    if first in self._vocabulary and second in self._vocabulary:
                        return [frozenset([first]), frozenset([second])]
        return [frozenset()]


class Slips:
    """The words of which another may be a slip."""

    def __init__(self, vocabulary: Collection[str]) -> None:
        self._vocabulary = vocabulary
        self._shorter: defaultdict[str, set[str]] = defaultdict(set)
        for word in vocabulary:
            if len(word) >= SWAPS:
                for short in _shorter(word):
                    self._shorter[AGAIN.sub(ONCE, short)].add(word)  # as it is folded

    def meant(self, word: str) -> frozenset[str]:
        """Return the words of which this may be a slip."""
        found = {other for other in self._shorter.get(word, ()) if len(other) >= LONG}  # a letter is missing
        for short in _shorter(word):
            if len(short) >= LONG and short in self._vocabulary:  # one is too many
                found.add(short)
            for other in self._shorter.get(short, ()):
                if len(other) == len(word) and _swapped(word, other):
                    found.add(other)
        return frozenset(found)

    def mended(self, word: str) -> str:
        """Return the one word of which this is a slip; itself where it is none, or may be one of several."""
        if word in self._vocabulary or len(word) < SWAPS:
            return word
        meant = self.meant(word)
        return next(iter(meant)) if len(meant) == 1 else word


def _shorter(word: str) -> Iterator[str]:
    """Return a word without one of its letters; the first is hardly ever wrong."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]


def _swapped(one: str, other: str) -> bool:
    """Whether two neighbours changed places."""
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(differ) != 2 or differ[1] != differ[0] + 1:
        return False
    first, second = differ
    return one[first] == other[second] and one[second] == other[first]


def _ways(phrase: Phrase, at: Sequence[Iterable[int]], said: Said) -> Iterable[Found]:
    """Return how the places of a phrase are filled, each `at` one of these words: one way for each word with
    which it can begin."""
    *before, last = at
    ways: dict[int, Found] = {
        here: (here,) for here in last if not phrase.ends or _is_end(phrase, said, here + 1)
    }
    for number in reversed(range(len(before))):
        gap = phrase.gaps[number + 1]
        longer: dict[int, Found] = {}
        for here in before[number]:
            for after in range(here + 1, here + gap + 2):
                if after in ways and _follows(phrase, said, here, after):
                    longer[here] = (here, *ways[after])
                    break
        ways = longer
    return ways.values()


def _follows(phrase: Phrase, said: Said, here: int, after: int) -> bool:
    """Whether one word may be the next after another: what stands between is no end of a sentence."""
    between = said.words[here + 1 : after]
    return not between or (
        all(phrase.never.isdisjoint(word) for word in between)
        and not any(STOP.search(sign) for sign in said.signs[here + 1 : after + 1])
    )


def _is_end(phrase: Phrase, said: Said, next_: int) -> bool:
    return (
        next_ == len(said.words)
        or said.signs[next_].strip(" ") != ""
        or not phrase.onward.isdisjoint(said.words[next_])
    )
