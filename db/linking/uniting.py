"""What two people have each for themselves, and one of them can have only once: their profile, their places
in a network, and what they had with each other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, or_, select
from sqlalchemy.orm import Session, aliased

from db.linking import changes
from db.models import Application, Base, HelpRequest, Member, MemberRole, MemberState, Person, Relay
from db.models.indexed import folded

Changes = list[dict[str, Any]]
ROLES: tuple[MemberRole, ...] = ("member", "deputy", "meta_mentor")
"""From the lowest to the highest."""
STATES: tuple[MemberState, ...] = ("merged", "left", "founding", "resting", "active", "removed")
"""Of two places the one counts whose state stands further behind. Where somebody was removed, and is there
with another account, nothing becomes one at all."""
CHOSEN = ("name", "language", "time_zone", "place")
"""What the one says of themselves whom we have known for longer, where they have."""


def people(db: Session, person: Person, other: Person) -> Changes:
    """Give a person what counts of both profiles."""
    first, second = sorted((person, other), key=_known_first)
    now: dict[str, Any] = {
        name: getattr(first, name) or getattr(second, name) or getattr(person, name) for name in CHOSEN
    }
    now |= {**_consent(person, other), **_pause(person, other)}
    now["network_id"] = person.network_id or other.network_id
    now["quiet_days"] = person.quiet_days | other.quiet_days
    now["preferred"] = person.preferred or other.preferred
    found = _changed(db, Person, person, now)
    if any("name" in each["is"] for each in found):
        db.expire_all()
        for member in db.scalars(select(Member).where(Member.person_id == person.id)):
            found += _changed(db, Member, member, {"folded": folded(person.name)})
    return found


def memberships(db: Session, own: Member, theirs: Member) -> Changes:
    """Make one place of two in the same network: the higher role, the earlier beginning, and the histories of
    both. The other one is merged from then on."""
    leading, second = sorted((own, theirs), key=lambda each: -STATES.index(each.state))
    is_there = leading.state == second.state
    now = {
        "state": leading.state,
        "role": _highest(own.role, theirs.role) if is_there else leading.role,
        "role_until": _role_until(own, theirs) if is_there else leading.role_until,
        "label": _earlier(own, theirs).label if is_there else leading.label,
        "joined_at": min(own.joined_at, theirs.joined_at) if is_there else leading.joined_at,
        "here_since": min(own.came_at, theirs.came_at) if is_there else leading.here_since,
        "ended_at": leading.ended_at,
        "ended_because": leading.ended_because,
        "offered_role": own.offered_role or theirs.offered_role,
        "last_asked_at": _latest(own.last_asked_at, theirs.last_asked_at),
        "last_contact_at": _latest(own.last_contact_at, theirs.last_contact_at),
        "speaks_for_id": own.speaks_for_id or theirs.speaks_for_id,
        "morning": own.morning if own.morning is not None else theirs.morning,
        "silence": leading.silence if leading.state == "resting" else None,
        "silence_at": leading.silence_at if leading.state == "resting" else None,
    }
    if now["here_since"] == now["joined_at"]:
        now["here_since"] = None
    return [*_changed(db, Member, own, now), *_changed(db, Member, theirs, {"state": "merged"})]


def end_between(db: Session, person: Person, other: Person, now: datetime) -> Changes:
    """End what the two have with each other: nobody talks with themselves, helps themselves, or asks a
    network in which they are already."""
    found: Changes = []
    talk = or_(
        and_(Relay.asker_id == person.id, Relay.helper_id == other.id),
        and_(Relay.asker_id == other.id, Relay.helper_id == person.id),
    )
    for relay in db.scalars(select(Relay).where(talk, Relay.closed_at.is_(None))):
        found += _changed(db, Relay, relay, {"closed_at": now})
    both = [person.id, other.id]
    asker, helper = aliased(Member), aliased(Member)
    helped = (
        select(HelpRequest)
        .join(asker, asker.id == HelpRequest.asker_id)
        .join(helper, helper.id == HelpRequest.helper_id)
        .where(
            asker.person_id.in_(both),
            helper.person_id.in_(both),
            asker.person_id != helper.person_id,
            HelpRequest.state == "taken",
        )
    )
    for request in db.scalars(helped):
        found += _changed(db, HelpRequest, request, {"state": "withdrawn", "closed_at": now})
    asks = select(Application).where(Application.person_id.in_(both), Application.decided_at.is_(None))
    there = select(Member.network_id).where(Member.person_id.in_(both), Member.state == "active")
    waiting = db.scalars(asks.order_by(Application.id)).all()
    inside, asked = set(db.scalars(there)), set[int]()
    for each in waiting:
        if each.network_id in inside or each.network_id in asked:
            found += _changed(db, Application, each, {"state": "withdrawn", "decided_at": now})
        asked.add(each.network_id)
    return found


def _known_first(person: Person) -> tuple[bool, datetime, int]:
    """Order people by since when we know them: who agreed to something before who never did."""
    return person.consent_at is None, person.created_at, person.id


def _consent(person: Person, other: Person) -> Mapping[str, Any]:
    """Return to what both have agreed: the older version; a stranger has been asked nothing."""
    agreed = [each for each in (person, other) if each.consent_version is not None]
    if not agreed:
        return {}
    oldest = min(agreed, key=lambda each: each.consent_version or 0)
    return {"consent_version": oldest.consent_version, "consent_at": oldest.consent_at}


def _pause(person: Person, other: Person) -> Mapping[str, Any]:
    """Return the longer of two breaks; one without an end is the longest."""
    paused = [each for each in (person, other) if each.paused_at is not None]
    if not paused:
        return {}
    endless = [each for each in paused if each.paused_until is None]
    longest = endless[0] if endless else max(paused, key=_until)
    return {"paused_at": longest.paused_at, "paused_until": longest.paused_until}


def _until(person: Person) -> datetime:
    assert person.paused_until is not None, "the break has an end"
    return person.paused_until


def _role_until(own: Member, theirs: Member) -> datetime | None:
    """Return when the higher of two roles ends; where they are the same, the later of both, or never."""
    there = [each for each in (own, theirs) if each.role == _highest(own.role, theirs.role)]
    ends = [each.role_until for each in there if each.role_until is not None]
    return max(ends) if len(ends) == len(there) else None


def _highest(*roles: MemberRole) -> MemberRole:
    return max(roles, key=ROLES.index)


def lowest(*roles: MemberRole) -> MemberRole:
    """Return the lowest of these roles."""
    return min(roles, key=ROLES.index)


def _earlier(own: Member, theirs: Member) -> Member:
    return min(own, theirs, key=lambda each: (each.joined_at, each.id))


def _latest(*moments: datetime | None) -> datetime | None:
    return max((each for each in moments if each is not None), default=None)


def _changed(db: Session, kind: type[Base], row: Any, now: Mapping[str, Any]) -> Changes:
    table = kind.__table__
    assert isinstance(table, Table), "rows stand in tables"
    made = changes.change(db, table, {"id": row.id}, {name: getattr(row, name) for name in now}, now)
    return [made] if made is not None else []
