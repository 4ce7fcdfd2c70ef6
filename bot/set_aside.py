"""An event whose turn fails each time is set aside, so that it does not hold up what comes after it; the
operators hear of it, and find it in the log by its number."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import letters
from bot.context import Installation
from bot.letters import Priority
from bot.text import Command, _, _n, paragraphs
from db import people, seen, set_aside

TELL_EVERY = timedelta(hours=1)
"""How often operators are told at most: when one event fails, others may fail for the same reason."""


def put(
    db: Session, event: str, error: Exception, *, installation: Installation, now: datetime
) -> str | None:
    """Mark an event as handled and note that it was not: its number in the log, or None where it was handled
    after all. It keeps no words, and nobody's name."""
    if not seen.first_time(db, event, now):
        return None
    row = set_aside.note(db, event, error=type(error).__name__, number=secrets.token_hex(3), now=now)
    if not set_aside.told_since(db, now - TELL_EVERY):
        count = set_aside.untold(db)
        row.told = _tell_operators(db, row.number, count, installation, now)
        db.flush()
    return row.number


def _tell_operators(db: Session, number: str, count: int, installation: Installation, now: datetime) -> bool:
    """Whether there was an operator to be told."""
    operators = people.behind(db, [(each.messenger, each.account) for each in installation.operators])
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
    ids = [person.id for person in operators]
    reached = letters.write(db, ids, text, priority=Priority.CARRIED, now=now)[1]
    for person_id in reached:
        letters.repeat_question(db, person_id, Priority.CARRIED, now)
    return bool(reached)
