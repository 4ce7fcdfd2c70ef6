"""How turns end: which questions are over, which one stays open, and what the one who acted is told. All of
it is data, so that turns that are committed together write it together."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.bulk import inserted
from db.engine import conversations, letters, used
from db.models import Conversation, Letter


@dataclass(slots=True)
class Reply:
    """A letter to one chat: the columns of the letter, or its id where it is written already, and in `to` the
    columns of its delivery."""

    to: dict[str, Any]
    letter: dict[str, Any] = field(default_factory=dict)
    letter_id: int | None = None


@dataclass(slots=True)
class ParkedState:
    """A handler that waits for an answer. `begins` are the columns of a conversation that is new and has no
    id yet; `state` are those that change. `reply` asks the question, and `offers` makes its buttons, which
    name the conversation."""

    conversation_id: int | None
    begins: dict[str, Any]
    state: dict[str, Any]
    reply: Reply
    offers: Callable[[int], list[Any]]


@dataclass(slots=True)
class TurnEnd:
    """How one turn ends.

    dropped:  conversations that are over
    closed:   letters whose buttons go, each with what was chosen
    closings: deliveries that take the buttons off single messages
    replies:  what is said to the one who acted
    parked:   the handler that waits, if one does
    used:     messages whose words went into something, see `used.row`
    forgotten: letters that are not to be kept any longer
    """

    dropped: list[int] = field(default_factory=list)
    closed: dict[int, Any] = field(default_factory=dict)
    closings: list[dict[str, Any]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    parked: ParkedState | None = None
    used: list[dict[str, Any]] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)


def write(connection: Connection, ends: Collection[TurnEnd]) -> None:
    """Write how turns of different people ended."""
    conversations.drop_each(connection, [each for end in ends for each in end.dropped])
    closings = [closing for end in ends for closing in end.closings]
    closings += letters.closings(connection, {id_: by for each in ends for id_, by in each.closed.items()})
    waiting = [end.parked for end in ends if end.parked is not None]
    _begin(connection, [parked for parked in waiting if parked.conversation_id is None])
    for parked in waiting:
        assert parked.conversation_id is not None
        parked.reply.letter["offers"] = parked.offers(parked.conversation_id)
    # The next message comes first; then the buttons of what was answered go.
    _say(connection, [reply for end in ends for reply in end.replies], closings)
    # New conversations are changed as well: a statement for the others alone would cost more.
    states = [
        {
            **parked.state,
            "conversation_id": parked.conversation_id,
            "letter_id": parked.reply.letter_id,
            "asked_by": parked.reply.letter_id,
        }
        for parked in waiting
    ]
    conversations.change_each(connection, states)
    used.note(connection, [row for end in ends for row in end.used])
    letters.forget_text(connection, [each for end in ends for each in end.forgotten])


def _begin(connection: Connection, waiting: Collection[ParkedState]) -> None:
    ids = inserted(connection, Conversation, [parked.begins | parked.state for parked in waiting])
    for parked, id_ in zip(waiting, ids, strict=True):
        parked.conversation_id = id_


def _say(connection: Connection, replies: Collection[Reply], closings: Collection[dict[str, Any]]) -> None:
    unwritten = [reply for reply in replies if reply.letter_id is None]
    ids = inserted(connection, Letter, [reply.letter for reply in unwritten])
    for reply, id_ in zip(unwritten, ids, strict=True):
        reply.letter_id = id_
    said = [{"letter_id": reply.letter_id, **reply.to} for reply in replies]
    letters.post_each(connection, [*said, *closings])
