"""How often somebody does something of which there is a limit."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.models import Person, Tally
from db.old import Forgotten, Old


def take(
    db: Session, person: Person, what: str, *, most: int, within: timedelta, now: datetime
) -> datetime | None:
    """Count that a person does something once more, at most this often within a time that begins with the
    first. Return None where they may; else, and then it is not counted, when they may again."""
    row = db.get(Tally, (person.id, what))
    if row is None:
        db.add(Tally(person_id=person.id, what=what, since=now, times=1))
    elif row.since + within <= now:
        row.since, row.times = now, 1
    elif row.times >= most:
        return row.since + within
    else:
        row.times += 1
    db.flush()
    return None


def full(
    db: Session, person: Person, what: str, *, most: int, within: timedelta, now: datetime
) -> datetime | None:
    """Return when a person may do something again that they did this often within a time; None where they
    may now."""
    row = db.get(Tally, (person.id, what))
    if row is None or row.times < most or row.since + within <= now:
        return None
    return row.since + within


def forget(db: Session, old: Old) -> Forgotten:
    """Delete what was counted since too long ago."""
    before = delete(Tally).where(Tally.since < old.before)
    return old.forget(db, before, Tally.since, Tally.person_id)
