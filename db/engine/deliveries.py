"""Deliveries: what waits to leave, and how it ended."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Executable,
    Integer,
    Row,
    SQLColumnExpression,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from db.bulk import batches
from db.models import BY_AGE_ONLY, WAITING, Delivery, Identity, Letter, Loss, Network, Part, Person, Room
from db.people import Reached
from db.shards import SHARDS, shard_of

WAITS = text(f"deliveries.{WAITING}")
PLACE = Delivery.messenger + " " + Delivery.chat
ON: dict[str, SQLColumnExpression[str]] = {
    # SQLite would walk by the bare column through all that was ever sent there.
    "sqlite": Delivery.messenger + "",
    # PostgreSQL knows nothing of an expression, and would sort all that waits.
    "postgresql": Delivery.messenger,
}
REPLACED = Delivery.__table__.alias("replaced")

# Built once: putting a statement together costs more than running it.
MAY_LEAVE = (
    select(Delivery.id, PLACE.label("place"))
    .where(
        WAITS,
        or_(Delivery.not_before.is_(None), Delivery.not_before <= bindparam("now")),
        PLACE.not_in(bindparam("busy", expanding=True)),
    )
    .limit(bindparam("most"))
)
IN_SHARDS = tuple_(Delivery.messenger, Delivery.shard).in_(bindparam("shards", expanding=True))
URGENT, OLDEST = (Delivery.priority, Delivery.id), (Delivery.id,)
BY_AGE = {"sqlite": [], "postgresql": [text(f"deliveries.{BY_AGE_ONLY}")]}
NEXT = {
    (dialect, oldest, everywhere): MAY_LEAVE.where(
        on.in_(bindparam("messengers", expanding=True)),
        *(BY_AGE[dialect] if oldest else []),
        *([] if everywhere else [IN_SHARDS]),
    ).order_by(*(OLDEST if oldest else URGENT))
    for dialect, on in ON.items()
    for oldest in (False, True)
    for everywhere in (False, True)
}
OF_READER = aliased(Identity)
LAST_WROTE_AT = (  # on whichever messenger
    select(func.max(OF_READER.last_wrote_at))
    .where(OF_READER.person_id == Delivery.person_id)
    .scalar_subquery()
    .label("last_wrote_at")
)
WITH_READER: Executable = (  # mypy knows the types of ten columns at most
    select(
        Delivery.id,
        Delivery.letter_id,
        Delivery.person_id,
        Delivery.messenger,
        Delivery.chat,
        Delivery.shard,
        Delivery.room_id,
        Delivery.thread,
        Delivery.reply_to,
        Delivery.priority,
        Delivery.replaces,
        Delivery.chosen,
        Delivery.closes,
        Delivery.attempts,
        Delivery.arrived,
        Delivery.expires_at,
        Letter.body,
        Letter.offers,
        Letter.recipe,
        Letter.media,
        Letter.act,
        Letter.forget,
        Letter.author,
        func.coalesce(REPLACED.c.newest, REPLACED.c.message).label("replaced_message"),
        Person.language,
        Person.time_zone,
        Person.quiet_from,
        Person.quiet_to,
        Person.quiet_days,
        Person.paused_at,
        Person.paused_until,
        Person.pictures,
        Identity.language.label("hint"),
        LAST_WROTE_AT,
        Network.languages.label("network_languages"),
        Network.time_zone.label("network_time_zone"),
    )
    .join(Letter, Letter.id == Delivery.letter_id)
    .outerjoin(REPLACED, REPLACED.c.id == Delivery.replaces)
    .outerjoin(Person, Person.id == Delivery.person_id)
    .outerjoin(Room, Room.id == Delivery.room_id)
    .outerjoin(Network, Network.id == func.coalesce(Room.network_id, Person.network_id))
    .outerjoin(Identity, and_(Identity.messenger == Delivery.messenger, Identity.chat == Delivery.chat))
    .where(Delivery.id.in_(bindparam("ids", expanding=True)))
    .order_by(Delivery.priority, Delivery.id)
)
PUT_OFF = (
    select(Delivery.id, PLACE.label("place"), Delivery.not_before, Letter.album)
    .join(Letter, Letter.id == Delivery.letter_id)
    .where(
        WAITS,
        Delivery.priority == bindparam("priority"),
        Delivery.not_before > bindparam("now"),
        PLACE.in_(bindparam("places", expanding=True)),
    )
    .order_by(Delivery.id)
)
BY_ID = Delivery.id == bindparam("delivery_id")
SETTLE = update(Delivery).where(BY_ID)
LOSE = (
    update(Delivery)
    .where(BY_ID, WAITS)
    .values(state=bindparam("how"), reason=bindparam("why"), settled_at=bindparam("at"))
    .returning(Delivery.letter_id, Delivery.person_id)
)
ATTEMPTED = (
    update(Delivery)
    .where(BY_ID)
    .values(attempts=Delivery.attempts + 1, arrived=bindparam("so_far", type_=Integer))
)
NEXT_DUE = select(func.min(Delivery.not_before)).where(WAITS, Delivery.not_before > bindparam("now"))


class Lost(NamedTuple):
    """A letter that did not arrive, and whom it did not reach; None for a room."""

    letter_id: int
    person_id: int | None


def waiting(
    db: Session,
    *,
    now: datetime,
    shards: Mapping[str, Collection[int]],
    busy: Sequence[str],
    limit: int,
    oldest: bool = False,
) -> Sequence[Row[Any]]:
    """Return what may leave now, with all that is needed to say it in its reader's words: the first delivery
    of each of up to `limit` chats, by priority and age, or with `oldest` by age alone. `shards` are those of
    each messenger to look in; `busy` are the chats ("messenger chat") to pass over."""
    connection = db.connection()
    everywhere = all(len(numbers) == SHARDS for numbers in shards.values())
    # Many may wait for one chat: look at several times as many as are wanted, but only at their ids.
    wanted: dict[str, Any] = {"now": now, "messengers": list(shards), "busy": busy, "most": 4 * limit}
    if not everywhere:
        wanted["shards"] = [(name, number) for name, numbers in shards.items() for number in numbers]
    first_of_chat: dict[str, int] = {}
    for row in connection.execute(NEXT[connection.dialect.name, oldest, everywhere], wanted).all():
        first_of_chat.setdefault(row.place, row.id)
    if not first_of_chat:
        return []
    return connection.execute(WITH_READER, {"ids": list(first_of_chat.values())[:limit]}).all()


def sent(db: Session, messages: Mapping[int, str | None], *, now: datetime) -> None:
    """Note that deliveries have arrived, each as this message (the messenger's id)."""
    if messages:
        db.connection().execute(
            SETTLE,
            [
                {"delivery_id": each, "state": "sent", "message": message, "settled_at": now}
                for each, message in messages.items()
            ],
        )


def renamed(db: Session, newest: Mapping[int, str]) -> None:
    """Note what the messenger calls the messages of these deliveries since they were edited."""
    if newest:
        db.connection().execute(
            SETTLE, [{"delivery_id": each, "newest": message} for each, message in newest.items()]
        )


def lose(
    db: Session, delivery_ids: Iterable[int], state: Loss, *, now: datetime, reason: str | None = None
) -> list[Lost]:
    """Note that deliveries will not arrive: they are "unreachable", "refused" or "dropped". Return those that
    still waited."""
    line, how = db.connection(), {"how": state, "why": reason, "at": now}
    found = [line.execute(LOSE, {**how, "delivery_id": each}).first() for each in delivery_ids]
    return [Lost(*row) for row in found if row is not None]


def attempted(db: Session, arrived: Mapping[int, int]) -> None:
    """Note sends that failed and will be tried again, each with how many of its messages have arrived."""
    if arrived:
        db.connection().execute(
            ATTEMPTED, [{"delivery_id": each, "so_far": so_far} for each, so_far in arrived.items()]
        )


def forget_delivered(connection: Connection, letter_ids: Iterable[int]) -> None:
    """Delete the text of letters that are not to be kept, once none of their deliveries waits."""
    connection.execute(
        update(Letter)
        .where(
            Letter.id.in_(list(letter_ids)),
            Letter.forget,
            ~exists().where(Delivery.letter_id == Letter.id, Delivery.state == "waiting"),
        )
        .values(body=None, recipe=None, media=[], author=None)
    )


def postpone(db: Session, delivery_id: int, until: datetime) -> None:
    """Keep a delivery back until then."""
    db.connection().execute(update(Delivery).where(Delivery.id == delivery_id).values(not_before=until))


def put_off(db: Session, places: Collection[str], priority: int, now: datetime) -> Sequence[Any]:
    """Return what of this priority is put off in these chats ("messenger chat"), the oldest first: the
    delivery, its chat, until when (UTC), and the album that is waited for."""
    wanted = {"priority": priority, "now": now, "places": list(places)}
    return db.connection().execute(PUT_OFF, wanted).all()


def release(db: Session, delivery_ids: Collection[int]) -> None:
    """Let deliveries that were put off leave now."""
    db.connection().execute(update(Delivery).where(Delivery.id.in_(delivery_ids)).values(not_before=None))


def no_longer_put_off(db: Session, person_id: int) -> None:
    """Let everything that was put off for a person leave now."""
    db.connection().execute(
        update(Delivery).where(Delivery.person_id == person_id, WAITS).values(not_before=None)
    )


def give_up_on(db: Session, messenger: str, chat: str, thread: str = "", *, now: datetime) -> list[Lost]:
    """Give up what waits for this chat, or for this topic of it, because nothing reaches it; return what is
    lost."""
    waits = [Delivery.messenger == messenger, Delivery.chat == chat, Delivery.state == "waiting"]
    if thread:
        waits.append(Delivery.thread == thread)
    lost = (
        update(Delivery)
        .where(*waits)
        .values(state="unreachable", settled_at=now)
        .returning(Delivery.letter_id, Delivery.person_id)
    )
    return [Lost(*row) for row in db.connection().execute(lost)]


def bring_elsewhere(db: Session, messenger: str, chat: str, to: Reached) -> None:
    """Let what waits for a chat that nothing reaches leave to another one of its reader, from its beginning;
    but for what only changes or does something there."""
    says = exists().where(Letter.id == Delivery.letter_id, Letter.act.is_(None))
    waits = Delivery.messenger == messenger, Delivery.chat == chat, Delivery.state == "waiting"
    there = {"messenger": to.messenger, "chat": to.chat, "shard": shard_of(to.messenger, to.chat)}
    moved = update(Delivery).where(*waits, Delivery.replaces.is_(None), says)
    ids = db.scalars(moved.values(**there, reply_to=None, attempts=0, arrived=0).returning(Delivery.id)).all()
    for some in batches(ids):
        db.connection().execute(delete(Part).where(Part.delivery_id.in_(some)))


def lost(db: Session, person_id: int, priority: int, since: datetime) -> int:
    """Return how many deliveries of this priority have not reached a person since then."""
    return (
        db.scalar(
            select(func.count())
            .select_from(Delivery)
            .where(
                Delivery.person_id == person_id,
                Delivery.priority == priority,
                Delivery.state == "unreachable",
                Delivery.settled_at >= since,
            )
        )
        or 0
    )


def next_due(db: Session, now: datetime) -> datetime | None:
    """Return when the next postponed delivery may leave; None where there is none."""
    return db.connection().scalar(NEXT_DUE, {"now": now})


def backlog(db: Session, now: datetime) -> Sequence[Row[str, int, int, datetime]]:
    """Return what could leave now and has not, by messenger and priority: how many (`count_`), and since when
    the oldest could (`oldest`)."""
    could = func.coalesce(Delivery.not_before, Letter.made_at)
    return db.execute(
        select(
            Delivery.messenger,
            Delivery.priority,
            func.count().label("count_"),
            func.min(could).label("oldest"),
        )
        .join(Letter, Letter.id == Delivery.letter_id)
        .where(
            WAITS,
            or_(Delivery.not_before.is_(None), Delivery.not_before <= now),
        )
        .group_by(Delivery.messenger, Delivery.priority)
        .order_by(Delivery.messenger, Delivery.priority)
    ).all()


def report(db: Session, letter_id: int) -> dict[str, int]:
    """Return how many deliveries of a letter are in which state."""
    rows = db.execute(
        select(Delivery.state, func.count().label("count_"))
        .where(Delivery.letter_id == letter_id, Delivery.replaces.is_(None))
        .group_by(Delivery.state)
    )
    return {row.state: row.count_ for row in rows}
