"""How everybody was in the last check-ins: bars of the answers that may be shown, never names."""

from collections.abc import Sequence

from bot import AnyText, Button, Context, Text, _, form, heading, lines, on
from bot.making.charts import FEWEST_VALUES, MOST, Bars, in_words
from bot.making.sheets import Row
from db.help import digests
from db.help.digests import RoundFigures
from handlers.checking_in.steps import ShowMoods

GOOD, SO_SO, NOT_GOOD = _("Good"), _("So-so"), _("Not good")


def button(ctx: Context) -> list[Button]:
    """Return the way to the moods, where there are several."""
    return [Button(_("How everybody was"), ShowMoods(), keep=True)] if _several(ctx) else []


@on(ShowMoods)
def show_moods(ctx: Context, step: ShowMoods) -> None:
    """Show the last check-ins below each other, as a picture and in words."""
    rounds = _several(ctx)
    title = _("How everybody was")
    if not rounds:
        ctx.say(_("There are too few check-ins to show how everybody was."))
        return
    ctx.say(
        heading(title, lines(_told(each) for each in rounds)),
        file=Bars(
            "moods.png",
            title,
            lines(_in_words(each) for each in rounds),
            [Row(None, _parts(each), each.answered, form("{day}", day=each.day)) for each in rounds],
            legend=[GOOD, SO_SO, NOT_GOOD],
        ),
    )


def chart(now: RoundFigures, title: Text, note: AnyText) -> Bars:
    """Return what one check-in came to as bars."""
    rows = [
        Row(form("{n}", n=many), [many], now.answered, mood)
        for mood, many in zip((GOOD, SO_SO, NOT_GOOD), _parts(now), strict=True)
    ]
    return Bars("check-in.png", title, _in_words(now), rows, note)


def bar(now: RoundFigures) -> Text:
    """Return what one check-in came to in words."""
    told = _(
        "Good: {good}. So-so: {so_so}. Not good: {not_good}.",
        good=now.good,
        so_so=now.so_so,
        not_good=now.not_good,
    )
    return form("{told} {bar}", told=told, bar=in_words(_parts(now), now.answered))


def _several(ctx: Context) -> Sequence[RoundFigures]:
    """Return the last check-ins whose answers may be shown; none where they are too few to be looked at."""
    rounds = digests.latest(ctx.db, ctx.network.id, MOST)
    return rounds if len(rounds) >= FEWEST_VALUES else []


def _parts(round_: RoundFigures) -> list[int]:
    return [round_.good, round_.so_so, round_.not_good]


def _told(round_: RoundFigures) -> Text:
    return form("{words} {bar}", words=_in_words(round_), bar=in_words(_parts(round_), round_.answered))


def _in_words(round_: RoundFigures) -> Text:
    return _(
        "{day}: {good} good, {so_so} so-so, {not_good} not good.",
        day=round_.day,
        good=round_.good,
        so_so=round_.so_so,
        not_good=round_.not_good,
    )
