"""What is asked about a rhythm of check-ins, and how words about it are understood."""

from collections.abc import Callable
from datetime import time
from itertools import count
from typing import Any

from bot import AnyText, Context, Doubtful, Text, Unclear, Verbatim, Weekday, _, form
from bot.reading import talk
from bot.reading.when import rhythms, times
from handlers.checking_in import rounds
from handlers.protecting import personal_data

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
QUESTIONS = 5
"""More than these are too many for an evening."""
LONGEST_QUESTION = 200
LONGEST_LABEL = 30
NO_MORE = {"no", "nothing", "yes", "good", "stop", "later"}
"""Lists of words that say that there is no (other) question."""
IN_WORDS = "words"
KINDS: dict[str, Text] = {"scale": _("From 1 to 5"), IN_WORDS: _("In words")}
TAKE, OTHER = "yes", "no"


def different(words: str, locale: str, unclear: Text) -> dict[str, Any] | str:
    """Return the fields of a rhythm that words name, or `TAKE` or `OTHER`. Raises Unclear, with these words,
    where they name none."""
    said = talk.lists(words, locale)
    if said & {"yes", "good"}:
        return TAKE
    if "no" in said:
        return OTHER
    found: dict[str, Any] = {}
    weeks, weekday, rest = rhythms.read(words, locale)
    if weeks is not None:
        found["every_weeks"] = _possible(weeks)
    if weekday is not None:
        found["weekday"] = weekday
    try:
        found["at"] = _by_day(rest, locale).isoformat("minutes")
    except Doubtful as doubtful:
        found["at"] = next(iter(doubtful.choices))
    except Unclear:
        if any(map(str.isdecimal, rest)):
            raise
    if not found:
        raise Unclear(unclear)
    return found


def _possible(weeks: int) -> int:
    """Return so many weeks. Raises Unclear for a rhythm that nobody can choose."""
    if str(weeks) not in RHYTHMS:
        raise Unclear(_("Every week, or every 2, 4 or 12 weeks is possible."))
    return weeks


def _ask_weekday(ctx: Context) -> int:
    def named(words: str) -> list[str]:
        weekday = rhythms.read(words, ctx.reader.locale).weekday
        return [] if weekday is None else [str(weekday)]

    options = {str(number): form("{day}", day=Weekday(number)) for number in range(7)}
    question = _("On which day should I ask the members how it is going?")
    return int(ctx.choose("weekday", question, options, reads=named))


def _ask_time(ctx: Context) -> time:
    at = ctx.ask(
        "time",
        _("At what time? Everyone is asked at this time where they live."),
        parse=lambda words: _by_day(words, ctx.reader.locale).isoformat("minutes"),
        suggest={likely: Verbatim(likely) for likely in LIKELY_TIMES},
    )
    return time.fromisoformat(at)


def _by_day(words: str, locale: str) -> time:
    """Return the time that is meant. Raises Unclear for one at night."""
    at = times.clock(words, locale, (MORNING, NIGHT))
    if not MORNING <= at < NIGHT:
        raise Unclear(
            _(
                "At {time} most members rest. Please choose a time between {morning} and {night}.",
                time=at,
                morning=MORNING,
                night=NIGHT,
            )
        )
    return at


def _ask_rhythm(ctx: Context) -> int:
    def named(words: str) -> list[str]:
        weeks = rhythms.read(words, ctx.reader.locale).weeks
        return [] if weeks is None else [str(_possible(weeks))]

    return int(ctx.choose("often", _("How often?"), RHYTHMS, reads=named))


def _ask_questions(ctx: Context) -> dict[str, Any]:
    """Return questions of the network's own, and which of them are answered in words. There is room for few:
    of one too many it is asked which is to go."""
    first = _(
        "I always ask first: “{how}” Would you like to add questions of your own, up to {limit}? Members "
        "answer from 1 to 5, or in words. For example: Do you feel supported?",
        how=rounds.HOW,
        limit=QUESTIONS,
    )
    asked: list[tuple[str, str]] = []
    for number in count(1):
        words = ctx.ask(
            f"question_{number}",
            _("Another question?") if asked else first,
            parse=lambda words: _own_question(words, ctx.reader.locale),
            skip=_("No more questions") if asked else _("No question of our own"),
            max_length=LONGEST_QUESTION,
        )
        if words is None:
            break
        words = personal_data.without_it(ctx, words, f"personal_data_{number}")
        kind = ctx.choose(f"kind_{number}", _("How should members answer it?"), KINDS)
        asked.append((words, kind))
        if len(asked) > QUESTIONS:
            labels = {str(place): _label(question) for place, (question, _kind) in enumerate(asked)}
            which = _("Five questions are enough for one evening. Which one should go?")
            del asked[int(ctx.choose(f"goes_{number}", which, labels))]
    return {
        "questions": [words for words, _kind in asked],
        "in_words": [place for place, (_words, kind) in enumerate(asked) if kind == IN_WORDS] or None,
    }


def _label(question: str) -> AnyText:
    """Return a question as it fits on a button."""
    short = question if len(question) <= LONGEST_LABEL else question[: LONGEST_LABEL - 1].rstrip() + "…"
    return Verbatim(short)


def _own_question(words: str, locale: str) -> str | None:
    """Return a question; None for words that say there is none ("no", "that is fine")."""
    return None if talk.lists(words, locale) & NO_MORE else " ".join(words.split())


ASK: dict[str, Callable[[Context], dict[str, Any]]] = {
    "weekday": lambda ctx: {"weekday": _ask_weekday(ctx)},
    "at": lambda ctx: {"at": _ask_time(ctx)},
    "every_weeks": lambda ctx: {"every_weeks": _ask_rhythm(ctx)},
    "questions": _ask_questions,
}
"""What can be asked about a rhythm, in this order: each returns fields of it."""
