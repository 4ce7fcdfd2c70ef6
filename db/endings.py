"""How turns end: which questions are over, which one stays open, and what the one who acted is told. All of
it is data, so that turns which are committed together write it together."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from db import conversations, letters
from db.bulk import inserted
from db.models import Conversation, Letter


@dataclass(slots=True)
class Reply:
    """A letter to one chat: its columns, or its id where it is written already, and those of its delivery."""

    to: dict[str, Any]
    letter: dict[str, Any] = field(default_factory=dict)
    letter_id: int | None = None


@dataclass(slots=True)
class Parking:
    """A handler that waits: the `state` of its conversation; what that `begins` with and no id yet, where it
    is new; the reply that asks, and the `offers` of that one, which name the conversation."""

    conversation_id: int | None
    begins: dict[str, Any]
    state: dict[str, Any]
    reply: Reply
    offers: Callable[[int], list[Any]]


@dataclass(slots=True)
class Ending:
    """How one turn ends: the `dropped` conversations, the letters whose buttons go, each with what was
    chosen, the deliveries that take them off single messages, what is said, and the handler that waits, if
    one does."""

    dropped: list[int] = field(default_factory=list)
    closed: dict[int, Any] = field(default_factory=dict)
    closings: list[dict[str, Any]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    parking: Parking | None = None


def write(connection: Connection, endings: Collection[Ending]) -> None:
    """Write down how turns of different people ended."""
    conversations.drop_each(connection, [each for ending in endings for each in ending.dropped])
    closings = [closing for ending in endings for closing in ending.closings]
    closings += letters.closings(connection, {id_: by for each in endings for id_, by in each.closed.items()})
    parkings = [ending.parking for ending in endings if ending.parking is not None]
    _begin(connection, [parking for parking in parkings if parking.conversation_id is None])
    for parking in parkings:
        assert parking.conversation_id is not None
        parking.reply.letter["offers"] = parking.offers(parking.conversation_id)
    # Who has answered reads on first; then what they answered is tidied up.
    _say(connection, [reply for ending in endings for reply in ending.replies], closings)
    # New ones too, with what is there already: one statement more would cost more.
    states = [
        {**parking.state, "conversation_id": parking.conversation_id, "letter_id": parking.reply.letter_id}
        for parking in parkings
    ]
    conversations.change_each(connection, states)


def _begin(connection: Connection, parkings: Collection[Parking]) -> None:
    ids = inserted(connection, Conversation, [parking.begins | parking.state for parking in parkings])
    for parking, id_ in zip(parkings, ids, strict=True):
        parking.conversation_id = id_


def _say(connection: Connection, replies: Collection[Reply], closings: Collection[dict[str, Any]]) -> None:
    unwritten = [reply for reply in replies if reply.letter_id is None]
    ids = inserted(connection, Letter, [reply.letter for reply in unwritten])
    for reply, id_ in zip(unwritten, ids, strict=True):
        reply.letter_id = id_
    said = [{"letter_id": reply.letter_id, **reply.to} for reply in replies]
    letters.post_each(connection, [*said, *closings])
