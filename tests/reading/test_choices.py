"""Which choice is meant by what was typed."""

import pytest

from bot.reading import choices
from bot.text import Reader, Verbatim, form

NAME = {"Maria Schmidt": Verbatim("Maria Schmidt")}


@pytest.mark.parametrize(
    ("typed", "exactly", "meant"),
    [
        ("Maria Schmidt", True, "Maria Schmidt"),
        (" Maria Schmidt ", True, "Maria Schmidt"),
        ("1", True, "Maria Schmidt"),
        ("1)", True, "Maria Schmidt"),
        ("Maria", True, None),
        ("Schmidt", True, None),
        ("maria schmidt", True, None),
        ("maria schmidt", False, "Maria Schmidt"),
        ("Maria", False, "Maria Schmidt"),
    ],
)
def test_a_name_that_is_offered_is_taken_only_as_it_is_written(
    typed: str, exactly: bool, meant: str | None
) -> None:
    found = choices.option(typed, NAME, Reader(), exactly=exactly, numbered=list(NAME))
    assert found == meant


@pytest.mark.parametrize("typed", ["skip it", "SKIP IT", "Skip it!"])
def test_a_label_of_ours_is_taken_in_any_capitals(typed: str) -> None:
    assert choices.option(typed, {"skip": form("Skip it")}, Reader(), exactly=True) == "skip"
