"""A directory of a thousand organisations comes in, is changed outside, and comes in again: the counts add
up, and nothing is doubled. What goes out as files of the standard has all that it requires."""

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from adapters.terminal.script import step
from bot.program import demo
from db import store
from db.models import Fate, Item, Network, Organisation, OrganisationList, OrganisationMark
from handlers.directory import brought
from tests.support.aio import on_loop

MANY, CHANGED, LEFT_OUT, NEW = 1000, 40, 30, 25
HEADER = ("Name", "City", "Phone", "Website", "Topics", "Languages", "Opening hours", "Address")
STREETS = 10
"""Of so many, one says its whole address."""
TOWNS = ("Heidelberg", "Mannheim", "Köln", "Online")
REQUIRED = {
    "organizations.csv": ("id", "name", "description"),
    "services.csv": ("id", "organization_id", "name", "status"),
    "locations.csv": ("id", "location_type"),
    "addresses.csv": (
        *("id", "address_1", "city", "state_province", "postal_code", "country", "address_type"),
    ),
    "phones.csv": ("id", "number"),
    "languages.csv": ("id",),
}
"""What HSDS 3 requires of each table (`required` and `tabular_required` in its schemata)."""
REFERENCES = {
    "organization_id": "organizations.csv",
    "service_id": "services.csv",
    "location_id": "locations.csv",
}
ONE_OF = {
    "status": {"active", "inactive", "defunct", "temporarily closed"},
    "location_type": {"physical", "postal", "virtual"},
    "address_type": {"physical", "postal", "virtual"},
}


def row(n: int) -> tuple[str, ...]:
    """Return one of the organisations; some share a website, as the offices of a town do."""
    website = "www.stadt.example.org" if n % 10 == 0 else f"https://org{n}.example.org/beratung"
    return (
        f"Beratung Nr. {n}",
        TOWNS[n % 4],
        f"06221 {400000 + n}",
        website,
        "Papers, Work" if n % 2 else "Health",
        "Arabic, German",
        f"Mo {n % 12} h",
        f"Bergheimer Str. {n}, 69115 {TOWNS[n % 4]}" if n % STREETS == 0 else "",
    )


def as_csv(rows: list[tuple[str, ...]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)
    return file.getvalue()


@on_loop
async def test_a_thousand_come_in_twice(database: str) -> None:
    lines: list[str] = []
    async with demo.Stage(database, lines.append) as terminal:

        async def acts(line: str) -> str:
            before = len(lines)
            doing = step(line)
            assert doing is not None
            await terminal.act(doing)
            return "\n".join(lines[before:])

        async def brings(content: str) -> str:
            await acts("Mia: /orgs")
            await acts("Mia: [Bring a list]")
            escaped = content.strip().replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return await acts(f'Mia: (document orgs.csv "{escaped}")')

        await acts("@ Mia, meta-mentor on telegram, en")
        first = as_csv([HEADER, *map(row, range(MANY))])
        too_many = as_csv([HEADER, *map(row, range(MANY + 1))])
        assert "Those are 1,001 rows. I take 1,000 at a time." in await brings(too_many)
        await acts("Mia: /cancel")
        assert f"{MANY:,} new, 0 changed, 0 look like ones we have." in await brings(first)
        assert f"{MANY:,} organisations are here now." in await acts("Mia: [Take all]")
        assert _counted(database) == (MANY, MANY, 0)
        assert "There is nothing to do." in await brings(first)

        await acts("Mia: /orgs")
        await acts("Mia: [As a table]")
        await acts("Mia: [As files of the standard]")
        made = [each.made.content for each in terminal.seen_by("Mia") if each.made is not None]
        _keeps_the_standard(made[-1])
        assert _comes_to(database, made[-1]) == {"same": MANY}
        table = [*csv.reader(io.StringIO(made[-2].decode("utf-8-sig")))]
        assert len(table) == MANY + 1
        assert "There is nothing to do." in await brings(as_csv([tuple(each) for each in table]))

        hours = table[0].index("Opening hours")
        for each in table[1 : CHANGED + 1]:
            each[hours] = "Tu 9–12"
        outside = table[:-LEFT_OUT] + [["Neu " + str(n), *[""] * (len(table[0]) - 1)] for n in range(NEW)]
        said = await brings(as_csv([tuple(each) for each in outside]))
        assert f"{NEW} new, {CHANGED} changed, 0 look like ones we have." in said
        assert f"{MANY - LEFT_OUT - CHANGED} are here already, as they are." in said
        assert f"{MANY + NEW:,} organisations are here now." in await acts("Mia: [Take all]")
        assert _counted(database) == (MANY + NEW, MANY + NEW, CHANGED)
        found = await acts("Mia: /find Beratung 77")
        assert "Beratung Nr. 77" in found


def _comes_to(database: str, content: bytes) -> Counter[Fate]:
    """Return what becomes of how many rows of a list from the command line, of which nothing is taken."""
    with store.connected(database) as engine, Session(engine) as db:
        return brought.bring(db, db.scalars(select(Network)).one(), content, [], datetime.now(UTC))


def _counted(database: str) -> tuple[int, int, int]:
    """Return how many organisations there are, how many of them on the shelf, and how many were changed; no
    two have the same name in the same place, and no list is left."""
    with store.connected(database) as engine, engine.connect() as connection:
        names = connection.execute(
            select(OrganisationMark.value).where(OrganisationMark.kind == "name")
        ).scalars()
        assert max(Counter(names).values()) == 1
        assert connection.scalar(select(func.count()).select_from(OrganisationList)) in (0, 1)
        changed = select(func.count()).where(Organisation.schedule_text == "Tu 9–12")
        on_shelf = select(func.count()).where(Item.kind == "organisation")
        return (
            connection.scalar(select(func.count()).select_from(Organisation)) or 0,
            connection.scalar(on_shelf) or 0,
            connection.scalar(changed) or 0,
        )


def _keeps_the_standard(content: bytes) -> None:
    """Check a package by our own list of what the standard requires."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = json.loads(archive.read("datapackage.json"))
        tables = {
            name: [*csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))]
            for name in archive.namelist()
            if name.endswith(".csv")
        }
    assert set(tables) == set(REQUIRED) == {each["path"] for each in about["resources"]}
    assert about["profile"] == "tabular-data-package"
    ids = {name: {each["id"] for each in rows} for name, rows in tables.items()}
    for resource in about["resources"]:
        name, rows = resource["path"], tables[resource["path"]]
        fields = {each["name"]: each for each in resource["schema"]["fields"]}
        assert list(rows[0]) == list(fields), "the descriptor says what is there"
        assert {each for each in fields if fields[each]["constraints"]["required"]} == set(REQUIRED[name])
        assert all(each[field] for each in rows for field in REQUIRED[name])
        assert len(ids[name]) == len(rows), "each has a number of its own"
        for field, allowed in ONE_OF.items():
            assert {each[field] for each in rows if field in fields} <= allowed
        for field, other in REFERENCES.items():
            assert {each[field] for each in rows if each.get(field)} <= ids[other]
    assert len(tables["organizations.csv"]) == MANY
    assert len(tables["addresses.csv"]) == MANY // STREETS
    first = tables["addresses.csv"][0]
    assert (first["address_1"], first["postal_code"]) == ("Bergheimer Str. 0", "69115")
