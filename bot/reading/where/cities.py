"""Cities with 100,000 inhabitants or more, by all names in the scripts of our languages.

They lie in `cities.tsv`, which `make places` writes from GeoNames (https://www.geonames.org, CC BY 4.0). It
is searched as it is: a table of its names in memory would be ten times as large.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.reading.phrases import APOSTROPHES

FILE = Path(__file__).with_name("cities.tsv")


class City(NamedTuple):
    """A city: its time zone, its country (two letters), and its inhabitants in thousands."""

    zone: str
    country: str
    size: int


def plain(name: str) -> str:
    """Return a name as it is compared: without capitals, accents and signs."""
    bare = unicodedata.normalize("NFKD", name.casefold().translate(APOSTROPHES))
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in bare if not unicodedata.combining(c))))


def named(name: str) -> list[City]:
    """Return the cities of a name (a plain one), the largest first."""
    return sorted(_found(name), key=lambda city: -city.size)


def largest(zone: str) -> int:
    """Return how many thousands live in the largest city of a zone."""
    return max((city.size for city in _all() if city.zone == zone), default=0)


def _found(name: str) -> Iterator[City]:
    wanted, text = f"|{name}|", _text()
    at = text.find(wanted)
    while at >= 0:
        line = text[text.rfind("\n", 0, at) + 1 : at + 1]
        yield _city(line)
        at = text.find(wanted, text.find("\n", at))


def _all() -> Iterator[City]:
    return (_city(line) for line in _text().splitlines() if not line.startswith("#"))


def _city(line: str) -> City:
    zone, country, size, _names = line.split("\t", 3)
    return City(zone, country, int(size))


@cache
def _text() -> str:
    return FILE.read_text("utf-8")
