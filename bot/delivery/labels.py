"""What stands on a button, in as many characters as it has: where that is too much, what somebody wrote is
cut, and not the words that say what the button does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.delivery.offers import plain_label
from bot.text import AnyText, Reader, Text, Value, Verbatim, from_json


def within(stored: Mapping[str, Any], reader: Reader, limit: int) -> str:
    """Return the label of a stored offer in at most so many characters."""
    text = from_json(stored["label"])
    shown = plain_label(text, reader)
    if len(shown) > limit:
        shown = plain_label(_cut(text, len(shown) - limit), reader)
    return _shortened(shown, limit)


def _cut(text: AnyText, excess: int) -> AnyText:
    """Return a text with so many characters less, of the longest words that somebody wrote in it."""
    match text:
        case Verbatim(words):
            return Verbatim(_shortened(words, max(len(words) - excess, 1)))
        case Text(values=values) if values:
            longest = max(values, key=lambda name: _written(values[name]))
            return replace(text, values={**values, longest: _less(values[longest], excess)})
    return text


def _less(value: Value, excess: int) -> Value:
    match value:
        case str():
            return _shortened(value, max(len(value) - excess, 1))
        case Text() | Verbatim():
            return _cut(value, excess)
    return value


def _written(value: Value) -> int:
    """Return how many characters of a value somebody wrote, at the most in one piece."""
    match value:
        case str():
            return len(value)
        case Verbatim(words):
            return len(words)
        case Text(values=values):
            return max(map(_written, values.values()), default=0)
    return 0


def _shortened(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
