"""What the adapters of messengers remember."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.models import Remembered


def get(db: Session, messenger: str, key: str) -> str | None:
    """Return what is remembered under a key; None for nothing."""
    row = db.get(Remembered, (messenger, key))
    return None if row is None else row.value


def put(db: Session, messenger: str, key: str, value: str | None) -> None:
    """Remember a value under a key, in the place of what was there; None forgets it."""
    if value is None:
        db.execute(delete(Remembered).where(Remembered.messenger == messenger, Remembered.key == key))
    else:
        db.merge(Remembered(messenger=messenger, key=key, value=value))
        db.flush()
