"""What those who coordinate owe, one debt at a time: a card, with what can be done about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import AnyText, Button, Context, Text, _, on, paragraphs
from bot.lists import Debts, Notice, Owed
from bot.text import AtLeast
from db.help.queues import MOST, Queue
from handlers.coordinating.steps import MoreDebts, NextDebt, OneByOne, ShowFigures

NOBODY_WAITS = _("Nobody is waiting for you.")
WAITING = _("what is waiting for you")
"""What a card is about, where words may be an answer to it."""


@dataclass(frozen=True, slots=True)
class Today:
    """All that is owed now: debts by the name of their kind, in order, without kinds of which there are none;
    what is no card; and the rows of those kinds that yield to no other."""

    kinds: dict[str, Owed[Any]]
    notices: list[Notice]
    first: Sequence[Queue[Any]]

    @property
    def many(self) -> int:
        """Return how many debts there are."""
        return AtLeast.together([AtLeast.told(kind.rows.many, MOST) for kind in self.kinds.values()])

    def counted(self) -> list[Text]:
        """Return how many there are of each kind."""
        return [kind.counted(AtLeast.told(kind.rows.many, MOST)) for kind in self.kinds.values()]


def all_owed(ctx: Context) -> Today:
    """Return all that is owed. Nobody is named twice."""
    found = {name: debts for name, find in Debts.named().items() if (debts := find(ctx)) is not None}
    kinds = {name: kind for name, kind in found.items() if isinstance(kind, Owed)}
    first = [kind.rows for kind in kinds.values() if not kind.yields]
    for name, kind in kinds.items():
        if kind.yields:
            kinds[name] = replace(kind, rows=kind.rows.but(ctx.member.id, *first))
    return Today(
        {name: kind for name, kind in kinds.items() if kind.rows.many},
        [each for each in found.values() if isinstance(each, Notice)],
        first,
    )


def card(kind: str, debts: Owed[Any], n: int) -> tuple[AnyText, list[Button]]:
    """Return the n-th debt of a kind, counted from 1, and what can be done about it."""
    row, many = debts.rows.at(n), debts.rows.many
    assert row is not None, "it was counted in this turn"
    line = debts.tell(row)
    of = {"n": n, "many": AtLeast.told(many, MOST), "what": line.text}
    text = line.text if many == 1 else _("{n} of {many}: {what}", **of)
    at_once = [debts.at_once] if debts.at_once is not None and many > 1 else []
    later = Button(_("Later"), NextDebt(kind, row.id, n), means="later")
    return text, [*line.deeds, *at_once, later]


@on(OneByOne)
def one_by_one(ctx: Context, step: OneByOne) -> None:
    """Show the first debt in the place of what was pressed."""
    _show_first(ctx)


@on(MoreDebts)
def more_debts(ctx: Context, step: MoreDebts) -> None:
    """Show the first debt: a list of an earlier program may still lead here."""
    _show_first(ctx)


def _show_first(ctx: Context) -> None:
    now = all_owed(ctx)
    for kind, debts in now.kinds.items():
        _show(ctx, kind, debts, 1)
        return
    _show_end(ctx, now)


@on(NextDebt)
def next_debt(ctx: Context, step: NextDebt) -> None:
    """Show the debt after this one, and leave this one for later."""
    show_after(ctx, step.kind, step.row_id, step.n)


def show_after(ctx: Context, kind: str, row_id: int, n: int = 1, *before: AnyText) -> None:
    """Show the debt that comes after this one of its kind, which was the n-th if it is gone; `before` is said
    above it."""
    now = all_owed(ctx)
    if kind in now.kinds:
        rows = now.kinds[kind].rows
        at = rows.place(row_id, n)
        following = n if at is None else at + 1
        if following <= rows.many:
            _show(ctx, kind, now.kinds[kind], following, *before)
            return
    for later in _kinds_after(kind):
        if later in now.kinds:
            _show(ctx, later, now.kinds[later], 1, *before)
            return
    _show_end(ctx, now, *before)


def _kinds_after(kind: str) -> Iterator[str]:
    """Yield the kinds of debts that come after this one."""
    names = [*Debts.named()]
    yield from names[names.index(kind) + 1 if kind in names else 0 :]


def _show(ctx: Context, kind: str, debts: Owed[Any], n: int, *before: AnyText) -> None:
    text, buttons = card(kind, debts, n)
    ctx.show(paragraphs(before, text), *buttons, about=WAITING)


def _show_end(ctx: Context, now: Today, *before: AnyText) -> None:
    """Say that this was all, and what is left for later."""
    figures = Button(_("The figures"), ShowFigures(), keep=True)
    if now.kinds:
        left = _("That was the last one. For later: {debts}.", debts=[*now.counted()])
        ctx.show(paragraphs(before, left), Button(_("From the start"), OneByOne()), figures)
    else:
        ctx.show(paragraphs(before, NOBODY_WAITS), figures)
