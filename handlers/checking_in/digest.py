"""The digest of a round of check-ins: numbers for those who coordinate the network and for its rooms, never
names."""

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta

from bot import AnyText, Command, Context, Priority, Text, _, _n, heading, lines, on, paragraphs
from bot.installation import Keep
from bot.lists import Forgetting, Retention, adds
from db.help import check_ins, digests
from db.help.digests import RoundFigures
from db.leading import journal
from db.models import Network, Round, chain
from db.network import members, rooms
from db.sharing import shelf
from handlers.checking_in import moods
from handlers.checking_in.steps import SendDigest

AFTER = timedelta(days=5)
"""From the first member who is asked to the digest, unless all have answered earlier."""
MONTH = timedelta(days=30)
SAME_MOOD, SAME_SHARE = 0.15, 0.1
"""Smaller changes from one round to the next mean nothing."""


def plan(ctx: Context, round_: Round, after: timedelta) -> None:
    """Plan the digest of a round in the place of what was planned."""
    ctx.call_off(_about(round_))
    ctx.later(after, SendDigest(round_.id), about=_about(round_))


def _about(round_: Round) -> str:
    return f"round:{round_.id}"


@adds(Retention, place=8)
def check_ins_one_by_one(keep: Keep) -> Forgetting:
    """Return for how long check-ins are kept one by one: then only how often each answer was given."""
    return Forgetting(digests.let_go, keep.history_days)


@on(SendDigest)
def send_digest(ctx: Context, step: SendDigest) -> None:
    """Tell the meta-mentors and deputies, and the rooms, what a round came to, only once: as soon as it is
    counted, some answers in each turn."""
    round_ = ctx.hold(Round, step.round_id)
    if round_ is None or round_.digest_at is not None:
        return
    counted, place = digests.count(ctx.db, round_, step.so_far, step.place or 0)
    if place is not None:
        ctx.go_on(SendDigest(round_.id, counted), place, about=_about(round_))
        return
    digests.begin(round_, ctx.now)
    now, then = digests.figures(round_, counted), digests.told(check_ins.before(ctx.db, round_))
    if now.asked:
        digests.keep(round_, now)
    if now.asked > 1:
        network = ctx.db.get_one(Network, round_.network_id)
        title = _("Check-in of {day} in {network}", day=round_.day, network=network.name)
        digest = heading(title, *_paragraphs(now, then, _counted(round_, now)))
        digest = paragraphs(digest, *_shelf(ctx, network), *_journal(ctx, network))
        picture = moods.chart(now, title, _answered(now)) if now.telling else None
        coordinators = [member.person for member in members.coordinators(ctx.db, network.id)]
        ctx.tell(coordinators, digest, priority=Priority.CHECK_IN, file=picture)
        if now.asked >= digests.FEWEST:
            places = rooms.of_network(ctx.db, network.id)
            ctx.tell_rooms(places, digest, priority=Priority.CHECK_IN, file=picture)


def _shelf(ctx: Context, network: Network) -> Iterator[AnyText]:
    """Yield how much was shared in the last month, if anything was."""
    if n := shelf.given_since(ctx.db, network.id, ctx.now - MONTH):
        yield _n(
            "New on the shelf: {n} thing. {find} shows it.",
            "New on the shelf: {n} things. {find} shows them.",
            n,
            find=Command("find"),
        )


def _journal(ctx: Context, network: Network) -> Iterator[AnyText]:
    """Yield how the journal stood at the end of the last month: whoever reads it in a room can prove it."""
    first = (ctx.now.astimezone(UTC).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    month = journal.month(ctx.db, network.id, first)
    if month is not None:
        yield _n(
            "Journal of the month from {day}: {n} entry, {digest}.",
            "Journal of the month from {day}: {n} entries, {digest}.",
            month.entries,
            day=first,
            digest=chain.short(month.digest),
        )


def _counted(round_: Round, now: RoundFigures) -> list[tuple[str, float | None]]:
    """Return the network's own questions that are answered with numbers, and what each came to. What was
    answered in words is nobody's but the member's."""
    both = enumerate(zip(round_.questions, now.averages, strict=True))
    return [each for place, each in both if place not in (round_.in_words or ())]


def _paragraphs(
    now: RoundFigures, then: RoundFigures | None, averages: Sequence[tuple[str, float | None]]
) -> Iterator[AnyText]:
    if now.asked < digests.FEWEST:
        yield _(
            "I have asked {n} members. They are so few that I show no numbers: they would tell who said "
            "what. Whoever is not well was asked whether they would like to talk to you.",
            n=now.asked,
        )
        return
    yield _answered(now)
    if now.telling:
        yield lines(_answers(now, then, averages))
    elif now.answered:
        yield _(
            "I show no answers this time: there are few of them, or nearly all are the same, and that would "
            "tell who said what."
        )


def _answered(now: RoundFigures) -> Text:
    return _("{answered} of {n} members have answered.", answered=now.answered, n=now.asked)


def _answers(
    now: RoundFigures, then: RoundFigures | None, averages: Sequence[tuple[str, float | None]]
) -> Iterator[AnyText]:
    yield moods.bar(now)
    for question, average in averages:
        if average is None:
            yield _("{question} I do not show this: it would tell who said what.", question=question)
        else:
            yield _("{question} On average {average} of 5.", question=question, average=round(average, 1))
    if then is not None and then.telling:
        yield _mood_trend(now.mood - then.mood)
        yield from _share_trend(now.share - then.share)


def _mood_trend(change: float) -> Text:
    if abs(change) < SAME_MOOD:
        return _("The mood is about the same as last time.")
    return _("The mood is better than last time.") if change > 0 else _("The mood is worse than last time.")


def _share_trend(change: float) -> Iterator[Text]:
    if change >= SAME_SHARE:
        yield _("More members answered than last time.")
    elif change <= -SAME_SHARE:
        yield _("Fewer members answered than last time.")
