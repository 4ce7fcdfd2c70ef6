"""Every word people read, in their language.

English stands in the code; each other language is one file `i18n/<locale>.po`, read as it is (no compiled
catalogue to forget). Imports nothing of ours.
"""

import csv
import gettext
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import get_day_names
from babel.messages.pofile import read_po

SOURCE = "en"
FOLDER = Path(__file__).parent
WordLists = dict[str, Any]
"""What a file of `i18n/words/` holds."""


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language: `texts[key(msgid, context)]` is a string, or the tuple of its plural
    forms."""

    texts: dict[str, str | tuple[str, ...]]
    plural_form: Callable[[int], int]


@cache
def catalogue(locale: str) -> Catalogue:
    """Read `i18n/<locale>.po`. The source language is empty: its texts are the message ids.

    Raises FileNotFoundError for a language that has no file.
    """
    if locale == SOURCE:
        return Catalogue({}, lambda n: int(n != 1))
    with (FOLDER / f"{locale}.po").open("rb") as file:
        read = read_po(file, locale=locale)
    texts: dict[str, str | tuple[str, ...]] = {}
    for message in (*read.obsolete.values(), *read):  # also what was said before a text was improved
        if message.id and message.string and not message.fuzzy:
            one = message.id if isinstance(message.id, str) else message.id[0]
            texts[key(one, message.context)] = (
                message.string if isinstance(message.string, str) else tuple(message.string)
            )
    return Catalogue(texts, gettext.c2py(read.plural_expr))


def key(text: str, context: str | None = None) -> str:
    """Return how a catalogue finds a text: as gettext does, with what tells it from others of its words."""
    return f"{context}\x04{text}" if context else text


def translate(locale: str, text: str, context: str = "") -> str:
    """`text` (an English message id) in `locale`; itself where the catalogue does not have it."""
    found = catalogue(locale).texts.get(key(text, context), text)
    return found if isinstance(found, str) else found[0]


def translate_plural(locale: str, one: str, many: str, count: int) -> str:
    """The form of a counted text for `count`, by the language's own plural rule."""
    book = catalogue(locale)
    form = book.plural_form(count)
    found = book.texts.get(one)
    return (one, many)[min(form, 1)] if found is None or isinstance(found, str) else found[form]


@cache
def available() -> tuple[str, ...]:
    """The locales there are texts for, the source language first."""
    return SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po"))


def choose(hints: Iterable[str | None], offered: Iterable[str]) -> str:
    """The first of `hints` (BCP 47 tags or locale names, strongest first) whose language is `offered`,
    else the first offered one."""
    choice = list(offered)
    for hint in hints:
        if hint and (language := hint.replace("_", "-").split("-")[0].lower()) in choice:
            return language
    return choice[0]


def language_name(locale: str) -> str:
    """A language's name in that language, as on a button: "Deutsch"."""
    try:
        name = Locale.parse(locale).get_display_name(locale)
    except (UnknownLocaleError, ValueError):
        return locale
    return name[:1].upper() + name[1:] if name else locale


def name_of(language: str, shown_in: str) -> str:
    """Return a language's name in another language, or in itself where that one has none for it."""
    try:
        return Locale.parse(shown_in).languages.get(language) or language_name(language)
    except (UnknownLocaleError, ValueError):
        return language_name(language)


def weekday(number: int, shown_in: str) -> str:
    """Return the name of a day of the week, Monday is 0, with a capital."""
    name = str(get_day_names("wide", "stand-alone", shown_in)[number])
    return name[:1].upper() + name[1:]


@cache
def weekday_and_day(locale: str) -> str:
    """Return how a language writes a weekday and a day without the year, both in full."""
    pattern = str(Locale.parse(locale).datetime_skeletons["MMMEd"])
    return re.sub("M{3,}", "MMMM", re.sub("[Ec]+", "EEEE", pattern))


def city_of(zone: str, shown_in: str) -> str:
    """Return what the city of a time zone is called in a language, as CLDR has it; "UTC+2" for one of the
    zones that are only so many hours away."""
    if zone.startswith("Etc/"):
        hours = -int(zone.removeprefix("Etc/GMT") or 0) if zone.startswith("Etc/GMT") else 0
        return f"UTC{hours:+d}" if hours else "UTC"
    known = Locale.parse(shown_in).time_zones
    names = (known.get(each, {}).get("city") for each in (zone, get_global("zone_aliases").get(zone)))
    return next(filter(None, names), zone.rpartition("/")[2].replace("_", " "))


@cache
def reads_right_to_left(locale: str) -> bool:
    """Whether the language is written from right to left."""
    return Locale.parse(locale).text_direction == "rtl"


DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
"""Digits that are not those of Latin letters, by CLDR's name for their system."""


def in_digits(words: str, locale: str) -> str:
    """Return words with the digits with which a language counts, as CLDR has it."""
    digits = DIGITS.get(str(Locale.parse(locale).default_numbering_system))
    return words if digits is None else words.translate(str.maketrans("0123456789", digits))


@cache
def with_words() -> tuple[str, ...]:
    """Return the locales for which there are words as people type them."""
    return tuple(sorted(path.name for path in (FOLDER / "words").iterdir() if path.is_dir()))


@cache
def words(locale: str, about: str) -> WordLists:
    """Read `i18n/words/<locale>/<about>.toml`: what people type in this language about one thing. The English
    file explains how it is written.

    Raises FileNotFoundError for a language that has no such file.
    """
    return tomllib.loads((FOLDER / "words" / locale / f"{about}.toml").read_text("utf-8"))


@cache
def hours() -> WordLists:
    """Read `i18n/words/hours.toml`: times of day in languages without a `time.toml`, by their codes."""
    return tomllib.loads((FOLDER / "words" / "hours.toml").read_text("utf-8"))


@cache
def languages() -> WordLists:
    """Read `i18n/words/languages.toml`: how languages are known, by their locale codes."""
    return tomllib.loads((FOLDER / "words" / "languages.toml").read_text("utf-8"))


@cache
def personal() -> WordLists:
    """Read `i18n/words/personal.toml`: words that stand beside personal data, by their locale codes."""
    return tomllib.loads((FOLDER / "words" / "personal.toml").read_text("utf-8"))


@cache
def terms() -> tuple[dict[str, str], ...]:
    """Read `i18n/words/terms.csv`: everyday things by their names, each in all languages by their codes;
    several names stand beside one another with "|" between them."""
    with (FOLDER / "words" / "terms.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
