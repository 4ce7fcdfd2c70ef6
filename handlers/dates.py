"""Days and times of day as people type them, in their own language."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import cache
from typing import Literal
from unicodedata import combining, normalize

from babel.dates import (
    format_skeleton,
    format_timedelta,
    get_day_names,
    get_month_names,
    get_period_names,
)

import i18n
from bot import Unclear, _
from bot.text import Reader, render

# Translators: as somebody types it who means the day after today.
TOMORROW = _("tomorrow")
Unit = Literal["day", "week", "month"]
UNITS: dict[Unit, timedelta] = {
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}
COUNTS = (1, 2, 3, 5, 11, 21)
"""Numbers that between them bring out every plural form of a language."""
CLOCK = re.compile(r"(?:[^\W\d]+ )?(\d{1,2})(?:\s?[:.h]?\s?(\d{2}))?\s*(\D*)")
"""A word such as "at", the hour, the minutes, and what stands behind them."""

Meaning = tuple[str, int]
"""What a word stands for: ("month", 3), ("weekday", 0 is Monday), ("days", 7), ("ahead", 1)."""


# --- days ----------------------------------------------------------------------------------------


def day(words: str, today: date, locale: str) -> date:
    """The day that is meant by "1 March", "1.3.", "2026-03-01", "tomorrow", "Friday" or "2 weeks", in English
    or the language of `locale`. `today` is the writer's own. A day without a year is the next of that name;
    words that have nothing to do with days are passed over.

    Raises Unclear where there is no day in the words, or none that exists.
    """
    known = _vocabulary(locale)
    tokens = re.findall(r"\d+|[^\W\d_]+", _plain(words))
    meant = [int(token) if token.isdecimal() else known[token] for token in tokens if _counts(token, known)]
    if len(meant) > 1:  # "Monday, 2 March": the date says it all
        meant = [part for part in meant if isinstance(part, int) or part[0] != "weekday"]
    try:
        return _day(meant, today)
    except (ValueError, OverflowError):
        raise Unclear(_("There is no such day. Please look at it again.")) from None


def _counts(token: str, known: dict[str, Meaning]) -> bool:
    return token.isdecimal() or token in known


def _day(meant: list[int | Meaning], today: date) -> date:
    match meant:
        case [("ahead", days)]:
            return today + timedelta(days)
        case [("weekday", weekday)]:
            return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
        case [int(count), ("days", days)]:
            return today + timedelta(count * days)
        case [int(number), ("month", month)] | [("month", month), int(number)] | [int(number), int(month)]:
            return _coming(today, month, number)
        case [int(number), ("month", month), int(year)] | [("month", month), int(number), int(year)]:
            return date(_whole(year), month, number)
        case [int(year), int(month), int(number)] if year > 31:
            return date(year, month, number)
        case [int(number), int(month), int(year)]:
            return date(_whole(year), month, number)
        case _:
            raise Unclear(
                _("I do not see a day in that. You can type “1 March”, “1.3.”, “tomorrow” or “2 weeks”.")
            )


def _coming(today: date, month: int, number: int) -> date:
    """The next day of this name, today included."""
    this_year = date(today.year, month, number)
    return this_year if this_year >= today else date(today.year + 1, month, number)


def _whole(year: int) -> int:
    return year + 2000 if year < 100 else year


@cache
def _vocabulary(locale: str) -> dict[str, Meaning]:
    """The words of days in English and another language. Where a language shortens a weekday and a month
    to the same letters, the month is meant."""
    found: dict[str, Meaning] = {}
    for language in (i18n.SOURCE, locale):
        for width in ("abbreviated", "wide"):
            for context in ("stand-alone", "format"):
                weekdays = get_day_names(width, context, language)
                months = get_month_names(width, context, language)
                found |= {word: ("weekday", n) for n, name in weekdays.items() for word in _words(name)}
                found |= {word: ("month", n) for n, name in months.items() for word in _words(name)}
        found |= {word: ("days", UNITS[unit].days) for unit, word in _units(language)}
        found[_plain(str(render(TOMORROW, Reader(language))))] = ("ahead", 1)
    return found


def _units(language: str) -> Iterator[tuple[Unit, str]]:
    """Each unit with the words for it: those in its phrases ("in 3 days") that no other unit has."""
    spoken = {
        unit: {
            word
            for count in COUNTS
            for ahead in (False, True)
            for word in _words(
                format_timedelta(count * span, unit, threshold=1e9, add_direction=ahead, locale=language)
            )
        }
        for unit, span in UNITS.items()
    }
    for unit, words in spoken.items():
        others = {word for other, theirs in spoken.items() if other != unit for word in theirs}
        yield from ((unit, word) for word in words - others)


# --- times of day --------------------------------------------------------------------------------


def clock(words: str, locale: str) -> time:
    """The time of day that is meant by "18", "18:00", "18.30", "6 pm" or the like in `locale`.

    Raises Unclear where there is none.
    """
    found = CLOCK.fullmatch(_plain(words))
    if found is None:
        raise Unclear(_("I do not see a time in that. You can type “18”, “18:00” or “6 pm”."))
    hour, minute = int(found[1]), int(found[2] or 0)
    half = _half(re.sub(r"[\s.]", "", found[3]), locale)
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + half
    try:
        return time(hour, minute)
    except ValueError:
        raise Unclear(_("There is no such time. The day goes from 0:00 to 23:59.")) from None


def _half(behind: str, locale: str) -> int | None:
    """Where the half of the day that a word names begins (0 or 12); None for "", "h" and "Uhr"."""
    for language in (i18n.SOURCE, locale):
        names = get_period_names("abbreviated", "format", language)
        for name, begins in (("am", 0), ("pm", 12)):
            if behind and behind in (name, re.sub(r"[\s.]", "", _plain(names.get(name, name)))):
                return begins
    if behind in ("", "h", "".join(_words(str(format_skeleton("H", time(18), locale=locale))))):
        return None
    raise Unclear(_("I do not see a time in that. You can type “18”, “18:00” or “6 pm”."))


# --- words ---------------------------------------------------------------------------------------


def _plain(words: str) -> str:
    """Words without capitals and accents, which phones and people leave out."""
    return "".join(char for char in normalize("NFKD", words.casefold()) if not combining(char)).strip()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", _plain(text))
