"""What becomes of a database whose key is lost for good: what was sealed with it is given up, because nobody
can ever read it, and the rest goes on with another key."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.engine import deliveries
from db.models import (
    Application,
    Base,
    CheckInWords,
    Conversation,
    Delivery,
    Letter,
    Proof,
    Report,
    ReportReceiver,
    Used,
)
from db.models.sealed import MARK, Sealed, SealedWord
from db.network import reports

GO = (Conversation, Application, CheckInWords, Used, Proof)
"""What is nothing without what was sealed in it."""
REASON = "key lost"


@dataclass(frozen=True, slots=True)
class Lost:
    """What cannot be read without its key: how many reports (of which some are `unfinished`), applications,
    answers to check-ins in words, open questions, messages that are still on their way, and messages with
    buttons."""

    reports: int
    unfinished: int
    applications: int
    answers: int
    questions: int
    waiting: int
    letters: int


def count(connection: Connection) -> Lost:
    """Return what is lost with the key. Raises SQLAlchemyError."""

    def many(*where: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).where(*where)) or 0

    return Lost(
        many(_sealed(Report)),
        many(_sealed(Report), Report.state.in_(reports.OPEN)),
        many(_sealed(Application)),
        many(_sealed(CheckInWords)),
        many(_sealed(Conversation)),
        many(Delivery.letter_id.in_(_sealed_letters()), Delivery.state == "waiting"),
        many(_sealed(Letter)),
    )


def stopped(db: Session) -> list[int]:
    """Return who has an open question, an application that nobody has decided about, or a message on its way
    (by id): it cannot be read."""
    waiting = select(Delivery.person_id).where(
        Delivery.letter_id.in_(_sealed_letters()), Delivery.state == "waiting", ~Delivery.closes
    )
    open_ = select(Conversation.person_id).where(_sealed(Conversation))
    applied = select(Application.person_id).where(_sealed(Application), Application.decided_at.is_(None))
    found = [*db.scalars(open_), *db.scalars(applied), *db.scalars(waiting)]
    return sorted({each for each in found if each is not None})


def receivers(db: Session) -> dict[int, list[str]]:
    """Return who has reports that are open and cannot be read (by id), with the numbers of these."""
    has = (
        select(ReportReceiver.person_id, Report.number)
        .join(Report, Report.id == ReportReceiver.report_id)
        .where(_sealed(Report), Report.state.in_(reports.OPEN), ReportReceiver.involved_at.is_(None))
        .order_by(ReportReceiver.person_id, Report.id)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in db.execute(has):
        found[row.person_id].append(row.number)
    return found


def give_up(db: Session, now: datetime) -> None:
    """Delete what was sealed with a key that is lost; what is on its way does not leave. Of a report stays
    that there is one, of which kind, and who has it."""
    waiting = select(Delivery.id).where(
        Delivery.letter_id.in_(_sealed_letters()), Delivery.state == "waiting"
    )
    deliveries.lose(db, db.scalars(waiting).all(), "dropped", now=now, reason=REASON)
    db.execute(update(Report).where(_sealed(Report)).values(forgotten=True))
    for kind in GO:
        db.execute(delete(kind).where(_sealed(kind)))
    for table in {*Base.metadata.sorted_tables} - {kind.__table__ for kind in GO}:
        for column in _columns(table):
            empty: Any = None if column.nullable else []
            db.execute(update(table).where(_is_sealed(column)).values({column.name: empty}))
    db.expire_all()


def _sealed_letters() -> Any:
    return select(Letter.id).where(_sealed(Letter))


def _sealed(kind: type[Base]) -> ColumnElement[bool]:
    """Whether anything in a row is sealed."""
    table = kind.__table__
    assert isinstance(table, Table)
    return or_(*map(_is_sealed, _columns(table)))


def _columns(table: Table) -> Iterable[Any]:
    return [column for column in table.c if isinstance(column.type, Sealed | SealedWord)]


def _is_sealed(column: Any) -> ColumnElement[bool]:
    begins = f'{{"{MARK}":' if isinstance(column.type, Sealed) else f"{MARK} "
    return cast(column, Text).startswith(begins, autoescape=True)
