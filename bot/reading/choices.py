"""Choices as people type them: by number, by label, or by an unmistakable beginning of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.markup import clean
from bot.reading import typed
from bot.text import AnyText, Reader, Verbatim, render

BEGINNING = 3
"""Letters of a word that are enough to mean it, where no other choice begins like that."""


def option(
    words: str,
    options: Mapping[Any, AnyText],
    reader: Reader,
    *,
    exactly: bool = False,
    numbered: Sequence[Any] = (),
) -> Any | None:
    """Return the option (value → label) that was typed; None for none, or for more than one.

    It is meant by its number, if there are any: `numbered` are the values that have the numbers from 1 on,
    perhaps one that is no option any longer; by its label in the reader's language or in English; by its
    value; or, unless it has to be `exactly` one of these, by an unmistakable beginning of the label. What is
    offered in somebody's own words, such as a name, is exactly that only as it is written.
    """
    number = typed.number(words)
    if number is not None and 1 <= number <= len(numbered):
        return numbered[number - 1]
    said = typed.bare(words)
    names: list[tuple[Any, set[str]]] = []
    for value, text in options.items():
        called = {typed.bare(value), *_labels(text, reader)}
        if said in called and not (exactly and _differs(words, value, text, reader)):
            return value
        names.append((value, called))
    if exactly:
        return None
    begins = [value for value, called in names if any(_begins(name, said) for name in called)]
    return begins[0] if len(begins) == 1 else None


def _differs(words: str, value: Any, text: AnyText, reader: Reader) -> bool:
    """Whether an option is somebody's own words, and these are written in another way."""
    own = isinstance(text, Verbatim) and clean(render(text, reader).unescape()) == value
    return own and clean(words) != value


def is_label(words: str, text: AnyText, reader: Reader) -> bool:
    """Whether words are a label, in the reader's language or in English."""
    return typed.bare(words) in _labels(text, reader)


def _labels(text: AnyText, reader: Reader) -> set[str]:
    return {typed.bare(clean(render(text, each).unescape())) for each in (reader, Reader())}


def _begins(label: str, typed: str) -> bool:
    """Whether a label begins with what was typed: with whole words ("yes"), or three letters of one."""
    return (
        label.startswith(typed)
        and bool(typed)
        and (len(typed) >= BEGINNING or label[len(typed) :].startswith(" "))
    )
