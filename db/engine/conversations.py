"""Parked handlers: one a row. The newest one of a person is open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.models import Conversation, Member
from db.old import Forgotten, Old

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Built once: putting a statement together costs more than running it.
OF_MEMBER = aliased(Member)
HAS_MEMBER = or_(
    Conversation.network_id.is_(None),
    exists().where(
        OF_MEMBER.network_id == Conversation.network_id,
        OF_MEMBER.person_id == Conversation.person_id,
        OF_MEMBER.state == "active",
    ),
).label("has_member")
"""Whether the membership in which it was begun has not ended."""
OPEN: Executable = (
    select(*Conversation.__table__.c, HAS_MEMBER)
    .where(Conversation.person_id == bindparam("of"))
    .order_by(Conversation.id.desc())
)
OPEN_OF_EACH: Executable = (
    select(*Conversation.__table__.c, HAS_MEMBER)
    .where(Conversation.person_id.in_(bindparam("people", expanding=True)))
    .order_by(Conversation.id.desc())
)
ASKED = select(Conversation.person_id).where(
    Conversation.person_id.in_(bindparam("people", expanding=True)),
    Conversation.asked_at >= bindparam("since"),
)
ROLES = (
    select(Conversation.id, Member.role)
    .join(
        Conversation,
        (Conversation.network_id == Member.network_id) & (Conversation.person_id == Member.person_id),
    )
    .where(Conversation.id.in_(bindparam("conversations", expanding=True)), Member.state == "active")
)
KEEP = update(Conversation).where(Conversation.id == bindparam("conversation_id"))
DROP = delete(Conversation).where(Conversation.id == bindparam("conversation_id"))


def open_of(db: Session, person_id: int) -> Sequence[Row[Any]]:
    """Return a person's parked handlers as plain rows, the open one first."""
    rows: Sequence[Row[Any]] = db.connection().execute(OPEN, {"of": person_id}).all()
    return rows


def open_of_each(db: Session, person_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return the same for many people; those who have none are left out."""
    found: dict[int, list[Row[Any]]] = {}
    for start in range(0, len(person_ids), 500):
        each = db.connection().execute(OPEN_OF_EACH, {"people": person_ids[start : start + 500]})
        for row in each:
            found.setdefault(row.person_id, []).append(row)
    return found


def people_in_one(db: Session, person_ids: Sequence[int], since: datetime = LONG_AGO) -> set[int]:
    """Return those of the people who were asked a question (since then) and have not answered it."""
    found: set[int] = set()
    for start in range(0, len(person_ids), 500):
        found.update(db.scalars(ASKED, {"people": person_ids[start : start + 500], "since": since}))
    return found


def roles_in(db: Session, conversation_ids: Sequence[int]) -> dict[int, str]:
    """Return the roles that the people of parked handlers have by now in the networks in which these were
    begun; those with no membership there are left out."""
    rows = db.connection().execute(ROLES, {"conversations": conversation_ids})
    return {row.id: row.role for row in rows}


def change(db: Session, conversation_id: int, **state: Any) -> None:
    """Change the state of a parked handler."""
    change_each(db.connection(), [{"conversation_id": conversation_id, **state}])


def change_each(connection: Connection, states: Sequence[dict[str, Any]]) -> None:
    """Change the states of parked handlers, all with the same fields, each with its `conversation_id`."""
    if states:
        connection.execute(KEEP, states)


def forget(db: Session, old: Old) -> Forgotten:
    """Delete parked handlers whose question nobody has answered for too long, with all that was answered."""
    return old.forget(db, delete(Conversation), Conversation.asked_at, Conversation.id)


def drop_each(connection: Connection, conversation_ids: Sequence[int]) -> None:
    """Delete parked handlers that are done or cancelled."""
    if conversation_ids:
        connection.execute(DROP, [{"conversation_id": each} for each in conversation_ids])
