"""Packages of organisations that other programs have written, and what is none."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random

import pytest

from bot.reading.directory import packages
from bot.reading.directory.organisations import cells
from bot.reading.unclear import Unclear

OF_ANOTHER: Mapping[str, Sequence[Mapping[str, str]]] = {
    "organizations.csv": [
        {"id": "1", "name": "Legal café", "description": "They read letters. · Law and residence · Basel"},
        {"id": "2", "name": "Food bank", "description": "Food bank", "website": "https://tafel.example.org"},
    ],
    "services.csv": [
        {"id": "s", "organization_id": "1", "status": "inactive", "fees_description": "Free."},
        {"id": "t", "organization_id": "1", "status": "active"},
    ],
    "locations.csv": [{"id": "l", "organization_id": "1", "location_type": "physical", "name": "Basel"}],
    "addresses.csv": [
        {
            "location_id": "l",
            "address_1": "Rheingasse 1",
            "postal_code": "4058",
            "city": "Basel",
            "country": "CH",
        }
    ],
    "phones.csv": [{"service_id": "t", "number": "+41 61 555"}, {"organization_id": "2", "number": "112"}],
    "languages.csv": [{"service_id": "s", "name": "Arabic"}, {"service_id": "t", "code": "de"}],
}


def packed(tables: Mapping[str, Sequence[Mapping[str, str]]], folder: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            text = io.StringIO(newline="")
            table = csv.DictWriter(text, dict.fromkeys(column for row in rows for column in row))
            table.writeheader()
            table.writerows(rows)
            archive.writestr(folder + name, text.getvalue())
    return file.getvalue()


@pytest.mark.parametrize(("here", "country"), [("DE", {"country": "CH"}), ("CH", {})])
def test_what_another_program_wrote_is_read(here: str, country: dict[str, str]) -> None:
    content = packed(OF_ANOTHER, folder="export/")
    assert packages.is_package(content)
    assert cells(packages.read(content, "en", here)) == [
        {
            "uid": "1",
            "name": "Legal café",
            "description": "They read letters.",
            "phones": "+41 61 555",
            "status": "inactive",
            "address": "Rheingasse 1, 4058 Basel",
            "city": "Basel",
            "topics": "Law and residence",
            "languages": "Arabic, de",
            "fees_description": "Free.",
            **country,
        },
        {"uid": "2", "name": "Food bank", "url": "https://tafel.example.org", "phones": "112"},
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (packed({"people.csv": [{"name": "Ana"}]}), "no table of organisations"),
        (packages.FIRST + b"and then nothing", "no table of organisations"),
        (packed({"organizations.csv": [{"id": str(n), "name": "N"} for n in range(1001)]}), "rows"),
        (packed({"organizations.csv": [{"id": "1", "name": "N" * packages.MOST_BYTES}]}), "no table"),
    ],
)
def test_what_is_no_package_is_said(content: bytes, why: str) -> None:
    with pytest.raises(Unclear) as raised:
        packages.read(content, "en", "DE")
    assert why in str(raised.value.args[0])


def test_a_damaged_package_is_read_or_said_to_be_none() -> None:
    """Wherever it is damaged or cut off: never anything else than a sentence."""
    whole, by = (
        packed({"organizations.csv": [{"id": str(n), "name": f"N {n}"} for n in range(900)]}),
        Random(1),
    )
    for _each in range(200):
        damaged = bytearray(whole)
        for _byte in range(3):
            damaged[by.randrange(len(damaged))] = by.randrange(256)
        with suppress(Unclear):
            packages.read(bytes(damaged[: by.choice([None, by.randrange(len(damaged))])]), "en", "DE")
