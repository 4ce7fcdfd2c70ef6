"""Events that were handled, and short marks that something happened."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Seen, sealed
from db.old import Forgotten, Old

UNSEALED = sealed.Seal("")
"""Makes the marks where nothing is sealed."""
NOTE = {
    "sqlite": sqlite.insert(Seen).on_conflict_do_nothing().returning(Seen.event),
    "postgresql": postgresql.insert(Seen).on_conflict_do_nothing().returning(Seen.event),
}


def first_time(db: Session, event: str, now: datetime) -> bool:
    """Note an event; return False where it was noted before."""
    return event in first_times(db, [event], now)


def first_times(db: Session, events: Iterable[str], now: datetime) -> set[str]:
    """Note events; return those that were not noted before. The order is always the same, so that two
    programs that note several of the same never wait for each other."""
    connection = db.connection()
    notes = [{"event": event, "at": now} for event in sorted(set(events))]
    if not notes:
        return set()
    # To write many at once costs more where it is only one.
    return set(connection.scalars(NOTE[connection.dialect.name], notes if len(notes) > 1 else notes[0]))


def latest(db: Session) -> datetime | None:
    """Return when something was last noted; None where nothing is."""
    return db.scalar(select(func.max(Seen.at)))


def secret(db: Session, *what: object) -> str:
    """Return a mark that tells nobody what it is, nor whom it is about: without the key of the installation
    nobody can try who it might be."""
    return (sealed.of(db.get_bind().engine) or UNSEALED).mark(" ".join(map(str, what)))


def mark(db: Session, what: str, now: datetime) -> None:
    """Note that something happens now, whether or not it was noted before."""
    db.connection().execute(delete(Seen).where(Seen.event == what))
    first_time(db, what, now)


def marked(db: Session, whats: Iterable[str], since: datetime) -> set[str]:
    """Return those that were noted since then."""
    return set(db.scalars(select(Seen.event).where(Seen.event.in_(list(whats)), Seen.at > since)))


def forget(db: Session, old: Old) -> Forgotten:
    """Delete those that are too old."""
    return old.forget(db, delete(Seen), Seen.at, Seen.event)
