"""Things to do at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from db.models import Timer

TRIES = 5
"""A timer whose turn fails this often stays where it is, for a human to look at."""

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
CALL_OFF_EACH = delete(Timer).where(
    Timer.handler == bindparam("of"), Timer.about.in_(bindparam("abouts", expanding=True))
)


def set_(db: Session, due_at: datetime, handler: str, args: list[Any], about: str) -> None:
    """Call a handler then. `about` names what it belongs to, for `call_off`."""
    db.connection().execute(
        insert(Timer).values(due_at=due_at, handler=handler, args=args, about=about, attempts=0)
    )


def set_all(db: Session, handler: str, each: Iterable[tuple[datetime, list[Any], str]]) -> None:
    """Call a handler for each time, arguments and `about`."""
    rows = [
        {"due_at": due_at, "handler": handler, "args": args, "about": about, "attempts": 0}
        for due_at, args, about in each
    ]
    if rows:
        db.connection().execute(INSERT, rows)


def call_off(db: Session, about: str, handler: str | None = None) -> None:
    """Forget the timers about something, or only those of one handler."""
    statement = delete(Timer).where(Timer.about == about)
    if handler is not None:
        statement = statement.where(Timer.handler == handler)
    db.connection().execute(statement)


def call_off_each(db: Session, handler: str, abouts: Sequence[str]) -> None:
    """Forget the timers of a handler about each of these."""
    db.connection().execute(CALL_OFF_EACH, {"of": handler, "abouts": abouts})


def call_off_all(db: Session, handler: str, about: str) -> None:
    """Forget the timers of a handler about everything that begins like this."""
    db.connection().execute(
        delete(Timer).where(Timer.handler == handler, Timer.about.startswith(about, autoescape=True))
    )


def due(db: Session, now: datetime, limit: int) -> Sequence[Row[int, str]]:
    """The ids and handlers of timers that have run out, oldest first."""
    return db.connection().execute(DUE, {"now": now, "most": limit}).all()


def claim(db: Session, timer_ids: Sequence[int], now: datetime) -> Sequence[Row[Any]]:
    """Take timers out, to do them now; without those that another took."""
    place = {id_: number for number, id_ in enumerate(timer_ids)}
    claimed = db.connection().execute(CLAIM, {"timers": timer_ids, "now": now})
    return sorted(claimed, key=lambda timer: place[timer.id])


def failed(db: Session, timer: Row[Any], again_at: datetime) -> None:
    """Put a timer back whose turn failed."""
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
    """How many timers have failed so often that they are not tried again."""
    return db.scalar(select(func.count()).select_from(Timer).where(Timer.attempts >= TRIES)) or 0


def next_due(db: Session) -> datetime | None:
    """When the next timer runs out."""
    return db.scalar(select(func.min(Timer.due_at)).where(Timer.attempts < TRIES))
