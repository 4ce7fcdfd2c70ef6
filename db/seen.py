"""Events that were handled."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Seen

NOTE = {
    "sqlite": sqlite.insert(Seen).on_conflict_do_nothing().returning(Seen.event),
    "postgresql": postgresql.insert(Seen).on_conflict_do_nothing().returning(Seen.event),
}


def first_time(db: Session, event: str, now: datetime) -> bool:
    """Note an event; False when it was noted before."""
    return event in first_times(db, [event], now)


def first_times(db: Session, events: Iterable[str], now: datetime) -> set[str]:
    """Note events; those that were not noted before. Always in the same order, so that two who note several
    of the same never wait for each other."""
    connection = db.connection()
    notes = [{"event": event, "at": now} for event in sorted(set(events))]
    if not notes:
        return set()
    # To write many at once costs more where it is only one.
    return set(connection.scalars(NOTE[connection.dialect.name], notes if len(notes) > 1 else notes[0]))


def forget(db: Session, before: datetime) -> int:
    """Drop what is older; how many there were."""
    return db.connection().execute(delete(Seen).where(Seen.at < before)).rowcount
