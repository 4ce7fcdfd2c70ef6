"""By what an organisation is known again: its name with its city, the host of its website, a telephone
number. A host or a number that several have says nothing of any of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, delete, false, insert, select, true, union_all
from sqlalchemy.orm import Session

from db.bulk import batches
from db.models import MarkKind, Organisation, OrganisationMark
from db.models.indexed import folded

Mark = tuple[str, str]
"""A kind and its value."""
NAME, HOST, PHONE = "name", "host", "phone"
EVERYBODYS = {
    *(
        "facebook.com",
        "instagram.com",
        "linkedin.com",
        "twitter.com",
        "x.com",
        "youtube.com",
        "t.me",
        "wa.me",
    ),
    *("linktr.ee", "google.com", "maps.google.com", "goo.gl", "sites.google.com"),
}
"""Hosts that say nothing of whose page it is."""


def host(url: str) -> str:
    """Return the host of a website, without “www.”; "" for none."""
    try:
        found = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return found.removeprefix("www.") if "." in found.strip(".") else ""


def marks(facts: Mapping[str, Any]) -> list[Mark]:
    """Return the marks of an organisation of which this is known, by its columns."""
    city = folded(facts.get("city") or "")
    called = (facts["name"], facts.get("alternate_name") or "")
    found = [(NAME, f"{name}|{city}") for each in called if (name := folded(each))]
    if (where := host(facts.get("url") or "")) and where not in EVERYBODYS:
        found.append((HOST, where))
    found += [(PHONE, number) for number in facts.get("phones") or () if number.startswith("+")]
    return list(dict.fromkeys(found))


def facts_of(organisation: Organisation) -> dict[str, Any]:
    """Return what the marks of an organisation are made of."""
    of = ("name", "alternate_name", "city", "url", "phones")
    return {each: getattr(organisation, each) for each in of}


BEARS = select(OrganisationMark.kind, OrganisationMark.value, OrganisationMark.organisation_id)


def borne(db: Session, network_id: int, looked_for: Iterable[Mark]) -> Mapping[Mark, list[int]]:
    """Return which organisations of a network (by id) have each of these marks."""
    return _bearers(db, BEARS.where(OrganisationMark.network_id == network_id), looked_for)


def borne_elsewhere(db: Session, network_id: int, looked_for: Iterable[Mark]) -> Mapping[Mark, list[int]]:
    """Return which organisations that other networks share with all (by id) have each of these marks."""
    shared = Organisation.shared == true(), Organisation.do_not_list == false()
    sharing = select(Organisation.network_id).where(*shared, Organisation.network_id != network_id)
    theirs = BEARS.join(Organisation, Organisation.id == OrganisationMark.organisation_id)
    return _bearers(db, theirs.where(*shared, OrganisationMark.network_id.in_(sharing)), looked_for)


def _bearers(
    db: Session, among: Select[MarkKind, str, int], looked_for: Iterable[Mark]
) -> Mapping[Mark, list[int]]:
    values: defaultdict[str, set[str]] = defaultdict(set)
    for kind, value in looked_for:
        values[kind].add(value)
    found: defaultdict[Mark, list[int]] = defaultdict(list)
    ways = [
        among.where(OrganisationMark.kind == kind, OrganisationMark.value.in_(sorted(those)))
        for kind, those in sorted(values.items())
    ]
    for row in db.execute(union_all(*ways)) if ways else ():
        found[row[0], row[1]].append(row[2])
    return found


def same(those: Collection[Mark], bearers: Mapping[Mark, list[int]]) -> int | None:
    """Return which organisation (by id) has the same name in the same city."""
    return next((bearers[mark][0] for mark in those if mark[0] == NAME and bearers.get(mark)), None)


def alike(those: Collection[Mark], bearers: Mapping[Mark, list[int]]) -> int | None:
    """Return the only organisation (by id) that has the same website or number."""
    alone = (bearers[mark][0] for mark in those if mark[0] != NAME and len(bearers.get(mark, ())) == 1)
    return next(alone, None)


def mark(db: Session, network_id: int, of_each: Mapping[int, Sequence[Mark]]) -> None:
    """Keep the marks of organisations (by id) in the place of what was kept of them."""
    for some in batches(of_each):
        db.execute(delete(OrganisationMark).where(OrganisationMark.organisation_id.in_(some)))
    rows = [
        {"network_id": network_id, "kind": kind, "value": value, "organisation_id": id_}
        for id_, theirs in of_each.items()
        for kind, value in theirs
    ]
    if rows:
        db.execute(insert(OrganisationMark), rows)
