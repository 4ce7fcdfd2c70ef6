"""Letters, written once for all their readers, and their deliveries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, Text, bindparam, cast, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from db.models import Conversation, Delivery, Identity, Letter

# Built once: putting a statement together costs more than running it.
INSERT_LETTER = insert(Letter)
INSERT_DELIVERY = insert(Delivery).inline()  # whose key nobody asks for
BODY = select(Letter.body, Letter.offers).where(Letter.id == bindparam("letter_id"))
WITH_BUTTONS = exists().where(Letter.id == Delivery.letter_id, cast(Letter.offers, Text) != "[]")
CLOSE = (
    update(Delivery)
    .where(Delivery.closed.is_(False), WITH_BUTTONS)
    .values(closed=True)
    .returning(
        Delivery.id,
        Delivery.letter_id,
        Delivery.person_id,
        Delivery.messenger,
        Delivery.chat,
        Delivery.room_id,
        Delivery.thread,
        Delivery.replaces,
    )
)
CLOSE_LETTER = CLOSE.where(Delivery.letter_id == bindparam("of_letter"))
CLOSE_DELIVERY = CLOSE.where(Delivery.id == bindparam("delivery_id"))
IN_CHAT = (
    select(Delivery.id, Delivery.closed, Delivery.letter_id, Letter.offers)
    .join(Letter, Letter.id == Delivery.letter_id)
    .where(Delivery.messenger == bindparam("messenger"), Delivery.chat == bindparam("chat"))
    .order_by(Delivery.id.desc())
    .limit(1)
)
BY_ID = IN_CHAT.where(Delivery.id == bindparam("delivery_id"))
BY_MESSAGE = IN_CHAT.where(Delivery.message == bindparam("message"))
LATEST = IN_CHAT.where(Letter.act.is_(None), or_(Delivery.replaces.is_(None), Delivery.closed.is_(False)))


def write(
    db: Session,
    *,
    body: Any,
    offers: list[Any],
    now: datetime,
    picture: Any = None,
    media: Sequence[Any] = (),
    act: Any = None,
    on_reply: Any = None,
    carries: str | None = None,
    album: str | None = None,
    forget: bool = False,
) -> int:
    """Store a letter; its id."""
    values = {
        "body": body,
        "offers": offers,
        "picture": picture,
        "media": list(media),
        "act": act,
        "on_reply": on_reply,
        "carries": carries,
        "album": album,
        "forget": forget,
        "made_at": now,
    }
    key = db.connection().execute(INSERT_LETTER, _given(values)).inserted_primary_key
    assert key is not None, "an insert of one row has a key"
    return int(key[0])


def post(
    db: Session,
    letter_id: int,
    *,
    person_id: int | None,
    messenger: str,
    chat: str,
    priority: int,
    room_id: int | None = None,
    thread: str = "",
    reply_to: str | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    replaces: int | None = None,
    chosen: Any = None,
    closed: bool = False,
) -> None:
    """Put a letter in the outbox for one chat. With `replaces` it takes the place of
    that delivery's message, and with `closed` it only closes it: no buttons, what was `chosen` below."""
    values = {
        "letter_id": letter_id,
        "person_id": person_id,
        "messenger": messenger,
        "chat": chat,
        "room_id": room_id,
        "thread": thread,
        "reply_to": reply_to,
        "priority": priority,
        "state": "waiting",
        "not_before": not_before,
        "expires_at": expires_at,
        "replaces": replaces,
        "chosen": chosen,
        "attempts": 0,
        "closed": closed,
    }
    db.connection().execute(INSERT_DELIVERY, _given(values))


def post_all(
    db: Session, letter_id: int, to: Iterable[Identity], *, priority: int, **more: datetime | None
) -> None:
    """Put a letter in the outbox for each of these accounts; `more` is `not_before` and `expires_at`."""
    rows = [
        {
            "letter_id": letter_id,
            "person_id": identity.person_id,
            "messenger": identity.messenger,
            "chat": identity.chat,
            "priority": priority,
            **more,
        }
        for identity in to
    ]
    if rows:
        db.connection().execute(INSERT_DELIVERY, rows)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Only what is there: each value costs, and none is what a column holds anyway."""
    return {name: value for name, value in values.items() if value is not None}


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


def on_reply(db: Session, messenger: str, chat: str, message: str) -> Any | None:
    """What words in answer to this message call."""
    return db.scalar(
        select(Letter.on_reply)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Delivery.messenger == messenger, Delivery.chat == chat, Delivery.message == message)
        .limit(1)
    )


def carrying(db: Session, message: str) -> Letter | None:
    """The letter that carries the words of this message."""
    return db.scalar(select(Letter).where(Letter.carries == message).order_by(Letter.id).limit(1))


def deliveries_of(db: Session, letter_id: int) -> Sequence[Delivery]:
    """A letter on its way to each of its readers, without what later took its place."""
    return db.scalars(
        select(Delivery).where(Delivery.letter_id == letter_id, Delivery.replaces.is_(None))
    ).all()


def of_album(db: Session, album: str, now: datetime) -> Letter | None:
    """The letter that waits for the rest of an album; none (any more)."""
    return db.scalar(
        select(Letter)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Letter.album == album, Delivery.state == "waiting", Delivery.not_before > now)
        .limit(1)
    )


def wait_for_album(db: Session, letter: Letter, until: datetime) -> None:
    """Have a letter wait so long for the rest of its album."""
    db.execute(update(Delivery).where(Delivery.letter_id == letter.id).values(not_before=until))


def close(db: Session, letter_id: int, chosen: Any) -> None:
    """Take the buttons off all messages that show this letter, and show what was chosen in their place."""
    _close(db, CLOSE_LETTER, {"of_letter": letter_id}, chosen)


def close_delivery(db: Session, delivery_id: int, chosen: Any) -> None:
    """The same for the message of one reader."""
    _close(db, CLOSE_DELIVERY, {"delivery_id": delivery_id}, chosen)


def _close(db: Session, statement: Executable, which: dict[str, int], chosen: Any) -> None:
    for row in db.connection().execute(statement, which).all():
        post(
            db,
            row.letter_id,
            person_id=row.person_id,
            messenger=row.messenger,
            chat=row.chat,
            room_id=row.room_id,
            thread=row.thread,
            priority=0,
            replaces=row.replaces or row.id,
            chosen=chosen,
            closed=True,
        )


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
