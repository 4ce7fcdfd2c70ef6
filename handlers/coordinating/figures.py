"""How a network is, in figures. Shares and typical times are shown only where they are of five or more:
those of fewer say something about single people, and nothing about the network."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot import AnyText, Button, Command, Context, Text, _, _n, form, lines, on
from bot.making.charts import FEWEST_MEMBERS, FEWEST_VALUES, Bars, in_words
from bot.making.sheets import Row
from bot.text import AtLeast, Value
from db.directory import organisations
from db.help import amounts, digests, months, pulse
from db.help.pulse import NetworkFigures
from db.network import cohorts, roster
from db.sharing import looked_for
from handlers.checking_in import moods
from handlers.coordinating.steps import ShowFigures
from handlers.joining import group_progress
from handlers.vocabulary import topic_name

FEWEST = 5
QUARTER = timedelta(days=90)
YEAR = timedelta(days=365)
YOUNG, GROUPS = timedelta(days=60), 3
"""How long it is told of a course group how many have come, and of how many groups at most."""


@on(ShowFigures)
def show_figures(ctx: Context, step: ShowFigures) -> None:
    """Say how the network is, one fact a line, with a picture of who carries it."""
    now = pulse.figures(ctx.db, ctx.network, ctx.now)
    picture, file_of_it = _chart(now), Button(_("As a file"), Command("export"), keep=True)
    ctx.say(lines(_figures(ctx, now)), *moods.button(ctx), file_of_it, file=picture)


def _figures(ctx: Context, now: NetworkFigures) -> Iterator[AnyText]:
    yield _("<b>{network} in figures</b>", network=ctx.network.name)
    yield _n("{n} member", "{n} members", now.members)
    if paused := AtLeast.told(now.paused, roster.MOST):
        yield _n("{n} of them is on a break", "{n} of them are on a break", paused)
    if unreachable := AtLeast.told(now.unreachable, roster.MOST):
        yield _n("{n} of them cannot be reached", "{n} of them cannot be reached", unreachable)
    if now.resting:
        yield _n("{n} place rests", "{n} places rest", now.resting)
    if many := AtLeast.told(now.requests, pulse.MOST):
        yield _n("{n} question in the last 30 days", "{n} questions in the last 30 days", many)
    else:
        yield _("No question in the last 30 days")
    if now.first_reply is not None and now.answered >= FEWEST:
        within = max(now.first_reply, timedelta(minutes=1))
        yield _("Usual time until the first answer: {time}", time=within)
    if (asked := now.answered + now.unanswered) >= FEWEST:
        yield _("Answered within a day: {share}", share=_share(now.within_a_day, asked))
        yield _(
            "Without any answer: {share}. Let us keep this small.",
            share=_share(now.unanswered, asked),
        )
    if now.answers >= FEWEST:
        yield _top_three(now)
    yield from _who_carries(now)
    if now.helpers >= FEWEST:
        yield _(
            "Of those who help somebody now, as many as they can: {share}",
            share=_share(now.at_their_load, now.helpers),
        )
    for name, joined, waiting in cohorts.progress(ctx.db, ctx.network, ctx.now - YOUNG, ctx.now, GROUPS):
        yield group_progress.have_joined(name, joined, waiting)
    yield from _shelf(ctx)
    if many := organisations.count(ctx.db, ctx.network.id):
        checked = organisations.count(ctx.db, ctx.network.id, ctx.now - YEAR)
        yield _n(
            "{n} organisation, {checked} checked within a year",
            "{n} organisations, {checked} of them checked within a year",
            many,
            checked=checked,
        )
    yield from _last_check_in(ctx)
    yield from _amount(ctx)
    yield from _a_year_ago(ctx)


def _shelf(ctx: Context) -> Iterator[AnyText]:
    """Yield how often a card was enough in the last three months, and what members did not find."""
    since = ctx.today - QUARTER
    if spared := sum(looked_for.by_topic(ctx.db, ctx.network.id, "spared", since).values()):
        yield _("Answered by a card: {n}", n=spared)
    missed = looked_for.by_topic(ctx.db, ctx.network.id, "missed", since)
    if missed:
        told: list[Value] = [
            form("{topic}: {n}", topic=topic_name(topic), n=n) for topic, n in missed.items()
        ]
        yield _("Looked for and not found: {topics}", topics=told)


def _last_check_in(ctx: Context) -> Iterator[AnyText]:
    last = digests.last(ctx.db, ctx.network.id)
    if last is None or last.asked < FEWEST:
        return
    yield _(
        "Answered the check-in of {day}: {share}",
        day=last.day,
        share=_share(last.answered, last.asked),
    )
    if last.telling:
        yield moods.bar(last)


def _amount(ctx: Context) -> Iterator[AnyText]:
    """Yield how many said since the year began that the amount is right for them: five or more together."""
    zone = ctx.zone(ctx.person, ctx.network)
    year = datetime(ctx.today.year, 1, 1, tzinfo=zone)
    right, several = amounts.figures(ctx.db, ctx.network, year)
    if several:
        yield _(
            "Is the amount right? This year {share} said: just right.",
            share=_share(right, several),
        )


def _a_year_ago(ctx: Context) -> Iterator[AnyText]:
    first = ctx.today.replace(year=ctx.today.year - 1, day=1)
    then = months.of(ctx.db, ctx.network, first, ctx.now)
    if not then.questions:
        return
    yield _n(
        "The same month a year ago: {n} question", "The same month a year ago: {n} questions", then.questions
    )
    if then.first_reply is not None and then.answered >= FEWEST:
        within = max(then.first_reply, timedelta(minutes=1))
        yield _("Usual time until the first answer then: {time}", time=within)
        asked = then.answered + then.unanswered
        yield _("Answered within a day then: {share}", share=_share(then.within_a_day, asked))


# --- who carries it, without names ------------------------------------------------------------


def _chart(now: NetworkFigures) -> Bars | None:
    """Return who carries the network as bars, without names, with the share of the three who helped most;
    None where there are too few people."""
    if not _may_be_seen(now):
        return None
    numbers: list[Value] = list(now.each)
    of_three = _top_three(now)
    return Bars(
        "pulse.png",
        _("Who helped, in the last 30 days"),
        _("How many questions each helper took: {numbers}. {share}", numbers=numbers, share=of_three),
        [Row(form("{n}", n=many), [many], now.each[0]) for many in now.each],
        lines(form("{share}.", share=of_three), _more(now)),
    )


def _who_carries(now: NetworkFigures) -> Iterator[AnyText]:
    """Yield the same in words, a bar a line."""
    if not _may_be_seen(now):
        return
    yield _("How many questions each helper took, without names:")
    for many in now.each:
        yield form("{n} {bar}", n=many, bar=in_words([many], now.each[0]))
    yield from _more(now)


def _top_three(now: NetworkFigures) -> Text:
    """Return how much of all help comes from the three who helped most."""
    of_three = _share(now.of_top_three, now.answers)
    return _("Of all help, from the three who helped most: {share}", share=of_three)


def _share(part: int, whole: int) -> Text:
    """Return a part as people count it, and in percent."""
    return _("{part} of {whole} ({percent}%)", part=part, whole=whole, percent=round(100 * part / whole))


def _may_be_seen(now: NetworkFigures) -> bool:
    """Whether so many people helped, and so often, that a bar is nobody's in particular."""
    return now.members >= FEWEST_MEMBERS <= now.answers and now.answering >= FEWEST_VALUES


def _more(now: NetworkFigures) -> Iterator[AnyText]:
    if more := now.answering - len(now.each):
        yield _n("And {n} more person helped.", "And {n} more people helped.", more)
