"""Rooms: groups and community rooms that the bot is in, and the networks they belong to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.models import Delivery, Identity, Network, Room
from db.shards import shard_of


def at(db: Session, messenger: str, chat: str, thread: str, name: str) -> Room:
    """Return the room in which something happened: its topic where that one is bound, else all of it. A new
    room is added. A name that is not "" is the present one."""
    found = {room.thread: room for room in of_chat(db, messenger, chat)}
    for room in found.values():
        if name and room.name != name:
            room.name = name
    topic = found.get(thread)
    if topic is not None and topic.network_id is not None:
        return topic
    return found.get("") or _note(db, messenger, chat, "", name)


def topic(db: Session, room: Room, thread: str) -> Room:
    """Return one topic of a room, "" for all of it; a new one is added."""
    for each in of_chat(db, room.messenger, room.chat):
        if each.thread == thread:
            return each
    return _note(db, room.messenger, room.chat, thread, room.name)


def _note(db: Session, messenger: str, chat: str, thread: str, name: str) -> Room:
    room = Room(messenger=messenger, chat=chat, thread=thread, name=name)
    db.add(room)
    db.flush()
    return room


def of_chat(db: Session, messenger: str, chat: str) -> Sequence[Room]:
    """Return a room and those of its topics that were ever bound."""
    return db.scalars(select(Room).where(Room.messenger == messenger, Room.chat == chat)).all()


def of_network(db: Session, network_id: int) -> Sequence[Room]:
    """Return the rooms of a network in which the bot may write, the oldest first."""
    return db.scalars(
        select(Room)
        .where(Room.network_id == network_id, Room.silenced.is_(False))
        .order_by(Room.bound_at, Room.id)
    ).all()


def bind(room: Room, network: Network, now: datetime) -> None:
    """Tie a room to a network."""
    room.network, room.bound_at, room.silenced = network, now, False


def unbind(room: Room) -> None:
    """Tie a room to no network."""
    room.network, room.bound_at = None, None


def set_silenced(room: Room, silenced: bool) -> None:
    """Note whether the bot is forbidden to write in a room."""
    room.silenced = silenced


def moved(db: Session, messenger: str, chat: str, to: str) -> None:
    """Move along what is bound to a chat, waits for it or is reached by it, because the chat has another id
    now. Its messages stay behind: in the new chat their ids are nobody's, or another message's."""
    for room in of_chat(db, messenger, chat):
        # The messenger may have told us of the new chat before it told us of the move.
        there = db.scalar(
            select(Room).where(Room.messenger == messenger, Room.chat == to, Room.thread == room.thread)
        )
        if there is None:
            room.chat = to
            continue
        if there.network_id is None:
            there.network_id, there.bound_at = room.network_id, room.bound_at
        db.execute(update(Delivery).where(Delivery.room_id == room.id).values(room_id=there.id))
        db.execute(delete(Room).where(Room.id == room.id))
    db.flush()
    db.execute(
        update(Delivery)
        .where(Delivery.messenger == messenger, Delivery.chat == chat)
        .values(chat=to, shard=shard_of(messenger, to), message=None, reply_to=None)
    )
    db.execute(update(Identity).where(Identity.messenger == messenger, Identity.chat == chat).values(chat=to))
