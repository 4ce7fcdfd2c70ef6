"""Names as people type them: one line of letters that can be seen, and no sentence.

Letters, marks and graphemes are what Unicode says they are, by the library `regex`: the standard library
knows no graphemes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

import regex

import i18n
from bot.markup import clean
from bot.reading import talk
from bot.reading.phrases import APOSTROPHES, fold
from bot.reading.unclear import Doubtful, Unclear
from bot.text import Verbatim, _
from db.models.indexed import folded

LONGEST = 60
"""Graphemes: what a reader takes for one letter."""
MANY = 5
"""Words from which on it may be a sentence."""
BLANK = regex.compile(r"[\u2800\u3164\u115f\u1160\uffa0\u034f\u17b4\u17b5]|[\p{Cc}\p{Cs}\p{Co}\p{Cn}]")
"""What has a letter's rights, or none, and cannot be seen."""
FORMAT = regex.compile(r"(?<!\p{L}\p{M}*)[\u200c\u200d]|[\u200c\u200d](?!\p{L})|(?![\u200c\u200d])\p{Cf}")
"""Marks of direction and joiners; between letters, Persian and others are written with one."""
STACK = regex.compile(r"\p{M}{4,}")
OTHER = regex.compile(r"[^\p{L}\p{M}\p{Nd}\p{Zs}\p{Pd}.'’‘ʼ`´()\u200c\u200d·]+")
"""Signs that are no part of a name: emoji, brackets, quotes."""
WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}.'’‘ʼ`´\u200c\u200d·\p{Pd}]+|[()]")
PARTS = regex.compile(r"[,;:!]|(?<=\p{L}{3})\.\s|\s[-–]\s")
"""Where something else begins than a name."""
TAG = regex.compile(r"</?\w+>")
ASK = _("I need a name to show to others. A first name or a nickname is enough.")


def shown(name: str) -> str:
    """Return a name in one line, without what cannot be seen, composed as most fonts want it."""
    line = unicodedata.normalize("NFC", " ".join(clean(name).split()))
    line = FORMAT.sub("", BLANK.sub("", line))
    return " ".join(line.split())


def name(words: str, locale: str) -> str:
    """Return the name that is meant by "Rosa".

    Raises Unclear where there is none, or it cannot be shown; Doubtful where it was said in more words ("I am
    Rosa", "Rosa, born in 48").
    """
    line = shown(words)
    if STACK.search(line):
        raise Unclear(_("So many marks on one letter cannot be read. Please type the name without them."))
    if not regex.search(r"\p{L}", line):
        raise Unclear(_("A name needs at least one letter that can be seen."))
    if len(regex.findall(r"\X", line)) > 4 * LONGEST:
        raise Unclear(_("That is a long name. Up to {limit} characters fit.", limit=LONGEST))
    found, is_sure = _found(line, locale)
    if len(regex.findall(r"\X", found)) > LONGEST:
        raise Unclear(_("That is a long name. Up to {limit} characters fit.", limit=LONGEST))
    if role := _role(found, locale):
        raise Unclear(_("“{role}” is a role here. Please type only your name.", role=role))
    if not is_sure:
        raise Doubtful(_("Should I call you {name}?", name=found), {found: Verbatim(found)})
    return found


def _found(line: str, locale: str) -> tuple[str, bool]:
    """Return the name in a line, and whether it is all that was said. Raises Unclear where there is none."""
    if folded(line) in _names(locale, "also_names"):
        return line.strip(".!"), True
    if folded(line) in _names(locale, "maybe_names"):  # "Salam" is a name and a greeting
        return line.strip(".!"), False
    wish = talk.wish(line, locale)
    is_wish = wish is not None and wish.sure and wish.name != "change_name"
    if talk.lists(line, locale) or talk.command(line, locale) is not None or is_wish:
        raise Unclear(ASK)
    if "?" in line or "؟" in line:
        raise Unclear(ASK)
    parts = [part for part in PARTS.split(TAG.sub(" ", line)) if regex.search(r"\p{L}", part)]
    for part in parts:
        words = WORD.findall(OTHER.sub(" ", part))
        rest = _without(words, locale)
        if not rest:
            continue
        if {fold(word) for word in rest} & _never(locale):
            raise Unclear(ASK)
        found = " ".join(rest).replace("( ", "(").replace(" )", ")").strip("-–'’ ")
        if len(found.split()[-1].rstrip(".")) > 1 and found.count(".") == 1:
            found = found.rstrip(".")
        return found, len(parts) == 1 and rest == words and len(rest) <= MANY and not TAG.search(line)
    raise Unclear(ASK)


def _without(words: Sequence[str], locale: str) -> list[str]:
    """Return the words without what is said before and behind a name."""
    rest = list(words)
    while before := _length(rest, _phrases(locale, "before")):
        rest = rest[before:]
    for at in range(1, len(rest)):
        if _length(rest[at:], _phrases(locale, "behind")):
            return rest[:at]
    return rest


def _length(words: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> int:
    """Return how many words of the longest phrase stand at the beginning; 0 for none."""
    bare = [fold(word.translate(APOSTROPHES).strip(".-–")) for word in words[:5]]
    return next((n for n in range(len(bare), 0, -1) if tuple(bare[:n]) in phrases), 0)


def _role(found: str, locale: str) -> str:
    said = f" {folded(found)} "
    return next((role for role in _names(locale, "roles") if f" {role} " in said), "")


@cache
def _phrases(locale: str, section: str) -> frozenset[tuple[str, ...]]:
    return frozenset(
        tuple(map(fold, phrase.split())) for words in _lists(locale) for phrase in words[section]["phrases"]
    )


@cache
def _never(locale: str) -> frozenset[str]:
    return frozenset(fold(word) for words in _lists(locale) for word in words["never"]["words"])


@cache
def _names(locale: str, section: str) -> frozenset[str]:
    return frozenset(folded(name) for words in _lists(locale) for name in words["never"][section])


def _lists(locale: str) -> Iterator[i18n.WordLists]:
    for language in dict.fromkeys((locale, i18n.SOURCE)):
        if language in i18n.with_words():
            yield i18n.words(language, "names")
