"""What another network can begin with of what is agreed on: the agreement, as a draft, and the goals."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import AnyText, Command, Context, Verbatim, _, form, lines
from bot.lists import Part, Parts, adds
from db.agreeing import agreements, goals
from db.models import Network
from handlers.agreeing import keeping, texts

HALF_A_YEAR = timedelta(days=182)


@adds(Parts, place=5)
def agreement() -> Part:
    """Return the agreement that is in force in a network. It is remembered as a draft and nothing else:
    members sign what their own network sends them."""
    return Part(
        _("The agreement"),
        _agreement_of,
        _agreement_told,
        taken=_("When you next write the agreement, you can begin with this:"),
        differs=_what_differs,
    )


def _agreement_of(db: Session, network: Network) -> Any:
    there = agreements.in_force(db, network.id)
    return agreements.wording(db, there).texts if there is not None else None


def _agreement_told(value: Any) -> AnyText:
    return texts.shown(_first(value))


def _what_differs(before: Any, now: Any) -> AnyText:
    return texts.difference(_first(before), _first(now)).shown()


def _first(value: Any) -> texts.Parts:
    """Return a text in the language in which it was written first."""
    return next(iter(texts.texts_of(value).values()))


@adds(Parts, place=8)
def aims() -> Part:
    """Return the open goals of a network, without how far they are and who keeps them."""
    return Part(
        _("Its goals"),
        _goals_of,
        _goals_told,
        _give_goals,
        taken=_(
            "{goals} shows these now. New ones have half a year, and look for a keeper:",
            goals=Command("goals"),
        ),
    )


def _goals_of(db: Session, network: Network) -> Any:
    there = goals.open_of(db, network.id)
    return [{"title": each.title, "kind": each.kind, "target": each.target} for each in there] or None


def _goals_told(value: Any) -> AnyText:
    return lines(
        Verbatim(each["title"])
        if each["kind"] == "yes_no"
        else form("{title} ({n})", title=each["title"], n=each["target"])
        for each in value
    )


def _give_goals(ctx: Context, network: Network, value: Any) -> None:
    """Add the goals that a network has not got, as long as there is room for more."""
    there = goals.open_of(ctx.db, network.id)
    known = {each.title for each in there}
    new = [each for each in value if each["title"] not in known]
    for each in new[: goals.MOST - len(there)]:
        keeping.plan(ctx, goals.make(ctx.db, network, **each, until=ctx.today + HALF_A_YEAR, now=ctx.now))
