"""The rhythm of a network's check-ins: day, time, how often, and up to three questions of its own."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import get_day_names

from bot import (
    AnyText,
    Context,
    Role,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    command,
    form,
    heading,
    lines,
    paragraphs,
)
from bot.clock import next_weekly
from db import check_ins, journal, schedules
from db.models import Network, Schedule
from handlers import check_in, dates

RHYTHMS: dict[str, Text] = {
    "1": _("Every week"),
    "2": _("Every 2 weeks"),
    "4": _("Every 4 weeks"),
    "12": _("Every 12 weeks"),
}
"""Weeks → label. Nothing is rarer: networks that talk less than quarterly fall asleep."""
LIKELY_TIMES = ("09:00", "12:00", "17:00", "18:00", "19:00")
MORNING, NIGHT = time(8), time(21)
"""Between them, most members have no quiet hours."""
QUESTIONS = 3
LONGEST_QUESTION = 200
PREVIEWED = 3
A_WEEK = timedelta(days=7)


@command("schedule", needs=Role.META_MENTOR, menu=_("Plan the check-ins"))
def schedule(ctx: Context) -> None:
    """Asks for the rhythm, or for what shall be different, shows what will come of it, and plans it for
    every member."""
    ctx.hold(Network, ctx.network.id)
    current = schedules.of(ctx.db, ctx.network.id)
    wanted = _first(ctx) if current is None else _changed(ctx, current)
    wanted.starts_on = _start(ctx, wanted, current)
    sure = ctx.confirm("sure", _preview(ctx, wanted), yes=_("Plan it like this"), no=_("Leave it"))
    if not sure:
        ctx.say(_("All right. Nothing was changed."))
        return
    schedules.keep(ctx.db, ctx.network.id, wanted)
    journal.record(
        ctx.db, ctx.network, "schedule.set", by=ctx.person, now=ctx.now, every_weeks=wanted.every_weeks
    )
    check_in.plan_all(ctx, ctx.network)
    ctx.say(_("It is planned. The next check-in goes out on {day}.", day=_next_days(ctx, wanted)[0]))


def _first(ctx: Context) -> Schedule:
    return Schedule(**{field: ask(ctx) for field, ask in ASK.items()})


def _changed(ctx: Context, current: Schedule) -> Schedule:
    """The current rhythm with one thing different."""
    what = ctx.choose(
        "what",
        paragraphs(_rhythm(ctx, current), _words(current), _("What shall I change?")),
        {
            "weekday": _("Day"),
            "at": _("Time"),
            "every_weeks": _("How often"),
            "questions": _("Questions"),
        },
    )
    kept = {field: getattr(current, field) for field in schedules.FIELDS}
    return Schedule(**kept | {what: ASK[what](ctx)})


# --- the questions -------------------------------------------------------------------------------


def _ask_weekday(ctx: Context) -> int:
    options = {str(number): Verbatim(name) for number, name in _weekdays(ctx).items()}
    return int(
        ctx.choose("weekday", _("On which day shall I ask the members how their mentoring goes?"), options)
    )


def _ask_time(ctx: Context) -> time:
    at = ctx.ask(
        "time",
        _("At what time? Each member is asked at this time where they live."),
        parse=lambda words: _by_day(dates.clock(words, ctx.reader.locale)).isoformat("minutes"),
        suggest={likely: Verbatim(likely) for likely in LIKELY_TIMES},
    )
    return time.fromisoformat(at)


def _by_day(at: time) -> time:
    """The time itself; raises Unclear for one in the night."""
    if not MORNING <= at < NIGHT:
        raise Unclear(
            _(
                "At {time} most members have quiet hours. "
                "Please choose a time between {morning} and {night}.",
                time=at,
                morning=MORNING,
                night=NIGHT,
            )
        )
    return at


def _ask_rhythm(ctx: Context) -> int:
    return int(ctx.choose("often", _("How often?"), RHYTHMS))


def _ask_questions(ctx: Context) -> list[str]:
    """Up to three questions of the network's own."""
    first = _(
        "The first question is always “{how}” You can add up to {limit} of your own. Members answer them "
        "from 1, “not at all”, to 5, “very much”. For example: Do you feel supported? What is your question?",
        how=check_in.HOW,
        limit=QUESTIONS,
    )
    questions: list[str] = []
    while len(questions) < QUESTIONS:
        words = ctx.ask(
            f"question_{len(questions) + 1}",
            _("Is there another question?") if questions else first,
            parse=lambda words: " ".join(words.split()),
            skip=_("No more questions") if questions else _("No question of our own"),
            max_length=LONGEST_QUESTION,
        )
        if words is None:
            break
        questions.append(words)
    return questions


ASK: dict[str, Callable[[Context], Any]] = {
    "weekday": _ask_weekday,
    "at": _ask_time,
    "every_weeks": _ask_rhythm,
    "questions": _ask_questions,
}
"""Field of a schedule → how to ask for it, in this order."""


# --- what will come of it ------------------------------------------------------------------------


def _start(ctx: Context, wanted: Schedule, current: Schedule | None) -> date:
    """From which day on a rhythm counts. Where day and rhythm stay, the weeks do; else it begins on the
    first such day that is ahead of every member, and a week or more after the last check-in."""
    if current is not None and (current.weekday, current.every_weeks) == (wanted.weekday, wanted.every_weeks):
        return current.starts_on
    last = check_ins.latest_round(ctx.db, ctx.network.id)
    earliest = last.day + A_WEEK if last is not None else ctx.now.date()
    zones = {
        ctx.installation.zone(zone, ctx.network.time_zone)
        for _member_id, zone in check_ins.members_with_zone(ctx.db, ctx.network.id)
    }
    return max(
        next_weekly(
            ctx.now, weekday=wanted.weekday, at=wanted.at, every_weeks=1, starts_on=earliest, zone=zone
        )
        .astimezone(zone)
        .date()
        for zone in zones
    )


def _next_days(ctx: Context, wanted: Schedule) -> list[date]:
    """The next dates of a rhythm, after the last check-in there was."""
    zone = ctx.zone(ctx.person, ctx.network)
    last = check_ins.latest_round(ctx.db, ctx.network.id)
    moment = max(ctx.now, datetime.combine(last.day, time.max, zone)) if last is not None else ctx.now
    days = []
    for _each in range(PREVIEWED):
        moment = check_in.next_time(wanted, zone, moment)
        days.append(moment.astimezone(zone).date())
    return days


def _preview(ctx: Context, wanted: Schedule) -> AnyText:
    """The dry run: what would be sent when, and to how many."""
    everybody, asked = check_ins.count_members(ctx.db, ctx.network.id, ctx.now)
    passed_over = everybody - asked
    return heading(
        _("This is how it would be"),
        _rhythm(ctx, wanted),
        _("The next dates: {days}.", days=list(_next_days(ctx, wanted))),
        _words(wanted),
        lines(
            _n(
                "As things are today, it goes to {n} member.",
                "As things are today, it goes to {n} members.",
                asked,
            ),
            [
                _n(
                    "{n} member pauses or cannot be reached.",
                    "{n} members pause or cannot be reached.",
                    passed_over,
                )
            ]
            if passed_over
            else [],
        ),
    )


def _rhythm(ctx: Context, wanted: Schedule) -> Text:
    return _(
        "{rhythm} on {weekday} at {time}, each member's local time.",
        rhythm=RHYTHMS[str(wanted.every_weeks)],
        weekday=_weekdays(ctx)[wanted.weekday],
        time=wanted.at,
    )


def _words(wanted: Schedule) -> AnyText:
    """What members are asked."""
    first = form("{how} ({good} · {so_so} · {not_good})", how=check_in.HOW, **check_in.MOODS)
    own = [form("{question} (1–{best})", question=q, best=check_in.BEST) for q in wanted.questions]
    return lines(_("Members are asked:"), form("<blockquote>{words}</blockquote>", words=lines(first, own)))


def _weekdays(ctx: Context) -> dict[int, str]:
    """The days (Monday is 0) in the language of the one who acts."""
    names = get_day_names("wide", "stand-alone", ctx.reader.locale)
    return {number: names[number][:1].upper() + names[number][1:] for number in range(7)}
