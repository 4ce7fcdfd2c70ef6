"""How a network is, in figures. Shares and typical times are shown only where they are of five or more:
those of fewer say something about single people, and nothing about the network."""

from collections.abc import Iterator
from datetime import timedelta

from bot import AnyText, Context, Text, _, _n, lines, on
from db.help import check_ins, pulse
from handlers.coordinating.steps import ShowFigures

FEWEST = 5


@on(ShowFigures)
def show_figures(ctx: Context, step: ShowFigures) -> None:
    """Say how the network is, one fact a line."""
    ctx.say(lines(_figures(ctx)))


def _figures(ctx: Context) -> Iterator[AnyText]:
    now = pulse.figures(ctx.db, ctx.network, ctx.now)
    yield _("<b>{network} in figures</b>", network=ctx.network.name)
    yield _n("{n} member", "{n} members", now.members)
    if now.paused:
        yield _n("{n} of them is on a break", "{n} of them are on a break", now.paused)
    if now.unreachable:
        yield _n("{n} of them cannot be reached", "{n} of them cannot be reached", now.unreachable)
    if now.requests:
        yield _n("{n} question in the last 30 days", "{n} questions in the last 30 days", now.requests)
    else:
        yield _("No question in the last 30 days")
    if now.first_reply is not None and now.answered >= FEWEST:
        within = max(now.first_reply, timedelta(minutes=1))
        yield _("Usual time until the first answer: {time}", time=within)
    if (asked := now.answered + now.unanswered) >= FEWEST:
        yield _("Answered within a day: {share}", share=_share(now.within_a_day, asked))
        yield _("Without any answer: {share}. Let us keep this small.", share=_share(now.unanswered, asked))
    if now.answers >= FEWEST:
        yield _(
            "Of all help, from the three who helped most: {share}",
            share=_share(now.of_top_three, now.answers),
        )
    yield from _last_check_in(ctx)


def _share(part: int, whole: int) -> Text:
    """Return a part as people count it, and in percent."""
    return _("{part} of {whole} ({percent}%)", part=part, whole=whole, percent=round(100 * part / whole))


def _last_check_in(ctx: Context) -> Iterator[AnyText]:
    last = check_ins.last_digest(ctx.db, ctx.network.id)
    if last is None or last.asked < FEWEST:
        return
    yield _("Answered the check-in of {day}: {share}", day=last.day, share=_share(last.answered, last.asked))
    if last.telling:
        yield _(
            "Good: {good}. So-so: {so_so}. Not good: {not_good}.",
            good=last.good,
            so_so=last.so_so,
            not_good=last.not_good,
        )
