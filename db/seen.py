"""Events that were handled."""

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
    connection = db.connection()
    noted = connection.execute(NOTE[connection.dialect.name], {"event": event, "at": now})
    return noted.first() is not None


def forget(db: Session, before: datetime) -> int:
    """Drop what is older; how many there were."""
    return db.connection().execute(delete(Seen).where(Seen.at < before)).rowcount
