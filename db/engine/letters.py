"""Letters, written once for all their readers, and their deliveries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.bulk import alike, inserted
from db.engine import deliveries, messages
from db.models import CLOSES, Conversation, Delivery, Letter
from db.models.indexed import any_row
from db.old import Forgotten, Old
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
THESE: BindParameter[Any] = bindparam("letters", expanding=True)
BODIES = select(Letter.id, Letter.body, Letter.offers).where(Letter.id.in_(THESE))
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
OPEN_LETTERS = OPEN.where(Delivery.letter_id.in_(THESE))
OPEN_DELIVERY = OPEN.where(Delivery.id == bindparam("delivery_id"))
WITH_AUTHOR = select(Letter.id, Letter.author, Letter.carries).where(
    Letter.id.in_(bindparam("letters", expanding=True)), Letter.author.is_not(None)
)
IN_USE = or_(
    any_row(Delivery, Delivery.letter_id == Letter.id, Delivery.state == "waiting"),
    any_row(Conversation, Conversation.letter_id == Letter.id),
)


USUAL = 2
"""Deliveries of a letter: one brings it, and one may take its buttons off."""
NEW = {"state": "waiting", "thread": "", "attempts": 0, "arrived": 0, "closes": False}
"""What every delivery begins with, unless it says something else."""


def columns(
    *,
    body: Any,
    offers: Sequence[Any],
    now: datetime,
    recipe: Any = None,
    media: Sequence[Any] = (),
    act: Any = None,
    about: Any = None,
    on_reply: Any = None,
    author: Any = None,
    carries: str | None = None,
    album: str | None = None,
    forget: bool = False,
) -> dict[str, Any]:
    """Return the columns of a letter."""
    return {
        "body": body,
        "offers": offers,
        "recipe": recipe,
        "media": list(media),
        "act": act,
        "about": about,
        "on_reply": on_reply,
        "author": author,
        "carries": carries,
        "album": album,
        "forget": forget,
        "made_at": now,
    }


def write(db: Session, **content: Any) -> int:
    """Store a letter; return its id. `content` is that of `columns`."""
    return write_each(db, [content])[0]


def write_each(db: Session, contents: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store letters; return their ids, in the same order."""
    return inserted(db.connection(), Letter, [columns(**content) for content in contents])


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
    reply_to: str | None = None,
) -> None:
    """Put a letter in the outbox for one chat. With `replaces` it takes the place of that delivery's message;
    `reply_to` is the message it answers."""
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
        "reply_to": reply_to,
    }
    post_each(db.connection(), [values])


def post_all(
    db: Session,
    letter_id: int,
    to: Iterable[Reached],
    *,
    priority: int,
    answers: Collection[str] = (),
    **more: datetime | None,
) -> None:
    """Put a letter in the outbox for each of these people; `more` is `not_before` and `expires_at`. It
    answers that of the messages `answers`, by their names among all messengers, which is in the reader's
    chat."""
    post_each(
        db.connection(),
        [
            {
                "letter_id": letter_id,
                "person_id": reached.person_id,
                "messenger": reached.messenger,
                "chat": reached.chat,
                "priority": priority,
                "reply_to": messages.in_chat(reached, answers),
                **more,
            }
            for reached in to
        ],
    )


def post_each(connection: Connection, deliveries: Sequence[dict[str, Any]]) -> None:
    """Put letters in the outbox, each for one chat, in this order. One that `closes` the message it
    `replaces` takes the buttons off it and shows what was `chosen`; where that is closed already, nothing is
    posted."""
    rows = [{**NEW, **delivery} for delivery in deliveries]
    if rows:
        connection.execute(INSERT_DELIVERY[connection.dialect.name], alike(rows))


def body(db: Session, letter_id: int) -> tuple[Any, list[Any]] | None:
    """Return a letter's text and offers; None where it is gone."""
    return bodies(db, [letter_id]).get(letter_id)


def bodies(db: Session, letter_ids: Sequence[int]) -> dict[int, tuple[Any, list[Any]]]:
    """Return the text and the offers of each of these letters; those that are gone are left out."""
    rows = db.connection().execute(BODIES, {"letters": letter_ids})
    return {row.id: (row.body, row.offers) for row in rows}


def carrying(db: Session, message: str) -> Letter | None:
    """Return the letter that carries the words of this message."""
    return db.scalar(select(Letter).where(Letter.carries == message).order_by(Letter.id).limit(1))


def with_author(db: Session, letter_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Return those of the letters that have an author: it (`author`), and the message they carry
    (`carries`)."""
    rows = db.connection().execute(WITH_AUTHOR, {"letters": list(letter_ids)})
    return {row.id: row for row in rows}


def deliveries_of(db: Session, letter_id: int) -> Sequence[Delivery]:
    """Return the deliveries of a letter, without those that later took the place of its messages."""
    of_letter = select(Delivery).where(Delivery.letter_id == letter_id, Delivery.replaces.is_(None))
    return db.scalars(of_letter).all()


def waiting_for_words(db: Session, priority: int) -> Sequence[Row[Any]]:
    """Return the deliveries of this priority that have not left and wait for words: `id`, and `on_reply`, to
    which these lead."""
    query = select(Delivery.id, Letter.on_reply).join(Letter, Letter.id == Delivery.letter_id)
    waits = Delivery.state == "waiting", Delivery.priority == priority, Letter.on_reply.is_not(None)
    return db.execute(query.where(*waits)).all()


def of_album(db: Session, album: str, now: datetime) -> Letter | None:
    """Return the letter that waits for the rest of an album; None where none waits, or no longer."""
    return db.scalar(
        select(Letter)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Letter.album == album, Delivery.state == "waiting", Delivery.not_before > now)
        .limit(1)
    )


def extend(db: Session, letter: Letter, body: Any, media: Sequence[Any], until: datetime) -> None:
    """Give a letter that waits another text and more media after what it has, and let it wait until then."""
    letter.body, letter.media = body, [*letter.media, *media]
    db.execute(update(Delivery).where(Delivery.letter_id == letter.id).values(not_before=until))


def reword(db: Session, letter: Letter, body: Any) -> None:
    """Give a letter another text, where it has not left yet."""
    letter.body = body
    db.flush()


def close(db: Session, letter_ids: Iterable[int], chosen: Any = None) -> None:
    """Take the buttons off all messages that show these letters, and show what was chosen in their place."""
    post_each(db.connection(), closings(db.connection(), dict.fromkeys(letter_ids, chosen)))


def closings(connection: Connection, letters: Mapping[int, Any]) -> list[dict[str, Any]]:
    """Return the deliveries that close these letters, each with what was chosen; they are still to be
    posted."""
    if not letters:
        return []
    return _closings(connection.execute(OPEN_LETTERS, {"letters": list(letters)}).all(), letters)


def closings_of(db: Session, delivery_id: int, chosen: Any) -> list[dict[str, Any]]:
    """Return the same for the message of one reader."""
    rows = db.connection().execute(OPEN_DELIVERY, {"delivery_id": delivery_id}).all()
    return _closings(rows, defaultdict(lambda: chosen))


def _closings(rows: Sequence[Any], chosen: Mapping[int, Any]) -> list[dict[str, Any]]:
    return [{**row._mapping, "priority": 0, "chosen": chosen[row.letter_id], "closes": True} for row in rows]


def forget_text(connection: Connection, letter_ids: Collection[int]) -> None:
    """Delete the text of these letters: of those that still wait, or whose buttons are still to go, once that
    is done."""
    if letter_ids:
        connection.execute(update(Letter).where(Letter.id.in_(letter_ids)).values(forget=True))
        deliveries.forget_delivered(connection, letter_ids)


def shown(db: Session, letter_id: int, chat: str) -> int | None:
    """Return the delivery whose message shows this letter in this chat: the first, where it was replaced."""
    shows = select(SHOWS).where(Delivery.letter_id == letter_id, Delivery.chat == chat, ~IS_CLOSED)
    return db.scalar(shows.limit(1))


def forget(db: Session, old: Old) -> Forgotten:
    """Delete letters that are too old, with their deliveries; those that wait, and open questions, stay.
    Where the deliveries are too many for one time, the rest of them and the letters are left for the next."""
    connection = db.connection()
    rows = old.rows(db, Letter.made_at, Letter.id, IN_USE.label("in_use"))
    if not rows:  # as in most nights
        return old.forgotten(0, rows)
    ids = [row.key for row in rows if not row.in_use]
    most = USUAL * old.most
    # In the order of their index: PostgreSQL would else hope to find so many soon by reading the whole table.
    by_letter = select(Delivery.id).order_by(Delivery.letter_id, Delivery.state).limit(most)
    some = delete(Delivery).where(Delivery.id.in_(by_letter.where(Delivery.letter_id.in_(ids))))
    if connection.execute(some).rowcount == most:
        return Forgotten(0, old.place, all=False)
    gone = connection.execute(delete(Letter).where(Letter.id.in_(ids), ~IN_USE))
    return old.forgotten(gone.rowcount, rows)
