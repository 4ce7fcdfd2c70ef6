"""Letters, written once for all their readers, and their deliveries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.bulk import alike, inserted
from db.models import CLOSES, Conversation, Delivery, Letter
from db.people import Reached

# Built once: putting a statement together costs more than running it.
# Keys of deliveries nobody asks for. Of those who close the same message, also in other programs, the first
# is kept.
ONE_CLOSES = ["replaces", "letter_id"]
INSERT_DELIVERY = {
    "sqlite": sqlite.insert(Delivery)
    .on_conflict_do_nothing(index_elements=ONE_CLOSES, index_where=text(CLOSES["sqlite"]))
    .inline(),
    "postgresql": postgresql.insert(Delivery)
    .on_conflict_do_nothing(index_elements=ONE_CLOSES, index_where=text(CLOSES["postgresql"]))
    .inline(),
}
BODY = select(Letter.body, Letter.offers).where(Letter.id == bindparam("letter_id"))
WITH_BUTTONS = exists().where(Letter.id == Delivery.letter_id, cast(Letter.offers, Text) != "[]")
CLOSING = Delivery.__table__.alias("closing")
SHOWS = func.coalesce(Delivery.replaces, Delivery.id)  # the delivery whose message shows it
IS_CLOSED = exists().where(
    CLOSING.c.closes, CLOSING.c.replaces == SHOWS, CLOSING.c.letter_id == Delivery.letter_id
)
OPEN = select(
    Delivery.letter_id,
    Delivery.person_id,
    Delivery.messenger,
    Delivery.chat,
    Delivery.room_id,
    Delivery.thread,
    SHOWS.label("replaces"),
).where(~IS_CLOSED, WITH_BUTTONS)
OPEN_LETTERS = OPEN.where(Delivery.letter_id.in_(bindparam("letters", expanding=True)))
OPEN_DELIVERY = OPEN.where(Delivery.id == bindparam("delivery_id"))
IN_CHAT = (
    select(Delivery.id, IS_CLOSED.label("closed"), Delivery.letter_id, Letter.offers)
    .join(Letter, Letter.id == Delivery.letter_id)
    .where(Delivery.messenger == bindparam("messenger"), Delivery.chat == bindparam("chat"))
    .order_by(Delivery.id.desc())
    .limit(1)
)
BY_ID = IN_CHAT.where(Delivery.id == bindparam("delivery_id"))
BY_MESSAGE = IN_CHAT.where(Delivery.message == bindparam("message"))
LATEST = IN_CHAT.where(Letter.act.is_(None), ~Delivery.closes)


NEW = {"state": "waiting", "thread": "", "attempts": 0, "arrived": 0, "closes": False}
"""What every delivery begins with, unless it says something else."""


def columns(
    *,
    body: Any,
    offers: Sequence[Any],
    now: datetime,
    picture: Any = None,
    media: Sequence[Any] = (),
    act: Any = None,
    on_reply: Any = None,
    carries: str | None = None,
    album: str | None = None,
    forget: bool = False,
) -> dict[str, Any]:
    """What a letter is stored as."""
    return {
        "body": body,
        "offers": list(offers),
        "picture": picture,
        "media": list(media),
        "act": act,
        "on_reply": on_reply,
        "carries": carries,
        "album": album,
        "forget": forget,
        "made_at": now,
    }


def write(db: Session, **content: Any) -> int:
    """Store a letter; its id. `content` is that of `columns`."""
    return inserted(db.connection(), Letter, [columns(**content)])[0]


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
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    replaces: int | None = None,
) -> None:
    """Put a letter in the outbox for one chat. With `replaces` it takes the place of
    that delivery's message."""
    values = {
        "letter_id": letter_id,
        "person_id": person_id,
        "messenger": messenger,
        "chat": chat,
        "room_id": room_id,
        "thread": thread,
        "priority": priority,
        "not_before": not_before,
        "expires_at": expires_at,
        "replaces": replaces,
    }
    post_each(db.connection(), [values])


def post_all(
    db: Session, letter_id: int, to: Iterable[Reached], *, priority: int, **more: datetime | None
) -> None:
    """Put a letter in the outbox for each of these people; `more` is `not_before` and `expires_at`."""
    post_each(
        db.connection(),
        [
            {
                "letter_id": letter_id,
                "person_id": reached.person_id,
                "messenger": reached.messenger,
                "chat": reached.chat,
                "priority": priority,
                **more,
            }
            for reached in to
        ],
    )


def post_each(connection: Connection, deliveries: Sequence[dict[str, Any]]) -> None:
    """Put letters in the outbox, each for one chat, in this order. One that `closes` the message that it
    `replaces` leaves it without buttons, and with what was `chosen` below; it is left out where that is
    closed already."""
    rows = [{**NEW, **delivery} for delivery in deliveries]
    if rows:
        connection.execute(INSERT_DELIVERY[connection.dialect.name], alike(rows))


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
    post_each(db.connection(), closings(db.connection(), {letter_id: chosen}))


def closings(connection: Connection, letters: Mapping[int, Any]) -> list[dict[str, Any]]:
    """What closes these letters, each with what was chosen: deliveries, which are still to be posted."""
    if not letters:
        return []
    return _closings(connection.execute(OPEN_LETTERS, {"letters": list(letters)}).all(), letters)


def closings_of(db: Session, delivery_id: int, chosen: Any) -> list[dict[str, Any]]:
    """The same for the message of one reader."""
    rows = db.connection().execute(OPEN_DELIVERY, {"delivery_id": delivery_id}).all()
    return _closings(rows, defaultdict(lambda: chosen))


def _closings(rows: Sequence[Any], chosen: Mapping[int, Any]) -> list[dict[str, Any]]:
    return [{**row._mapping, "priority": 0, "chosen": chosen[row.letter_id], "closes": True} for row in rows]


def shown(db: Session, letter_id: int, chat: str) -> int | None:
    """The delivery whose message shows this letter in this chat: the first one, where it was replaced."""
    return db.scalar(
        select(SHOWS).where(Delivery.letter_id == letter_id, Delivery.chat == chat, ~IS_CLOSED).limit(1)
    )


def forget(db: Session, before: datetime) -> int:
    """Delete older letters and their deliveries, but not what waits nor an open question; how many."""
    waits = exists().where(Delivery.letter_id == Letter.id, Delivery.state == "waiting")
    asks = exists().where(Conversation.letter_id == Letter.id)
    return db.connection().execute(delete(Letter).where(Letter.made_at < before, ~waits, ~asks)).rowcount
