"""Letters, written once for all their readers, and their deliveries."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, Row, bindparam, delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from db.models import Conversation, Delivery, Letter

# Built once: putting a statement together costs more than running it.
INSERT_LETTER, INSERT_DELIVERY = insert(Letter), insert(Delivery)
BODY = select(Letter.body, Letter.offers).where(Letter.id == bindparam("letter_id"))
IN_CHAT = (
    select(Delivery.id, Delivery.closed, Delivery.letter_id, Letter.offers)
    .join(Letter, Letter.id == Delivery.letter_id)
    .where(Delivery.messenger == bindparam("messenger"), Delivery.chat == bindparam("chat"))
    .order_by(Delivery.id.desc())
    .limit(1)
)
BY_ID = IN_CHAT.where(Delivery.id == bindparam("delivery_id"))
BY_MESSAGE = IN_CHAT.where(Delivery.message == bindparam("message"))
LATEST = IN_CHAT.where(or_(Delivery.replaces.is_(None), Delivery.closed.is_(False)))


def write(
    db: Session,
    *,
    body: Any,
    offers: list[Any],
    now: datetime,
    picture: Any = None,
    relay_id: int | None = None,
    forget: bool = False,
) -> int:
    """Store a letter; its id."""
    values = {
        "body": body,
        "offers": offers,
        "picture": picture,
        "relay_id": relay_id,
        "forget": forget,
        "made_at": now,
    }
    return _inserted(db, INSERT_LETTER, values)


def post(
    db: Session,
    letter_id: int,
    *,
    person_id: int | None,
    messenger: str,
    chat: str,
    priority: int,
    expires_at: datetime | None = None,
    replaces: int | None = None,
    chosen: Any = None,
    closed: bool = False,
) -> int:
    """Put a letter in the outbox for one chat; the delivery's id. With `replaces` it takes the place of
    that delivery's message, and with `closed` it only closes it: no buttons, what was `chosen` below."""
    values = {
        "letter_id": letter_id,
        "person_id": person_id,
        "messenger": messenger,
        "chat": chat,
        "private": True,
        "priority": priority,
        "state": "waiting",
        "expires_at": expires_at,
        "replaces": replaces,
        "chosen": chosen,
        "attempts": 0,
        "closed": closed,
    }
    return _inserted(db, INSERT_DELIVERY, values)


def _inserted(db: Session, statement: Insert, values: dict[str, Any]) -> int:
    key = db.connection().execute(statement, values).inserted_primary_key
    assert key is not None, "an insert of one row has a key"
    return int(key[0])


def body(db: Session, letter_id: int) -> tuple[Any, list[Any]] | None:
    """A letter's text and offers, if it is still there."""
    row = db.connection().execute(BODY, {"letter_id": letter_id}).first()
    return (row.body, row.offers) if row else None


def pressed(
    db: Session, messenger: str, chat: str, *, delivery_id: int | None, message: str
) -> Row[Any] | None:
    """The delivery whose button was pressed in this chat, with its letter's offers: by its id, else by the
    newest that put anything into this message."""
    at = {"messenger": messenger, "chat": chat}
    if delivery_id is not None:
        return db.connection().execute(BY_ID, {**at, "delivery_id": delivery_id}).first()
    return db.connection().execute(BY_MESSAGE, {**at, "message": message}).first()


def latest_offers(db: Session, messenger: str, chat: str) -> Row[Any] | None:
    """The last message in this chat, with its offers: for choices that are typed."""
    return db.connection().execute(LATEST, {"messenger": messenger, "chat": chat}).first()


def relay_of(db: Session, messenger: str, chat: str, message: str) -> int | None:
    """The relay whose words this message carried."""
    return db.scalar(
        select(Letter.relay_id)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Delivery.messenger == messenger, Delivery.chat == chat, Delivery.message == message)
        .limit(1)
    )


def of_letter(letter_id: int) -> ColumnElement[bool]:
    """All deliveries of a letter."""
    return Delivery.letter_id == letter_id


def of_delivery(delivery_id: int) -> ColumnElement[bool]:
    """One delivery."""
    return Delivery.id == delivery_id


def close(db: Session, condition: ColumnElement[bool], chosen: Any) -> None:
    """Take the buttons of these deliveries away, and show what was chosen in their place."""
    rows = db.execute(
        select(Delivery, Letter.offers)
        .join(Letter, Letter.id == Delivery.letter_id)
        .where(condition, Delivery.closed.is_(False))
    ).all()
    for delivery, offers in rows:
        delivery.closed = True
        if offers:
            post(
                db,
                delivery.letter_id,
                person_id=delivery.person_id,
                messenger=delivery.messenger,
                chat=delivery.chat,
                priority=0,
                replaces=delivery.replaces or delivery.id,
                chosen=chosen,
                closed=True,
            )
    db.flush()


def shown(db: Session, letter_id: int, chat: str) -> int | None:
    """The delivery whose message shows this letter in this chat: the first one, where it was replaced."""
    row = db.execute(
        select(Delivery.id, Delivery.replaces)
        .where(Delivery.letter_id == letter_id, Delivery.chat == chat, Delivery.closed.is_(False))
        .limit(1)
    ).first()
    return (row.replaces or row.id) if row else None


def forget(db: Session, before: datetime) -> int:
    """Delete older letters and their deliveries, but not what waits nor an open question; how many."""
    waits = exists().where(Delivery.letter_id == Letter.id, Delivery.state == "waiting")
    asks = exists().where(Conversation.letter_id == Letter.id)
    return db.connection().execute(delete(Letter).where(Letter.made_at < before, ~waits, ~asks)).rowcount
