"""Rounds of check-ins: a short question to each member at their own time of day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot import AnyText, Button, Context, Priority, Text, Timer, _, on, on_all, paragraphs
from bot.times import next_weekly
from db import people
from db.engine import conversations, timers
from db.help import check_ins, schedules
from db.help.schedules import Rhythm
from db.models import CheckIn, Member, Mood, Network, Person, Round, Schedule
from db.network import members, networks
from handlers.checking_in import digest
from handlers.checking_in.steps import AnswerInWords, AnswerMood, AskLater, AskMember, Remind

HOW = _("How is your mentoring going?")
"""The first question of every check-in; the network's own ones follow."""
DISCRETION = _("I only pass on numbers. I tell nobody who answered what.")
MOODS: dict[Mood, Text] = {"good": _("Good"), "so_so": _("So-so"), "not_good": _("Not good")}
ABOUT = _("my question about your mentoring")
"""What a check-in is, as a part of a sentence."""
BEST = 5
"""Own questions are answered from 1 to this."""

IN_DIALOGUE = timedelta(hours=1)
"""Who was asked something so recently is still at it, and is not interrupted."""
LATER = timedelta(minutes=15)
LONGEST_FRESH = timedelta(days=7)


def plan(ctx: Context, member: Member) -> None:
    """Plan a member's next check-in in the place of what was planned, by their time zone of today; nothing
    where the network has no rhythm."""
    schedule = schedules.of(ctx.db, member.network_id)
    if schedule is not None:
        _plan(ctx, member, schedule)


def _plan(ctx: Context, member: Member, schedule: Schedule) -> None:
    about = _about_member(member)
    ctx.call_off(about, AskMember)
    ctx.later(next_time(schedule, _zone(ctx, member), ctx.now), AskMember(member.id), about=about)


def plan_all(ctx: Context, network: Network) -> None:
    """Plan the next check-in of every member of a network in the place of what was planned."""
    schedule = schedules.of(ctx.db, network.id)
    timers.call_off_all(ctx.db, AskMember.name, check_ins.about_members(network.id))
    if schedule is None:
        return
    time_in = cache(lambda name: next_time(schedule, ctx.installation.zone(name, network.time_zone), ctx.now))
    ctx.later_all(
        (time_in(zone), AskMember(member_id), check_ins.about_member(network.id, member_id))
        for member_id, zone in check_ins.members_with_zone(ctx.db, network.id)
    )


def call_off(ctx: Context, member: Member) -> None:
    """Plan no more check-ins for a member."""
    ctx.call_off(_about_member(member))


def _about_member(member: Member) -> str:
    return check_ins.about_member(member.network_id, member.id)


def next_time(schedule: Schedule | Rhythm, zone: ZoneInfo, after: datetime) -> datetime:
    """Return when (UTC) a check-in falls due next for somebody in a time zone."""
    return next_weekly(
        after,
        weekday=schedule.weekday,
        at=schedule.at,
        every_weeks=schedule.every_weeks,
        starts_on=schedule.starts_on,
        zone=zone,
    )


def fresh(schedule: Schedule) -> timedelta:
    """Return how long after its time a check-in still makes sense."""
    return min(timedelta(weeks=schedule.every_weeks) / 2, LONGEST_FRESH)


def _zone(ctx: Context, member: Member) -> ZoneInfo:
    return ctx.zone(member.person, member.network)


@on_all(AskMember)
def ask_members(ctx: Context, due: Sequence[AskMember]) -> None:
    """Plan the next check-in of these members, whose time has come, or had while the bot was down, and ask
    them for the latest one, unless it is stale."""
    time_in = cache(next_time)
    plans: list[tuple[datetime, Timer, str]] = []
    rounds: defaultdict[tuple[Schedule, date], list[Member]] = defaultdict(list)
    for member, schedule in schedules.of_members(ctx.db, [timer.member_id for timer in due]):
        zone = _zone(ctx, member)
        plans.append((time_in(schedule, zone, ctx.now), AskMember(member.id), _about_member(member)))
        moment = time_in(schedule, zone, ctx.now - fresh(schedule))
        if moment <= ctx.now:
            rounds[schedule, moment.astimezone(zone).date()].append(member)
    timers.call_off_each(ctx.db, AskMember.name, [about for _, _, about in plans])
    ctx.later_all(plans)
    for (schedule, day), asked in rounds.items():
        _ask(ctx, asked, schedule, day)


@on(AskLater)
def ask_later(ctx: Context, step: AskLater) -> None:
    """Ask a member who was in the middle of a dialogue, in the round of `day` (an ISO date)."""
    for member, schedule in schedules.of_members(ctx.db, [step.member_id]):
        _ask(ctx, [member], schedule, date.fromisoformat(step.day))


def _ask(ctx: Context, asked: Iterable[Member], schedule: Schedule, day: date) -> None:
    """Ask members of a network in the round of that day. Those on a pause or out of reach are passed over.
    Those in the middle of a dialogue are asked a little later, as long as the question is not stale."""
    end = cache(lambda zone: datetime.combine(day, schedule.at, zone).astimezone(UTC) + fresh(schedule))
    in_time = [member for member in asked if ctx.now < end(_zone(ctx, member))]
    there = _who_can_be_asked(ctx, in_time)
    busy = _who_is_in_dialogue(ctx, there)
    ctx.later_all((ctx.now + LATER, AskLater(each.id, day.isoformat()), _about_member(each)) for each in busy)
    free = [member for member in there if member not in busy]
    if not free:
        return
    ctx.turn_to(free[0].network)
    round_ = _round(ctx, schedule, day)
    new = check_ins.ask(ctx.db, round_, [member.id for member in free], ctx.now)
    several = members.in_several(ctx.db, [member.person_id for member in free])
    # One letter for all who read the same until the same time.
    readers: defaultdict[tuple[bool, datetime], list[Person]] = defaultdict(list)
    for member in free:
        if member.id in new:
            readers[member.person_id in several, end(_zone(ctx, member))].append(member.person)
    for (in_several, expires_at), people_ in readers.items():
        text = paragraphs(_question(free[0].network, in_several=in_several), DISCRETION)
        _send(ctx, people_, round_.id, text, expires_at)
    silent_at = ctx.now + networks.span(free[0].network, "reminder_hours")
    ctx.later_all((silent_at, Remind(each), about(each)) for each in new.values())


def _who_can_be_asked(ctx: Context, asked: Sequence[Member]) -> list[Member]:
    awake = [member for member in asked if not people.is_paused(member.person, ctx.now)]
    reached = people.reach(ctx.db, [member.person_id for member in awake])
    return [member for member in awake if member.person_id in reached]


def _who_is_in_dialogue(ctx: Context, asked: Sequence[Member]) -> list[Member]:
    ids = [member.person_id for member in asked]
    busy = conversations.people_in_one(ctx.db, ids, ctx.now - IN_DIALOGUE)
    return [member for member in asked if member.person_id in busy]


def _round(ctx: Context, schedule: Schedule, day: date) -> Round:
    """Return the network's round of that day; the first member who is asked begins it and plans its
    digest."""
    round_, begins = check_ins.claim(ctx.db, schedule.network_id, day, schedule.questions)
    if begins:
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
        if not _who_can_be_asked(ctx, [member]):
            return
        if _who_is_in_dialogue(ctx, [member]):
            ctx.later(LATER, Remind(step.check_in_id), about=about(step.check_in_id))
            return
        check_ins.note_reminder(check_in, ctx.now)
        ctx.turn_to(member.network)
        once_more = paragraphs(_("A short reminder. One tap or one word is enough."), question(ctx, member))
        _send(ctx, [member.person], check_in.round_id, once_more, ctx.now + fresh(schedule))
