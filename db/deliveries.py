"""Deliveries: what waits to leave, and how it ended."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import (
    Executable,
    Integer,
    Row,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from db.districts import DISTRICTS
from db.models import WAITING, Delivery, Identity, Letter, Network, Person, Room

WAITS = text(f"deliveries.{WAITING}")
PLACE = Delivery.messenger + " " + Delivery.chat
ON = Delivery.messenger + ""  # not the bare column: SQLite would walk through all that was ever sent there
REPLACED = Delivery.__table__.alias("replaced")

# Built once: putting a statement together costs more than running it.
MAY_LEAVE = (
    select(Delivery.id, PLACE.label("place"))
    .where(
        WAITS,
        or_(Delivery.not_before.is_(None), Delivery.not_before <= bindparam("now")),
        ON.in_(bindparam("messengers", expanding=True)),
        PLACE.not_in(bindparam("busy", expanding=True)),
    )
    .limit(bindparam("most"))
)
IN_DISTRICTS = tuple_(Delivery.messenger, Delivery.district).in_(bindparam("districts", expanding=True))
URGENT, OLDEST = (Delivery.priority, Delivery.id), (Delivery.id,)
NEXT = {
    (oldest, everywhere): (MAY_LEAVE if everywhere else MAY_LEAVE.where(IN_DISTRICTS)).order_by(
        *(OLDEST if oldest else URGENT)
    )
    for oldest in (False, True)
    for everywhere in (False, True)
}
WITH_READER: Executable = (  # with so many columns their types would not be told anyway
    select(
        Delivery.id,
        Delivery.letter_id,
        Delivery.person_id,
        Delivery.messenger,
        Delivery.chat,
        Delivery.district,
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
        Letter.picture,
        Letter.media,
        Letter.act,
        Letter.forget,
        REPLACED.c.message.label("replaced_message"),
        Person.language,
        Person.time_zone,
        Person.quiet_from,
        Person.quiet_to,
        Person.paused_at,
        Person.paused_until,
        Identity.language.label("hint"),
        Identity.last_wrote_at,
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
BY_ID = Delivery.id == bindparam("delivery_id")
SETTLE = update(Delivery).where(BY_ID)
ATTEMPTED = (
    update(Delivery)
    .where(BY_ID)
    .values(attempts=Delivery.attempts + 1, arrived=bindparam("so_far", type_=Integer))
)


class End(TypedDict):
    """How a delivery ended: `state` is sent, unreachable, refused or dropped."""

    delivery_id: int
    state: str
    message: str | None
    reason: str | None


def waiting(
    db: Session,
    *,
    now: datetime,
    rounds: Mapping[str, Collection[int]],
    busy: Sequence[str],
    limit: int,
    oldest: bool = False,
) -> Sequence[Row[Any]]:
    """What may leave now: the first delivery of each of up to `limit` chats, by priority and age, or with
    `oldest` by age alone; with all that is needed to say it in its reader's words. `rounds` are the districts
    of each messenger to look in, `busy` the chats ("messenger chat") to pass over."""
    connection = db.connection()
    everywhere = all(len(districts) == DISTRICTS for districts in rounds.values())
    # Many may wait for one chat: look at several times as many as are wanted, but only at their ids.
    wanted: dict[str, Any] = {"now": now, "messengers": list(rounds), "busy": busy, "most": 4 * limit}
    if not everywhere:
        wanted["districts"] = [(name, number) for name, numbers in rounds.items() for number in numbers]
    first_of_chat: dict[str, int] = {}
    for row in connection.execute(NEXT[oldest, everywhere], wanted).all():
        first_of_chat.setdefault(row.place, row.id)
    if not first_of_chat:
        return []
    return connection.execute(WITH_READER, {"ids": list(first_of_chat.values())[:limit]}).all()


def settle(db: Session, ends: Sequence[End], *, now: datetime) -> None:
    """Write down how deliveries ended."""
    if ends:
        db.connection().execute(SETTLE, [{**end, "settled_at": now} for end in ends])


def drop(db: Session, delivery_ids: Sequence[int], *, now: datetime, reason: str) -> None:
    """These will not leave."""
    settle(
        db,
        [
            {"delivery_id": each, "state": "dropped", "message": None, "reason": reason}
            for each in delivery_ids
        ],
        now=now,
    )


def attempted(db: Session, arrived: Mapping[int, int]) -> None:
    """Sends did not succeed, and will be tried again: how many messages of each delivery have arrived."""
    if arrived:
        db.connection().execute(
            ATTEMPTED, [{"delivery_id": each, "so_far": so_far} for each, so_far in arrived.items()]
        )


def forget_delivered(db: Session, letter_ids: Iterable[int]) -> None:
    """Drop the body of letters that are not to be kept, once nobody waits for them any more."""
    db.connection().execute(
        update(Letter)
        .where(
            Letter.id.in_(list(letter_ids)),
            Letter.forget,
            ~exists().where(Delivery.letter_id == Letter.id, Delivery.state == "waiting"),
        )
        .values(body=None, picture=None, media=[])
    )


def postpone(db: Session, delivery_id: int, until: datetime) -> None:
    """Not before then."""
    db.connection().execute(update(Delivery).where(Delivery.id == delivery_id).values(not_before=until))


def no_longer_put_off(db: Session, person_id: int) -> None:
    """What was put off for a person may leave now."""
    db.connection().execute(
        update(Delivery).where(Delivery.person_id == person_id, WAITS).values(not_before=None)
    )


def give_up_on(db: Session, messenger: str, chat: str, thread: str = "", *, now: datetime) -> None:
    """Nothing reaches this chat, or this topic of it: what waits for it will not be sent."""
    waits = [Delivery.messenger == messenger, Delivery.chat == chat, Delivery.state == "waiting"]
    if thread:
        waits.append(Delivery.thread == thread)
    db.connection().execute(update(Delivery).where(*waits).values(state="unreachable", settled_at=now))


def lost(db: Session, person_id: int, priority: int, since: datetime) -> int:
    """How many deliveries of this kind have not reached a person since then."""
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
    """When the next postponed delivery may leave."""
    return db.scalar(select(func.min(Delivery.not_before)).where(WAITS, Delivery.not_before > now))


def backlog(db: Session, now: datetime) -> Sequence[Row[str, int, int, datetime]]:
    """What could leave now and has not, by messenger and priority: how many (`count_`), and since when the
    oldest could (`oldest`)."""
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
    """How many deliveries of a letter are in which state."""
    rows = db.execute(
        select(Delivery.state, func.count().label("count_"))
        .where(Delivery.letter_id == letter_id, Delivery.replaces.is_(None))
        .group_by(Delivery.state)
    )
    return {row.state: row.count_ for row in rows}
