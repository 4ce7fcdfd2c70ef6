"""Numbers of people, documents and files, and telephone numbers.

A number is known by the word before it, by its check digits (`python-stdnum`), or by its mere length: nothing
else that people ask about has nine digits. One is taken out rather than left in.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib import import_module
from typing import Any, Literal

from bot.reading.personal import phones
from bot.reading.personal.finding import Finding
from bot.reading.personal.folded import Folded
from bot.reading.personal.words import any_of

OF_PEOPLE = (
    *("at.vnr", "be.nn", "bg.egn", "ch.ssn", "cz.rc", "de.idnr", "dk.cpr", "ee.ik", "es.dni", "es.nie"),
    *("fi.hetu", "fr.nif", "fr.nir", "gb.nhs", "gr.amka", "gr.vat", "hr.oib", "ie.pps", "it.codicefiscale"),
    *("lt.asmens", "nl.bsn", "no.fodselsnummer", "pk.cnic", "pl.pesel", "pt.cc", "ro.cnp"),
    *("se.personnummer", "tr.tckimlik", "ua.rntrc"),
)
"""Numbers with check digits that people have, as `stdnum` names them."""

FEWEST = 4
"""Digits of a number that a word before it announces; a telephone number has six."""
LONG = 9
"""Digits of a number that is personal whatever stands before it."""
DIALLED = 7
"""Digits of a number that begins as telephone numbers do."""
LONGEST_PHONE = 15
"""Digits of the longest telephone numbers (ITU-T E.164)."""
CLOSE = 30
"""Characters between a word and the telephone number that it announces."""
FOR_EUROPE = re.compile(r"116\d{3}")
"""Services of social value that have one number in the whole EU (Commission Decision 2007/116/EC)."""
RUN = re.compile(
    r"(?<![^\W_])(?<!\d[.,])(?:\+ ?|\(\+?)?\d"
    r"(?:(?: ?\(\d{1,5}\) ?-?|\) ?[/-]? ?|[ ./-]{0,3})\d){5,}(?![^\W_])"
)
CAPITALS = r"[A-ZΑ-ΩА-ЯЄІЇҐ]"
PART = r"(?=[^\s\d]*\d)[^\W_]+(?:[-/._][^\W_]+)*"
NUMBER = re.compile(
    rf"\+?(?:{CAPITALS}{{1,4}} ){{0,2}}{PART}(?: (?:(?:{CAPITALS}{{1,4}}|[a-z]) )?(?=\d[\w/-]){PART})*"
    rf"(?: {CAPITALS}{{1,2}}(?!\w))?"
)
"""A number as documents have it, in one piece or in several, with letters between them: "12 K 345/22"."""
CODE = re.compile(r"(?<![\w-])(?=[A-Z0-9-]*[A-Z])(?=(?:[A-Z-]*\d){5})[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w-])")
"""Capitals and five digits or more: no word of any language."""
CODE_LENGTH = 8
MIXED = re.compile(r"(?<![\w-])(?=[a-z-]*\d)(?=[\d-]*[a-z])[a-z0-9](?:-?[a-z0-9]){7,16}(?![\w-])")
YEAR = re.compile(r"(?:19|20)\d\d")


def announced(folded: Folded, countries: Collection[str]) -> Iterator[Finding]:
    """Yield numbers that stand behind what they are the number of; telephone numbers are left to `runs`."""
    for label in _label().finditer(folded.small):
        match = NUMBER.match(folded.text, label.end())
        if match is None or _count(match.group()) < FEWEST or YEAR.fullmatch(match.group()):
            continue
        if not (match.group().startswith(("0", "+")) and phones.kind(match.group(), countries) is not None):
            yield Finding(*match.span(), "number")


def checked(folded: Folded) -> Iterator[Finding]:
    """Yield numbers with letters in them: those that look like a document's, and those whose check digits are
    right."""
    for match in CODE.finditer(folded.text):
        if len(match.group()) >= CODE_LENGTH:
            yield Finding(*match.span(), "number")
    for match in MIXED.finditer(folded.small):
        if _is_of_person(match.group()):
            yield Finding(*match.span(), "number")


def runs(folded: Folded, countries: Collection[str], public: Collection[str]) -> Iterator[Finding]:
    """Yield long numbers, and telephone numbers. Several in a row are one piece: a part that is left over
    would be too short to be known. `public` are the digits of numbers that anybody may call."""
    for match in RUN.finditer(folded.small):
        kind = _kind(folded.small, *match.span(), countries, public)
        if kind:
            yield Finding(*match.span(), kind)


def _kind(
    small: str, start: int, end: int, countries: Collection[str], public: Collection[str]
) -> Literal["phone", "number"] | None:
    """Return of what kind a run of digits is; None where it is nobody's."""
    typed = small[start:end]
    digits = re.sub(r"\D", "", typed)
    is_dialled = typed.lstrip("( ").startswith(("0", "+"))
    is_called = _phone().search(small, max(0, start - CLOSE), start) is not None
    if (
        digits in public
        or FOR_EUROPE.fullmatch(digits)
        or not (len(digits) >= LONG or is_called or (is_dialled and len(digits) >= DIALLED))
    ):
        return None
    kind = phones.kind(typed, countries) if len(digits) <= LONGEST_PHONE else None
    if kind in phones.PUBLIC and is_dialled:
        return None
    is_phone = is_called or ((is_dialled or kind is not None) and not _is_of_person(typed))
    return "phone" if is_phone or (is_dialled and kind is not None) else "number"


def _count(typed: str) -> int:
    return sum(sign.isdigit() for sign in typed)


def _is_of_person(typed: str) -> bool:
    compact = "".join(sign for sign in typed if sign.isalnum())
    return any(module.is_valid(compact) for module in _modules())


@cache
def _modules() -> tuple[Any, ...]:
    return tuple(import_module(f"stdnum.{name}") for name in OF_PEOPLE)


@cache
def _label() -> re.Pattern[str]:
    return re.compile(
        rf"{any_of('number')}(?:[ :.,#№°º'()-]*(?:{any_of('between')}|{any_of('number')}(?!-)))*"
        r"[ :.,#№°º()-]*(?=[^\W_])"
    )


@cache
def _phone() -> re.Pattern[str]:
    return re.compile(rf"{any_of('phone')}(?:[ :.,-]*{any_of('between')})*[ :.,-]*\Z")
