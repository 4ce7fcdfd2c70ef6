"""Countries and the zones they have, and the cities after which zones are called, by their names in our
languages.

They lie in `zones.tsv`, which `make places` writes from CLDR.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.core import get_global

FILE = Path(__file__).with_name("zones.tsv")


def named(name: str) -> str | None:
    """Return the country of a name (a plain one), in two letters."""
    return _table("country").get(name)


def zone(name: str) -> str | None:
    """Return the zone that is called so, or after a city that is."""
    return _table("zone").get(name)


@cache
def zones(country: str) -> tuple[str, ...]:
    """Return the zones of a country."""
    return tuple(each for kind, each, its, _names in _rows() if kind == "zone" and its == country)


@cache
def of(zone_: str) -> str | None:
    """Return the country in which a zone is; None where it is in none."""
    same = canonical(zone_)
    return next((its for kind, each, its, _names in _rows() if kind == "zone" and each == same), None)


def canonical(zone_: str) -> str:
    """Return how CLDR names a zone that has other names too."""
    aliased: str = get_global("zone_aliases").get(zone_, zone_)
    return aliased


@cache
def _table(wanted: str) -> dict[str, str]:
    return {name: each for kind, each, _its, names in _rows() if kind == wanted for name in names.split("|")}


def _rows() -> Iterator[list[str]]:
    with FILE.open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")
