"""Parked handlers: one a row, the newest of a person is the open one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from db.models import Conversation

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Built once: putting a statement together costs more than running it.
OPEN = (
    select(Conversation.__table__)
    .where(Conversation.person_id == bindparam("of"))
    .order_by(Conversation.id.desc())
)
ASKED = select(Conversation.person_id).where(
    Conversation.person_id.in_(bindparam("people", expanding=True)),
    Conversation.asked_at >= bindparam("since"),
)
KEEP = update(Conversation).where(Conversation.id == bindparam("conversation_id"))
DROP = delete(Conversation).where(Conversation.id == bindparam("conversation_id"))


def open_of(db: Session, person_id: int) -> Sequence[Row[Any]]:
    """A person's parked handlers as plain rows, the open one first."""
    return db.connection().execute(OPEN, {"of": person_id}).all()


def people_in_one(db: Session, person_ids: list[int], since: datetime = LONG_AGO) -> set[int]:
    """Those of the people who were asked a question (since then) and have not answered it."""
    found: set[int] = set()
    for start in range(0, len(person_ids), 500):
        found.update(db.scalars(ASKED, {"people": person_ids[start : start + 500], "since": since}))
    return found


def change(db: Session, conversation_id: int, **state: Any) -> None:
    """Keep another state of a parked handler."""
    change_each(db.connection(), [{"conversation_id": conversation_id, **state}])


def change_each(connection: Connection, states: Sequence[dict[str, Any]]) -> None:
    """Keep other states of parked handlers, all with the same fields, each with its `conversation_id`."""
    if states:
        connection.execute(KEEP, states)


def drop_each(connection: Connection, conversation_ids: Sequence[int]) -> None:
    """These handlers are through, or were cancelled."""
    if conversation_ids:
        connection.execute(DROP, [{"conversation_id": each} for each in conversation_ids])
