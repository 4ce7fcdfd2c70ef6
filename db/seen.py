"""Events that were handled."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Seen

NOTE = {
    "sqlite": sqlite.insert(Seen).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(Seen).on_conflict_do_nothing(),
}


def first_time(db: Session, event: str, now: datetime) -> bool:
    """Note an event; False when it was noted before."""
    connection = db.connection()
    return connection.execute(NOTE[connection.dialect.name], {"event": event, "at": now}).rowcount > 0


def forget(db: Session, before: datetime) -> int:
    """Drop what is older; how many there were."""
    return db.connection().execute(delete(Seen).where(Seen.at < before)).rowcount
