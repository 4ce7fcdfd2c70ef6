"""The journal: who did what in a network, without contents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import JournalEntry, Network, Person
from db.old import Forgotten, Old


def record(
    db: Session,
    network: Network,
    act: str,
    *,
    by: Person | None,
    now: datetime,
    about: Person | None = None,
    **details: Any,
) -> None:
    """Record an act: a word such as "member.removed", and JSON values that hold no content."""
    db.add(
        JournalEntry(
            network_id=network.id,
            by_id=by.id if by else None,
            about_id=about.id if about else None,
            act=act,
            details=details,
            at=now,
        )
    )


def latest(db: Session, network: Network, limit: int, before: int | None = None) -> Sequence[JournalEntry]:
    """Return the last acts, the newest first; with `before` those that come before this entry (its id)."""
    statement = select(JournalEntry).where(JournalEntry.network_id == network.id)
    if before is not None:
        statement = statement.where(JournalEntry.id < before)
    return db.scalars(statement.order_by(JournalEntry.id.desc()).limit(limit)).all()


def latest_about(db: Session, network: Network, person: Person, act: str) -> JournalEntry | None:
    """Return the last act of this name about a person, as far as it is kept."""
    acts = select(JournalEntry).where(
        JournalEntry.network_id == network.id, JournalEntry.about_id == person.id, JournalEntry.act == act
    )
    return db.scalar(acts.order_by(JournalEntry.id.desc()).limit(1))


def forget(db: Session, old: Old) -> Forgotten:
    """Delete what is too old."""
    return old.forget(db, delete(JournalEntry), JournalEntry.at, JournalEntry.id)
