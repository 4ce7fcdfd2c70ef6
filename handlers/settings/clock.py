"""What time it is for somebody: asked with the clock, answered with yes, a time or a place."""

from collections.abc import Collection, Sequence
from datetime import time

from bot import AnyText, Command, Context, Doubtful, Text, Unclear, Weekday, _, form
from bot.reading import talk
from bot.reading.when import rhythms, times
from bot.reading.where import places
from bot.text import Value
from db import people
from db.models import Person

OTHER = "no"
"""The answer that it is another time."""
USUAL = (time(21), time(8)), (time(22), time(7)), (time(23), time(9))
NEVER, ALWAYS = "no", "always"
LONGEST = 16 * 60
"""How many minutes of a day can be quiet."""
TOO_LONG = _("Quiet hours can last 16 hours at most. For more, {pause} is better.", pause=Command("pause"))
ALL_DAYS = 7
NO_DAY = _("On no day")
NO_DAY_LEFT = _(
    "One day has to be left. If nothing should reach you at all, {pause} is better.", pause=Command("pause")
)
WHY = _("So that I know when it is night for you, and do not disturb you then.")


def ask_zone(ctx: Context, likely: str, text: Text | None = None, *, question: str = "time_zone") -> str:
    """Ask for a time zone: whether it is as late there as in the `likely` one."""
    zone = ctx.ask(
        question,
        text or places.is_it(likely, ctx.now, ctx.reader.locale),
        parse=lambda words: _said(ctx, words, likely),
        suggest={likely: _("Yes"), OTHER: _("No, another time")},
        why=WHY,
    )
    if zone == OTHER:
        zone = ctx.ask(
            f"{question} by the clock",
            _("What time is it there now? You can also name a large city."),
            parse=lambda words: _at_clock(ctx, words, likely),
            why=WHY,
        )
    return str(zone)


def _said(ctx: Context, words: str, likely: str) -> str:
    said = talk.lists(words, ctx.reader.locale)
    if said & {"yes", "dont_know", "skip", "skip_or_answer"}:
        return likely
    if "no" in said:
        return OTHER
    return _zone(ctx, words, likely)


def _at_clock(ctx: Context, words: str, likely: str) -> str:
    """Return the zone that words name; the likely one for somebody who does not know or say."""
    unknown = {"dont_know", "skip", "skip_or_answer", "nothing", "no"}
    return _zone(ctx, words, likely) if unknown.isdisjoint(talk.lists(words, ctx.reader.locale)) else likely


def _zone(ctx: Context, words: str, likely: str) -> str:
    """Return the zone of a place, or of what a clock there shows now."""
    try:
        shown = times.halves(words, ctx.reader.locale)
    except Unclear:
        return places.zone(words, ctx.now, likely, ctx.reader.locale)
    return places.at_clock(shown, ctx.now, likely, ctx.reader.locale)


def ask_quiet(ctx: Context) -> tuple[str, list[int]]:
    """Ask when they are not to be disturbed: between two times, as "22:00 07:00" or `NEVER`, and on which
    days of the week (Monday is 0) at all. Whoever means always is asked about a break instead."""
    hours = _ask_hours(ctx)
    if hours == ALWAYS:
        ctx.redirect(Command("pause"))
    return hours, _ask_days(ctx)


def _ask_hours(ctx: Context) -> str:
    now = _("So far: {hours}.", hours=_hours(ctx.person))
    return str(
        ctx.ask(
            "quiet_hours",
            form("{question} {now}", question=_("When should I not disturb you?"), now=now),
            parse=lambda words: _typed(words, ctx.reader.locale),
            suggest={_kept(*each): times.said(*each) for each in USUAL} | {NEVER: _("Never be quiet")},
            why=_("So that I do not disturb you then. What can wait comes afterwards."),
        )
    )


def _typed(words: str, locale: str) -> str:
    found = times.hours(words, locale)
    if found is None:
        return NEVER
    start, end = found
    if start == end:
        raise Doubtful(
            _("Then nothing ever reaches you. Do you mean a break?"),
            {ALWAYS: _("Take a break"), NEVER: times.said(start, end)},
        )
    if _minutes(start, end) > LONGEST:
        raise Unclear(TOO_LONG)
    return _kept(start, end)


def _minutes(start: time, end: time) -> int:
    """Return how long it is from one time to the next time that the other comes."""
    return ((end.hour - start.hour) * 60 + end.minute - start.minute) % (24 * 60)


def _kept(start: time, end: time) -> str:
    return f"{start:%H:%M} {end:%H:%M}"


def keep_quiet(person: Person, hours: str, days: Collection[int]) -> None:
    """Keep what was answered to `ask_quiet`."""
    start, end = ("00:00", "00:00") if hours == NEVER else hours.split()
    people.set_quiet_hours(person, time.fromisoformat(start), time.fromisoformat(end))
    people.set_quiet_days(person, days)


def _ask_days(ctx: Context) -> list[int]:
    days = people.weekdays(ctx.person.quiet_days)
    question: AnyText = _("And on which days should nothing reach you at all?")
    if days:
        question = form("{question} {now}", question=question, now=_("So far: {days}.", days=_names(days)))
    chosen = ctx.choose_many(
        "quiet_days",
        question,
        {str(day): form("{day}", day=Weekday(day)) for day in range(7)} | ({NEVER: NO_DAY} if days else {}),
        reads=lambda words: _days(words, ctx.reader.locale),
        skip=_("As it is") if days else NO_DAY,
    )
    if len(chosen) == ALL_DAYS:
        ctx.say(NO_DAY_LEFT)
    if not chosen or len(chosen) == ALL_DAYS:
        return days
    return [int(day) for day in chosen if day != NEVER]


def _days(words: str, locale: str) -> list[str]:
    days = rhythms.weekdays(words, locale)
    if len(days) == ALL_DAYS:
        raise Unclear(NO_DAY_LEFT)
    return [str(day) for day in days]


def _names(days: Sequence[int]) -> list[Value]:
    return [Weekday(day) for day in days]


def quiet(person: Person) -> AnyText:
    """Return when somebody is not to be disturbed."""
    days = _names(people.weekdays(person.quiet_days))
    if not days:
        return _hours(person)
    if person.quiet_from == person.quiet_to:
        return _("all day on {days}", days=days)
    return _("{hours}, and all day on {days}", hours=_hours(person), days=days)


def _hours(person: Person) -> Text:
    return times.said(person.quiet_from, person.quiet_to)


def ask_waking(ctx: Context) -> bool:
    """Ask whether they may be woken."""
    return ctx.confirm(
        "waking",
        _("If somebody needs a person at night, may I wake you? It is rare, and you can change it here."),
        yes=_("Yes, wake me"),
        no=_("No, let me sleep"),
        why=_("Now and then somebody cannot wait until the morning. Only those who allow it are woken then."),
    )
