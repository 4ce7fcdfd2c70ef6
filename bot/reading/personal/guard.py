"""The guard: what in somebody's words looks like personal data, each piece whole.

Pure, local, and only a hint: whoever writes decides. Names are not looked for. What one rule took is hidden
from the next ones, so that a link holds no telephone number and a deadline no house.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from bot.reading.personal import accounts, addresses, births, harmless, mails, numbers
from bot.reading.personal.finding import Finding
from bot.reading.personal.folded import Folded, fold

GONE = "[…]"
"""What stands in the place of what was taken out."""


def findings(
    written: str, today: date, countries: Collection[str] = (), public: Collection[str] = ()
) -> list[Finding]:
    """Return what looks like personal data, in its order.

    today:      days before it may be somebody's birth
    countries:  ISO 3166, those in which telephone numbers without a country are dialled, the likeliest first
    public:     the digits of telephone numbers that are nobody's: help lines
    """
    folded = fold(written)
    found: list[Finding] = []
    folded = _taken(folded, accounts.profiles(folded), found)
    folded = _taken(folded, mails.mails(folded), found)
    folded = _taken(folded, accounts.handles(folded), found)
    folded = folded.hide(list(harmless.links(folded)))
    if any(sign.isdigit() for sign in folded.text):
        folded = _days_taken(folded, today, found)
        folded = _taken(folded, accounts.banks(folded), found)
        folded = folded.hide(list(harmless.spans(folded)))
        folded = _taken(folded, addresses.found(folded), found)
        folded = _taken(folded, numbers.announced(folded, countries), found)
        folded = _taken(folded, numbers.checked(folded), found)
        folded = _taken(folded, numbers.runs(folded, countries, public), found)
    original = (Finding(*folded.original(each.span), each.kind) for each in found)
    return sorted(original)


def without(written: str, found: Iterable[Finding]) -> str:
    """Return the words without these pieces."""
    for each in sorted(found, reverse=True):
        written = written[: each.start] + GONE + written[each.end :]
    return written


def _days_taken(folded: Folded, today: date, found: list[Finding]) -> Folded:
    days = list(births.found(folded, today))
    found += [finding for _, finding in days if finding]
    return folded.hide((day.start, day.end) for day, _ in days)


def _taken(folded: Folded, new: Iterator[Finding], found: list[Finding]) -> Folded:
    """Add what one rule found, without what reaches into another piece, and return what is left to read."""
    taken: list[Finding] = []
    for each in sorted(new, key=lambda each: (each.start, -each.end)):
        if not taken or each.start >= taken[-1].end:
            taken.append(each)
    found += taken
    return folded.hide(each.span for each in taken)
