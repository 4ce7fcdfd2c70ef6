"""Lists of organisations: what the cells of a row say of one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import i18n
from bot.reading import language_names, names, topics
from bot.reading.directory import contacts
from bot.reading.personal import phones
from bot.reading.tables import Table
from bot.reading.typed import bare
from bot.reading.where import cities, countries
from bot.text import Text, _c
from db.models import OrganisationStatus

ONLINE = _c("an organisation", "Online")
COLUMNS = "organisations"
"""The word list with the names of the columns."""
STATUS: Mapping[OrganisationStatus, Text] = {
    "active": _c("an organisation", "active"),
    "inactive": _c("an organisation", "inactive"),
    "temporarily closed": _c("an organisation", "closed for now"),
    "defunct": _c("an organisation", "gone"),
}
LONGEST = {"name": 120, "alternate_name": 120, "city": 80, "address": 200}
WORDS = (
    *("alternate_name", "description", "schedule_text", "fees_description"),
    *("eligibility_description", "application_process", "source"),
)
"""What is kept as it was written."""
LONGEST_WORDS = 500
LIST = str.maketrans(dict.fromkeys(";/|\n·", ","))


def cells(table: Table) -> list[dict[str, str]]:
    """Return the cells of each row whose columns are known, by what they hold."""
    return [{holds: row[at] for holds, at in table.known.items() if row[at]} for row in table.rows]


def facts(row: Mapping[str, str], locale: str, dialled: Sequence[str], today: date) -> dict[str, Any]:
    """Return what a row says of an organisation, by the names of its columns; nothing of what is empty.
    Telephone numbers without a country are of those that are `dialled`."""
    found: dict[str, Any] = {"name": names.shown(row.get("name", ""))[: LONGEST["name"]]}
    found |= {each: " ".join(row.get(each, "").split())[:LONGEST_WORDS] for each in WORDS}
    found |= place(row.get("address", ""), row.get("city", ""))
    if (status := _status(row.get("status", ""))) is not None:
        found["status"] = status
    found["country"] = country(row.get("country", ""))
    found["topics"] = [topic for part in _parts(row.get("topics", "")) if (topic := _topic(part, locale))]
    found["languages"] = language_names.all_named(row.get("languages", ""))
    reach = contacts.read(row.get("contact", ""), dialled)
    numbers = [phones.e164(part, dialled) or part for part in _numbers(row.get("phones", ""))]
    found["phones"] = list(dict.fromkeys([*numbers, *reach.phones]))
    found["email"] = row.get("email", "").strip() or reach.email
    found["url"] = contacts.web(row.get("url", "")) or reach.url
    found["uid"] = _uid(row.get("uid", ""))
    found["assured_at"] = _day(row.get("assured", ""), today)
    return {each: value for each, value in found.items() if value}


def is_online(words: str) -> bool:
    """Whether words say that something is in no place, in one of our languages."""
    called = (i18n.translate(locale, ONLINE.msgid, ONLINE.context) for locale in i18n.available())
    return bare(words) in {bare(each) for each in called}


def place(address: str, city: str = "") -> dict[str, str]:
    """Return the address and the city in what somebody wrote: “Bergheimer Str. 4, 69115 Heidelberg”; what
    is online has none."""
    address, city = " ".join(address.split())[: LONGEST["address"]], " ".join(city.split())
    if is_online(city or address):
        return {"address": "", "city": ""}
    if not city:
        *before, last = address.split(",")
        city, address = last, address if before or _has_digit(last) else ""
    town = " ".join(word for word in city.split() if not _has_digit(word)).strip(" -–,")
    return {"address": address, "city": names.shown(town)[: LONGEST["city"]]}


def _has_digit(words: str) -> bool:
    return any(map(str.isdigit, words))


def country(words: str) -> str:
    """Return the two letters of a country that is named by them, or by its name in one of our languages."""
    said = words.strip()
    if len(said) == 2 and said.isascii() and said.isalpha():
        return said.upper()
    return countries.named(cities.plain(said)) or ""


def _status(words: str) -> OrganisationStatus | None:
    said = bare(words)
    for status, text in STATUS.items():
        called = {i18n.translate(locale, text.msgid, text.context) for locale in i18n.available()}
        if said in {bare(each) for each in (status, *called)}:
            return status
    return None


def _topic(words: str, locale: str) -> str:
    return next(
        (named[0] for each in (locale, *i18n.available()) if (named := topics.named(words, each))), ""
    )


def are_topics(words: str, locale: str) -> bool:
    """Whether words name topics, and nothing else."""
    return all(_topic(part, locale) for part in _parts(words))


def _parts(words: str) -> list[str]:
    return [part.strip() for part in words.translate(LIST).split(",") if part.strip()]


def _numbers(words: str) -> Collection[str]:
    """Return the telephone numbers of a cell, one or several; a slash stands within one as well."""
    return [part.strip() for part in words.replace(";", ",").replace("\n", ",").split(",") if part.strip()]


def _uid(words: str) -> str:
    try:
        return str(UUID(words.strip()))
    except ValueError:
        return ""


def _day(words: str, today: date) -> str:
    """Return a day that is over, as the moment in its middle (UTC); "" for none."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            day = datetime.strptime(words.strip(), form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        return datetime.combine(day, time(12), UTC).isoformat() if day <= today else ""
    return ""
