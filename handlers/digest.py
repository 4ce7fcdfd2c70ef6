"""The digest of a round of check-ins: numbers for those who coordinate the network and for its rooms, never
names."""

from collections.abc import Iterator
from datetime import timedelta

from bot import AnyText, Context, Priority, Text, _, _n, action, heading, lines
from db import check_ins, members, rooms
from db.check_ins import FEWEST, Figures
from db.models import Network, Round

AFTER = timedelta(days=5)
"""From the first member who is asked to the digest, unless all have answered earlier."""
SAME_MOOD, SAME_SHARE = 0.15, 0.1
"""Smaller changes from one round to the next mean nothing."""


def plan(ctx: Context, round_: Round, after: timedelta) -> None:
    """Plan the digest of a round in the place of what was planned."""
    ctx.call_off(_about(round_))
    ctx.later(after, send, round_.id, about=_about(round_))


def _about(round_: Round) -> str:
    return f"round:{round_.id}"


@action()
def send(ctx: Context, round_id: int) -> None:
    """Tell the meta-mentors and deputies what a round came to, once."""
    round_ = ctx.hold(Round, round_id)
    if round_ is None or round_.digest_at is not None:
        return
    round_.digest_at = ctx.now
    earlier = check_ins.before(ctx.db, round_)
    now = check_ins.figures(ctx.db, round_)
    then = check_ins.figures(ctx.db, earlier) if earlier is not None else None
    if now.asked:
        network = ctx.db.get_one(Network, round_.network_id)
        digest = heading(
            _("Check-in of {day} in {network}", day=round_.day, network=network.name),
            *_paragraphs(now, then, round_.questions),
        )
        coordinators = members.coordinators(ctx.db, network.id)
        ctx.tell([member.person for member in coordinators], digest, priority=Priority.CHECK_IN)
        ctx.tell_rooms(rooms.of_network(ctx.db, network.id), digest, priority=Priority.CHECK_IN)


def _paragraphs(now: Figures, then: Figures | None, questions: list[str]) -> Iterator[AnyText]:
    yield lines(_counts(now))
    if now.telling:
        yield lines(_answers(now, then, questions))
    elif now.answered:
        yield _("I do not show fewer than {fewest} answers: it would be clear who gave them.", fewest=FEWEST)


def _counts(now: Figures) -> Iterator[AnyText]:
    yield _n("{n} member was asked.", "{n} members were asked.", now.asked)
    yield _n("{n} has answered.", "{n} have answered.", now.answered)
    if now.silent:
        yield _n("{n} has not answered.", "{n} have not answered.", now.silent)


def _answers(now: Figures, then: Figures | None, questions: list[str]) -> Iterator[AnyText]:
    yield _(
        "Good: {good}. So-so: {so_so}. Not good: {not_good}.",
        good=now.good,
        so_so=now.so_so,
        not_good=now.not_good,
    )
    for question, average in zip(questions, now.averages, strict=True):
        if average is None:
            yield _("{question} Too few answers to show.", question=question)
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
