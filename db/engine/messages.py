"""Messages as they stand in chats: those of a delivery that took several, which are changed, deleted and
answered as one; and what answers what on both sides of a conversation."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Delivery, Letter, Part
from db.people import Reached

KEY = ["delivery_id", "place"]
UPSERT = {
    "sqlite": (of_sqlite := sqlite.insert(Part)).on_conflict_do_update(
        index_elements=KEY, set_={"message": of_sqlite.excluded.message}
    ),
    "postgresql": (of_postgresql := postgresql.insert(Part)).on_conflict_do_update(
        index_elements=KEY, set_={"message": of_postgresql.excluded.message}
    ),
}
OF_DELIVERY = select(Part.place, Part.message).where(Part.delivery_id == bindparam("of")).order_by(Part.place)
WHOLE = (
    select(Delivery.message)
    .join(Part, Part.delivery_id == Delivery.id)
    .where(
        Part.message == bindparam("part"),
        Delivery.messenger == bindparam("messenger"),
        Delivery.chat == bindparam("chat"),
    )
    .limit(1)
)


def of(db: Session, delivery_id: int) -> dict[int, str]:
    """Return the messages of a delivery besides the one by which it is known, by their places, in order; none
    where it took only one."""
    return {row.place: row.message for row in db.connection().execute(OF_DELIVERY, {"of": delivery_id})}


def note(db: Session, delivery_id: int, messages: Mapping[int, str], end: int | None) -> None:
    """Note messages of a delivery by their places; with `end`, there are none any more from there on."""
    connection = db.connection()
    if messages:
        rows = [{"delivery_id": delivery_id, "place": at, "message": each} for at, each in messages.items()]
        connection.execute(UPSERT[connection.dialect.name], rows)
    if end is not None:
        connection.execute(delete(Part).where(Part.delivery_id == delivery_id, Part.place >= end))


def whole(db: Session, messenger: str, chat: str, part: str) -> str | None:
    """Return the message under which a delivery is known, by another message of it; None where this is
    none."""
    return db.connection().scalar(WHOLE, {"messenger": messenger, "chat": chat, "part": part})


def in_chat(reached: Reached, messages: Collection[str]) -> str | None:
    """Return the id of the first of these messages that is in somebody's chat; None for none."""
    place = f"{reached.messenger} {reached.chat} "
    return next((each.removeprefix(place) for each in messages if each.startswith(place)), None)


def answered(db: Session, message: Sequence[str], on_reply: Any) -> Iterator[str]:
    """Yield the names, among all messengers, of the messages in which others see a message (its messenger,
    chat and id) of a conversation: what somebody else wrote, or what was made of one's own words. `on_reply`
    is where words in the conversation lead: no answer leads from one conversation into another."""
    messenger, chat, id_ = message
    known = whole(db, messenger, chat, id_) or id_
    theirs = (
        select(Letter.carries, Letter.on_reply)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Delivery.messenger == messenger, Delivery.chat == chat, Delivery.message == known)
    )
    yield from (row.carries for row in db.execute(theirs) if row.carries and row.on_reply == on_reply)
    own = (
        select(Delivery.messenger, Delivery.chat, Delivery.message, Letter.on_reply)
        .join(Letter, Letter.id == Delivery.letter_id)
        .where(Letter.carries == f"{messenger} {chat} {id_}", Delivery.message.is_not(None))
        .order_by(Delivery.id)
    )
    for row in db.execute(own):
        if row.on_reply == on_reply:
            yield f"{row.messenger} {row.chat} {row.message}"


def carried_by(db: Session, letter_id: int) -> str | None:
    """Return the message whose words a letter carries; None for none."""
    return db.scalar(select(Letter.carries).where(Letter.id == letter_id))


def carries_nothing(letter: Letter) -> None:
    """Note that a letter no longer stands for the message that it carried: another one does."""
    letter.carries = None
