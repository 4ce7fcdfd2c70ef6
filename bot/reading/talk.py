"""What short messages say: yes and no, thanks, moods, and the names of commands, as people type them.

The lists come from `i18n/words/*/talk.toml` and `commands.toml`. What somebody wants from the bot by a whole
sentence is in `wishes`, and languages that the bot does not have are in `languages`; both are reached from
here too.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import i18n
from bot.reading import wishes
from bot.reading.languages import language
from bot.reading.phrases import LAST, Slips, folded, split
from bot.reading.wishes import Wish

__all__ = ["NAMES", "Wish", "begins", "command", "language", "lists", "wish"]

WAYS = ("way_out", "delete_data", "my_data", "leave", "pause")
"""The lists of what somebody may need from the bot who writes it to somebody else."""
NAMES = (
    *(
        "yes",
        "no",
        "stay",
        "stop",
        "back",
        "skip",
        "skip_or_answer",
        "thanks",
        "greeting",
        "good",
        "so_so",
        "not_good",
    ),
    *("later", "solved", "not_solved", "help_offer", "mine", "everything", "nothing", "dont_know"),
    *("urgent", "first", "second", "both", "why"),
    *WAYS,
)
"""The lists. Every language has them all."""
POLITE = frozenset({"thanks", "greeting"})
"""What is said along with anything else, and then says nothing."""
SHORT_WISHES = (
    *("delete_data", "my_data", "leave", "pause"),
    *("stop", "urgent", "thanks", "greeting", "help_offer", "not_good", "good", "no", "later", "yes"),
    *("so_so", "dont_know", "back"),
)
"""The lists that are wishes too, where nothing else waits for them; what is meant of two first: "ok" is a yes
where nobody has asked how somebody is."""
MILD = POLITE | {"yes", "good", "so_so", "solved", "everything"}
"""What is said along with thanks, and does not matter then."""
CONTRARY = (
    *(("yes", other) for other in ("no", "later", "stop", "back", "skip", "not_solved", "dont_know")),
    *(("help_offer", other) for other in ("no", "later", "stop")),
    *(("good", "so_so"), ("good", "not_good"), ("so_so", "not_good")),
    *(("solved", "not_solved"), ("everything", "nothing"), ("first", "second")),
)
LONGEST = 14
"""Words of a message that can be short talk."""
EMOJI = {
    "yes": "👍👌✅☑✔🆗🙆💯🤝🫡🤙",
    "no": "👎❌🚫🙅✖⛔",
    "thanks": "🙏👍❤🧡💛💚💙💜🤍🖤💕💖💗💓💞💐🌹🌷🌸🌻🤗🥰😘😍👏🎉🙌💪✨⭐🌟🫶🤝",
    "good": "👍👌😀😃😄😁😆😊🙂☺😇😎🤩😍🥳🥰😌🤗💪☀🌞🎉❤💯😉🙌",
    "so_so": "😐😑😕🫤🤷🙃😶🤔",
    "not_good": "👎😢😭😞😔😟🙁☹😩😫😖😣😥😓😰😨😱😡😠🤬😤💔🤒🤕🤢🤮😷😿",
    "greeting": "👋🖐✋",
    "dont_know": "🤷🤔❓❔",
    "urgent": "🆘🚨⏰‼",
    "stop": "🛑✋",
}
"""What emoji say that stand alone; the same in every language."""
SMILEYS = {":)": "good", ":-)": "good", ";)": "good", ":d": "good", ":(": "not_good", ":-(": "not_good"}
UNSEEN = dict.fromkeys([0xFE0E, 0xFE0F, 0x200D, 0x2640, 0x2642, *range(0x1F3FB, 0x1F400)])
"""What only changes how an emoji looks."""

Said = frozenset[str]
"""The lists on which a phrase stands; none for a filler."""


class Phrase(NamedTuple):
    """A phrase in a message: its lists, and where it ends."""

    lists: Said
    end: int


class Table:
    """The phrases of one language, or of several together."""

    def __init__(self, words: Iterable[i18n.WordLists], only: Collection[str] = NAMES) -> None:
        found: dict[str, set[str]] = {}
        self._before_sign: set[str] = set()
        self._onward: set[str] = set()
        for each in words:
            for name in only:
                for phrase in each[name]:
                    found.setdefault(plain(phrase), set()).add(name)
            self._before_sign.update(map(plain, each["before_sign"]))
            self._onward.update(map(plain, each["onward"]))
            for phrase in each["fillers"]:
                found.setdefault(plain(phrase), set())
        self._phrases = {phrase: frozenset(lists) for phrase, lists in found.items()}
        self._longest: dict[str, int] = {}
        for phrase in found:
            words_of = phrase.split()
            self._longest[words_of[0]] = max(self._longest.get(words_of[0], 0), len(words_of))
        self._vocabulary = {word for phrase in found for word in phrase.split()}
        self._slips = Slips(self._vocabulary)

    def whole(self, tokens: Sequence[str]) -> list[Said] | None:
        """Return the lists of each phrase, where a message is made of phrases alone; None where it is not."""
        if not 0 < len(tokens) <= LONGEST:
            return None
        words = []
        for token in tokens:
            words.append(self._slips.mended(token))
            if words[-1] not in self._vocabulary:
                return None
        ways: list[list[Said] | None] = [None] * len(words) + [[]]
        for at in reversed(range(len(words))):
            for phrase in self._at(words, at):
                rest = ways[phrase.end]
                if rest is not None and (ways[at] is None or _is_better(phrase.lists, rest, ways[at] or [])):
                    ways[at] = [phrase.lists, *rest]
        return ways[0]

    def beginning(self, words: str, among: Collection[str]) -> tuple[str, str] | None:
        """Return the list of whose phrases the words begin with, and the rest."""
        text, said, spans = folded(words)
        if not said:
            return None
        first = said[: self._longest.get(self._slips.mended(said[0]), 0)]
        if not first or next(self._at([self._slips.mended(each) for each in first], 0), None) is None:
            return None  # most messages begin with no phrase: the rest of their words is not looked at
        tokens = [self._slips.mended(each) for each in said[: 2 * LONGEST]]
        at, name = 0, None
        while at < len(tokens):
            best = max(self._at(tokens, at), key=lambda phrase: phrase.end, default=None)
            if best is None or not (name is None or not best.lists or name in best.lists):
                break
            here = next((each for each in among if each in best.lists), None)
            if name is None and best.lists and here is None and not best.lists <= POLITE:
                return None
            if here is not None and not self._stands_out(text, spans, tokens, at, best.end):
                return (name, _after(text, spans[: len(tokens)], at)) if name else None
            name = name or here
            at = best.end
        return (name, _after(text, spans[: len(tokens)], at)) if name else None

    def _stands_out(
        self, text: str, spans: Sequence[tuple[int, int]], tokens: Sequence[str], at: int, end: int
    ) -> bool:
        """Whether a phrase ends as an answer does, not in the middle of what is said."""
        if end == len(tokens) or " ".join(tokens[at:end]) not in self._before_sign:
            return True
        gap = text[spans[end - 1][1] : spans[end][0]]
        return bool(gap.strip()) or tokens[end] in self._onward

    def _at(self, words: Sequence[str], at: int) -> Iterator[Phrase]:
        """Yield the phrases that begin with a word."""
        longest = self._longest.get(words[at], 0)
        for end in range(at + 1, min(at + longest, len(words)) + 1):
            lists = self._phrases.get(" ".join(words[at:end]))
            if lists is not None:
                yield Phrase(lists, end)


def _is_better(lists: Said, rest: list[Said], than: list[Said]) -> bool:
    """Whether one way to read words is better than another: in fewer phrases, with fewer fillers."""
    way = [lists, *rest]
    return (len(way), way.count(frozenset())) < (len(than), than.count(frozenset()))


def _after(text: str, spans: Sequence[tuple[int, int]], at: int) -> str:
    """Return what follows the first words of a text, without the signs between."""
    return text[spans[at][0] :].strip() if at < len(spans) else ""


# --- lists ---------------------------------------------------------------------------------------


@lru_cache(maxsize=LAST)
def lists(words: str, locale: str) -> frozenset[str]:
    """Return the lists on which the whole of the words stands, in English or the reader's language; yes and
    no in any language of ours. Emoji count where there are no words."""
    tokens = split(words)
    if not tokens:
        return _emoji(words)
    whole = _whole(tokens, locale)
    if whole is not None:
        return _together(whole)
    for other in i18n.with_words():
        if other not in (locale, i18n.SOURCE) and (whole := _yes_and_no(other).whole(tokens)) is not None:
            return _together(whole)
    return frozenset()


def begins(words: str, locale: str, among: Collection[str]) -> tuple[str, str] | None:
    """Return the list of whose phrases the words begin with, of those `among` which it may be, and the rest;
    None for none."""
    return _table(locale).beginning(words, among)


def command(words: str, locale: str) -> str | None:
    """Return the command whose name the words are, in English or the reader's language."""
    tokens = split(words)
    return _commands(locale).get(" ".join(tokens)) if 0 < len(tokens) <= LONGEST else None


@lru_cache(maxsize=LAST)
def wish(words: str, locale: str) -> Wish | None:
    """Return what somebody wants from the bot, by a short message or a whole sentence; None for all other
    words. Where these are for other people, or about somebody else, there is none."""
    tokens = split(words)
    whole = _whole(tokens, locale) if tokens else [_emoji(words)]
    said = frozenset().union(*whole or [])
    named = lists(words, locale)
    if tokens and said & POLITE and said <= MILD:  # "ok thanks", "danke, das hat geholfen"
        return Wish(next(name for name in SHORT_WISHES if name in said & POLITE))
    found = wishes.wish(words, locale) if tokens else None
    if found is not None and found.name == "pause" and whole and not said:
        return Wish("yes")  # "I was on holiday" is an excuse, and asks for nothing
    if found is not None and found.sure:
        return found
    short = next((name for name in SHORT_WISHES if name in named), None)
    return Wish(short) if short is not None else found


@lru_cache(maxsize=LAST)
def _whole(tokens: tuple[str, ...], locale: str) -> list[Said] | None:
    return _table(locale).whole(tokens)


def _together(whole: Sequence[Said]) -> frozenset[str]:
    """Return what phrases say together. Of what contradicts itself, that is meant of which a phrase says
    nothing else; if there is none, or both, neither is."""
    firm = [lists for lists in whole if not lists <= POLITE] or [lists for lists in whole if lists]
    names = set().union(*firm)
    plainly = {name for lists in firm if len(lists) == 1 for name in lists}
    for one, other in CONTRARY:
        if one in names and other in names and not any(one in each and other in each for each in firm):
            names -= {each for each in (one, other) if plainly.intersection({one, other}) != {each}}
    return frozenset(names)


def _emoji(words: str) -> frozenset[str]:
    """Return what emoji say; those that say nothing are passed over."""
    signs = words.translate(UNSEEN).casefold().split()
    if smiley := {SMILEYS[sign] for sign in signs if sign in SMILEYS}:
        return frozenset(smiley) if len(smiley) == 1 else frozenset()
    said = [
        frozenset(name for name, emoji in EMOJI.items() if sign in emoji)
        for sign in "".join(signs)
        if unicodedata.category(sign) in ("So", "Po", "Sm")
    ]
    known = [each for each in said if each]
    return frozenset.intersection(*known) or _together(known) if known else frozenset()


@cache
def _table(locale: str) -> Table:
    return Table(_words("talk", locale))


@cache
def _yes_and_no(locale: str) -> Table:
    return Table([i18n.words(locale, "talk")], ("yes", "no"))


@cache
def _commands(locale: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for words in _words("commands", locale):
        for name, phrases in words.items():
            found |= {plain(phrase): name for phrase in phrases}
    return found


def _words(about: str, locale: str) -> list[i18n.WordLists]:
    """Return the words of English and of a language, that of the language last."""
    locales = dict.fromkeys((i18n.SOURCE, locale))
    return [i18n.words(each, about) for each in locales if each in i18n.with_words()]


def plain(phrase: str) -> str:
    """Return a phrase of a list as it is compared."""
    return " ".join(split(phrase))
