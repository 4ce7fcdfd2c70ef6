"""What time it is for somebody: asked with the clock, answered with yes, a time or a place."""

from datetime import time

from bot import AnyText, Context, Text, Unclear, _, form
from bot.reading import talk
from bot.reading.when import times
from bot.reading.where import places
from db import people
from db.models import Person

OTHER = "no"
"""The answer that it is another time."""
USUAL = (time(21), time(8)), (time(22), time(7)), (time(23), time(9))
NEVER = "no"


def ask_zone(ctx: Context, likely: str, text: Text | None = None, *, question: str = "time_zone") -> str:
    """Ask for a time zone: whether it is as late there as in the `likely` one."""
    zone = ctx.ask(
        question,
        text or places.is_it(likely, ctx.now, ctx.reader.locale),
        parse=lambda words: _said(ctx, words, likely),
        suggest={likely: _("Yes"), OTHER: _("No, another time")},
    )
    if zone == OTHER:
        zone = ctx.ask(
            f"{question} by the clock",
            _("What time is it there now? You can also name a large city."),
            parse=lambda words: _at_clock(ctx, words, likely),
        )
    return str(zone)


def _said(ctx: Context, words: str, likely: str) -> str:
    said = talk.lists(words, ctx.reader.locale)
    if said & {"yes", "dont_know", "skip"}:
        return likely
    if "no" in said:
        return OTHER
    return _zone(ctx, words, likely)


def _at_clock(ctx: Context, words: str, likely: str) -> str:
    """Return the zone that words name; the likely one for somebody who does not know or say."""
    unknown = {"dont_know", "skip", "nothing", "no"}
    return _zone(ctx, words, likely) if unknown.isdisjoint(talk.lists(words, ctx.reader.locale)) else likely


def _zone(ctx: Context, words: str, likely: str) -> str:
    """Return the zone of a place, or of what a clock there shows now."""
    try:
        shown = times.halves(words, ctx.reader.locale)
    except Unclear:
        return places.zone(words, ctx.now, likely, ctx.reader.locale)
    return places.at_clock(shown, ctx.now, likely, ctx.reader.locale)


def ask_quiet_hours(ctx: Context) -> str:
    """Ask when they are not to be disturbed: two times as "22:00 07:00", or `NEVER`."""
    now = _("So far: {hours}.", hours=hours(ctx.person))
    return str(
        ctx.ask(
            "quiet_hours",
            form("{question} {now}", question=_("When should I not disturb you?"), now=now),
            parse=lambda words: _hours(words, ctx.reader.locale),
            suggest={_kept(*each): times.said(*each) for each in USUAL} | {NEVER: _("Never be quiet")},
        )
    )


def _hours(words: str, locale: str) -> str:
    found = times.hours(words, locale)
    return _kept(*found) if found is not None else NEVER


def _kept(start: time, end: time) -> str:
    return f"{start:%H:%M} {end:%H:%M}"


def keep_quiet_hours(person: Person, answer: str) -> None:
    """Keep what was answered to `ask_quiet_hours`."""
    start, end = ("00:00", "00:00") if answer == NEVER else answer.split()
    people.set_quiet_hours(person, time.fromisoformat(start), time.fromisoformat(end))


def hours(person: Person) -> AnyText:
    """Return somebody's quiet hours."""
    return times.said(person.quiet_from, person.quiet_to)
