"""Organisations of a network: added, changed, taken off, found near by, and what members say of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, update
from sqlalchemy.orm import Session, joinedload

from db.directory import likeness
from db.models import Network, Organisation, OrganisationWord, Person, Says
from db.models.indexed import folded

WORDS = (
    *("name", "alternate_name", "description", "url", "email", "address", "city", "country"),
    *("schedule_text", "fees_description", "eligibility_description", "application_process", "source"),
)
LISTS = ("phones", "topics", "languages")
"""What is known of an organisation, by column."""
MOST = 10_000
"""Organisations of a network: for so many the search is measured."""
SINKS, LEAVES = timedelta(days=548), timedelta(days=730)
"""After which time without a check an entry stands below the others, and is found no more."""
ENOUGH = 2
"""Reports after which an entry says that it may be wrong."""
LISTED = Organisation.do_not_list == false()
SHARED = Organisation.shared == true()


def draft(facts: Mapping[str, Any]) -> Organisation:
    """Return an organisation as it would be, which nothing keeps."""
    empty = {**dict.fromkeys(WORDS, ""), **dict.fromkeys(LISTS, ()), "status": "active", "agreed": False}
    return Organisation(**empty | dict(facts))


def add(
    db: Session, network: Network, facts: Mapping[str, Any], *, by: Person, every: timedelta, now: datetime
) -> Organisation:
    """Add an organisation of which this is known, by its columns; it is asked about again after a while."""
    organisation = Organisation(
        network_id=network.id,
        uid=str(uuid4()),
        added_by_id=by.id,
        added_at=now,
        changed_at=now,
        assured_at=now,
        assured_by_id=by.id,
        check_at=now + every,
        folded_city=folded(facts.get("city", "")),
        **facts,
    )
    db.add(organisation)
    db.flush()
    likeness.mark(db, network.id, {organisation.id: likeness.marks(facts)})
    return organisation


def change(db: Session, organisation: Organisation, facts: Mapping[str, Any], now: datetime) -> None:
    """Change what is known of an organisation, by its columns."""
    for column, value in facts.items():
        setattr(organisation, column, value)
    organisation.folded_city, organisation.changed_at = folded(organisation.city), now
    db.flush()
    theirs = likeness.marks(likeness.facts_of(organisation))
    likeness.mark(db, organisation.network_id, {organisation.id: theirs})


def assure(
    db: Session, organisation: Organisation, by: Person, says: Says, *, every: timedelta, now: datetime
) -> None:
    """Note that somebody found an entry right, or made it so, and that what was said against it is
    settled."""
    organisation.assured_at, organisation.assured_by_id = now, by.id
    organisation.check_at, organisation.wrong_reports = now + every, 0
    _settle(db, organisation, by, says, now)


def _settle(db: Session, organisation: Organisation, by: Person, says: Says, now: datetime) -> None:
    """Keep what somebody says of an entry, and note that what was said and asked before is settled."""
    said = update(OrganisationWord).where(
        OrganisationWord.organisation_id == organisation.id, OrganisationWord.says != "helped"
    )
    db.execute(said.values(settled=True))
    word = OrganisationWord(organisation_id=organisation.id, person_id=by.id, says=says, at=now, settled=True)
    db.add(word)
    db.flush()


def take_off(db: Session, organisation: Organisation, by: Person, now: datetime) -> None:
    """Take an organisation off the list that is gone, so that nobody adds it again unknowingly."""
    organisation.status, organisation.do_not_list, organisation.ended_at = "defunct", True, now
    _settle(db, organisation, by, "gone", now)


def put_back(db: Session, organisation: Organisation, by: Person, *, every: timedelta, now: datetime) -> None:
    """Put an organisation back that was taken off."""
    organisation.status, organisation.do_not_list, organisation.ended_at = "active", False, None
    assure(db, organisation, by, "right", every=every, now=now)


def share(organisation: Organisation, *, shared: bool) -> None:
    """Let all networks here find an organisation, or only its own."""
    organisation.shared = shared


# --- finding -------------------------------------------------------------------------------------


def seen_by(db: Session, network: Network, organisation_id: int) -> Organisation | None:
    """Return an organisation that members of a network see; None for others."""
    here = or_(Organisation.network_id == network.id, and_(SHARED, LISTED))
    found = select(Organisation).where(Organisation.id == organisation_id, here)
    return db.scalar(found.options(joinedload(Organisation.assured_by)))


def count(db: Session, network_id: int, since: datetime | None = None) -> int:
    """Return how many organisations a network has in its list; with `since`, that were checked since then."""
    counted = select(func.count()).where(Organisation.network_id == network_id, LISTED)
    if since is not None:
        counted = counted.where(Organisation.assured_at >= since)
    return db.scalar(counted.select_from(Organisation)) or 0


def some_are_checked(db: Session, network_id: int, many: int, since: datetime) -> bool:
    """Whether a network has this many organisations that were checked since then."""
    checked = select(Organisation.id).where(
        Organisation.network_id == network_id, LISTED, Organisation.assured_at >= since
    )
    return len(db.scalars(checked.limit(many)).all()) == many


def near(
    db: Session, network: Network, city: str, now: datetime, limit: int, after: int | None = None
) -> Sequence[Organisation]:
    """Return up to `limit` organisations in a city, or that are reached from everywhere, those first that
    were found right not long ago; those behind one (its id) with `after`."""
    here = Organisation.network_id == network.id, LISTED, Organisation.assured_at > now - LEAVES
    where = Organisation.folded_city.in_(sorted({folded(city), ""}))
    return db.scalars(_page(select(Organisation).where(*here, where), limit, after)).all()


def of(
    db: Session, network: Network, now: datetime, limit: int, after: int | None = None
) -> Sequence[Organisation]:
    """Return up to `limit` organisations of a network that can be found, the oldest entry first; those behind
    one (its id) with `after`."""
    here = Organisation.network_id == network.id, LISTED, Organisation.assured_at > now - LEAVES
    return db.scalars(_page(select(Organisation).where(*here), limit, after)).all()


def _page(found: Select[Organisation], limit: int, after: int | None) -> Select[Organisation]:
    if after is not None:
        found = found.where(Organisation.id > after)
    return found.order_by(Organisation.id).limit(limit)


def every_one(db: Session, network_id: int) -> Sequence[Organisation]:
    """Return all organisations in the list of a network, in the order in which they came."""
    here = Organisation.network_id == network_id, LISTED
    return db.scalars(select(Organisation).where(*here).order_by(Organisation.id).limit(MOST)).all()


def known(db: Session, network_id: int, facts: Mapping[str, Any]) -> tuple[Organisation | None, bool]:
    """Return the organisation of a network that this is, or looks like; and whether it has the same name in
    the same city. One that was taken off counts too; and where there is none, those that others share."""
    theirs = likeness.marks(facts)
    for borne in (likeness.borne, likeness.borne_elsewhere):
        bearers = borne(db, network_id, theirs)
        same = likeness.same(theirs, bearers)
        found = same if same is not None else likeness.alike(theirs, bearers)
        if found is not None:
            return db.get_one(Organisation, found), same is not None
    return None, False


# --- what members say ----------------------------------------------------------------------------


def say(db: Session, organisation: Organisation, by: Person, says: Says, now: datetime) -> bool:
    """Keep what somebody says of an entry; return whether they had not said so before."""
    said = select(OrganisationWord.id).where(
        OrganisationWord.organisation_id == organisation.id,
        OrganisationWord.person_id == by.id,
        OrganisationWord.says == says,
        OrganisationWord.settled == false(),
    )
    if db.scalar(said) is not None:
        return False
    db.add(OrganisationWord(organisation_id=organisation.id, person_id=by.id, says=says, at=now))
    db.flush()
    if says == "helped":
        organisation.helped += 1
    if says == "wrong":
        organisation.wrong_reports += 1
    return True


def who_said(db: Session, organisation: Organisation, says: Says) -> Sequence[Person]:
    """Return who says something of an entry that is not settled, the first one first."""
    said = select(Person).join(OrganisationWord, OrganisationWord.person_id == Person.id)
    return db.scalars(said.where(*_unsettled(organisation, says)).order_by(OrganisationWord.id)).all()


def _unsettled(organisation: Organisation, says: Says) -> tuple[ColumnElement[bool], ...]:
    return (
        OrganisationWord.organisation_id == organisation.id,
        OrganisationWord.says == says,
        OrganisationWord.settled == false(),
    )
