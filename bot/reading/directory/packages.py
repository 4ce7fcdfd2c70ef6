"""Packages of organisations that people send: the tables of the standard (HSDS 3) in a ZIP archive, as
`bot/making/hsds.py` has written them, or another program. Each organisation becomes a row of a list."""

import csv
import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bot.reading import tables
from bot.reading.directory.organisations import are_topics
from bot.reading.tables import Table
from bot.reading.unclear import Unclear
from bot.text import _

FIRST = b"PK\x03\x04"
"""What every ZIP archive begins with."""
MOST_BYTES = 20 * 2**20
"""Of all tables, unpacked."""
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, ValueError),  # damaged, or cut off
    *(NotImplementedError, RuntimeError),  # packed in a way that Python does not know, or locked
    csv.Error,  # no table
)
"""What is raised for an archive that nobody could read."""
ORGANISATIONS = "organizations.csv"
COUNTRY = re.compile(r", ([A-Z]{2})\Z")
BETWEEN = " · "
"""What stands between the parts of a description."""
COLUMNS = (
    *("uid", "name", "alternate_name", "description", "email", "url", "phones", "status", "address", "city"),
    *("country", "topics", "languages", "schedule_text", "fees_description", "eligibility_description"),
    *("application_process", "assured"),
)

Row = Mapping[str, str]


def is_package(content: bytes) -> bool:
    """Whether a file is packed."""
    return content.startswith(FIRST)


def read(content: bytes, locale: str, here: str) -> Table:
    """Return the organisations of a package, in words of somebody who reads `locale`. That they are in the
    country `here` is not said. Raises Unclear where it is no such package, or has too many."""
    found = _tables(content)
    organisations = found[ORGANISATIONS]
    if len(organisations) > tables.MOST_ROWS:
        raise Unclear(tables.too_many(len(organisations)))
    service = {row["organization_id"]: row for row in reversed(found["services.csv"])}
    location = {row["organization_id"]: row for row in reversed(found["locations.csv"])}
    address = {row["location_id"]: row for row in reversed(found["addresses.csv"])}
    of_service = {row["id"]: row["organization_id"] for row in found["services.csv"]}
    languages, phones = defaultdict(list), defaultdict(list)
    for row in found["languages.csv"]:
        languages[of_service.get(row["service_id"], "")].append(row["name"] or row["code"])
    for row in found["phones.csv"]:
        whose = row["organization_id"] or of_service.get(row["service_id"], "")
        phones[whose].append(row["number"])
    rows = []
    for each in organisations:
        its = service.get(each["id"], defaultdict(str))
        where = location.get(each["id"], defaultdict(str))
        cells = {
            "uid": each["id"],
            "name": each["name"],
            "alternate_name": each["alternate_name"],
            "email": each["email"] or its["email"],
            "url": each["website"] or its["url"],
            "phones": ", ".join(dict.fromkeys(phones[each["id"]])),
            "languages": ", ".join(dict.fromkeys(languages[each["id"]])),
            "status": its["status"],
            "fees_description": its["fees_description"],
            "eligibility_description": its["eligibility_description"],
            "application_process": its["application_process"],
            "assured": its["assured_date"],
            **_place(where, address.get(where["id"]), here),
        }
        cells |= _described(each, its["description"], cells.get("city", ""), locale)
        rows.append([cells.get(column, "") for column in COLUMNS])
    return Table(COLUMNS, {column: at for at, column in enumerate(COLUMNS)}, rows)


def _tables(content: bytes) -> Mapping[str, list[Row]]:
    """Return the rows of each table, by its file; a cell that is not there is empty. Raises Unclear where
    there is no table of organisations, or none that can be read."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [each for each in archive.infolist() if each.filename.endswith(".csv")]
            if sum(each.file_size for each in files) <= MOST_BYTES:
                for each in files:
                    found[each.filename.rpartition("/")[2]] = [*_rows(archive.read(each))]
    except UNREADABLE:
        found.clear()  # half of the tables are no package: its sender hears so, as where there is none
    if not found[ORGANISATIONS]:
        raise Unclear(
            _(
                "There is no table of organisations ({file}) in this archive that I can read.",
                file=ORGANISATIONS,
            )
        )
    return found


def _rows(content: bytes) -> Iterator[Row]:
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline="")):
        yield defaultdict(str, {name: (cell or "").strip() for name, cell in row.items() if name})


def _place(where: Row, address: Row | None, here: str) -> dict[str, str]:
    """Return where an organisation is: by its postal address, else by what its location says."""
    if address is not None:
        town = " ".join(filter(None, (address["postal_code"], address["city"])))
        whole = ", ".join(filter(None, (address["address_1"], town)))
        city, country = address["city"], address["country"]
    elif where["location_type"] == "physical":
        said, city = where["description"], where["name"]
        found = COUNTRY.search(said)
        country = found[1] if found is not None else ""
        whole = said[: found.start()] if found is not None else said
        whole = "" if whole == city else whole
    else:
        return {}
    return {"address": whole, "city": city, "country": "" if country == here else country}


def _described(organisation: Row, of_service: str, city: str, locale: str) -> dict[str, str]:
    """Return what descriptions say: what is done there, on which topics, and when it is open."""
    whole = organisation["description"]
    hours = of_service.removeprefix(whole + BETWEEN) if of_service.startswith(whole + BETWEEN) else ""
    parts: Sequence[str] = [] if whole == organisation["name"] else whole.split(BETWEEN)
    if parts and city and parts[-1] == city:
        parts = parts[:-1]
    topics = parts[-1] if parts and are_topics(parts[-1], locale) else ""
    said = BETWEEN.join(parts[:-1] if topics else parts)
    return {"description": said, "topics": topics, "schedule_text": hours}
