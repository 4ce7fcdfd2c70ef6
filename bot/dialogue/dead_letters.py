"""An event whose turn fails each time is set aside, so that it does not hold up what comes after it; the
operators hear of it, and find it in the log by its number."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import operators
from bot.installation import Installation
from bot.text import Command, _, _n, paragraphs
from db.engine import dead_letters, seen

WARN_EVERY = timedelta(hours=1)
"""Operators are warned no more often than this: when one event fails, others may fail for the same reason."""


def put(
    db: Session, event: str, error: Exception, *, installation: Installation, now: datetime
) -> str | None:
    """Mark an event as handled and note that it was not. Return its number in the log, or None where it was
    handled after all. The note keeps no words, and nobody's name."""
    if not seen.first_time(db, event, now):
        return None
    row = dead_letters.add(db, event, error=type(error).__name__, number=secrets.token_hex(3), now=now)
    if not dead_letters.reported_since(db, now - WARN_EVERY):
        count = dead_letters.unreported(db)
        if _warn_operators(db, row.number, count, installation, now):
            dead_letters.mark_reported(db, row)
    return row.number


def _warn_operators(db: Session, number: str, count: int, installation: Installation, now: datetime) -> bool:
    """Warn the operators. Return whether there was one to be reached."""
    text = paragraphs(
        _n(
            "Something went wrong on my side: I could not handle {n} message, and have set it aside. The log "
            "has it under the number <b>{number}</b>.",
            "Something went wrong on my side: I could not handle {n} messages, and have set them aside. The "
            "log has the last one under the number <b>{number}</b>.",
            count,
            number=number,
        ),
        _("{operator} shows how everything runs.", operator=Command("operator")),
    )
    return operators.tell(db, text, installation=installation, now=now)
