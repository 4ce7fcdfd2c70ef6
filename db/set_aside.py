"""Events that were set aside, because their turn failed each time."""

from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from db.models import SetAside


def note(db: Session, event: str, *, error: str, number: str, now: datetime) -> SetAside:
    """Keep that an event was set aside; `error` is the kind of mistake, `number` that of the log."""
    row = SetAside(event=event, at=now, error=error, number=number)
    db.add(row)
    db.flush()
    return row


def told_since(db: Session, since: datetime) -> bool:
    """Whether the operators were told after this time."""
    return bool(db.scalar(select(exists().where(SetAside.at > since, SetAside.told))))


def untold(db: Session) -> int:
    """How many were set aside since the operators were told the last time."""
    last = select(func.coalesce(func.max(SetAside.id), 0)).where(SetAside.told).scalar_subquery()
    return db.scalar(select(func.count()).select_from(SetAside).where(SetAside.id > last)) or 0


def count(db: Session, since: datetime) -> int:
    """How many were set aside after this time."""
    return db.scalar(select(func.count()).select_from(SetAside).where(SetAside.at > since)) or 0


def forget(db: Session, before: datetime) -> int:
    """Drop what is older; how many there were."""
    return db.connection().execute(delete(SetAside).where(SetAside.at < before)).rowcount
