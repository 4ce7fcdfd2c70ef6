"""Dates of birth, and other full dates of the past.

A day to come is never personal: it is a deadline or an appointment. Nor is one of the last year, unless
somebody was born on it: letters and decisions are named by such days.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from bot.reading.personal import harmless
from bot.reading.personal.finding import Finding
from bot.reading.personal.folded import Folded
from bot.reading.personal.words import any_of, months, one_of, solar_months

BEFORE, BEHIND, BESIDE = 40, 15, 15
"""Characters between "born" and its date: before it, behind it, and where the date has no year."""
LAW_BEFORE = 50
RECENT = timedelta(days=366)
SOLAR = range(1290, 1430)
"""Years of the Iranian and the Afghan calendar that are years of somebody's life."""
FIRST_YEAR = 1900


class Day(NamedTuple):
    """A date in a text: the day, None where it has no year, and where it stands."""

    day: date | None
    start: int
    end: int


def found(folded: Folded, today: date) -> Iterator[tuple[Day, Finding | None]]:
    """Yield each date, and what is personal of it."""
    after = 0
    for day in _days(folded, today):
        birth = _is_birth(folded.small, day, after)
        after = day.end
        finding = None
        if birth and (day.day is None or day.day < today):
            finding = Finding(day.start, day.end, "birth")
        elif day.day is not None and day.day < today - RECENT and not _is_of_law(folded.small, day.start):
            finding = Finding(day.start, day.end, "date")
        yield day, finding


def _is_birth(small: str, day: Day, after: int) -> bool:
    """Whether somebody is said to be born then. `after` is where the date before it ends."""
    before = re.split(r"[!?;\n\0]", small[max(after, day.start - BEFORE) : day.start])[-1]
    for match in _born().finditer(before):
        if day.day is not None or len(before) - match.end() <= BESIDE:
            return True
    behind = re.split(r"[,.;!?\n\0\d]", small[day.end : day.end + BEHIND])[0]
    return _born().search(behind) is not None


def _is_of_law(small: str, start: int) -> bool:
    before = re.split(r"[!?;\n]", small[max(0, start - LAW_BEFORE) : start])[-1]
    return harmless.law().search(before) is not None


def _days(folded: Folded, today: date) -> Iterator[Day]:
    for match in _pattern().finditer(folded.small):
        if _street().search(folded.small, max(0, match.start() - BEFORE), match.start()):
            continue
        part = match.groupdict()
        year = part["y1"] or part["y2"] or part["y3"] or part["y4"]
        number = part["d1"] or part["d2"] or part["d3"] or part["d4"]
        name = part["name3"] or part["name4"]
        month = part["m1"] or part["m2"] or name
        try:
            yield Day(
                _day(year, month, int(number), today),
                match.start(),
                match.start() + len(match.group().rstrip()),
            )
        except ValueError:
            continue


def _day(year: str | None, month: str, day: int, today: date) -> date | None:
    """Return the day that is meant, the nearest one in the calendars of Iran and Afghanistan; None without a
    year. Raises ValueError where there is no such day."""
    solar = solar_months().get(month)
    number = int(month) if month.isdigit() else solar or months()[month]
    if year is None:
        date(2000, number, day)
        return None
    full = int(year.lstrip("'"))
    if full < 100:
        full += 2000 if full <= today.year % 100 else 1900
    if full in SOLAR:
        return date(full + 621, 3, 21) + timedelta(days=30.5 * (number - 1) + day - 1)
    if solar or not FIRST_YEAR <= full <= FIRST_YEAR + 200:
        raise ValueError("no year of somebody's life")
    try:
        return date(full, number, day)
    except ValueError:
        return date(full, day, number)  # the month first, as in America


@cache
def _born() -> re.Pattern[str]:
    return re.compile(any_of("born"))


@cache
def _street() -> re.Pattern[str]:
    """Return what stands before a street that is named after a day: "ul. 3 Maja"."""
    return re.compile(rf"(?:{any_of('street_before')}|{any_of('street_capital')})\.? ?\Z")


@cache
def _pattern() -> re.Pattern[str]:
    names = one_of(map(re.escape, {*months(), *solar_months()}))
    year = r"'?\d\d(?![\d:.h]|,\d| ?[€%])"
    return re.compile(
        r"(?<![\d.,/-])(?:"
        r"(?P<y1>\d{4}) ?(?P<s1>[./-]) ?(?P<m1>\d\d?) ?(?P=s1) ?(?P<d1>\d\d?)"
        r"|(?P<d2>\d\d?) ?(?P<s2>[./-]) ?(?P<m2>\d\d?)(?: ?(?P=s2) ?(?P<y2>\d{4}|\d\d)|\.(?!\d))"
        r")(?![\d]|[./-]\d)"
        r"|(?<![\d.,/-])(?P<d3>\d\d?)(?:st|nd|rd|th|er|ος|η|[.°oa])?[ .-]*(?:of |de |del |di |the |του )?"
        rf"(?P<name3>{names})(?!\w)"
        rf"(?:[ .,-]*(?:de |del |του )?(?P<y3>\d{{4}}|(?<!, ){year})(?: ?[rр]\.)?)?(?!\d)"
        rf"|(?<!\w)(?P<name4>{names})\.? (?P<d4>\d\d?)(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})(?!\d)"
    )
