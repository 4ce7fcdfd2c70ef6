"""Ways to reach somebody that are no telephone number: accounts and the links to them, bank accounts."""

import re
from collections.abc import Iterator
from functools import cache

from stdnum import iban

import i18n
from bot.reading.personal.finding import Finding
from bot.reading.personal.folded import Folded
from bot.reading.personal.words import any_of

FULL = re.compile(r"(?<![\w@])@[a-z0-9._=/+-]+:[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?")
HANDLE = re.compile(r"(?<![\w@/.])@(?=[\d_.]*[^\W\d_])\w[\w.]*\w")
BOT = re.compile(r"(?:^@|/)\w*bot(?!\w)")
"""On Telegram the names of programs end like this, and those of people do not
(https://core.telegram.org/bots/features#creating-a-new-bot)."""
IBAN = re.compile(r"(?<!\w)[a-z]{2}\d\d(?:[ -]?[a-z0-9]){11,30}")
IBAN_DIGITS = 10


def profiles(folded: Folded) -> Iterator[Finding]:
    """Yield links to accounts."""
    for match in _profile().finditer(folded.small):
        if BOT.search(match.group()) is None:
            yield Finding(*match.span(), "account")


def handles(folded: Folded) -> Iterator[Finding]:
    """Yield names of accounts."""
    for pattern in (FULL, HANDLE):
        for match in pattern.finditer(folded.small):
            if BOT.search(match.group()) is None:
                yield Finding(*match.span(), "account")
    for match in _named().finditer(folded.small):
        yield Finding(*match.span("account"), "account")


def banks(folded: Folded) -> Iterator[Finding]:
    """Yield bank accounts (IBAN, ISO 13616). One whose check digits are wrong is taken as far as it is in
    capitals and digits."""
    end = 0
    for match in IBAN.finditer(folded.small):
        if match.start() < end:
            continue
        end = _iban_end(folded, *match.span())
        if end:
            yield Finding(match.start(), end, "iban")


def _iban_end(folded: Folded, start: int, end: int) -> int:
    """Return where it ends; 0 where it is none."""
    for last in range(end, start + 14, -1):
        if folded.small[last - 1].isalnum() and iban.is_valid(folded.small[start:last]):
            return last
    typed = re.match(
        r"[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?!\w)", folded.text[start:end]
    )
    if typed is None or sum(sign.isdigit() for sign in typed.group()) < IBAN_DIGITS:
        return 0
    return start + typed.end()


@cache
def _profile() -> re.Pattern[str]:
    """Return how links look that lead to one person: nothing stands below its name."""
    begins = "|".join(map(re.escape, i18n.personal()["any"]["profiles"]))
    return re.compile(
        rf"(?<![\w.-])(?:https?://)?(?:www\.|m\.)?(?:{begins})(?!\+?[a-z]*/)@?\+?[\w.:%-]*\w(?:/|\?[^\s<>\0]*\w)?(?![\w/])"
    )


@cache
def _named() -> re.Pattern[str]:
    """Return how an account without its @ looks: the name of the service, and a word that is none."""
    return re.compile(
        rf"(?<![\w-]){any_of('services')}(?: is|[ :=-])+ ?"
        r"(?P<account>(?=[a-z0-9.]*(?:[\d_]|[a-z0-9]\.[a-z0-9]))[a-z][a-z0-9_.]*[a-z0-9_])(?!\w)"
    )
