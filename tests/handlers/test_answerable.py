"""Steps that words lead to as well: whatever is written, asking whether it fits raises nothing."""

from collections.abc import Iterator
from dataclasses import fields
from random import Random
from typing import Any

import pytest

import handlers
from bot.dialogue.router import Router
from bot.handler import Answerable
from tests.odd import hostile

SEED, MANY = 7, 300


def kinds(of: type[Answerable] = Answerable) -> Iterator[type[Answerable]]:
    """Yield the steps of all areas that words lead to."""
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


Router(handlers)  # so that all areas are there


@pytest.mark.parametrize("kind", [each for each in kinds() if each.__module__.startswith("handlers.")])
def test_no_words_are_too_odd_to_be_looked_at(kind: type[Answerable]) -> None:
    needed: dict[str, Any] = {each.name: 1 for each in fields(kind) if each.name not in ("said", "replied")}
    step, dice = kind(**needed), Random(SEED)
    for locale in ("en", "de"):
        for words in ["day " * 200, *(hostile.words(dice) for _ in range(MANY))]:
            assert step.fits(words, locale) in (True, False)
