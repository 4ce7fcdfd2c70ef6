"""What people write beside a question that they ask others: send it, change it, it is urgent, any news?

The phrases come from `i18n/words/*/asking.toml`, in English and the reader's language. They count only in
short messages, and never act by themselves: whoever reads them here shows what was understood.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import i18n
from bot.reading import talk
from bot.reading.phrases import APOSTROPHES, WORD, fold, split

LONGEST = 14
"""Words of a message that is looked through."""
SPARE = 4
"""Words beside those that say what is to be done with a question: more of them may belong to it."""
FEW = 2
"""Words beside those that ask who reads a question: "Who sees it afterwards?"."""

Words = Sequence[str]


def says(words: str, locale: str, spare: int = LONGEST) -> frozenset[str]:
    """Return the lists of which a phrase stands in a short message, and beside those of its list not more
    words than are to `spare`; none for a longer one."""
    said = split(words)
    if not 0 < len(said) <= LONGEST:
        return frozenset()
    covered: defaultdict[str, set[int]] = defaultdict(set)
    for at, phrase, names in _found(said, locale):
        for name in names:
            covered[name].update(range(at, at + len(phrase)))
    return frozenset(name for name, places in covered.items() if len(said) - len(places) <= spare)


def asks_who_reads(words: str, locale: str) -> bool:
    """Whether words ask who reads a question, or what becomes of what is written."""
    wish = talk.wish(words, locale)
    return "who_reads" in says(words, locale, FEW) or (wish is not None and wish == ("who_sees", "", True))


def goes_on(words: str, locale: str) -> bool:
    """Whether somebody says yes, or how a question is to be sent, or that something belongs to it."""
    says_so = says(words, locale) & {"send", "with_name", "without_name", "added"}
    return bool(says_so) or "yes" in talk.lists(words, locale)


def on_preview(words: str, locale: str) -> str:
    """Return what is to be done with a question that is shown before it is sent: "add", "no", "anonymous",
    "ask_name", "text", "now_urgent"; "words" for what may belong to it."""
    lists, said = talk.lists(words, locale), says(words, locale, SPARE)
    if addition(words, locale):
        return "add"
    if lists & {"stop", "back", "nothing"} or ("no" in lists and "change" not in said):
        return "no"
    if {"with_name", "without_name"} & said:
        return "anonymous" if "with_name" not in said else "ask_name"
    if "change" in said:
        return "text"
    if "urgent" in lists:
        return "now_urgent"
    return "ask_name" if "yes" in lists or "send" in said else "words"


def named(locale: str, words: str) -> list[str]:
    """Return whether others may see a name, as words answer that: "named", "anonymous", or nothing that is
    sure."""
    lists, said = talk.lists(words, locale), says(words, locale, SPARE)
    if "without_name" in said or ("no" in lists and "send" not in said):
        return ["anonymous"]
    begun = talk.begins(words, locale, ("yes",))
    exactly = says(begun[1] if begun is not None else words, locale, spare=0)
    return ["named"] if "yes" in lists or exactly & {"with_name", "send"} else []


def tells_urgency(words: str, locale: str) -> bool:
    """Whether words of any length speak of something that cannot wait."""
    return any("urgent" in names for _at, _phrase, names in _found(split(words), locale))


def addition(words: str, locale: str) -> str | None:
    """Return what is to be added, where words begin by saying so ("Please add: it is urgent"); None where
    they do not."""
    found = list(WORD.finditer(words.translate(APOSTROPHES)))
    said = [fold(each[0]) for each in found]
    begins = (len(phrase) for at, phrase, names in _found(said, locale) if at == 0 and "added" in names)
    longest = max(begins, default=0)
    if not longest or len(said) == longest:
        return None
    return words[found[longest].start() :]


def _found(said: Words, locale: str) -> Iterator[tuple[int, Words, Sequence[str]]]:
    """Yield the phrases that stand in words: where each begins, it, and the lists that it is on."""
    phrases = _phrases(locale)
    longest = max(map(len, phrases), default=0)
    for at in range(len(said)):
        for end in range(at + 1, min(at + longest, len(said)) + 1):
            phrase = tuple(said[at:end])
            if names := phrases.get(phrase):
                yield at, phrase, names


@cache
def _phrases(locale: str) -> Mapping[Words, Sequence[str]]:
    """Return each phrase of the lists, in English and a reader's language, with the lists that it is on."""
    on: defaultdict[Words, list[str]] = defaultdict(list)
    for each in dict.fromkeys((locale, i18n.SOURCE)):
        lists = i18n.words(each, "asking") if each in i18n.with_words() else {}
        for name, phrases in lists.items():
            for phrase in phrases:
                on[tuple(split(phrase))].append(name)
    return on
