"""Numbers that are nobody's: links, prices, shares, hours, years, laws, postal districts. They are hidden, so
that no rule takes them for a part of something else."""

import re
from collections.abc import Iterator
from functools import cache

from bot.reading.personal.folded import Folded, Span
from bot.reading.personal.words import any_of

LINK = re.compile(
    r"(?:(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://|www\.)[^\s<>\0]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s<>\0]*"
)
AMOUNT = r"\d{1,3}(?:[., ']\d{3})+(?:[.,](?:\d\d?|-))?|\d+(?:[.,](?:\d\d?|-))?"
HOURS = r"(?:[01]?\d|2[0-4])[.:h]?(?:[0-5]\d)?"
OF_LAW = r"[1-9]\d{0,4}(?:[./-]\d{1,4}){0,2}(?![ ./-]?\d)"
YEAR = r"(?:13|14|19|20)\d\d"
CLOSE = 1000
"""Two numbers of one length that are no further apart are from one to the other."""


def links(folded: Folded) -> Iterator[Span]:
    """Yield each link, whole."""
    for match in LINK.finditer(folded.small):
        link = match.group().rstrip(".,;:!?)\"'")
        yield match.start(), match.start() + len(link)


def spans(folded: Folded) -> Iterator[Span]:
    """Yield the other numbers that are nobody's."""
    for match in _pattern().finditer(folded.small):
        if match["first"] is None or _is_range(match["first"], match["last"]):
            yield match.span()


def _is_range(first: str, last: str) -> bool:
    return len(first) == len(last) and 0 < int(last) - int(first) <= CLOSE


@cache
def law() -> re.Pattern[str]:
    """Return how a law or a paragraph is named, without its number."""
    return re.compile(any_of("law").replace(r"(?<!\w)", r"(?<![^\W_])", 1))


@cache
def _pattern() -> re.Pattern[str]:
    currency = any_of("currency").removeprefix(r"(?<!\w)")
    return re.compile(
        rf"(?:[€$£¥₺₴]|\b(?:eur|usd|gbp|chf)) ?(?<!\d)(?:{AMOUNT})(?!\d)"
        rf"|(?<![\d.,])(?<!\d[ /)-])(?:{AMOUNT}) ?(?:{currency}|%)"
        rf"|% ?\d+(?:[.,]\d+)?"
        rf"|(?<![\d.:/-]){HOURS} ?- ?(?:[01]?\d|2[0-4])[.:h][0-5]\d(?![\d.:/-])"
        rf"|(?<![\d.:/-])\d\d?[:h]\d\d(?!\d)"
        rf"|(?<![\d./-]){YEAR} ?[-/] ?{YEAR}(?![\d./-])"
        rf"|(?:{any_of('law')}|§+)[ .:°nro]*{OF_LAW}(?:[ ,]*(?:{any_of('law')})[ .:]*{OF_LAW})*"
        rf"|{any_of('postcode')}[ :]*\d{{4,5}}(?: ?- ?\d{{4,5}})?(?![ ./-]?\d)"
        r"|(?<![\d/.-])(?<!\d[ )])(?P<first>\d{4,5}) ?- ?(?P<last>\d{4,5})(?![ ./-]?\d)"
    )
