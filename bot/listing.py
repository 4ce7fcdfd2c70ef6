"""A list: rows and deeds under one numbering.

    ctx.say_list(
        _("Open invitations"),
        page(found, _line, more=lambda last: ShowInvitations(last.id)),
        choose=_("To withdraw one, choose its number."),
    )

A line is numbered where something can be done about it. Its number means the same on every messenger, whether
it stands on a button or is typed: what `choose` says, else it opens the line with its deeds. Where there are
native buttons and few deeds, these stand there by name, as "1: Write to Bo".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.delivery.offers import Button
from bot.handler import Step, Target
from bot.text import AnyText, Text, _, _n, form, lines, paragraphs, to_json

PAGE = 20
"""Lines in one message: with a heading, they fit the screen of a phone twice."""
SPELLED = 8
"""Deeds of a whole list that stand on buttons by name; more of them hide the list itself on a phone."""
CHOOSE = _("To see what can be done, choose a number.")

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list, and what can be done about it."""

    text: AnyText
    deeds: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that stand together.

    title: what they have in common; None where the list is one section
    left:  how many more there are; 0 where that is not known, or none are
    more:  where the next ones are shown; None where there are none
    """

    lines: Sequence[Line]
    title: Text | None = None
    left: int = 0
    more: Target | None = None


class OpenLine(Step):
    """Show a line again, with its deeds: its text and their buttons as they are stored."""

    line: Any
    deeds: list[Any]


def page(
    rows: Sequence[Row],
    line: Callable[[Row], Line],
    *,
    more: Callable[[Row], Step],
    title: Text | None = None,
    size: int = PAGE,
) -> Section:
    """Return the first `size` of these rows as a section: `line` tells one, and `more` returns the step that
    shows those after the last one. One row too many is enough to know that there are more."""
    shown = rows[:size]
    rest = len(rows) - len(shown)
    return Section(
        [line(row) for row in shown], title, rest if title else 0, more(shown[-1]) if rest else None
    )


# --- laying out ----------------------------------------------------------------------------------


def laid_out(
    title: AnyText, sections: Sequence[Section], buttons: Sequence[Button], choose: Text | None
) -> tuple[AnyText, list[Button]]:
    """Return the text and the buttons of a list; `buttons` belong to the whole of it. A list stays: who has
    pressed one line may press another."""
    acting = [line for section in sections for line in section.lines if line.deeds]
    whole = [*_pages(sections), *buttons]
    if len(acting) < 2:
        deeds = [deed for line in acting for deed in line.deeds]
        return paragraphs(title, _told(sections, {})), [*deeds, *whole]
    numbers = {id(line): n for n, line in enumerate(acting, 1)}
    text = [title, *_told(sections, numbers)]
    numbered = [_number(n, line, acts=choose is not None) for n, line in enumerate(acting, 1)]
    spelled = [
        replace(deed, label=form("{n}: {deed}", n=n, deed=deed.label), keep=True)
        for n, line in enumerate(acting, 1)
        for deed in line.deeds
    ]
    if choose is not None or len(spelled) > SPELLED:
        return paragraphs(text, choose or CHOOSE), [*numbered, *whole]
    typed = [replace(button, typed=True) for button in [*numbered, *whole]]
    return paragraphs(text), [*typed, *spelled, *whole]


def _pages(sections: Sequence[Section]) -> Iterator[Button]:
    """Yield the buttons that show more."""
    several = sum(section.more is not None for section in sections) > 1
    for section in sections:
        if section.more is not None:
            label = _("More: {what}", what=section.title) if several and section.title else _("More")
            yield Button(label, section.more, keep=True)


def _told(sections: Sequence[Section], numbers: Mapping[int, int]) -> Iterator[AnyText]:
    """Yield each section as a paragraph; `numbers` are those of its lines, by the identity of the line."""
    for section in sections:
        yield lines(
            [form("<b>{title}</b>", title=section.title)] if section.title is not None else [],
            (
                form("{n}. {line}", n=numbers[id(line)], line=line.text) if id(line) in numbers else line.text
                for line in section.lines
            ),
            [_n("and {n} more", "and {n} more", section.left)] if section.left else [],
        )


def _number(n: int, line: Line, *, acts: bool) -> Button:
    """Return the button that is the number of a line: it does the line's only deed where it `acts`, else it
    opens the line."""
    label = form("{n}", n=n)
    if not acts:
        deeds = [deed.offer() for deed in line.deeds]
        return Button(label, OpenLine(to_json(line.text), deeds), keep=True, line=True)
    (deed,) = line.deeds
    return replace(deed, label=label, keep=True, line=True)
