"""Rounds of check-ins: a short question to each member at their own time of day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot import AnyText, Button, Context, Priority, Text, Timer, _, on, on_all, paragraphs
from bot.lists import News
from db.engine import timers
from db.help import check_ins, schedules
from db.models import CheckIn, Member, Mood, Network, Person, Round, Schedule
from db.network import members, numbers
from handlers.checking_in import amount, digest, silence, times, who
from handlers.checking_in.steps import AnswerInWords, AnswerMood, AskLater, AskMember, PlanOn, Remind
from handlers.checking_in.times import Due

HOW = _("How is your mentoring going?")
"""The first question of every check-in; the network's own ones follow."""
DISCRETION = _("I only pass on numbers. I tell nobody who answered what.")
MOODS: dict[Mood, Text] = {"good": _("Good"), "so_so": _("So-so"), "not_good": _("Not good")}
ABOUT = _("my question about your mentoring")
"""What a check-in is, as a part of a sentence."""
BEST = 5
"""Own questions are answered from 1 to this."""

CLOSE = timedelta(days=6)
"""Two check-ins of somebody new that are no further apart than this are one."""
FIRST = (times.FIRST_WEEKS[-1] + 2) * times.WEEK
MOST = 400
"""Members who are planned in one turn."""


def plan(ctx: Context, member: Member) -> None:
    """Plan when a member is asked next in the place of what was planned, by their time zone of today."""
    schedule = schedules.of(ctx.db, member.network_id)
    about = who.about(member)
    ctx.call_off(about, AskMember)
    ctx.later(
        _next(schedule, who.zone(ctx, member), member.came_at, ctx.now), AskMember(member.id), about=about
    )


def plan_all(ctx: Context, network: Network, *, by_its_zone: bool = False) -> None:
    """Plan when every member of a network is asked next in the place of what was planned, or only those who
    live `by_its_zone`."""
    ctx.call_off(_about_all(network.id))
    ctx.go_on(PlanOn(network.id, ctx.now.isoformat(), by_its_zone), None, about=_about_all(network.id))


@on(PlanOn)
def plan_on(ctx: Context, step: PlanOn) -> None:
    """Plan the next check-in of some, whose time may have come since it was decided: then they are asked."""
    schedule, network = schedules.of(ctx.db, step.network_id), ctx.db.get(Network, step.network_id)
    if network is None:
        return
    since = datetime.fromisoformat(step.since)
    rhythm = schedule or times.UNPLANNED
    zone_of = cache(lambda name: ctx.installation.zone(name, network.time_zone))
    by_rhythm = cache(lambda zone: times.next_time(rhythm, zone, since))
    by_weeks = cache(lambda zone, came_on: times.next_own(rhythm, zone, came_on, since))
    some = check_ins.members_with_zone(ctx.db, network.id, step.place or 0, MOST)
    plans = []
    for each in some:
        if each.is_active and not (step.by_its_zone and each.time_zone):
            zone = zone_of(each.time_zone)
            own = by_weeks(zone, each.came_at.astimezone(zone).date())
            at = min(filter(None, (by_rhythm(zone), own)))
            plans.append((at, AskMember(each.id), check_ins.about_member(network.id, each.id)))
    timers.call_off_each(ctx.db, AskMember.name, [about for _at, _timer, about in plans])
    ctx.later_all(plans)
    if len(some) == MOST:
        ctx.go_on(step, some[-1].person_id, about=_about_all(network.id))


def _next(schedule: Schedule | None, zone: ZoneInfo, came_at: datetime, after: datetime) -> datetime:
    """Return when (UTC) somebody is asked next, or looked after where nothing is asked then."""
    rhythm = schedule or times.UNPLANNED
    own = times.next_own(rhythm, zone, came_at.astimezone(zone).date(), after)
    return min(filter(None, (times.next_time(rhythm, zone, after), own)))


def _about_all(network_id: int) -> str:
    return f"check_ins:{network_id}"


def call_off(ctx: Context, member: Member) -> None:
    """Ask a member nothing more: neither how it goes, nor whether they are still there."""
    ctx.call_off(who.about(member))
    ctx.call_off(silence.about(member))


@on_all(AskMember)
def ask_members(ctx: Context, looks: Sequence[AskMember]) -> None:
    """Plan the next check-in of these members, whose time has come, or had while the bot was down, and ask
    them for the latest one, unless it is stale. Whoever gives no sign of life is asked something else."""
    rows = schedules.of_members(ctx.db, [look.member_id for look in looks])
    plans: list[tuple[datetime, Timer, str]] = [
        (
            _next(schedule, who.zone(ctx, member), member.came_at, ctx.now),
            AskMember(member.id),
            who.about(member),
        )
        for member, schedule in rows
    ]
    timers.call_off_each(ctx.db, AskMember.name, [about for _, _, about in plans])
    ctx.later_all(plans)
    silent = silence.look(ctx, [(member, schedule is not None) for member, schedule in rows])
    asked: defaultdict[Due, list[Member]] = defaultdict(list)
    for member, schedule in rows:
        due = times.due(member.network_id, schedule, who.zone(ctx, member), member.came_at, ctx.now)
        if due is not None and member.id not in silent:
            asked[due].append(member)
    for due, together in asked.items():
        _ask(ctx, together, due)
    amount.ask(ctx, [(member, schedule) for member, schedule in rows if member.id not in silent])


@on(AskLater)
def ask_later(ctx: Context, step: AskLater) -> None:
    """Ask a member who was in the middle of a dialogue, in the round of `day` (an ISO date)."""
    for member, schedule in schedules.of_members(ctx.db, [step.member_id]):
        due = times.due(member.network_id, schedule, who.zone(ctx, member), member.came_at, ctx.now)
        if due is not None and due.day.isoformat() == step.day:
            _ask(ctx, [member], due)


def _ask(ctx: Context, asked: Iterable[Member], due: Due) -> None:
    """Ask members of a network in the round of that day. Those on a pause or out of reach are passed over.
    Those in the middle of a dialogue are asked a little later, as long as the question is not stale."""
    in_time = [member for member in asked if ctx.now < due.end(who.zone(ctx, member))]
    there = who.can_be_asked(ctx, _not_twice(ctx, in_time))
    busy = who.is_in_dialogue(ctx, there)
    ctx.later_all(
        (ctx.now + who.LATER, AskLater(each.id, due.day.isoformat()), who.about(each)) for each in busy
    )
    free = [member for member in there if member not in busy]
    if not free:
        return
    ctx.turn_to(free[0].network)
    round_ = _round(ctx, due)
    new = check_ins.ask(ctx.db, round_, [member.id for member in free], ctx.now)
    several = members.in_several(ctx.db, [member.person_id for member in free])
    news = list(_news(ctx, free[0].network, round_)) if not due.of_newcomers else []
    # One letter for all who read the same until the same time.
    readers: defaultdict[tuple[bool, datetime], list[Person]] = defaultdict(list)
    for member in free:
        if member.id in new:
            readers[member.person_id in several, due.end(who.zone(ctx, member))].append(member.person)
    for (in_several, expires_at), people_ in readers.items():
        text = paragraphs(_question(free[0].network, in_several=in_several), DISCRETION, news)
        _send(ctx, people_, round_.id, text, expires_at)
    if not due.of_newcomers:  # they are soon asked again
        silent_at = ctx.now + numbers.span(free[0].network, "reminder_hours")
        ctx.later_all((silent_at, Remind(each), about(each)) for each in new.values())


def _news(ctx: Context, network: Network, round_: Round) -> Iterator[AnyText]:
    """Yield what members hear besides: the same in all letters of a round, of what was since the one before,
    until its day began."""
    last = check_ins.before(ctx.db, round_)
    since = _midnight(last.day) if last is not None else network.founded_at
    for tell in News:
        yield from tell(ctx, network, since, _midnight(round_.day))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _not_twice(ctx: Context, asked: Sequence[Member]) -> list[Member]:
    """Return those of the members who are to be asked: in their first weeks, a round of the network and one
    of newcomers may come close to each other."""
    new = [member.id for member in asked if ctx.now - member.came_at < FIRST]
    lately = check_ins.asked_since(ctx.db, new, ctx.now - CLOSE)
    return [member for member in asked if member.id not in lately]


def _round(ctx: Context, due: Due) -> Round:
    """Return the round of that day; the first member who is asked begins it and plans its digest. There is
    none of what only newcomers answer: they are too few."""
    round_, begins = check_ins.claim(
        ctx.db, due.network_id, due.day, due.questions, due.in_words, of_newcomers=due.of_newcomers
    )
    if begins and not due.of_newcomers:
        digest.plan(ctx, round_, digest.AFTER)
    return round_


def question(ctx: Context, member: Member) -> AnyText:
    """Return the first question, with the network's name for somebody who is in several."""
    return _question(member.network, in_several=bool(members.in_several(ctx.db, [member.person_id])))


def _question(network: Network, *, in_several: bool) -> AnyText:
    if in_several:
        return _("How is your mentoring going in <b>{network}</b>?", network=network.name)
    return HOW


def _send(ctx: Context, to: Iterable[Person], round_id: int, text: AnyText, expires_at: datetime) -> None:
    ctx.tell(
        to,
        text,
        *moods(round_id),
        priority=Priority.CHECK_IN,
        expires_at=expires_at,
        about=ABOUT,
        on_reply=AnswerInWords(round_id),
    )


def moods(round_id: int) -> list[Button]:
    """Return the buttons that answer the first question of a round."""
    return [Button(label, AnswerMood(round_id, mood), means=mood) for mood, label in MOODS.items()]


def about(check_in_id: int) -> str:
    """Return the tag of a check-in's timers."""
    return f"check_in:{check_in_id}"


@on(Remind)
def remind(ctx: Context, step: Remind) -> None:
    """Remind a member who has not answered, only once."""
    check_in = ctx.db.get(CheckIn, step.check_in_id)
    if check_in is None or check_in.mood is not None or check_ins.is_over(ctx.db, check_in):
        return
    for member, schedule in schedules.of_members(ctx.db, [check_in.member_id]):
        if not who.can_be_asked(ctx, [member]):
            return
        if who.is_in_dialogue(ctx, [member]):
            ctx.later(who.LATER, Remind(step.check_in_id), about=about(step.check_in_id))
            return
        check_ins.note_reminder(check_in, ctx.now)
        ctx.turn_to(member.network)
        once_more = paragraphs(_("A short reminder. One tap or one word is enough."), question(ctx, member))
        _send(
            ctx,
            [member.person],
            check_in.round_id,
            once_more,
            ctx.now + times.fresh(schedule or times.UNPLANNED),
        )
