"""Dead letters: events that are not tried again, because their turn failed each time."""

from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from db.models import DeadLetter
from db.old import Forgotten, Old


def add(db: Session, event: str, *, error: str, number: str, now: datetime) -> DeadLetter:
    """Add an event; `error` is the kind of mistake, and the log has it under `number`."""
    row = DeadLetter(event=event, at=now, error=error, number=number)
    db.add(row)
    db.flush()
    return row


def mark_reported(db: Session, row: DeadLetter) -> None:
    """Note that this one was reported to the operators."""
    row.reported = True
    db.flush()


def reported_since(db: Session, since: datetime) -> bool:
    """Whether one was reported to the operators after this time."""
    return bool(db.scalar(select(exists().where(DeadLetter.at > since, DeadLetter.reported))))


def unreported(db: Session) -> int:
    """Return how many were added since one was last reported."""
    last = select(func.coalesce(func.max(DeadLetter.id), 0)).where(DeadLetter.reported).scalar_subquery()
    return db.scalar(select(func.count()).select_from(DeadLetter).where(DeadLetter.id > last)) or 0


def count(db: Session, since: datetime) -> int:
    """Return how many were added after this time."""
    return db.scalar(select(func.count()).select_from(DeadLetter).where(DeadLetter.at > since)) or 0


def forget(db: Session, old: Old) -> Forgotten:
    """Delete those that are too old."""
    return old.forget(db, delete(DeadLetter), DeadLetter.at, DeadLetter.id)
