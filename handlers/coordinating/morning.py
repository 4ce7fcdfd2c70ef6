"""When those who coordinate hear who waits: of what is new in one message an hour at most, and of all of it
once a week, on a morning of their choice, where anybody does and as long as something is heard from them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from bot import AnyText, Button, Context, Priority, Weekday, _, _n, form, lines, on, on_all, paragraphs
from bot.lists import Alarms
from bot.times import next_local, next_weekly
from db import people
from db.engine import timers
from db.help import silences
from db.models import Member
from db.network import members
from handlers.coordinating import cards
from handlers.coordinating.steps import Mornings, OneByOne, SetMorning
from handlers.protecting import alarms
from handlers.protecting.steps import TellAlarms
from handlers.settings.steps import ChooseMorning

AT = time(9)
"""When it is morning, where each of them lives."""
STALE = timedelta(hours=6)
"""A morning that passed so long ago while no program was running is over."""
TAG = "mornings"


def plan(db: Session, now: datetime) -> None:
    """Plan the next look. The program calls this at its start, in case none was planned yet."""
    if not timers.is_planned(db, TAG):
        _plan(db, now, now + STALE)


def _plan(db: Session, now: datetime, next_look: datetime) -> None:
    timers.schedule(db, next_look, Mornings.name, {"since": now.isoformat()}, TAG)


@on(Mornings)
def mornings(ctx: Context, step: Mornings) -> None:
    """Write to those whose morning has come since the last look. The next one is as soon as it is morning
    where any of them lives, whether or not they want to hear on that day: they may choose it until then."""
    since = max(datetime.fromisoformat(step.since), ctx.now - STALE)
    coordinators = members.all_coordinators(ctx.db)
    zones = {ctx.zone(member.person, member.network) for member in coordinators}
    _plan(ctx.db, ctx.now, min((next_local(ctx.now, AT, zone) for zone in zones), default=ctx.now + STALE))
    due = [member for member in coordinators if _is_due(ctx, member, since)]
    unheard = silences.unheard(ctx.db, due)  # whoever lets all letters pass gets no more of them
    due = [member for member in due if member.id not in unheard]
    several = members.in_several(ctx.db, [member.person_id for member in due])
    for member in due:
        _tell(ctx, member, names_network=member.person_id in several)


def _is_due(ctx: Context, member: Member, since: datetime) -> bool:
    morning = _morning(ctx, member, since)
    return morning is not None and morning <= ctx.now and not people.is_paused(member.person, ctx.now)


def _morning(ctx: Context, member: Member, after: datetime) -> datetime | None:
    """Return the first morning after a time on which a member wants to hear; None for never."""
    weekday = members.morning(member)
    if weekday == members.NEVER:
        return None
    zone = ctx.zone(member.person, member.network)
    return next_weekly(after, weekday=weekday, at=AT, every_weeks=1, starts_on=date(2020, 1, 6), zone=zone)


def _tell(ctx: Context, member: Member, *, names_network: bool) -> None:
    """Write to one who coordinates how many wait, if anybody does."""
    run = ctx.as_member(member)
    n = cards.all_owed(run).many if run is not None else 0
    if not n:
        return
    ctx.turn_to(member.network)
    names = {"name": member.person.name, "network": member.network.name}
    ctx.tell(
        member.person,
        _n(
            "Good morning {name}. {n} person is waiting for you in <b>{network}</b>.",
            "Good morning {name}. {n} people are waiting for you in <b>{network}</b>.",
            n,
            **names,
        )
        if names_network
        else _n(
            "Good morning {name}. {n} person is waiting for you.",
            "Good morning {name}. {n} people are waiting for you.",
            n,
            **names,
        ),
        Button(_("Show"), OneByOne(), means="yes"),
        Button(_("Another day"), ChooseMorning(), keep=True),
        Button(_("Never"), SetMorning(members.NEVER), keep=True),
        priority=Priority.CHECK_IN,
        about=cards.WAITING,
        expires_at=next_local(ctx.now, time(20), ctx.zone(member.person, member.network)),
    )


@on(ChooseMorning)
def choose_morning(ctx: Context, step: ChooseMorning) -> None:
    """Ask on which morning the one who acts hears who waits."""
    days: dict[str, AnyText] = {str(n): form("{day}", day=Weekday(n)) for n in range(7)}
    days[str(members.NEVER)] = _("Never")
    _keep(
        ctx,
        int(
            ctx.choose(
                "morning",
                _(
                    "On which morning should I tell you who is waiting in <b>{network}</b>? I write at "
                    "{time}, and only if somebody is.",
                    network=ctx.network.name,
                    time=AT,
                ),
                days,
            )
        ),
    )


@on(SetMorning)
def set_morning(ctx: Context, step: SetMorning) -> None:
    """Keep on which morning the one who acts hears who waits."""
    _keep(ctx, step.weekday)


def _keep(ctx: Context, weekday: int) -> None:
    if weekday not in range(7):
        weekday = members.NEVER
    members.set_morning(ctx.member, weekday)
    if weekday == members.NEVER:
        ctx.say(
            _("All right. I will not write in the morning. You can always look yourself."),
            Button(_("Another day"), ChooseMorning()),
        )
    else:
        ctx.say(
            _(
                "All right. I will write on {day} at {time}, if somebody is waiting.",
                day=Weekday(weekday),
                time=AT,
            )
        )


# --- what is new ---------------------------------------------------------------------------------


@on_all(TellAlarms)
def tell_alarms(ctx: Context, due: Sequence[TellAlarms]) -> None:
    """Tell those who coordinate what came since they last heard of something, as far as it still matters."""
    by_member: defaultdict[int, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in due:
        if each.kind:
            by_member[each.member_id][each.kind].append(each.row_id)
    for member_id, kinds in by_member.items():
        member = alarms.still_coordinates(ctx, member_id)
        if member is not None:
            _tell_of(ctx, member, kinds)


def _tell_of(ctx: Context, member: Member, kinds: dict[str, list[int]]) -> None:
    """Tell one who coordinates of rows (by id) of some kinds: of a single one as if it had come alone."""
    ctx.turn_to(member.network)
    found = [find(ctx, member, kinds[name]) for name, find in Alarms.named().items() if name in kinds]
    found = [alarm for alarm in found if alarm.rows]
    if not found:
        return
    if sum(len(alarm.rows) for alarm in found) == 1:
        found[0].alone(found[0].rows[0])
    else:
        ctx.tell(
            member.person,
            paragraphs(
                _("<b>Now in {network}:</b>", network=member.network.name),
                lines(alarm.together(alarm.rows) for alarm in found),
            ),
            Button(_("One by one"), OneByOne(), means="yes"),
            priority=min(alarm.priority for alarm in found),
            about=cards.WAITING,
        )
    alarms.told(ctx, member)
