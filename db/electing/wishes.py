"""Wishes that the members be asked whether somebody still is to coordinate. Who wishes it is sealed."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import Member, Person, RecallWish
from db.network import reports
from db.old import Forgotten, Old

LASTS = timedelta(days=90)
"""For how long a wish holds."""
FEWEST, SHARE = 3, 10
"""So many have to wish it, and this percentage of the members."""


def wish(db: Session, about: Member, wisher: Person, now: datetime) -> None:
    """Keep that somebody wishes it, once."""
    if wisher.id not in _wishers(db, about, now):
        made = RecallWish(network_id=about.network_id, about_id=about.id, at=now)
        made.wisher = reports.signed(wisher)
        db.add(made)
        db.flush()


def count(db: Session, about: Member, now: datetime) -> int:
    """Return how many people wish it now: two who have become one are one, and whoever is forgotten is
    none."""
    return len(_wishers(db, about, now))


def of(db: Session, person: Person) -> list[RecallWish]:
    """Return what a person wishes, the oldest first."""
    theirs = reports.signs(db, person)
    kept = select(RecallWish).order_by(RecallWish.id)
    return [wish for wish in db.scalars(kept) if wish.wisher in theirs]


def needed(many: int) -> int:
    """Return how many of so many members have to wish it."""
    return max(FEWEST, -(-many * SHARE // 100))


def clear(db: Session, about: Member) -> None:
    """Delete all wishes about a member: they are asked."""
    db.execute(delete(RecallWish).where(RecallWish.about_id == about.id))


def _wishers(db: Session, about: Member, now: datetime) -> set[int]:
    there = select(RecallWish.wisher).where(RecallWish.about_id == about.id, RecallWish.at > now - LASTS)
    known = (reports.known(db, sign) for sign in db.scalars(there))
    return {person.id for person in known if person is not None}


def forget(db: Session, old: Old) -> Forgotten:
    """Delete wishes that are too old."""
    return old.forget(db, delete(RecallWish), RecallWish.at, RecallWish.id)
