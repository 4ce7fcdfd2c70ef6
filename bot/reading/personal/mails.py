"""Addresses of e-mail, also those that are written so that no machine should see them, or spelled out."""

import re
from collections.abc import Iterator
from functools import cache

from bot.reading.personal.finding import Finding
from bot.reading.personal.folded import Folded
from bot.reading.personal.words import any_of

LABEL = r"[^\W_][\w-]*"
BEFORE = 60
"""Signs before an address within which a word for e-mail announces it."""


def mails(folded: Folded) -> Iterator[Finding]:
    """Yield addresses of e-mail."""
    for match in _written().finditer(folded.small):
        yield Finding(*match.span(), "email")
    for match in _spelled().finditer(folded.small):
        if match["sure"] is not None or _is_meant(folded.small, match):
            yield Finding(*match.span(), "email")


def _is_meant(small: str, match: re.Match[str]) -> bool:
    """Whether an address is meant where “at” may be only a word: it is one of a service for e-mail, or was
    announced, or what stands before is more than a word. “Look at jobs dot com” leads to a page."""
    if re.search(rf"(?<!\w){any_of('look')}$", match["name"]) is not None:
        return False
    if match["service"] is not None or re.search(r"[\d_. ]", match["name"]) is not None:
        return True
    line = small[max(0, match.start() - BEFORE) : match.start()].rpartition("\n")[2]
    return match["end"] is not None and re.search(any_of("mail"), line) is not None


@cache
def _written() -> re.Pattern[str]:
    """Return how an address looks whose dots are dots, or in brackets."""
    at = rf"@| ?[\[({{](?:{any_of('at')}|{any_of('at_word')}|@)[\])}}] ?| {any_of('at')} "
    dot = rf"(?:\.| ?[\[({{](?:{any_of('dot')}|\.)[\])}}] ?| dot )"
    word = rf"(?:{any_of('at_word')}|{any_of('at_service')})"
    by_service = rf" {word} {any_of('mail_services')}(?:\.|{_spelled_dot()})[a-z]+"
    return re.compile(rf"(?<![\w.+-])[\w.+-]+(?:(?:{at}){LABEL}(?:{dot}{LABEL})+|{by_service})(?<![.-])")


@cache
def _spelled() -> re.Pattern[str]:
    """Return how an address sounds: “mia dot keller at web dot de”. A part `sure` says that the sign between
    is no other word, `service` that it is a service for e-mail, and `end` that the last word is no other."""
    dot = _spelled_dot()
    joined = rf"(?:{dot}| {any_of('dash')} )"
    sure = rf" ?[\[({{](?:{any_of('at')}|{any_of('at_word')}|@)[\])}}] ?| ?@ ?| {any_of('at')} "
    at = rf"(?:(?P<sure>{sure})| {any_of('at_word')} )"
    ends = rf"(?P<end>{any_of('domains')})|[a-z]{{2,3}}(?!\w)"
    return re.compile(
        rf"(?<![\w.+-])(?P<name>[\w.+-]+(?:{joined}[\w+-]+)*){at}"
        rf"(?:(?P<service>{any_of('mail_services')})|{LABEL}(?:{joined}{LABEL})*?){dot}(?:{ends})"
    )


@cache
def _spelled_dot() -> str:
    return rf"(?: {any_of('dot')} )"
