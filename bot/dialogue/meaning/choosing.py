"""Which of the choices that letters offer somebody's words are: by number, by label, with a slip."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.delivery import offers
from bot.reading import typed
from bot.text import Reader

BEGINNING = 2
"""Letters that are too few to be the beginning of a label."""


def slot_of(words: str, offered: Sequence[Mapping[str, Any]], reader: Reader) -> int | None:
    """Return which of the offers the words are, by its number where it has one, or its label, in English as
    well; None for none of them."""
    slot = slot_of_number(words, offered)
    return slot if slot is not None else slot_of_label(words, offered, reader)


def slot_of_label(words: str, offered: Sequence[Mapping[str, Any]], reader: Reader) -> int | None:
    """Return which of the offers has the words as its label, in English as well; None for none of them."""
    said = typed.bare(words)
    for labels in labelled(offered, reader):
        if said in labels:
            return labels.index(said)
    return None


def slot_of_number(words: str, offered: Sequence[Mapping[str, Any]]) -> int | None:
    """Return which of the offers has the number that the words are; None for none."""
    numbered = offers.numbered(offered)
    number = typed.number(words)
    if number is None or not 1 <= number <= len(numbered) or offers.is_bare(numbered[number - 1]):
        return None
    return number - 1


def slot_of_slip(words: str, offered: Sequence[Mapping[str, Any]], reader: Reader) -> int | None:
    """Return which of the offers was probably meant by a mistyped label; None for none, or more than one."""
    said = typed.bare(words)
    found = {
        slot
        for labels in labelled(offered, reader)
        for slot, label in enumerate(labels)
        if typed.is_slip(said, label)
    }
    return found.pop() if len(found) == 1 else None


def names(words: str, offer: Mapping[str, Any], reader: Reader) -> bool:
    """Whether the label of an offer stands in words, or they are a slip of it."""
    said = typed.bare(words)
    labels = [labels[0] for labels in labelled([offer], reader)]
    return any(f" {label} " in f" {said} " or typed.is_slip(said, label) for label in labels)


def slot_of_part(words: str, offered: Sequence[Mapping[str, Any]], reader: Reader) -> int | None:
    """Return which of the offers has a label of which the words are a part; None for none, or for several."""
    said = typed.bare(words)
    labels = [label for labels in labelled(offered, reader) for label in enumerate(labels)]
    found = {slot for slot, label in labels if len(said) > BEGINNING and typed.is_part(said, label)}
    return found.pop() if len(found) == 1 else None


def labelled(offered: Sequence[Mapping[str, Any]], reader: Reader) -> list[list[str]]:
    """Return the labels of offers as they are compared, in the reader's language and in English."""
    readers = [reader] if reader.locale == Reader().locale else [reader, Reader()]
    return [[typed.bare(offers.label(each, by)) for each in offered] for by in readers]
