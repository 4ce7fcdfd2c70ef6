"""Whom an announcement is for: how many they are, and to whom it is written next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from db import people
from db.models import Identity, Label, Member, Person
from db.network import roster
from db.network.members import IS_ACTIVE as ACTIVE
from db.network.members import IS_SOMEBODY

LOOKED_AT = 250
"""Members of whom it is looked how they live: of more than that it is told about how many."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Members of a network, without those with the numbers in `but`: of one `label`, where it is named; and
    where there is a moment `new_since`, those who came later and whom no human has answered by name."""

    network_id: int
    but: Sequence[int]
    label: Label | None = None
    new_since: datetime | None = None

    @property
    def fits(self) -> ColumnElement[bool]:
        """Return what is true of them, whether they are still there or not."""
        conditions = [Member.network_id == self.network_id, Member.id.not_in(self.but)]
        if self.label is not None:
            conditions.append(Member.label == self.label)
        if self.new_since is not None:
            conditions += [
                Member.joined_at > self.new_since,
                Member.last_contact_at.is_(None),
                Member.role == "member",
            ]
        return and_(*conditions)


class Rest(NamedTuple):
    """When somebody is not to be disturbed, as it is kept, and in which time zone."""

    quiet_from: time
    quiet_to: time
    quiet_days: int
    time_zone: str | None


class Readers(NamedTuple):
    """How many of them are there and can be reached, are on a break, and cannot be reached."""

    there: int
    paused: int
    lost: int


@dataclass(frozen=True, slots=True)
class Lives:
    """How those live who were looked at: how many are reached on each messenger, and how many rest when;
    and the part of those who are there who were looked at, from 0 to 1."""

    messengers: Counter[str]
    quiet: Counter[Rest]
    share: float


@dataclass(frozen=True, slots=True)
class Next:
    """Those to whom an announcement is written next, by person; how many have left or begun a break since it
    was made and get nothing; and the place after which it goes on, None at the end."""

    person_ids: Sequence[int]
    missed: int
    place: int | None


def count(db: Session, whom: Whom, now: datetime) -> Readers:
    """Return how many members an announcement would reach now. Those who are on a break, and of the others
    those who cannot be reached, are found from the few who are, not by a look at all."""
    pausing = roster.pausing(now)
    lost = roster.lost(Identity.person_id.not_in(pausing))
    counted = select(func.count()).select_from(Member).where(whom.fits, ACTIVE)
    everybody, paused, unreached = (
        db.scalar(counted.where(which)) or 0
        for which in (IS_SOMEBODY, Member.person_id.in_(pausing), Member.person_id.in_(lost))
    )
    return Readers(everybody - paused - unreached, paused, unreached)


def look(db: Session, whom: Whom, found: Readers, now: datetime) -> Lives:
    """Return how those live whom an announcement would reach now."""
    step = max(1, sum(found) // LOOKED_AT)
    some = db.execute(
        select(
            Member.person_id,
            Person.quiet_from,
            Person.quiet_to,
            Person.quiet_days,
            Person.time_zone,
            _pauses(now).label("pauses"),
        )
        .join(Member.person)
        .where(whom.fits, ACTIVE, IS_SOMEBODY, Member.person_id % step == 0)
    ).all()
    ready = [row for row in some if not row.pauses]
    reached = people.reach(db, [row.person_id for row in ready])
    return Lives(
        messengers=Counter(each.messenger for each in reached.values()),
        quiet=Counter(
            Rest(row.quiet_from, row.quiet_to, row.quiet_days, row.time_zone)
            for row in ready
            if row.person_id in reached
        ),
        share=1.0 if step == 1 else max(len(reached), 1) / max(found.there, 1),
    )


def _pauses(now: datetime) -> ColumnElement[bool]:
    ends_later = or_(Person.paused_until.is_(None), Person.paused_until > now)
    return and_(Person.paused_at.is_not(None), ends_later)


def after(db: Session, whom: Whom, place: int | None, most: int, *, made_at: datetime, now: datetime) -> Next:
    """Return whom to write to next of those who were members when an announcement was made, after a place:
    so many members of the network are looked at, in order of their people's numbers."""
    here = Member.network_id == whom.network_id, Member.person_id > (place or 0)
    page = select(Member.person_id).where(*here).order_by(Member.person_id).limit(most).subquery()
    last, looked_at = db.execute(select(func.max(page.c.person_id), func.count()).select_from(page)).one()
    if last is None:
        return Next([], 0, None)
    rows = db.execute(
        select(Member.person_id, ACTIVE.label("stays"), _pauses(now).label("pauses"), Person.paused_at)
        .join(Member.person)
        .where(
            whom.fits,
            *here,
            Member.person_id <= last,
            Member.joined_at <= made_at,
            or_(ACTIVE, and_(not_(ACTIVE), Member.ended_at > made_at)),
        )
        .order_by(Member.person_id)
    ).all()
    missed = sum(not row.stays or bool(row.pauses and row.paused_at > made_at) for row in rows)
    written = [row.person_id for row in rows if row.stays and not row.pauses]
    return Next(written, missed, last if looked_at == most else None)
