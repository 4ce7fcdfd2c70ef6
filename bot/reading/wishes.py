"""What somebody wants from the bot by a whole sentence: to leave, to rest until Friday, to write to Mia.

The phrases come from `i18n/words/*/wishes.toml`. A phrase alone is not enough: outside of it next to nothing
may be left of the sentence, and nobody else may be spoken of. So "he wants to leave the course" and "Pause
button in the test: is there one?" are no wishes.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import i18n
from bot.reading import language_names
from bot.reading.phrases import Found, Phrase, Phrases, Said, fold, read, split

CLAUSE = re.compile(r"[,;.!–—]\s")
LAST = 4
"""Words at the end of a sentence among which a question word begins a question, after as many others."""
LONGEST = 24
"""Words of a sentence that can be a wish."""
HALF = 3
"""Letters of each of two words that were written as one: "Betty" is not "be ty"."""
NAME = 3
"""Words of a name."""

WORDS = ("write_to", "remove_member", "change_name", "change_place", "organisations")
"""What names somebody or something: what is left is that, if it stands together."""
OF_SOMEBODY = ("write_to", "remove_member")
"""What is no wish where nobody is named."""
OF_OTHERS = "of_others"
"""The name of what is no wish, but says that a sentence is about somebody else."""
DAYS = ("pause",)
"""What is about days: they do not count as left."""
SPARE: Mapping[str, int] = {
    **dict.fromkeys(("pause", "urgent"), 3),
    **dict.fromkeys(("resume", "join"), 2),
    **dict.fromkeys(("thanks", "greeting", "leave", "talk_to_human", "human", "code_how", "who_sees"), 1),
    **dict.fromkeys(("waiting", "invite", "solved"), 1),
}
"""How many words may be left that say nothing known. One with some is not sure."""
POLITE, SHORT = ("thanks", "greeting"), 5
"""What a name may stand beside, and in how many words."""
LOOKS = "find"
"""What is looked for: whatever else stands in the sentence."""
FIRST = ("call_somebody", "pause", "stop", "delete_data", "leave", "report", "write_to_all")
"""What is meant of two that fit as well."""


class Wish(NamedTuple):
    """What somebody wants. `rest` is the day or the name in it, or the code of a language. Where it is not
    `sure`, the words may be a question to other people as well."""

    name: str
    rest: str = ""
    sure: bool = True


class Match(NamedTuple):
    """A wish that the words may be: how many of their words are left, how many are were there no other
    phrases in them, and how many say it."""

    wish: Wish
    left: int
    alone: int
    said: int


def wish(words: str, locale: str) -> Wish | None:
    """Return what somebody wants from the bot, in any language of ours; None for all other words."""
    if words.count(" ") > LONGEST:
        return None
    for language in dict.fromkeys((locale, i18n.SOURCE, *i18n.with_words())):
        if language in i18n.with_words() and (found := _book(language).wish(words)) is not None:
            return found
    return None


def asks(words: str, locale: str) -> bool:
    """Whether words are a question, by their sign or the word with which they begin, or the last part of
    them: "She has to leave, is this allowed", "he wants to leave what happens then"."""
    if "?" in words:
        return True
    parts = [split(each) for each in CLAUSE.split(words)]
    first = {*parts[0][:1], *parts[-1][:1]}
    last = set(parts[-1][LAST:][-LAST:])  # a statement stands before them: "the bus was late" asks nothing
    books = [_book(each) for each in dict.fromkeys((locale, i18n.SOURCE)) if each in i18n.with_words()]
    return any(first & (each.asking | each.asking_first) or last & each.asking for each in books)


class Book:
    """The wishes of one language."""

    def __init__(self, words: i18n.WordLists) -> None:
        lists = words["lists"]
        self._small, self._others, self._days, self._strong, self._dont, self._question = (
            frozenset(map(fold, lists[name]))
            for name in ("small", "others", "days", "strong_days", "dont", "question")
        )
        self.asking = frozenset(map(fold, lists["asks"]))
        self.asking_first = frozenset(map(fold, lists["asks_first"]))
        known = self._small | self._others | self._days | self._question | self._dont
        self._phrases = Phrases(_phrases(words), also=known, half=HALF)

    def wish(self, words: str) -> Wish | None:
        """Return what the words want; None for nothing."""
        said = self._phrases.read(words)
        if len(said.words) > LONGEST:
            return None
        matches = [(phrase.name, at) for phrase, at in self._phrases.find_in(said)]
        if any(name == OF_OTHERS for name, _at in matches):
            return None
        covered = {place for _name, at in matches for place in at}
        found = [each for name, at in matches if (each := self._match(name, at, covered, said)) is not None]
        if not found:
            return None
        return min(
            found, key=lambda each: (each.left, -each.said, each.alone, each.wish.name not in FIRST)
        ).wish

    def _match(self, name: str, at: Found, covered: Collection[int], said: Said) -> Match | None:
        """Return the wish that a phrase makes of words; None where too much is left of them."""
        outside = [n for n in range(len(said.words)) if n not in at]
        if name == LOOKS:
            return Match(Wish(name), len(outside), len(outside), len(at)) if outside else None
        if any(not self._others.isdisjoint(said.words[n]) for n in outside):
            return None
        days = self._days_in(said) if name in DAYS else []
        left = [n for n in outside if n not in days and self._small.isdisjoint(said.words[n])]
        if name in WORDS:
            return self._with_name(name, at, left, said)
        alone = len(left)
        left = [n for n in left if n not in covered]
        if name == "change_language":
            language = language_names.named(said.text) or ""
            is_one = len(left) <= bool(language)
            return Match(Wish(name, language), 0, alone, len(at)) if is_one else None
        if len(left) > SPARE.get(name, 0) or any(not self._dont.isdisjoint(said.words[n]) for n in left):
            return None
        if left and name in POLITE and len(said.words) > SHORT:
            return None
        rest = " ".join(said.texts[n] for n in days)
        return Match(Wish(name, rest, not left), len(left), alone, len(at))

    def _with_name(self, name: str, at: Found, left: list[int], said: Said) -> Match | None:
        """Return a wish about something that is named: all that is left, if it stands together."""
        if any(not (self._dont | self._question).isdisjoint(said.words[n]) for n in left):
            return None
        if 0 < len(left) <= NAME and left[-1] - left[0] < NAME + 1:
            rest = said.between(left[0], left[-1])
            is_name = language_names.named(rest) is None
            return Match(Wish(name, rest), 1, 1, len(at)) if is_name else None
        return Match(Wish(name), 0, 0, len(at)) if not left and name not in OF_SOMEBODY else None

    def _days_in(self, said: Said) -> list[int]:
        """Return the words that name days: those in a row of which one surely does."""
        found: list[int] = []
        row: list[int] = []
        for n in range(len(said.words) + 1):
            number = n < len(said.words) and said.texts[n].isdecimal()
            if n < len(said.words) and (number or not self._days.isdisjoint(said.words[n])):
                row.append(n)
                continue
            if any(
                said.texts[each].isdecimal() or not self._strong.isdisjoint(said.words[each]) for each in row
            ):
                found += row
            row = []
        return found

    def _is_of(self, days: frozenset[str], said: Said, n: int) -> bool:
        return said.texts[n].isdecimal() or not days.isdisjoint(said.words[n])


def _phrases(words: i18n.WordLists) -> Iterator[Phrase]:
    lists = words["lists"] | {"language_names": language_names.single()}
    for name, phrases in words["wishes"].items():
        for written in phrases:
            yield from read(name, written, lists)


@cache
def _book(locale: str) -> Book:
    return Book(i18n.words(locale, "wishes"))
