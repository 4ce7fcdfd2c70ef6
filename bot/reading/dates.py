"""Days as people type them, in their own language or in English.

Every word is used, or is known to change nothing. What is left over, and what can be meant in two ways, is
asked about: it is never passed over.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from bot.reading.unclear import Doubtful, Unclear
from bot.reading.when import rules, said
from bot.reading.when.rules import Named
from bot.reading.when.words import Meant
from bot.text import AnyText, Day, Text, Weekday, _, form

NOTHING = _("I cannot find a day in that. Try “Friday”, “15 March”, “2 weeks” or “end of March”.")


def day(words: str, today: date, locale: str) -> date:
    """Return the day that is meant by "1 March", "1.3.", "tomorrow", "Friday", "Monday in 2 weeks", "end of
    March", "10 working days" or "after Easter", in English or the language of `locale`. `today` is the
    writer's own. A day without a year is the next of that name.

    Raises Unclear where there is no day in the words, or none that exists; Doubtful where there are several,
    or where something is left over that may mean something.
    """
    parts = said.read(words, locale)
    try:
        return _one(*rules.find(parts, today, locale))
    except (ValueError, OverflowError):
        raise Unclear(_("There is no such day. Please look at it again.")) from None


def is_vague(words: str, locale: str) -> bool:
    """Whether words are about how long, and do not say it: "a few days". Too many for a day say more."""
    try:
        return {each.kind for each in said.read(words, locale)} == {"v", "u"}
    except Unclear:
        return False


def choices(days: Iterable[date]) -> Mapping[str, AnyText]:
    """Return days as choices: value → label with the day of the week."""
    return {each.isoformat(): form("{day}", day=Day(each)) for each in sorted(days)}


def possible(doubtful: Doubtful, check: Callable[[date], None]) -> Unclear:
    """Return a doubt about those days only that pass a check; what the check says where none does."""
    left: list[date] = []
    refused: Unclear = doubtful
    for each in map(date.fromisoformat, doubtful.choices):
        try:
            check(each)
            left.append(each)
        except Unclear as unclear:
            refused = unclear
    if not left:
        return refused
    if len(left) == 1 < len(doubtful.choices):
        return Doubtful(_("Do you mean {day}?", day=Day(left[0])), choices(left))
    return Doubtful(doubtful.text, choices(left))


def _one(named: Sequence[Named], left: Sequence[Meant]) -> date:
    if left or len(named) > 1:
        left = [*left, *(Meant("?", None, each.words) for each in named if each.weak)]
        named = [each for each in named if not each.weak]
    ends = [each for each in named if not each.start]
    if not ends:
        raise Unclear(NOTHING)
    weekdays = {each.weekday for each in ends if each.weekday is not None}
    exact = {each for known in ends if known.weekday is None for each in known.days}
    if len(weekdays) == 1 and exact:
        (weekday,) = weekdays
        if fitting := {each for each in exact if each.weekday() == weekday}:
            exact = fitting
        elif len(exact) == 1:
            (only,) = exact
            near = min((only + timedelta(n) for n in range(-3, 4)), key=lambda d: d.weekday() != weekday)
            raise Doubtful(
                _("{day} is a {weekday}. Which do you mean?", day=only, weekday=Weekday(only.weekday())),
                choices([near, only]),
            )
    found = exact if exact and len(weekdays) <= 1 else {each for one in ends for each in one.days}
    if left:
        raise Doubtful(_not_understood(left, found), choices(found))
    if len(found) > 1:
        raise Doubtful(_("That can mean more than one day. Which do you mean?"), choices(found))
    return found.pop()


def _not_understood(left: Sequence[Meant], found: set[date]) -> Text:
    words = next((each.words[:40] for each in left if each.words), "…")
    if len(found) == 1:
        (only,) = found
        return _("I have not understood “{words}”. Do you mean {day}?", words=words, day=Day(only))
    return _("I have not understood “{words}”. Which day do you mean?", words=words)
