"""Words of need: whether somebody writes of suicide, violence or danger, their own or somebody else's.

Lists and no guess (`i18n/words/*/need.toml`), those of all languages together: people in need write in the
language they think in. Nothing here asks, keeps or tells anything.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import i18n
from bot.reading.phrases import Found, Phrase, Phrases, read

KINDS = ("life", "danger", "violence")
SOON = 6
"""How many words after "she says" somebody's words may begin."""
LONGEST = 4000
"""Characters at the beginning and at the end of a text that are read: nobody waits for a whole book."""


@dataclass(frozen=True, slots=True)
class Need:
    """What words speak of: of which `KINDS`, whether it is somebody else's need, and the names of the phrases
    by which it was understood."""

    kinds: frozenset[str]
    of_other: bool
    phrases: frozenset[str]


class Meaning(NamedTuple):
    """What a phrase means: "own" or "other" need of a kind; or it is "harmless", or "reports" what another
    said, and of no kind."""

    what: str
    kind: str = ""


class Match(NamedTuple):
    """A phrase in what somebody wrote: its meaning, its name, and where its words stand."""

    meaning: Meaning
    name: str
    at: Found


def understood(text: str, but: Collection[str] = ()) -> Need | None:
    """Return what need somebody writes of; None for all other words. Phrases named in `but` do not count."""
    if len(text) > 2 * LONGEST:
        text = f"{text[:LONGEST]} … {text[-LONGEST:]}"
    phrases, meanings = _lists()
    found = [Match(meanings[phrase.name], phrase.name, at) for phrase, at in phrases.find(text)]
    taken = {place for match in found if match.meaning.what == "harmless" for place in match.at}
    needs = [
        match
        for match in found
        if match.meaning.kind and match.name not in but and taken.isdisjoint(match.at)
    ]
    if not needs:
        return None
    # "She wants to die" holds "wants to die": where one match is a part of another, the other one is meant.
    others: defaultdict[int, list[set[int]]] = defaultdict(list)
    for match in needs:
        if match.meaning.what == "other":
            for place in match.at:
                others[place].append(set(match.at))
    own = [
        match
        for match in needs
        if match.meaning.what == "own" and not any(set(match.at) < other for other in others[match.at[0]])
    ]
    reports = [match.at for match in found if match.meaning.what == "reports"]
    return Need(
        frozenset(match.meaning.kind for match in needs),
        all(_is_reported(match, reports) for match in own),
        frozenset(match.name for match in needs),
    )


def phrases() -> Collection[str]:
    """Return the names of all phrases."""
    return _lists()[1].keys()


def _is_reported(match: Match, reports: Collection[Found]) -> bool:
    """Whether somebody tells that another wants to die; a threat that is reported is one to who tells it."""
    return match.meaning.kind == "life" and any(0 < match.at[0] - at[-1] <= SOON for at in reports)


@cache
def _lists() -> tuple[Phrases, dict[str, Meaning]]:
    """Return the phrases of all languages, and what each means."""
    meanings: dict[str, Meaning] = {}
    phrases: list[Phrase] = []
    lookalikes: list[str] = []
    for locale in i18n.with_words():
        words = i18n.words(locale, "need")
        lookalikes += words["lookalikes"]["words"]
        for meaning, written in _written(words):
            name = f"{locale} {meaning.what} {meaning.kind}: {written}"
            meanings[name] = meaning
            never = words["lists"]["self"] if meaning.what == "other" else ()
            phrases += read(name, written, words["lists"], never)
    return Phrases(phrases, lookalikes), meanings


def _written(words: i18n.WordLists) -> Iterator[tuple[Meaning, str]]:
    for kind in KINDS:
        for what in ("own", "other"):
            for written in words["need"][kind][what]:
                yield Meaning(what, kind), written
    for what in ("harmless", "reports"):
        for written in words[what]["phrases"]:
            yield Meaning(what), written
