"""Check-ins: a short question to each member at their own time of day, answered by taps. "Not good" leads to
a person at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Note,
    Priority,
    Verbatim,
    _,
    action,
    form,
    lines,
    paragraphs,
)
from bot.clock import next_weekly
from bot.router import name_of
from db import check_ins, conversations, members, networks, people, relays, schedules, timers
from db.models import CheckIn, Member, Network, Person, Round, Schedule
from handlers import ask_peers, digest, relay

HOW = _("How is your mentoring going?")
"""The first question of every check-in; the network's own ones follow."""
DISCRETION = _("Only numbers are passed on, not who said what.")
MOODS = {"good": _("Good"), "so_so": _("So-so"), "not_good": _("Not good")}
BEST = 5
"""Own questions are answered from 1 to this."""

IN_DIALOGUE = timedelta(hours=1)
"""Who was asked something so recently is still at it, and is not interrupted."""
LATER = timedelta(minutes=15)
LONGEST_FRESH = timedelta(days=7)
WAIT_FOR_MORE = timedelta(hours=1)
"""From the last member's first tap to the digest: their other answers are still to come."""


# --- planning ------------------------------------------------------------------------------------


def plan(ctx: Context, member: Member) -> None:
    """Plan a member's next check-in in the place of what was planned, by their time zone of today; nothing
    where the network has no rhythm."""
    schedule = schedules.of(ctx.db, member.network_id)
    if schedule is not None:
        _plan(ctx, member, schedule)


def _plan(ctx: Context, member: Member, schedule: Schedule) -> None:
    about = _about_member(member)
    ctx.call_off(about, due)
    ctx.later(next_time(schedule, _zone(ctx, member), ctx.now), due, member.id, about=about)


def plan_all(ctx: Context, network: Network) -> None:
    """Plan the next check-in of every member of a network in the place of what was planned."""
    schedule = schedules.of(ctx.db, network.id)
    timers.call_off_all(ctx.db, name_of(due), check_ins.about_members(network.id))
    if schedule is None:
        return
    time_in = cache(lambda name: next_time(schedule, ctx.installation.zone(name, network.time_zone), ctx.now))
    timers.set_all(
        ctx.db,
        name_of(due),
        (
            (time_in(zone), [member_id], check_ins.about_member(network.id, member_id))
            for member_id, zone in check_ins.members_with_zone(ctx.db, network.id)
        ),
    )


def call_off(ctx: Context, member: Member) -> None:
    """No check-ins for a member any more."""
    ctx.call_off(_about_member(member))


def _about_member(member: Member) -> str:
    return check_ins.about_member(member.network_id, member.id)


def next_time(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """When (UTC) a check-in falls due next for somebody in a time zone."""
    return next_weekly(
        after,
        weekday=schedule.weekday,
        at=schedule.at,
        every_weeks=schedule.every_weeks,
        starts_on=schedule.starts_on,
        zone=zone,
    )


def fresh(schedule: Schedule) -> timedelta:
    """How long after its time a check-in still makes sense."""
    return min(timedelta(weeks=schedule.every_weeks) / 2, LONGEST_FRESH)


def _zone(ctx: Context, member: Member) -> ZoneInfo:
    return ctx.zone(member.person, member.network)


# --- asking --------------------------------------------------------------------------------------


@action(together=True)
def due(ctx: Context, member_ids: Sequence[int]) -> None:
    """The time of these members has come, or had while the bot was down: plan the next, and ask for the
    latest one, unless it is stale."""
    time_in = cache(next_time)
    plans: list[tuple[datetime, list[Any], str]] = []
    rounds: defaultdict[tuple[Schedule, date], list[Member]] = defaultdict(list)
    for member, schedule in schedules.of_members(ctx.db, member_ids):
        zone = _zone(ctx, member)
        plans.append((time_in(schedule, zone, ctx.now), [member.id], _about_member(member)))
        moment = time_in(schedule, zone, ctx.now - fresh(schedule))
        if moment <= ctx.now:
            rounds[schedule, moment.astimezone(zone).date()].append(member)
    timers.call_off_each(ctx.db, name_of(due), [about for _, _, about in plans])
    timers.set_all(ctx.db, name_of(due), plans)
    for (schedule, day), asked in rounds.items():
        _ask(ctx, asked, schedule, day)


@action()
def ask_later(ctx: Context, member_id: int, day: str) -> None:
    """Ask a member who was in the middle of a dialogue, in the round of `day` (an ISO date)."""
    for member, schedule in schedules.of_members(ctx.db, [member_id]):
        _ask(ctx, [member], schedule, date.fromisoformat(day))


def _ask(ctx: Context, asked: Iterable[Member], schedule: Schedule, day: date) -> None:
    """Ask members of a network in the round of that day. Who pauses or cannot be reached is passed over; who
    is in the middle of a dialogue is asked a little later, as long as it is not stale."""
    end = cache(lambda zone: datetime.combine(day, schedule.at, zone).astimezone(UTC) + fresh(schedule))
    in_time = [member for member in asked if ctx.now < end(_zone(ctx, member))]
    there = _who_can_be_asked(ctx, in_time)
    busy = _who_is_in_dialogue(ctx, there)
    timers.set_all(
        ctx.db,
        name_of(ask_later),
        [(ctx.now + LATER, [each.id, day.isoformat()], _about_member(each)) for each in busy],
    )
    free = [member for member in there if member not in busy]
    if not free:
        return
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
    timers.set_all(ctx.db, name_of(remind), [(silent_at, [each], _about(each)) for each in new.values()])


def _who_can_be_asked(ctx: Context, asked: Sequence[Member]) -> list[Member]:
    awake = [member for member in asked if not people.is_paused(member.person, ctx.now)]
    reached = people.reach(ctx.db, [member.person_id for member in awake])
    return [member for member in awake if member.person_id in reached]


def _who_is_in_dialogue(ctx: Context, asked: Sequence[Member]) -> list[Member]:
    ids = [member.person_id for member in asked]
    busy = conversations.people_in_one(ctx.db, ids, ctx.now - IN_DIALOGUE)
    return [member for member in asked if member.person_id in busy]


def _round(ctx: Context, schedule: Schedule, day: date) -> Round:
    """The network's round of that day; the first who is asked begins it and plans its digest."""
    round_, begins = check_ins.claim(ctx.db, schedule.network_id, day, schedule.questions)
    if begins:
        digest.plan(ctx, round_, digest.AFTER)
    return round_


def question(ctx: Context, member: Member) -> AnyText:
    """The first question, with the network's name where somebody is in several."""
    return _question(member.network, in_several=bool(members.in_several(ctx.db, [member.person_id])))


def _question(network: Network, *, in_several: bool) -> AnyText:
    if in_several:
        return _("How is your mentoring going in <b>{network}</b>?", network=network.name)
    return HOW


def _send(ctx: Context, to: Iterable[Person], round_id: int, text: AnyText, expires_at: datetime) -> None:
    ctx.tell(to, text, *_moods(round_id), priority=Priority.CHECK_IN, expires_at=expires_at)


def _moods(round_id: int) -> list[Button]:
    return [Button(label, feel, (round_id, mood)) for mood, label in MOODS.items()]


def _about(check_in_id: int) -> str:
    return f"check_in:{check_in_id}"


@action()
def remind(ctx: Context, check_in_id: int) -> None:
    """The one reminder, for who has not answered."""
    check_in = ctx.db.get(CheckIn, check_in_id)
    if check_in is None or check_in.mood is not None or check_ins.is_over(ctx.db, check_in):
        return
    for member, schedule in schedules.of_members(ctx.db, [check_in.member_id]):
        if not _who_can_be_asked(ctx, [member]):
            return
        if _who_is_in_dialogue(ctx, [member]):
            ctx.later(LATER, remind, check_in_id, about=_about(check_in_id))
            return
        check_in.reminded_at = ctx.now
        once_more = paragraphs(_("I have not heard from you yet. One tap is enough."), question(ctx, member))
        _send(ctx, [member.person], check_in.round_id, once_more, ctx.now + fresh(schedule))


# --- answering -----------------------------------------------------------------------------------


@action()
def feel(ctx: Context, round_id: int, mood: str) -> None:
    """The first tap. It counts at once, whatever becomes of the other questions."""
    check_in = _still_open(ctx, check_ins.of(ctx.db, round_id, ctx.person))
    if check_in is None:
        return
    is_first = check_in.mood is None
    check_ins.answer(ctx.db, check_in, mood, ctx.now)
    if is_first:
        ctx.call_off(_about(check_in.id))
        if check_in.round.digest_at is None and check_ins.is_complete(ctx.db, check_in.round):
            digest.plan(ctx, check_in.round, WAIT_FOR_MORE)
    if mood == "not_good":
        _offer_person(ctx, check_in)
    else:
        _go_on(ctx, check_in, 0)


@action()
def rate(ctx: Context, check_in_id: int, number: int, value: int | None) -> None:
    """A tap on one of the network's own questions (counted from 0); None skips it."""
    check_in = _open(ctx, check_in_id)
    if check_in is None:
        return
    if value is not None:
        check_ins.rate(ctx.db, check_in, number, value)
    _go_on(ctx, check_in, number + 1)


@action()
def change(ctx: Context, check_in_id: int) -> None:
    """The questions once more; what is answered anew takes the place of what was."""
    check_in = _open(ctx, check_in_id)
    if check_in is not None:
        ctx.say(question(ctx, check_in.member), *_moods(check_in.round_id))


def _go_on(ctx: Context, check_in: CheckIn, number: int) -> None:
    """The network's next question, or thanks."""
    questions = check_in.round.questions
    if number < len(questions):
        ctx.say(
            lines(
                Verbatim(questions[number]), _("1 means “not at all”, {best} means “very much”.", best=BEST)
            ),
            *(Button(form("{n}", n=n), rate, (check_in.id, number, n)) for n in range(1, BEST + 1)),
            Button(_("Skip"), rate, (check_in.id, number, None)),
        )
    else:
        ctx.say(
            _("Thank you for telling me. You can change your answer until the next check-in."),
            Button(_("Change my answer"), change, (check_in.id,)),
        )


def _mine(ctx: Context, check_in: CheckIn | None) -> CheckIn | None:
    """A check-in, if it is that of the one who acts; None after saying that it is over."""
    if (
        check_in is not None
        and check_in.member.person_id == ctx.person.id
        and check_in.member.state == "active"
    ):
        return check_in
    ctx.say(_("This check-in is over."))
    return None


def _open(ctx: Context, check_in_id: int) -> CheckIn | None:
    """The check-in of the one who acts, while answers to it count."""
    return _still_open(ctx, ctx.db.get(CheckIn, check_in_id))


def _still_open(ctx: Context, check_in: CheckIn | None) -> CheckIn | None:
    check_in = _mine(ctx, check_in)
    if check_in is not None and check_ins.is_over(ctx.db, check_in):
        ctx.say(_("This check-in is over. What you say counts in the next one."))
        return None
    return check_in


# --- who is not well -----------------------------------------------------------------------------


def _offer_person(ctx: Context, check_in: CheckIn) -> None:
    coordinator = _coordinator(ctx, check_in.member)
    talks = []
    if coordinator is not None:
        is_meta_mentor = coordinator.role == "meta_mentor"
        label = _("Talk to the meta-mentor") if is_meta_mentor else _("Talk to the deputy")
        talks = [Button(label, talk, (check_in.id,))]
    ctx.say(
        _("I am sorry to hear that. Would it help to talk to somebody?"),
        *talks,
        Button(_("Ask a peer"), ask_peers.ask),
        Button(_("Ask without my name"), ask_peers.ask, given={"who": "anonymous"}),
        Button(_("Nothing, thank you"), nothing, (check_in.id,)),
    )


def _coordinator(ctx: Context, member: Member) -> Member | None:
    """The first meta-mentor or deputy to talk to, other than the member; rather one who does not pause."""
    others = [other for other in members.coordinators(ctx.db, member.network_id) if other.id != member.id]
    reached = people.reach(ctx.db, [other.person_id for other in others])
    there = [other for other in others if other.person_id in reached]
    return min(there, key=lambda other: people.is_paused(other.person, ctx.now), default=None)


@action()
def talk(ctx: Context, check_in_id: int) -> None:
    """Connect a member with the meta-mentor, who only now hears that they are not well."""
    check_in = _mine(ctx, ctx.db.get(CheckIn, check_in_id))
    if check_in is None:
        return
    network = check_in.member.network
    coordinator = _coordinator(ctx, check_in.member)
    if coordinator is None:
        ctx.say(
            _("Nobody who coordinates your network can be reached now. Shall I ask a peer?"),
            Button(_("Ask a peer"), ask_peers.ask),
        )
        return
    check_in.wants = "meta_mentor"
    talks = relays.open_of(ctx.db, ctx.person.id)
    known = [each for each in talks if relay.other(each, ctx.person).id == coordinator.person_id]
    carried = known[0] if known else relay.talk(ctx, network, ctx.person, coordinator.person)
    ctx.tell(
        coordinator.person,
        _(
            "{name} says in the check-in that the mentoring is not going well, and would like to talk to "
            "you. Write here, I carry your words. {close} ends the conversation.",
            name=ctx.person.name,
            close=Command("close"),
        ),
        Button(_("We have talked"), talked, (check_in.id,)),
        priority=Priority.CARRIED,
        on_reply=(relay.reply, carried.id),
    )
    ctx.say(
        _(
            "You are connected with {name}. Write here, I carry your words. {close} ends the conversation.",
            name=coordinator.person.name,
            close=Command("close"),
        )
    )
    if ctx.sleeps(coordinator.person, network):
        ctx.say(_("{name} has quiet hours now and will read it afterwards.", name=coordinator.person.name))


@action()
def talked(ctx: Context, check_in_id: int) -> None:
    """A meta-mentor has seen to a member who is not well."""
    check_in = ctx.db.get_one(CheckIn, check_in_id)
    if ctx.person.id in (each.person_id for each in members.coordinators(ctx.db, check_in.round.network_id)):
        check_ins.deal_with(ctx.db, check_in.member, ctx.now)
    ctx.say(_("Thank you for being there."))


@action()
def nothing(ctx: Context, check_in_id: int) -> None:
    """No talk is wanted; the rest of the questions follows."""
    check_in = _open(ctx, check_in_id)
    if check_in is not None:
        check_in.wants = "nothing"
        ctx.say(_("All right."))
        _go_on(ctx, check_in, 0)


@action()
def add(ctx: Context, check_in_id: int, said: dict[str, Any]) -> None:
    """Words, or a voice note, for those who coordinate: they reach them because the member says so."""
    check_in = _open(ctx, check_in_id)
    if check_in is None:
        return
    note, network = Note.from_json(said), check_in.member.network
    coordinators = [m for m in members.coordinators(ctx.db, network.id) if m.id != check_in.member_id]
    reached = ctx.tell(
        [each.person for each in coordinators],
        paragraphs(
            _("{name} adds to the check-in of <b>{network}</b>:", name=ctx.person.name, network=network.name),
            *([form("<blockquote>{words}</blockquote>", words=note.words)] if note.words else []),
        ),
        priority=Priority.CARRIED,
        note=note,
        forget=True,
    )
    names = [each.person.name for each in coordinators if each.person_id in reached]
    if names:
        ctx.say(_("I have passed it on to {people}.", people=list(names)))
    else:
        ctx.say(_("Nobody who coordinates your network can be reached now."))
