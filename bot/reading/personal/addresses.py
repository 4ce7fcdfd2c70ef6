"""Postal addresses: a street and the number of a house, the district and the place behind it."""

import re
from collections.abc import Iterator
from functools import cache

from bot.reading.personal.finding import Finding
from bot.reading.personal.folded import Folded
from bot.reading.personal.words import any_of, end_of
from bot.reading.where import cities

NAME = r"[^\W\d_][^\W\d_'-]*(?:['-][^\W\d_]+)*"
SMALL_WORDS = r"(?:(?:de|du|des|del|della|dei|di|la|le|les|los|las|der|den|am|l'|d') ?)*"
HOUSE = (
    r"[1-9]\d{0,3}(?: ?(?:bis|ter)(?!\w| \d)| ?[a-z](?!\w|\. ?\d))?"
    r"(?: ?[-/] ?\d{1,4}[a-z]?(?!\w)|/[a-z](?!\w))?(?!\d)"
)
POSTCODE = r"(?:(?:[a-z]-)?(?:\d{2}-\d{3}|\d{3} \d{2}|\d{4,5})|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})"
PLACE = rf"(?:,? |\n){POSTCODE} {NAME}(?: (?:am|an der|im|upon|sur|di) {NAME})?"
ADDITION = rf"(?:\d\d?\. ?)?{NAME}(?: \d{{1,3}}[a-z]?(?!\w))?(?: {NAME})?"
"""What stands between a house and its district: "Hinterhaus", "2. OG", "Whg 3 links"."""
YEAR = 4
"""Digits of a year."""
NEAR = 60
"""Characters before a word in which the rest of its address stands."""
BRITISH = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)")
"""A British postcode: a dozen houses share one."""
DISTRICT = re.compile(
    rf"(?<![\w.,/-])(?P<code>(?:[a-z]-)?(?:\d{{2}}-\d{{3}}|\d{{3}} \d{{2}}|\d{{4,5}})) (?P<place>{NAME})"
)
ENDS = re.compile(r"\s*(?:$|[,.;:!?)\n])")
"""What follows a number of which nothing is counted."""


def found(folded: Folded) -> Iterator[Finding]:
    """Yield addresses."""
    for street in (_behind, _before, _ending, _districts):
        for start, end in street(folded):
            yield Finding(_flat(folded, start), end, "address")


def _behind(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield streets whose name stands before the word: "12 Baker Street", "Lange Straße 7a"."""
    for word in _behind_name().finditer(folded.small):
        near = _name_before().search(folded.small, max(0, word.start() - NEAR), word.start())
        if near is None:
            continue
        names = near.start("names"), near.end("names")
        house = _house_behind().match(folded.small, word.end())
        is_named = _is_capital(folded.text[names[0]]) and _name_start(folded, *names) == names[0]
        if house and _is_capital(folded.text[_words(folded, *names)[-1]]):
            # "14 Baker Street, flat 3": what stands behind is the flat.
            yield (
                near.start("house") if near["house"] and is_named else _name_start(folded, *names),
                house.end(),
            )
            continue
        is_typed_small = not word["capital"] and len(_words(folded, *names)) == 1
        if near["house"] and (is_typed_small or is_named):
            place = _place().match(folded.small, word.end())
            yield near.start("house"), place.end() if place else word.end()


def _before(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield streets whose name stands behind the word: "Via Roma 10", "12 rue de la République"."""
    for word in _before_name().finditer(folded.small):
        street = _name_and_house().match(folded.small, word.end())
        if street:
            names = street.start("names"), street.end("names")
            if _name_end(folded, *names) or (not word["capital"] and ENDS.match(folded.small, street.end())):
                yield word.start(), street.end()
                continue
        house = _house_before().search(folded.small, max(0, word.start() - NEAR), word.start())
        name = _name_behind().match(folded.small, word.end())
        end = name and _name_end(folded, name.start("names"), name.end("names"))
        if house and end:
            place = _place().match(folded.small, end)
            yield house.start(), place.end() if place else end


def _ending(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield streets in one word: "Sonnenallee 45"."""
    for word in _end().finditer(folded.small):
        house = _house_behind().match(folded.small, word.end())
        if house and _no_street().search(word.group()) is None:
            yield word.start(), house.end()


def _districts(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield districts and places, with the street before them where there is one."""
    for match in BRITISH.finditer(folded.text):
        yield match.span()
    for match in DISTRICT.finditer(folded.small):
        street = _street_before().search(folded.small, max(0, match.start() - NEAR), match.start())
        is_counted = len(match["code"]) == YEAR and not _is_capital(folded.text[match.start("place")])
        if (
            street
            and not is_counted
            and _is_capital(folded.text[_words(folded, street.start("names"), street.end("names"))[-1]])
        ):
            yield _name_start(folded, street.start("names"), street.end("names")), match.end()
        elif _is_district(match["code"], match["place"], folded.text[match.start("place")]):
            yield match.span()


def _is_district(code: str, place: str, first: str) -> bool:
    """Whether a number and a word are a postcode and its place, without a street before them. A round number
    counts things, and one of four digits may be a year."""
    if "-" in code[2:] or (len(code) > YEAR and not code.endswith("00")):
        return first.isupper()
    is_year = len(code) == YEAR and code.startswith(("19", "20"))
    return first.isupper() and not is_year and bool(cities.named(cities.plain(place)))


def _flat(folded: Folded, start: int) -> int:
    """Return where an address begins: with the flat, where that stands first."""
    flat = _flat_before().search(folded.small, max(0, start - NEAR), start)
    return flat.start() if flat else start


def _words(folded: Folded, start: int, end: int) -> list[int]:
    return [match.start() for match in re.compile(NAME).finditer(folded.small, start, end)]


def _name_start(folded: Folded, start: int, end: int) -> int:
    """Return where the name begins that ends here: its last words in capitals, all of one script."""
    *before, first = _words(folded, start, end)
    for at in reversed(before):
        if not _is_capital(folded.text[at]) or folded.text[at].isupper() != folded.text[first].isupper():
            break
        first = at
    return first


def _name_end(folded: Folded, start: int, end: int) -> int:
    """Return where the name ends that begins here: its first words in capitals, with small words between; 0
    where there is none."""
    last = 0
    for match in re.compile(NAME).finditer(folded.small, start, end):
        if _is_capital(folded.text[match.start()]):
            last = match.end()
        elif last or re.fullmatch(SMALL_WORDS, match.group()) is None:
            break
    return last


def _is_capital(sign: str) -> bool:
    """Whether it is a capital, or of a script that has none."""
    return not sign.islower()


# --- patterns ------------------------------------------------------------------------------------


@cache
def _behind_name() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of('street_behind')}|(?P<capital>{any_of('street_behind_capital')}))\.?")


@cache
def _before_name() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of('street_before')}|(?P<capital>{any_of('street_capital')}))\.? ?")


@cache
def _end() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])[\w-]{{3,}}{end_of('street_end')}\.?")


@cache
def _no_street() -> re.Pattern[str]:
    return re.compile(any_of("no_street") + r"\Z")


@cache
def _name_before() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<![\w.,/-])(?P<house>{HOUSE}),? )?(?P<names>(?:(?<!\w){NAME}\.? ){{1,4}})\Z")


@cache
def _street_before() -> re.Pattern[str]:
    house = rf"(?:{any_of('house')}[ .:]*)?{HOUSE}(?:, ?{ADDITION})?"
    return re.compile(rf"(?P<names>(?:(?<!\w){NAME}\.? ){{1,3}}){house},? ?\n?\Z")


@cache
def _house_before() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/-]){HOUSE},? \Z")


@cache
def _flat_before() -> re.Pattern[str]:
    return re.compile(rf"{any_of('house')}[ .:]*\d{{1,4}}[a-z]?,? \Z")


@cache
def _name_behind() -> re.Pattern[str]:
    return re.compile(rf"(?P<names>{SMALL_WORDS}{NAME}(?: {SMALL_WORDS}{NAME}){{0,3}})(?!\w)")


@cache
def _name_and_house() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<names>(?:\d\d?\.? )?{SMALL_WORDS}{NAME}(?: {SMALL_WORDS}{NAME}){{0,3}}?)"
        + _house_behind().pattern
        + rf"(?!,? {any_of('street_before')})"
    )


@cache
def _house_behind() -> re.Pattern[str]:
    more = rf",? ?(?:{any_of('house')}[ .:]*\d{{1,4}}[a-z]?(?!\w)|\d{{1,2}} ?[o°] ?(?:[a-z]|izq|dcha)(?!\w))"
    return re.compile(rf",? ?(?:{any_of('house')}[ .:]*)?{HOUSE}(?:{more})*(?:{PLACE})?(?! ?(?:%|€|:\d))")


@cache
def _place() -> re.Pattern[str]:
    return re.compile(PLACE)
