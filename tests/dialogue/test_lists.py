"""Lists: one numbering, which means the same on every messenger."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot import Button, Command, Line, OpenLine, Section, page
from bot.adapter import Buttons, Capabilities
from bot.delivery.marks import _count
from bot.listing import PAGE, SPELLED, laid_out
from bot.program import demo
from bot.program.compose import MESSENGERS
from bot.text import Verbatim, to_json
from tests.delivery.test_render import rendered
from tests.support.aio import on_loop

ONLY_NUMBERS = Capabilities(buttons=Buttons.NUMBERS, prefix="!")
CAST = (*(f"@ Ann {n}, member on telegram, en" for n in range(10, 32)), "@ Mia, meta-mentor on matrix, en")
TITLE = Verbatim("Who waits")
HELP = Button(Verbatim("Help"), Command("help"))


async def played(database: str, script: str, cast: Sequence[str] = CAST) -> str:
    """What is said to Mia in a script, where Matrix can only number what it offers."""
    page: list[str] = []
    messengers = [replace(each, can=ONLY_NUMBERS) if each.name == "matrix" else each for each in MESSENGERS]
    async with demo.Stage(database, page.append, messengers) as terminal:
        await terminal.play(script.strip().splitlines(), cast)
    return "\n".join(line[6:].removeprefix(" ") for line in page if line.startswith("    "))


def line(name: str, *deeds: str) -> Line:
    """A line with deeds of these names."""
    return Line(Verbatim(name), [Button(Verbatim(deed), Command(deed.lower())) for deed in deeds])


def labels(can: Capabilities, *lines: Line, **more: object) -> tuple[str, list[str], int]:
    """What a list with a button of its own becomes: text, labels, and the slot of the first."""
    text, buttons = laid_out(TITLE, [Section(lines)], [HELP], None)
    (shown,) = rendered(can, "", body=to_json(text), offers=[each.offer() for each in buttons])
    return shown.plain, [label for row in shown.buttons for label in row], shown.first_slot


# --- how it is laid out --------------------------------------------------------------------------


def test_few_deeds_stand_on_buttons_by_name_and_numbers_open_their_lines() -> None:
    two = line("Ana", "Write", "Ask"), line("Bo", "Write")
    shown = "Who waits\n\n1. Ana\n2. Bo"
    assert labels(Capabilities(), *two) == (shown, ["1: Write", "1: Ask", "2: Write", "Help"], 3)
    text, typed, first = labels(ONLY_NUMBERS, *two)
    assert text == f"{shown}\n\nTo see what can be done, choose a number.\n\n3. Help"
    assert (typed, first) == (["1", "2", "Help"], 0)


def test_many_deeds_are_numbers_that_open_their_lines() -> None:
    many = [line(f"Ana {n}", "Write") for n in range(SPELLED + 1)]
    text, buttons, first = labels(Capabilities(), *many)
    assert text.endswith("9. Ana 8\n\nTo see what can be done, choose a number.")
    assert (buttons, first) == ([*"123456789", "Help"], 0)


def test_a_line_with_nothing_to_do_has_no_number() -> None:
    text, buttons, _first = labels(Capabilities(), line("Ana", "Write"), line("Bo"), line("Cy", "Write"))
    assert text == "Who waits\n\n1. Ana\nBo\n2. Cy"
    assert buttons == ["1: Write", "2: Write", "Help"]


def test_one_line_with_deeds_needs_no_number() -> None:
    assert labels(Capabilities(), line("Ana", "Write"), line("Bo")) == (
        "Who waits\n\nAna\nBo",
        ["Write", "Help"],
        0,
    )


def test_one_row_too_many_is_more() -> None:
    def shown(rows: int) -> Section:
        return page(range(rows), lambda n: line(str(n)), more=lambda last: OpenLine(last, []))

    assert (len(shown(PAGE).lines), shown(PAGE).more) == (PAGE, None)
    assert (len(shown(PAGE + 1).lines), shown(PAGE + 1).more) == (PAGE, OpenLine(PAGE - 1, []))


@pytest.mark.parametrize(("lines", "marks"), [(2, 3), (5, 6), (6, 0)])
def test_a_list_that_is_longer_than_there_are_marks_gets_none(lines: int, marks: int) -> None:
    _text, buttons = laid_out(TITLE, [Section([line("Ana", "Write")] * lines)], [HELP], None)
    assert _count([each.offer() for each in buttons], 6) == marks


# --- what numbers mean ---------------------------------------------------------------------------


@on_loop
async def test_where_there_are_only_numbers_a_list_is_one_numbered_list(database: str) -> None:
    said = await played(database, "Mia: !members\nMia: 21\nMia: 2")
    first, second, card = said.split("\nMia: ")
    assert "20. Ann 29: Experienced mentor, since March 1, 2026" in first
    assert first.endswith("\n\nTo see one of them, choose a number.\n\n21. More\n22. Find somebody")
    assert second.startswith("Neckar Mentors\n\n1. Ann 30: ")
    assert card.startswith("Name: Ann 31\n")


@on_loop
async def test_a_number_means_the_newest_list_also_below_newer_words(database: str) -> None:
    said = await played(database, "Mia: !members\nMia: !log\nMia: 3")
    assert said.split("\nMia: ")[-1].startswith("Name: Ann 12\n")


@on_loop
async def test_a_number_answers_a_question_that_is_open(database: str) -> None:
    said = await played(database, "Mia: !members\nMia: [Find somebody]\nMia: 12")
    assert said.split("\nMia: ")[-1].startswith("Name: Ann 12\n")
