"""Timers: handlers to call at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, insert, select, text
from sqlalchemy.orm import Session

from db.models import STUCK, Timer

TRIES = 5
"""A timer whose turn fails this often stays where it is, for a human to look at: it is STUCK."""

# Built once: putting a statement together costs more than running it.
INSERT = insert(Timer)
DUE = (
    select(Timer.id, Timer.handler)
    .where(Timer.due_at <= bindparam("now"), Timer.attempts < TRIES)
    .order_by(Timer.due_at, Timer.id)
    .limit(bindparam("most"))
)
CLAIM = (
    delete(Timer)
    .where(Timer.id.in_(bindparam("timers", expanding=True)), Timer.due_at <= bindparam("now"))
    .returning(Timer.__table__)
)
NEXT_DUE = select(func.min(Timer.due_at)).where(Timer.attempts < TRIES)
CALL_OFF_EACH = delete(Timer).where(
    Timer.handler == bindparam("of"), Timer.about.in_(bindparam("abouts", expanding=True))
)


def schedule(db: Session, due_at: datetime, handler: str, args: dict[str, Any], about: str) -> None:
    """Schedule a call of a handler. `about` names what it belongs to, for `call_off`."""
    schedule_all(db, [(due_at, handler, args, about)])


def schedule_all(db: Session, each: Iterable[tuple[datetime, str, dict[str, Any], str]]) -> None:
    """Store many timers: for each, when it is due (UTC), its name, its fields, and what it is about."""
    rows = [
        {"due_at": due_at, "handler": handler, "args": args, "about": about, "attempts": 0}
        for due_at, handler, args, about in each
    ]
    if rows:
        db.connection().execute(INSERT, rows)


def call_off(db: Session, about: str, handler: str | None = None) -> None:
    """Delete the timers about something, or only those of one handler."""
    statement = delete(Timer).where(Timer.about == about)
    if handler is not None:
        statement = statement.where(Timer.handler == handler)
    db.connection().execute(statement)


def call_off_each(db: Session, handler: str, abouts: Sequence[str]) -> None:
    """Delete the timers of a handler about each of these."""
    db.connection().execute(CALL_OFF_EACH, {"of": handler, "abouts": abouts})


def take(db: Session, about: str, handler: str, **fields: Any) -> Sequence[dict[str, Any]]:
    """Delete the timers of a handler about something in which these fields stand, and return the fields of
    each, the oldest first. One that another program took in the same moment is left out."""
    planned = select(Timer.id, Timer.args).where(Timer.about == about, Timer.handler == handler)
    found = [
        row
        for row in db.connection().execute(planned.order_by(Timer.id))
        if all(row.args.get(name) == value for name, value in fields.items())
    ]
    if not found:
        return []
    taken = delete(Timer).where(Timer.id.in_([row.id for row in found])).returning(Timer.id)
    ours = set(db.connection().scalars(taken))
    return [row.args for row in found if row.id in ours]


def due(db: Session, now: datetime, limit: int) -> Sequence[Row[int, str]]:
    """Return the ids and handlers of timers that have run out, the oldest first."""
    return db.connection().execute(DUE, {"now": now, "most": limit}).all()


def is_due(db: Session, about: str, now: datetime) -> bool:
    """Whether a timer about this has run out and was not handled yet."""
    return bool(db.scalar(select(exists().where(Timer.about == about, Timer.due_at <= now))))


def is_planned(db: Session, about: str) -> bool:
    """Whether a timer about this will run out, or has."""
    return bool(db.scalar(select(exists().where(Timer.about == about))))


def due_at(db: Session, about: str) -> datetime | None:
    """Return when the next timer about this runs out; None where there is none."""
    return db.scalar(select(func.min(Timer.due_at)).where(Timer.about == about))


def claim(db: Session, timer_ids: Sequence[int], now: datetime) -> Sequence[Row[Any]]:
    """Delete timers and return them, to be handled now; those that another program took are left out."""
    place = {id_: number for number, id_ in enumerate(timer_ids)}
    claimed = db.connection().execute(CLAIM, {"timers": timer_ids, "now": now})
    return sorted(claimed, key=lambda timer: place[timer.id])


def failed(db: Session, timer: Row[Any], again_at: datetime) -> None:
    """Put back a timer whose turn failed."""
    db.connection().execute(
        insert(Timer).values(
            due_at=again_at,
            handler=timer.handler,
            args=timer.args,
            about=timer.about,
            attempts=timer.attempts + 1,
        )
    )


def stuck(db: Session) -> int:
    """Return how many timers have failed so often that they are no longer tried."""
    return db.scalar(select(func.count()).select_from(Timer).where(text(STUCK))) or 0


def next_due(db: Session) -> datetime | None:
    """Return when the next timer runs out; None where there is none."""
    return db.connection().scalar(NEXT_DUE)
