"""The digest of a round of check-ins: numbers for those who coordinate the network and for its rooms, never
names."""

from collections.abc import Iterator
from datetime import timedelta

from bot import AnyText, Context, Priority, Text, _, heading, lines, on
from db.help import check_ins
from db.help.check_ins import RoundFigures
from db.models import Network, Round
from db.network import members, rooms
from handlers.checking_in.steps import SendDigest

AFTER = timedelta(days=5)
"""From the first member who is asked to the digest, unless all have answered earlier."""
SAME_MOOD, SAME_SHARE = 0.15, 0.1
"""Smaller changes from one round to the next mean nothing."""


def plan(ctx: Context, round_: Round, after: timedelta) -> None:
    """Plan the digest of a round in the place of what was planned."""
    ctx.call_off(_about(round_))
    ctx.later(after, SendDigest(round_.id), about=_about(round_))


def _about(round_: Round) -> str:
    return f"round:{round_.id}"


@on(SendDigest)
def send_digest(ctx: Context, step: SendDigest) -> None:
    """Tell the meta-mentors and deputies, and the rooms, what a round came to, only once."""
    round_ = ctx.hold(Round, step.round_id)
    if round_ is None or round_.digest_at is not None:
        return
    check_ins.begin_digest(round_, ctx.now)
    earlier = check_ins.before(ctx.db, round_)
    now = check_ins.figures(ctx.db, round_)
    then = check_ins.figures(ctx.db, earlier) if earlier is not None else None
    if now.asked:
        check_ins.keep_digest(round_, now)
    if now.asked > 1:
        network = ctx.db.get_one(Network, round_.network_id)
        digest = heading(
            _("Check-in of {day} in {network}", day=round_.day, network=network.name),
            *_paragraphs(now, then, round_.questions),
        )
        coordinators = members.coordinators(ctx.db, network.id)
        ctx.tell([member.person for member in coordinators], digest, priority=Priority.CHECK_IN)
        if now.asked >= check_ins.FEWEST:
            ctx.tell_rooms(rooms.of_network(ctx.db, network.id), digest, priority=Priority.CHECK_IN)


def _paragraphs(now: RoundFigures, then: RoundFigures | None, questions: list[str]) -> Iterator[AnyText]:
    if now.asked < check_ins.FEWEST:
        yield _(
            "I have asked {n} members. They are so few that I show no numbers: they would tell who said "
            "what. Whoever is not well was asked whether they would like to talk to you.",
            n=now.asked,
        )
        return
    yield _("{answered} of {n} members have answered.", answered=now.answered, n=now.asked)
    if now.telling:
        yield lines(_answers(now, then, questions))
    elif now.answered:
        yield _(
            "I show no answers this time: there are few of them, or nearly all are the same, and that would "
            "tell who said what."
        )


def _answers(now: RoundFigures, then: RoundFigures | None, questions: list[str]) -> Iterator[AnyText]:
    yield _(
        "Good: {good}. So-so: {so_so}. Not good: {not_good}.",
        good=now.good,
        so_so=now.so_so,
        not_good=now.not_good,
    )
    for question, average in zip(questions, now.averages, strict=True):
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
