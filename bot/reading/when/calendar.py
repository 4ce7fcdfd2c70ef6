"""Counting in the calendar."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7, "fortnight": 14}


def coming(start: date, weekday: int) -> date:
    """Return the next day of a weekday (Monday is 0), the start included."""
    return start + timedelta((weekday - start.weekday()) % 7)


def later(start: date, counts: Sequence[tuple[float, str]]) -> date:
    """Return the day so many units later."""
    for count, unit in counts:
        if unit == "workday":
            start = _work(start, ceil(count))
        elif unit in MONTHS:
            start = months_later(start, count * MONTHS[unit])
        else:
            start += timedelta(ceil(count * DAYS[unit]))
    return start


def _work(start: date, count: int) -> date:
    weeks, days = divmod(count, 5)
    start += timedelta(weeks=weeks)
    while start.weekday() >= 5 or days:
        start += timedelta(1)
        days -= days > 0 and start.weekday() < 5
    return start


def months_later(start: date, months: float) -> date:
    """Return the same day of the month so many months later, or the last one there is; half a month is 15
    days."""
    whole_months = int(months)
    year, month = divmod(start.year * 12 + start.month - 1 + whole_months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)) + timedelta(round((months - whole_months) * 30))


def begin(today: date, unit: str, ahead: int) -> date:
    """Return the first day of this week, month, quarter or year, or of one that is so many ahead."""
    if unit in MONTHS:
        size = MONTHS[unit]
        month = (today.month - 1) // size * size + 1
        return months_later(today.replace(month=month, day=1), ahead * size)
    if unit == "week":
        return today - timedelta(today.weekday()) + ahead * timedelta(weeks=1)
    raise ValueError(f"a {unit} has no beginning")


def middle(today: date, unit: str, ahead: int) -> date:
    """Return a day in the middle of it."""
    first = begin(today, unit, ahead)
    return first + timedelta(2) if unit == "week" else months_later(first, MONTHS[unit] / 2) - timedelta(1)


def end(today: date, unit: str, ahead: int) -> list[date]:
    """Return the last day of it; of a week, Friday or Sunday."""
    last = begin(today, unit, ahead + 1) - timedelta(1)
    return [last - timedelta(2), last] if unit == "week" else [last]


def day_in(year: int, month: int, number: int | None) -> date:
    """Return a day of a month; the last one for None."""
    return date(year, month, number or monthrange(year, month)[1])


def next_of_name(today: date, month: int, number: int) -> date:
    """Return the next day of this name, today included."""
    this_year = date(today.year, month, number)
    return this_year if this_year >= today else date(today.year + 1, month, number)


def next_numbered(today: date, number: int) -> date:
    """Return the next day that is this number of a month, today not included."""
    if not 1 <= number <= 31:
        raise ValueError("no month has so many days")
    for ahead in range(3):
        first = begin(today, "month", ahead)
        if monthrange(first.year, first.month)[1] >= number and first.replace(day=number) > today:
            return first.replace(day=number)
    raise ValueError("no such day is near")


def whole(year: int) -> int:
    """Return a year in four digits. Raises ValueError for a number that is none: "Easter 2"."""
    if year < 20:
        raise ValueError("no year that is to come")
    return year + 2000 if year < 100 else year


def easter(year: int) -> date:
    """Return the Sunday of Easter in the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, number = divmod(h + k - 7 * ((a + 11 * h + 22 * k) // 451) + 114, 31)
    return date(year, month, number + 1)


def feast(name: str, year: int) -> date:
    """Return the day of a feast, by its day of the year ("12-25") or by those from Easter ("easter-2")."""
    if name.startswith("easter"):
        return easter(year) + timedelta(int(name.removeprefix("easter") or 0))
    month, number = name.split("-")
    return date(year, int(month), int(number))
