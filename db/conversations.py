"""Parked handlers: one a row, the newest of a person is the open one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from db.models import Conversation

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Built once: putting a statement together costs more than running it.
OPEN = (
    select(Conversation.__table__)
    .where(Conversation.person_id == bindparam("of"))
    .order_by(Conversation.id.desc())
)
PARK = insert(Conversation)
KEEP = update(Conversation).where(Conversation.id == bindparam("conversation_id"))
DROP = delete(Conversation).where(Conversation.id == bindparam("conversation_id"))


def open_of(db: Session, person_id: int) -> Sequence[Row[Any]]:
    """A person's parked handlers as plain rows, the open one first."""
    return db.connection().execute(OPEN, {"of": person_id}).all()


def people_in_one(db: Session, person_ids: list[int], since: datetime = LONG_AGO) -> set[int]:
    """Those of the people who were asked a question (since then) and have not answered it."""
    found: set[int] = set()
    for start in range(0, len(person_ids), 500):
        found.update(
            db.scalars(
                select(Conversation.person_id).where(
                    Conversation.person_id.in_(person_ids[start : start + 500]),
                    Conversation.asked_at >= since,
                )
            )
        )
    return found


def park(db: Session, conversation_id: int | None, **state: Any) -> int:
    """Keep a handler's state, as a new row or in the place of the one it had; the row's id."""
    connection = db.connection()
    if conversation_id is not None:
        connection.execute(KEEP, {"conversation_id": conversation_id, **state})
        return conversation_id
    key = connection.execute(PARK, state).inserted_primary_key
    assert key is not None
    return int(key[0])


def drop(db: Session, conversation_id: int) -> None:
    """The handler is through, or was cancelled."""
    db.connection().execute(DROP, {"conversation_id": conversation_id})
