"""What a chat shows: messages of ours with their choices, and where answers to them lead."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from db.engine import messages
from db.engine.letters import CLOSING, IS_CLOSED, SHOWS
from db.models import Delivery, Letter

# Built once: putting a statement together costs more than running it.
IN_CHAT = (
    select(
        Delivery.id,
        IS_CLOSED.label("closed"),
        Delivery.letter_id,
        Letter.offers,
        Letter.about,
        Letter.on_reply,
    )
    .join(Letter, Letter.id == Delivery.letter_id)
    .where(Delivery.messenger == bindparam("messenger"), Delivery.chat == bindparam("chat"))
    .order_by(Delivery.id.desc())
    .limit(1)
)
BY_ID = IN_CHAT.where(Delivery.id == bindparam("delivery_id"))
BY_MESSAGE = IN_CHAT.where(Delivery.message == bindparam("message"))
CLOSED_BY = (
    select(CLOSING.c.chosen, CLOSING.c.settled_at)
    .join(Delivery, (CLOSING.c.replaces == SHOWS) & (CLOSING.c.letter_id == Delivery.letter_id))
    .where(Delivery.id == bindparam("delivery_id"), CLOSING.c.closes)
    .limit(1)
)
LATEST = (
    select(
        Delivery.id,
        Delivery.letter_id,
        SHOWS.label("shows"),
        IS_CLOSED.label("closed"),
        Letter.offers,
        Letter.about,
        Letter.on_reply,
        Letter.made_at,
        Delivery.settled_at,
    )
    .join(Letter, Letter.id == Delivery.letter_id)
    .where(
        Delivery.messenger == bindparam("messenger"),
        Delivery.chat == bindparam("chat"),
        ~Delivery.closes,
        Letter.act.is_(None),
        (Delivery.state == "sent") | ((Delivery.state == "waiting") & Delivery.not_before.is_(None)),
    )
    .order_by(Delivery.id.desc())
    .limit(40)
)


def pressed(
    db: Session, messenger: str, chat: str, *, delivery_id: int | None, message: str
) -> Row[Any] | None:
    """Return the delivery whose button was pressed in this chat, with its letter's offers: by its id, else by
    the newest that put anything into this message."""
    at = {"messenger": messenger, "chat": chat}
    if delivery_id is not None:
        return db.connection().execute(BY_ID, {**at, "delivery_id": delivery_id}).first()
    found = db.connection().execute(BY_MESSAGE, {**at, "message": message}).first()
    if found is None and (known := messages.whole(db, messenger, chat, message)) is not None:
        return db.connection().execute(BY_MESSAGE, {**at, "message": known}).first()
    return found


def closing(db: Session, delivery_id: int) -> Any:
    """Return what took the buttons off a message, with what was `chosen`; None where nothing did."""
    return db.connection().execute(CLOSED_BY, {"delivery_id": delivery_id}).first()


def answerable(db: Session, messenger: str, chat: str) -> list[Row[Any]]:
    """Return those of the latest messages in this chat that words may answer, because they have offers which
    are open, or none and lead somewhere; the newest first as the chat shows them. Of a message that was
    changed it is what it shows now."""
    latest: dict[int, Row[Any]] = {}
    for row in db.connection().execute(LATEST, {"messenger": messenger, "chat": chat}):
        latest.setdefault(row.shows, row)
    found = [row for row in latest.values() if (not row.closed if row.offers else row.on_reply is not None)]
    return sorted(found, key=_comes, reverse=True)


def _comes(row: Row[Any]) -> tuple[bool, datetime, int]:
    """Return what orders messages as a chat shows them: by when they left, one after the other; those that
    are about to leave come at the end."""
    about_to_leave = row.settled_at is None
    return about_to_leave, row.settled_at or row.made_at, row.id


def on_reply(db: Session, messenger: str, chat: str, message: str) -> Any | None:
    """Return what words in answer to this message call."""
    known = messages.whole(db, messenger, chat, message) or message
    there = Delivery.messenger == messenger, Delivery.chat == chat, Delivery.message == known
    leads = select(Letter.on_reply).join(Delivery, Delivery.letter_id == Letter.id).where(*there)
    return db.scalar(leads.limit(1))


def has_arrived(db: Session, delivery_id: int) -> bool:
    """Whether it is known which message shows a delivery."""
    return db.scalar(select(Delivery.message).where(Delivery.id == delivery_id)) is not None
