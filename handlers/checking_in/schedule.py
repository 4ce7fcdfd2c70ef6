"""The rhythm of a network's check-ins: day, time, how often, and a few questions of its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from bot import (
    AnyText,
    Context,
    Day,
    Role,
    Text,
    Weekday,
    _,
    _n,
    command,
    form,
    heading,
    lines,
    paragraphs,
)
from bot.lists import act, has_changed
from bot.text import AtLeast
from bot.times import next_weekly
from db.help import check_ins, schedules
from db.help.schedules import Rhythm
from db.models import Network
from db.network import roster
from handlers.checking_in import rhythm, rounds, times

PREVIEWED = 3
A_WEEK = timedelta(days=7)

PLAN = _("Plan it like this")

PLANNED = act("schedule.set", _("{who} changed the rhythm of the check-ins on {day}."))


@command(
    "schedule",
    needs=Role.META_MENTOR,
    menu=_("Plan the check-ins"),
    sub="what",
    rest=("weekday", "time", "often"),
)
def schedule(ctx: Context) -> None:
    """Ask for the rhythm, or for what is to be different, show what will come of it, and plan it for every
    member."""
    ctx.hold(Network, ctx.network.id)
    kept = schedules.of(ctx.db, ctx.network.id)
    current = Rhythm.of(kept) if kept is not None else None
    ctx.shown("rhythm", repr(current))
    said = (
        _about_suggestion(ctx) if current is None and not ctx.keep("typed", bool(ctx.rest)) else rhythm.OTHER
    )
    wanted = _first(ctx, said) if current is None else _changed(ctx, current)
    settled: Rhythm | None = replace(wanted, starts_on=_start(ctx, wanted, current))
    if said != rhythm.TAKE:
        settled = _settled(ctx, wanted, current)
    if settled is None:
        ctx.say(_("All right. I have changed nothing."))
        return
    wanted = settled
    schedules.keep(ctx.db, ctx.network.id, wanted)
    PLANNED.record(ctx, ctx.network, every_weeks=wanted.every_weeks)
    has_changed(ctx, ctx.network)
    rounds.plan_all(ctx, ctx.network)
    ctx.say(_("It is planned. The next check-in goes out on {day}.", day=Day(_next_days(ctx, wanted)[0])))


def _about_suggestion(ctx: Context) -> Any:
    """Return `rhythm.TAKE`, `rhythm.OTHER`, or what is to be different of the suggested rhythm."""
    unclear = _("Try “every 2 weeks on Monday at 9”, or tap “Differently”.")
    return ctx.ask(
        "suggested",
        paragraphs(
            _preview(ctx, _suggested(ctx), _("My suggestion")),
            _("You can also type another one, as in “every 2 weeks on Monday at 9”."),
        ),
        parse=lambda words: rhythm.different(words, ctx.reader.locale, unclear),
        suggest={rhythm.TAKE: PLAN, rhythm.OTHER: _("Differently")},
    )


def _settled(ctx: Context, wanted: Rhythm, current: Rhythm | None) -> Rhythm | None:
    """Show what will come of a rhythm until it is taken, also with what is to be different of it; None where
    all stays as it was."""
    unclear = _("Try “at 9”, “on Mondays” or “every 2 weeks”, or tap a button.")
    for turn in count(1):
        wanted = replace(wanted, starts_on=_start(ctx, wanted, current))
        said = ctx.ask(
            "sure" if turn == 1 else f"sure {turn}",
            _preview(ctx, wanted, _("This is how it will look"), turn),
            parse=lambda words: rhythm.different(words, ctx.reader.locale, unclear),
            suggest={rhythm.TAKE: PLAN, rhythm.OTHER: _("Leave it")},
        )
        if isinstance(said, str):
            return wanted if said == rhythm.TAKE else None
        wanted = _with(wanted, said)
    raise AssertionError("the loop ends with an answer")


def _with(wanted: Rhythm, different: Mapping[str, Any]) -> Rhythm:
    """Return a rhythm with what was said to be different of it."""
    at = {"at": time.fromisoformat(different["at"])} if "at" in different else {}
    return replace(wanted, **{**different, **at})


def _suggested(ctx: Context) -> Rhythm:
    first = Rhythm(weekday=1, at=time(18), every_weeks=4, questions=[], starts_on=ctx.today)
    return replace(first, starts_on=_start(ctx, first, None))


def _first(ctx: Context, said: Any) -> Rhythm:
    """Return the first rhythm: the suggested one, with what was said to it, or what is asked one by one."""
    if said == rhythm.OTHER:
        fields = [ask(ctx) for ask in rhythm.ASK.values()]
        return Rhythm(**{name: value for each in fields for name, value in each.items()}, starts_on=ctx.today)
    return _with(_suggested(ctx), {} if said == rhythm.TAKE else said)


def _changed(ctx: Context, current: Rhythm) -> Rhythm:
    """Return the current rhythm with one thing different."""
    what = ctx.choose(
        "what",
        paragraphs(_rhythm(current), _words(current), _("What should I change?")),
        {
            "weekday": _("Day"),
            "at": _("Time"),
            "every_weeks": _("How often"),
            "questions": _("Questions"),
        },
    )
    return replace(current, **rhythm.ASK[what](ctx))


def _start(ctx: Context, wanted: Rhythm, current: Rhythm | None) -> date:
    """Return the day from which on a rhythm counts. Where weekday and rhythm stay, the weeks do. Otherwise it
    begins on the first such day that is ahead of every member, and a week or more after the last check-in."""
    if current is not None and (current.weekday, current.every_weeks) == (wanted.weekday, wanted.every_weeks):
        return current.starts_on
    last = check_ins.latest_round(ctx.db, ctx.network.id)
    earliest = last.day + A_WEEK if last is not None else ctx.today
    zones = {
        ctx.installation.zone(zone, ctx.network.time_zone) for zone in check_ins.zones(ctx.db, ctx.network.id)
    }
    return max(
        next_weekly(
            ctx.now, weekday=wanted.weekday, at=wanted.at, every_weeks=1, starts_on=earliest, zone=zone
        )
        .astimezone(zone)
        .date()
        for zone in zones
    )


def _next_days(ctx: Context, wanted: Rhythm) -> list[date]:
    """Return the next dates of a rhythm, after the last check-in there was."""
    zone = ctx.zone(ctx.person, ctx.network)
    last = check_ins.latest_round(ctx.db, ctx.network.id)
    moment = max(ctx.now, datetime.combine(last.day, time.max, zone)) if last is not None else ctx.now
    days = []
    for _each in range(PREVIEWED):
        moment = times.next_time(wanted, zone, moment)
        days.append(moment.astimezone(zone).date())
    return days


def _preview(ctx: Context, wanted: Rhythm, title: Text, turn: int = 0) -> AnyText:
    """Return the dry run: what would be sent when, and to how many. With each turn it is another rhythm."""
    counted = roster.count_askable(ctx.db, ctx.network, ctx.now)
    asked, passed_over = (AtLeast.told(n, roster.MOST) for n in counted)
    days = _next_days(ctx, wanted)
    ctx.shown(f"preview {turn}", [asked, passed_over, *map(str, days)])
    return heading(
        title,
        _rhythm(wanted),
        _("The next dates: {days}.", days=list(days)),
        _words(wanted),
        lines(
            _n(
                "Today it would go to {n} member.",
                "Today it would go to {n} members.",
                asked,
            ),
            [
                _n(
                    "{n} member is on a break or cannot be reached.",
                    "{n} members are on a break or cannot be reached.",
                    passed_over,
                )
            ]
            if passed_over
            else [],
        ),
    )


def as_told(wanted: Rhythm) -> AnyText:
    """Return a rhythm and its questions."""
    return lines(_rhythm(wanted), _words(wanted))


def _rhythm(wanted: Rhythm) -> Text:
    return _(
        "{rhythm} on {weekday} at {time}, local time.",
        rhythm=rhythm.RHYTHMS[str(wanted.every_weeks)],
        weekday=Weekday(wanted.weekday),
        time=wanted.at,
    )


def _words(wanted: Rhythm) -> AnyText:
    """Return what members are asked."""
    first = form("{how} ({good} · {so_so} · {not_good})", how=rounds.HOW, **rounds.MOODS)
    own = [
        _("{question} (in words)", question=words)
        if place in (wanted.in_words or ())
        else form("{question} (1–{best})", question=words, best=rounds.BEST)
        for place, words in enumerate(wanted.questions)
    ]
    return lines(_("Members are asked:"), form("<blockquote>{words}</blockquote>", words=lines(first, own)))
