"""Ways to name a day: which words, in which order, mean which day."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bot.reading.when import calendar
from bot.reading.when.words import Meant

Days = list[date]
"""The days that are meant: one, or those between which nobody can tell."""
A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that names a day: the `days`; where it is only a day of the week, which. A `start` is where
    something begins; what is `weak` names one, by these `words`, only where it stands alone."""

    days: Days
    weekday: int | None = None
    start: bool = False
    weak: bool = False
    words: str = ""


def find(said: list[Meant], today: date, locale: str) -> tuple[list[Named], list[Meant]]:
    """Return what names a day in all that is said, and what is left over: as little as possible, in as few
    pieces as possible."""
    letters = "".join(each.kind for each in said)
    best: list[tuple[int, int, int, Rule | None]] = [(0, 0, 0, None)] * (len(letters) + 1)
    for at in reversed(range(len(letters))):
        skipped = 0 if letters[at] in "&|" else 1
        best[at] = best[at + 1][0] + skipped, best[at + 1][1], 1, None
        for pattern, takes in RULES:
            for end in range(at + 1, len(letters) + 1):
                if pattern.fullmatch(letters, at, end):
                    cost = best[end][0], best[end][1] + 1
                    if cost < best[at][:2]:
                        best[at] = (*cost, end - at, takes)
    named: list[Named] = []
    left: list[Meant] = []
    at = 0
    while at < len(letters):
        _skipped, _pieces, length, rule = best[at]
        if rule is not None:
            named.append(rule(said[at : at + length], today, locale))
        elif letters[at] not in "&|":
            left.append(said[at])
        at += length
    return named, left


Rule = Callable[[list[Meant], date, str], Named]
RULES: list[tuple[re.Pattern[str], Rule]] = []


def _rule(pattern: str) -> Callable[[Rule], Rule]:
    def added(rule: Rule) -> Rule:
        RULES.append((re.compile(pattern), rule))
        return rule

    return added


def _of(said: Sequence[Meant], kind: str) -> list[Meant]:
    return [each for each in said if each.kind == kind]


@_rule("r?a")
def _ahead(said: list[Meant], today: date, locale: str) -> Named:
    return Named([today + timedelta(said[-1].value)], start=len(said) > 1)


@_rule("r?x?w")
def _weekday(said: list[Meant], today: date, locale: str) -> Named:
    """Return the coming one; "this" and "next" may both mean it, and the one after next is a week later."""
    weeks = max(0, said[-2].value - 1) if len(said) > 1 and said[-2].kind == "x" else 0
    weekday = said[-1].value
    found = calendar.coming(today + timedelta(1), weekday) + weeks * A_WEEK
    return Named([found], weekday=None if weeks else weekday, start=said[0].kind == "r")


@_rule("(?:nu&?)*nu")
def _span(said: list[Meant], today: date, locale: str) -> Named:
    return Named([calendar.later(today, _counts(said))])


@_rule("u")
def _unit(said: list[Meant], today: date, locale: str) -> Named:
    return Named([calendar.later(today, [(1, said[0].value)])], weak=True, words=said[0].words)


@_rule("n[|n]?nu")
def _one_or_another(said: list[Meant], today: date, locale: str) -> Named:
    unit = said[-1].value
    return Named([calendar.later(today, [(each.value, unit)]) for each in _of(said, "n")])


@_rule("r?a(?:nu&?)*nu|(?:nu&?)*nur?a")
def _span_from_a_day(said: list[Meant], today: date, locale: str) -> Named:
    (ahead,) = _of(said, "a")
    return Named([calendar.later(today + timedelta(ahead.value), _counts(said))])


@_rule("w(?:nu&?)*nu|(?:nu&?)*nur?w|wu")
def _weekday_in_a_span(said: list[Meant], today: date, locale: str) -> Named:
    """Return the coming weekday and so many weeks; asked where it may be that of the week so far ahead."""
    (weekday,) = _of(said, "w")
    counts = _counts(said) or [(1, said[-1].value)]
    there = calendar.later(today, counts)
    if all(unit in ("week", "fortnight") for _n, unit in counts):
        one = calendar.later(calendar.coming(today, weekday.value), counts)
    else:
        one = calendar.coming(there, weekday.value)
    other = there - timedelta(there.weekday()) + timedelta(weekday.value)
    return Named([*dict.fromkeys((one, other) if other > today else (one,))])


@_rule("w?xu|xuw|ux")
def _next(said: list[Meant], today: date, locale: str) -> Named:
    (next_,), (unit,) = ([each.value for each in _of(said, kind)] for kind in "xu")
    begins = calendar.begin(today, unit, next_)
    if weekdays := _of(said, "w"):
        return Named([calendar.coming(begins, weekdays[0].value)])
    if next_ == 0:
        return Named(calendar.end(today, unit, 0))
    return Named([begins])


@_rule("p(?:x?u)")
def _part_of_a_unit(said: list[Meant], today: date, locale: str) -> Named:
    part, unit = said[0].value, said[-1].value
    next_ = said[1].value if said[1].kind == "x" else 0
    if part == "begin":
        return Named([calendar.begin(today, unit, next_)])
    if part == "middle":
        return Named([calendar.middle(today, unit, next_)])
    return Named(calendar.end(today, unit, next_))


@_rule("x?c")
def _compound(said: list[Meant], today: date, locale: str) -> Named:
    part, unit = said[-1].value
    return _part_of_a_unit([Meant("p", part), *said[:-1], Meant("u", unit)], today, locale)


@_rule("px?mn?")
def _part_of_a_month(said: list[Meant], today: date, locale: str) -> Named:
    (month,) = _of(said, "m")
    year = calendar.whole(said[-1].value) if said[-1].kind == "n" else None
    ends = {"begin": 1, "middle": 15}.get(said[0].value)
    if year is None:
        year = today.year
        if calendar.day_in(year, month.value, ends) < today:
            year += 1
    return Named([calendar.day_in(year, month.value, ends)])


@_rule("pwm")
def _last_in_a_month(said: list[Meant], today: date, locale: str) -> Named:
    weekday, month = said[1].value, said[2].value
    for year in (today.year, today.year + 1):
        last = calendar.day_in(year, month, None)
        found = last - timedelta((last.weekday() - weekday) % 7)
        if found >= today:
            break
    return Named([found])


@_rule("owm")
def _weekday_of_a_month(said: list[Meant], today: date, locale: str) -> Named:
    which, weekday, month = (each.value for each in said)
    for year in (today.year, today.year + 1):
        found = calendar.coming(date(year, month, 1), weekday) + (which - 1) * A_WEEK
        if found >= today:
            break
    if found.month != month:
        raise ValueError("a month has no such weekday")
    return Named([found])


@_rule("r?(?:[no]m|m[no])n?")
def _date(said: list[Meant], today: date, locale: str) -> Named:
    parts = [each for each in said if each.kind in "nom"]
    (month,) = _of(parts, "m")
    numbers = [each.value for each in parts if each.kind != "m"]
    if len(numbers) == 1 and numbers[0] > 31:
        return Named([date(calendar.whole(numbers[0]), month.value, 1)])
    start = said[0].kind == "r"
    if len(numbers) == 2:
        return Named([date(calendar.whole(numbers[1]), month.value, numbers[0])], start=start)
    return Named([calendar.next_of_name(today, month.value, numbers[0])], start=start)


@_rule("r?o")
def _day_of_a_month(said: list[Meant], today: date, locale: str) -> Named:
    return Named([calendar.next_numbered(today, said[-1].value)], start=len(said) > 1)


@_rule("oxu")
def _day_of_a_next_month(said: list[Meant], today: date, locale: str) -> Named:
    if said[2].value != "month":
        raise ValueError("only months have days with a number")
    return Named([calendar.begin(today, "month", said[1].value).replace(day=said[0].value)])


@_rule("x?m")
def _month(said: list[Meant], today: date, locale: str) -> Named:
    return Named([calendar.next_of_name(today, said[-1].value, 1)], weak=True, words=said[-1].words)


@_rule("t?fn?")
def _feast(said: list[Meant], today: date, locale: str) -> Named:
    ((name, after),) = [each.value for each in _of(said, "f")]
    year = calendar.whole(said[-1].value) if said[-1].kind == "n" else None
    later = timedelta(after if said[0].kind == "t" else 0)
    found = calendar.feast(name, year or today.year)
    if year is None and found < today:
        found = calendar.feast(name, today.year + 1)
    return Named([found + later])


@_rule("t?x?e|E")
def _weekend(said: list[Meant], today: date, locale: str) -> Named:
    """Return its Saturday; after it, and for all of it, the Monday. "Next" may mean the one there is."""
    saturday = calendar.coming(today, 5)
    over = timedelta(2 if said[0].kind in "tE" else 0)
    nexts = _of(said, "x")
    weeks = range(nexts[0].value + 1)[-2:] if nexts else range(1)
    return Named([saturday + each * A_WEEK + over for each in weeks])


@_rule("t(?:nu&?)*nu")
def _after_a_span(said: list[Meant], today: date, locale: str) -> Named:
    return _span(said[1:], today, locale)


@_rule("txu")
def _after_a_unit(said: list[Meant], today: date, locale: str) -> Named:
    return Named([calendar.begin(today, said[2].value, said[1].value + 1)])


@_rule("t(?:x?w|a|[no]m|m[no]|o|D|I|p(?:x?u|m)|x?c)")
def _after_a_day(said: list[Meant], today: date, locale: str) -> Named:
    named, left = find(said[1:], today, locale)
    assert len(named) == 1 and not left, "the pattern is what one rule takes"
    return Named([each + timedelta(1) for each in named[0].days])


@_rule("r?I")
def _iso(said: list[Meant], today: date, locale: str) -> Named:
    year, month, number = (int(each) for each in said[-1].value.split("-"))
    return Named([date(year, month, number)], start=len(said) > 1)


@_rule("r?D")
def _in_numbers(said: list[Meant], today: date, locale: str) -> Named:
    """Return the day of "15.3."; of "12/7", where English is read in two ways, both."""
    words = said[-1].value
    numbers = [int(each) for each in re.findall(r"\d+", words)]
    first, second, *years = numbers
    orders = [(first, second), (second, first)]
    if "." in words or locale != "en" or first == second:
        orders = orders[:1]
    elif first > 12 or second > 12:
        orders = [(first, second) if second <= 12 else (second, first)]
    if years:
        found = [date(calendar.whole(years[0]), month, number) for number, month in orders]
    else:
        found = [calendar.next_of_name(today, month, number) for number, month in orders]
    return Named(found, start=len(said) > 1)


@_rule("n")
def _bare(said: list[Meant], today: date, locale: str) -> Named:
    """Return what a number by itself may be: so many days, or a day of the month."""
    value = said[0].value
    if not isinstance(value, int) or not 1 <= value <= 31:
        raise ValueError("not a day")
    days = [today + timedelta(value), calendar.next_numbered(today, value)]
    return Named([*dict.fromkeys(days)], weak=True, words=said[0].words)


def _counts(said: Sequence[Meant]) -> list[tuple[float, str]]:
    return [(a.value, b.value) for a, b in pairwise(said) if a.kind + b.kind == "nu"]
