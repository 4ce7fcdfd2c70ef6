"""Which of a few answers a sentence of somebody's own gives: its parts are looked up, and where they say two
things, or much that is not understood, it gives none."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from bot.reading import talk

Value = TypeVar("Value")
PART = re.compile(r"[.!?,;:\n]+")
LONGEST = 300
"""Characters; who writes more than that tells something."""
ALONG = 4
"""Words that may come along with an answer and are not understood: excuses, names, greetings."""


def answer(words: str, locale: str, means: Mapping[Value, Sequence[str]]) -> Value | None:
    """Return which answer words give, by the lists that each of them means; None where they give none, or
    more than one. `means` begins with the most hopeful: it alone is not taken where much comes along."""
    among = {name: value for value, names in means.items() for name in names}
    if len(words) > LONGEST:
        return None
    if whole := {among[name] for name in talk.lists(words, locale) if name in among}:
        return whole.pop() if len(whole) == 1 else None
    said: set[Value] = set()
    along = 0
    for part in filter(None, map(str.strip, PART.split(words))):
        found = {among[name] for name in talk.lists(part, locale) if name in among}
        if not found and (begun := talk.begins(part, locale, [*among])) is not None:
            found, part = {among[begun[0]]}, begun[1]
            along += len(part.split())
        elif not found:
            along += len(part.split())
        said |= found
    if len(said) != 1 or (along > ALONG and said == {next(iter(means))}):
        return None
    return said.pop()
