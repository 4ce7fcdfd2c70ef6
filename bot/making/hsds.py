"""Organisations as the Human Services Data Specification 3 has them: a tabular data package, with a table for
each kind and `datapackage.json`, which says what stands in them (https://docs.openreferral.org). Opening
hours are free text with us, and stand in the description of the service."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

TYPE = "application/zip"
LAST = (1980, 1, 1, 0, 0, 0)
"""The time of each file: the same organisations make the same bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An organisation, of which the texts are in one language."""

    uid: str
    name: str
    alternate_name: str
    description: str
    url: str
    email: str
    phones: Sequence[str]
    status: str
    address: str
    city: str
    country: str
    topics: str
    languages: Mapping[str, str]  # code → name
    schedule_text: str
    fees_description: str
    eligibility_description: str
    application_process: str
    assured_date: str


TABLES: Mapping[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "organization": (
        "organizations.csv",
        ("id", "name", "alternate_name", "description", "email", "website"),
        ("id", "name", "description"),
    ),
    "service": (
        "services.csv",
        (
            *("id", "organization_id", "name", "alternate_name", "description", "url", "email", "status"),
            *("application_process", "fees_description", "eligibility_description", "assured_date"),
        ),
        ("id", "organization_id", "name", "status"),
    ),
    "location": (
        "locations.csv",
        ("id", "organization_id", "location_type", "url", "name", "description"),
        ("id", "location_type"),
    ),
    "address": (
        "addresses.csv",
        (
            *("id", "location_id", "address_1", "city", "state_province", "postal_code", "country"),
            "address_type",
        ),
        ("id", "address_1", "city", "state_province", "postal_code", "country", "address_type"),
    ),
    "phone": (
        "phones.csv",
        ("id", "organization_id", "service_id", "location_id", "number", "type"),
        ("id", "number"),
    ),
    "language": ("languages.csv", ("id", "service_id", "name", "code"), ("id",)),
}
"""Each table: its file, its columns, and those that the standard requires."""
POSTAL_CODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{2,3}[ -]?\d{2,3}\b(?=[ ,;]*[^\d ,;]|$)")
"""The code of a place, as most countries of Europe write it: "69115", "D-69115", "00-950", "115 27"."""
REFERS = {"organization_id": "organization", "service_id": "service", "location_id": "location"}
DESCRIPTOR = "datapackage.json"


def package(entries: Iterable[Entry], title: str) -> bytes:
    """Return the package of organisations as a ZIP archive."""
    rows: dict[str, list[dict[str, str]]] = {table: [] for table in TABLES}
    for entry in entries:
        for table, row in _rows(entry):
            rows[table].append(row)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, (path, columns, _required) in TABLES.items():
            archive.writestr(zipfile.ZipInfo(path, LAST), _table(columns, rows[table]))
        about = json.dumps(_descriptor(title), ensure_ascii=False, indent=2)
        archive.writestr(zipfile.ZipInfo(DESCRIPTOR, LAST), about)
    return packed.getvalue()


def _rows(entry: Entry) -> Iterable[tuple[str, dict[str, str]]]:
    """Yield the rows of an organisation with their tables. Their numbers follow from its own."""
    service, location = _number(entry.uid, "service"), _number(entry.uid, "location")
    about = " · ".join(each for each in (entry.description, entry.topics, entry.city) if each) or entry.name
    yield (
        "organization",
        {
            "id": entry.uid,
            "name": entry.name,
            "alternate_name": entry.alternate_name,
            "description": about,
            "email": entry.email,
            "website": entry.url,
        },
    )
    yield (
        "service",
        {
            "id": service,
            "organization_id": entry.uid,
            "name": entry.name,
            "alternate_name": entry.alternate_name,
            "description": " · ".join(filter(None, (about, entry.schedule_text))),
            "url": entry.url,
            "email": entry.email,
            "status": entry.status,
            "application_process": entry.application_process,
            "fees_description": entry.fees_description,
            "eligibility_description": entry.eligibility_description,
            "assured_date": entry.assured_date,
        },
    )
    place = ", ".join(each for each in (entry.address or entry.city, entry.country) if each)
    yield (
        "location",
        {
            "id": location,
            "organization_id": entry.uid,
            "location_type": "physical" if entry.city else "virtual",
            "url": "" if entry.city else entry.url,
            "name": entry.city,
            "description": place,
        },
    )
    if (address := _address(entry)) is not None:
        yield "address", {"id": _number(entry.uid, "address"), "location_id": location, **address}
    for number in entry.phones:
        its = {"organization_id": entry.uid, "service_id": service, "location_id": location}
        yield "phone", {"id": _number(entry.uid, number), **its, "number": number, "type": "voice"}
    for code, name in entry.languages.items():
        yield "language", {"id": _number(entry.uid, code), "service_id": service, "name": name, "code": code}


def _address(entry: Entry) -> dict[str, str] | None:
    """Return a postal address; None where a part is not known that the standard requires. Nobody is asked for
    a state or a province: the country stands there as well."""
    code = next(reversed([*POSTAL_CODE.finditer(entry.address)]), None)
    if code is None or not entry.city or not entry.country:
        return None
    street = entry.address[: code.start()].rstrip(" ,;") or entry.address
    return {
        "address_1": street,
        "city": entry.city,
        "state_province": entry.country,
        "postal_code": code[0],
        "country": entry.country,
        "address_type": "physical",
    }


def _number(uid: str, of: str) -> str:
    return str(uuid5(UUID(uid) if uid else NAMESPACE_URL, of))


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, columns, lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return file.getvalue().encode()


def _descriptor(title: str) -> dict[str, Any]:
    """Return what the package says of itself."""
    return {
        "profile": "tabular-data-package",
        "name": "human_services_data",
        "title": title,
        "resources": [
            {
                "name": table,
                "path": path,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [_field(column, required) for column in columns],
                    "primaryKey": "id",
                    "foreignKeys": [
                        {"fields": column, "reference": {"resource": REFERS[column], "fields": "id"}}
                        for column in columns
                        if column in REFERS
                    ],
                },
            }
            for table, (path, columns, required) in TABLES.items()
        ],
    }


def _field(column: str, required: Sequence[str]) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column in required}
    if column == "id":
        constraints["unique"] = True
    if column == "status":
        constraints["enum"] = ["active", "inactive", "defunct", "temporarily closed"]
    if column == "address_type":
        constraints["enum"] = ["physical", "postal", "virtual"]
    if column == "location_type":
        constraints["enum"] = ["physical", "postal", "virtual"]
    kind = "date" if column == "assured_date" else "string"
    return {"name": column, "type": kind, "constraints": constraints}
