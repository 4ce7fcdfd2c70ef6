"""What words answer that are no label and no number: yes and no, nothing, everything, a label in a sentence,
or one with a slip."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.dialogue.questions import SKIP, Accepts, Question
from bot.markup import clean
from bot.reading import need, talk, typed
from bot.reading.personal import guard
from bot.reading.unclear import Unclear
from bot.text import AnyText, Reader, _, render
from bot.user_message import UserMessage

FIRST = "good morning to all of you, 0000 0000"
"""What is understood once, before anybody has written."""
YES, NO = "yes", "no"
LONGEST = 200
"""Characters of a sentence in which a choice is looked for."""
SKIPS = frozenset({"no", "skip", "nothing", "dont_know", "later"})
"""The lists of words that leave a question out."""
OR_ANSWER = "skip_or_answer"
"""The list of those that do so only where they cannot be the answer."""
AND_WORDS = ("and", "und", "sowie", "plus", "or", "oder")
AND = re.compile(rf"[,;/&+\n]|\s(?:{'|'.join(AND_WORDS)})\s", re.IGNORECASE)
"""What stands between several choices."""


def by_lists(question: Question, words: str, locale: str) -> Any:
    """Return what the whole of some words answers by the lists on which they stand: yes or no where that
    is asked, leaving it out, or all there is; None for nothing."""
    lists = talk.lists(words, locale)
    if not lists:
        return None
    if question.options.keys() >= {YES, NO} and question.parse is None:
        said = lists & {YES, NO}
        return next(iter(said)) if len(said) == 1 else None
    if question.many and "everything" in lists:
        return list(question.options)
    in_own_words = question.parse is None and not question.options
    if question.skip is not None and lists & (SKIPS if in_own_words else SKIPS | {OR_ANSWER}):
        return SKIP
    return None


def says_yes(question: Question, words: str, locale: str) -> bool:
    """Whether words say yes, where that is none of the options."""
    return YES not in question.options and "yes" in talk.lists(words, locale)


def parts(words: str) -> list[str]:
    """Return the choices of several that stand in one message."""
    return [part.strip(" .!") for part in AND.split(words) if part.strip(" .!")]


def within(words: str, options: Mapping[str, AnyText], reader: Reader) -> tuple[list[str], list[str]]:
    """Return the options whose label stands in a sentence, a longer one before a shorter one that is part of
    it, and which words are left."""
    said = f" {typed.bare(words)} "
    found: dict[str, int] = {}
    for value, label in sorted(_labels(options, reader), key=lambda each: -len(each[1])):
        if label and (at := said.find(f" {label} ")) >= 0:
            found.setdefault(value, at)
            said = said.replace(f" {label} ", " \0" * len(label) + " ")
    left = [word for word in said.split() if word.strip("\0") and word not in AND_WORDS]
    return sorted(found, key=lambda value: found[value]), left


def probable(question: Question, words: str, reader: Reader) -> str | None:
    """Return the option that was probably meant: one whose label has a slip, or stands in a sentence, or a
    yes or no with more behind it; None for none, or more than one."""
    if len(words) > LONGEST:
        return None
    said = typed.bare(words)
    slips = {value for value, label in _labels(question.options, reader) if typed.is_slip(said, label)}
    if len(slips) == 1:
        return slips.pop()
    holding = {value for value, label in _labels(question.options, reader) if typed.is_part(said, label)}
    if len(holding) == 1 and said:
        return holding.pop()
    inside, _left = within(words, question.options, reader)
    if len(inside) == 1:
        return inside[0]
    if question.options.keys() >= {YES, NO} and (found := talk.begins(words, reader.locale, (YES, NO))):
        return found[0]
    return None


def sent(accepts: Accepts, said: UserMessage) -> dict[str, Any]:
    """Return what answers a question that waits for a file, as it is stored: the file, or pasted words.
    Raises Unclear for anything else."""
    if said.media:
        fits = len(said.media) == 1 and accepts.takes(said.media[0])
        if not fits or len(said.content or b"") > accepts.most:
            raise Unclear(accepts.otherwise)
        if said.content is None:
            raise Unclear(
                _("I could not get that file just now. Please send it again, or paste what is in it.")
            )
    elif len(said.words.encode()) > accepts.most:
        raise Unclear(accepts.otherwise)
    accepts.check(said.sent())
    return said.with_file()


def check_length(question: Question, said: UserMessage) -> None:
    """Check that something is said, and no more than fits. Raises Unclear."""
    length, most = len(said.words), question.max_length
    if not said:
        raise Unclear(_("That was empty."))
    if length > most:
        raise Unclear(
            _(
                "That is too long: {length} characters, and {limit} fit. Can you say it shorter?",
                length=length,
                limit=most,
            )
        )


def not_found(words: str) -> Unclear:
    """Return what is said to words that are none of several choices."""
    if not words:
        return Unclear(_("That was empty."))
    return Unclear(
        _(
            "I do not find “{words}” here. Tap what fits, or type it with commas in between.",
            words=words[:40],
        )
    )


def _labels(options: Mapping[str, AnyText], reader: Reader) -> Iterable[tuple[str, str]]:
    for value, text in options.items():
        for each in (reader, Reader()):
            yield value, typed.bare(clean(render(text, each).unescape()))


def prepare(locales: Iterable[str]) -> None:
    """Read all lists of these languages, and what personal data is found by, which takes most of a second:
    else the first who writes after a start waits for that, and everybody else with them."""
    need.understood(FIRST)
    for locale in locales:
        talk.lists(FIRST, locale)
        talk.command(FIRST, locale)
        talk.wish(FIRST, locale)
    guard.findings(FIRST, date(2000, 1, 1))
