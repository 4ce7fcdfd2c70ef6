"""Where somebody lives or which time they have, as people say it: the time zone of it.

What is not sure is asked with the clock: nobody has to know what a time zone is called.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import i18n
from bot.reading.unclear import Doubtful, Unclear
from bot.reading.where import cities, countries
from bot.reading.where.cities import City, plain
from bot.text import AnyText, Text, TimeZone, _, form

LONGEST = 200
WORDS = 4
"""Words of a name."""
DOMINANT = 5
"""A city is meant where it is this many times as large as any other of its name."""
OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?(?:\s*h)?")
LIKELY = (
    *("Europe/Berlin", "Europe/London", "Europe/Athens", "Europe/Istanbul", "Europe/Moscow", "Asia/Tehran"),
    *(
        "Europe/Lisbon",
        "Africa/Cairo",
        "Africa/Lagos",
        "Africa/Nairobi",
        "Africa/Johannesburg",
        "Asia/Baghdad",
    ),
    *(
        "Asia/Dubai",
        "Asia/Kabul",
        "Asia/Karachi",
        "Asia/Kolkata",
        "Asia/Tashkent",
        "Asia/Dhaka",
        "Asia/Bangkok",
    ),
    *("Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "America/New_York", "America/Chicago"),
    *("America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "America/Bogota", "America/Mexico_City"),
    *("America/Caracas", "America/Halifax", "America/Buenos_Aires", "America/Anchorage", "Pacific/Honolulu"),
    *("Pacific/Auckland", "Australia/Adelaide", "Australia/Perth", "Asia/Kathmandu", "Asia/Yangon"),
    *("Atlantic/Azores", "America/St_Johns"),
)
"""Zones that are asked about where only the time is known, one of a kind."""
MOST = 5


def zone(words: str, now: datetime, home: str, locale: str) -> str:
    """Return the time zone (a name of the IANA's) of the place that is named, in any of our languages, or of
    "UTC+1" and the like. Of places of one name, the one is meant that is in the country of `home`, a zone, or
    has its time, or is much the largest.

    Raises Unclear where there is none; Doubtful where several can be meant, or words are left over.
    """
    if len(words) > LONGEST:
        raise Unclear(unknown(words))
    if home and plain(words) in _as_home():
        return home
    if found := _one(words, now, home, locale):
        return found
    zones: list[str] = []
    left: list[str] = []
    for part in filter(None, map(plain, re.split(r"[,;/()\n.!?]", words))):
        if found := _one(part, now, home, locale):
            zones.append(found)
        else:
            _in_a_sentence(part.split(), zones, left, now, home, locale)
    if not zones:
        raise Unclear(unknown(words))
    kinds = {_offsets(each, now): each for each in reversed(zones)}
    if len(kinds) == 1 and not left:
        return zones[0]
    if len(kinds) == 1:
        raise Doubtful(is_it(zones[0], now, locale), {zones[0]: form("{city}", city=TimeZone(zones[0]))})
    raise Doubtful(_("Which time do you have?"), clocks(kinds.values(), now, locale))


def _in_a_sentence(
    words: list[str], zones: list[str], left: list[str], now: datetime, home: str, locale: str
) -> None:
    """Add the zones of what is named in these words, and the words that are left over."""
    at = 0
    while at < len(words):
        for length in range(min(WORDS, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if name in _fillers():
                break
            known = len(name) > 2 or name in _countries() or name in _special()
            if known and (found := _one(name, now, home, locale)):
                zones.append(found)
                break
        else:
            length = 1
            left.append(words[at])
        at += length


def _one(name: str, now: datetime, home: str, locale: str) -> str | None:
    """Return the zone of exactly this name. Raises Doubtful where several can be meant."""
    if written := OFFSET.fullmatch(name.casefold().strip().replace("−", "-").replace("–", "-")):
        return _fixed(written, now, home)
    bare = plain(name)
    if not bare:
        return None
    if special := _special().get(bare):
        return home if home and _offsets(home, now) == _offsets(special, now) else special
    if country := _countries().get(bare) or countries.named(bare):
        return _of_country(country, now, home, locale)
    if "/" in name and (exact := countries.zone(bare)):
        return exact
    return _of_city(bare, now, home, locale)


def _of_city(bare: str, now: datetime, home: str, locale: str) -> str | None:
    """Return the zone of the city that is meant. Raises Doubtful where several can be."""
    found = cities.named(bare)
    exact = countries.zone(bare)
    if exact and exact not in {each.zone for each in found}:
        found.append(City(exact, countries.of(exact) or "", cities.largest(exact)))
    if not found:
        return None
    kinds = {_offsets(each.zone, now): each for each in sorted(found, key=lambda each: each.size)}
    if len(kinds) == 1:
        return exact or found[0].zone
    near = [each for each in found if each.country == countries.of(home)]
    if near:
        return near[0].zone
    largest, *others = sorted(kinds.values(), key=lambda each: -each.size)
    if largest.size >= DOMINANT * others[0].size:
        return largest.zone
    raise Doubtful(
        _("There are several cities of that name. Which time do you have?"),
        clocks([each.zone for each in (largest, *others)], now, locale),
    )


def _of_country(country: str, now: datetime, home: str, locale: str) -> str:
    """Return the zone of a country where all of it has one time. Raises Doubtful where it has several."""
    zones = countries.zones(country)
    if home in zones and len({_offsets(each, now) for each in zones}) == 1:
        return home
    largest = sorted(zones, key=lambda each: -cities.largest(each))
    kinds = {_offsets(each, now): each for each in reversed(largest)}
    if len(kinds) == 1:
        return largest[0]
    ordered = [each for each in largest if each in kinds.values()]
    raise Doubtful(_("Which time do you have?"), clocks(ordered, now, locale))


def _fixed(written: re.Match[str], now: datetime, home: str) -> str | None:
    """Return the zone of "UTC+1": the one at `home`, where it has that time now."""
    sign = -1 if written[1] == "-" else 1
    offset = sign * timedelta(hours=int(written[2]), minutes=int(written[3] or 0))
    if home and now.astimezone(ZoneInfo(home)).utcoffset() == offset:
        return home
    hours, rest = divmod(offset, timedelta(hours=1))
    if rest:
        likely = [each for each in LIKELY if now.astimezone(ZoneInfo(each)).utcoffset() == offset]
        return likely[0] if len(likely) == 1 else None
    return f"Etc/GMT{-hours:+d}" if -14 <= -hours <= 12 else None


def at_clock(clock: Iterable[time], now: datetime, home: str, locale: str) -> str:
    """Return the zone in which clocks show one of these times now: the one at `home`, if that is one of them.
    Raises Doubtful with those that are likely, Unclear where there is none."""
    offsets = [_offset(each, now) for each in clock]
    here = now.astimezone(ZoneInfo(home)).utcoffset() or timedelta()
    if here in offsets:
        return home
    likely = [each for each in LIKELY if now.astimezone(ZoneInfo(each)).utcoffset() in offsets]
    if not likely:
        raise Unclear(_("It is that time nowhere at the moment. What does your clock show now?"))
    if len(likely) == 1:
        raise Doubtful(is_it(likely[0], now, locale), clocks(likely, now, locale))
    raise Doubtful(_("Which city has the same time as you?"), clocks(likely, now, locale))


def _offset(clock: time, now: datetime) -> timedelta:
    """Return how far a clock is ahead of UTC, in whole quarters of an hour."""
    utc = now.astimezone(UTC)
    minutes = (clock.hour - utc.hour) * 60 + clock.minute - utc.minute
    quarters = round(minutes / 15)
    offset = timedelta(minutes=15 * quarters)
    day = timedelta(days=1)
    return offset - day if offset > timedelta(hours=14) else offset + day if offset < -day / 2 else offset


# --- what is said about it -----------------------------------------------------------------------


def unknown(words: str) -> Text:
    """Return that nobody knows this place."""
    return _(
        "I do not know “{city}”. Please name a larger city in the same country, or the time on your clock.",
        city=words[:40],
    )


def is_it(zone_: str, now: datetime, locale: str) -> Text:
    """Return the question whether somebody has the time of a zone."""
    return _(
        "It is {time} in {city} now. Where you are too?",
        time=now.astimezone(ZoneInfo(zone_)).time(),
        city=TimeZone(zone_),
    )


def clocks(zones: Iterable[str], now: datetime, locale: str) -> dict[str, AnyText]:
    """Return zones as choices: zone → its city and the time there."""
    return {
        each: form("{city}: {time}", city=TimeZone(each), time=now.astimezone(ZoneInfo(each)).time())
        for each in list(zones)[:MOST]
    }


def agree(one: str, other: str, now: datetime) -> bool:
    """Whether clocks show the same in two zones, in summer and in winter."""
    return _offsets(one, now) == _offsets(other, now)


@cache
def _known_offsets(zone_: str, year: int, month: int) -> tuple[timedelta | None, ...]:
    moments = (datetime(year, each, 15, tzinfo=UTC) for each in (month, 1, 7))
    return tuple(each.astimezone(ZoneInfo(zone_)).utcoffset() for each in moments)


def _offsets(zone_: str, now: datetime) -> tuple[timedelta | None, ...]:
    return _known_offsets(zone_, now.year, now.month)


# --- names ---------------------------------------------------------------------------------------


@cache
def _countries() -> dict[str, str]:
    """Return all names of countries that are not in a list of CLDR's."""
    return {
        plain(name): country
        for words in _lists()
        for country, names in words["countries"].items()
        for name in names
    }


@cache
def _special() -> dict[str, str]:
    return {
        plain(name): each for words in _lists() for each, names in words["zones"].items() for name in names
    }


@cache
def _as_home() -> frozenset[str]:
    """Return what says that it is as late as in the place that is asked about."""
    return frozenset(plain(name) for words in _lists() for name in words["words"]["home"])


@cache
def _fillers() -> frozenset[str]:
    return frozenset(plain(name) for words in _lists() for name in words["words"]["fillers"])


def _lists() -> Sequence[i18n.WordLists]:
    return [i18n.words(language, "places") for language in i18n.with_words()]
