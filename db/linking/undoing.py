"""Two who became one are taken apart again.

What was there before goes back. What came since stays with the one who made the code, because nobody can tell
as whom of the two they did it; unless it belongs to something that goes back: a conversation goes with the
question that it is about, a message with its chat, and what was done in a network with the place in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlalchemy.orm import Session

from db.bulk import batches
from db.linking import changes, merging, uniting
from db.linking.references import Reference, by_name
from db.models import (
    Conversation,
    Delivery,
    HelpRequest,
    Identity,
    Member,
    MemberRole,
    MemberState,
    Merge,
    Person,
    Relay,
    Silence,
)
from db.network import members


class Place(NamedTuple):
    """How somebody stood in a network, as the one person who they were at last."""

    state: MemberState
    role: MemberRole
    ended_at: datetime | None
    silence: Silence | None
    silence_at: datetime | None

    @classmethod
    def of(cls, member: Member) -> Self:
        """Return that of a membership."""
        return cls(*(getattr(member, name) for name in cls._fields))


def take_apart(db: Session, merge: Merge) -> Person:
    """Give back what belonged to the other one, and return who that is."""
    assert merge.moved is not None and merge.changed is not None, "it can still be undone"
    person, other, at = merge.person, merge.other, merge.at
    merging.lock(db, other)
    places = [(theirs.id, Place.of(own)) for own, theirs in merging.shared(db, person, other)]
    for each in reversed(merge.moved):
        _move_back(db, each)
    _with_their_questions(db, person, other, at)
    follow_chats(db, person.id, other.id)
    _asked_there(db, person, other, at)
    changes.take_back(db, merge.changed)
    db.execute(delete(Merge).where(Merge.id == merge.id))
    db.flush()
    db.expire_all()
    for member_id, at_last in places:
        _limit(db.get_one(Member, member_id), at_last)
    for each in (person, other):
        _turn_to_own(db, each)
    db.flush()
    return other


def follow_chats(db: Session, person_id: int, other_id: int) -> None:
    """Give messages to whoever reads the chat in which they are."""
    for whose, was in ((other_id, person_id), (person_id, other_id)):
        theirs = Delivery.person_id == was, _in_chats(db, whose)
        db.execute(update(Delivery).where(*theirs).values(person_id=whose))
    db.flush()


def _asked_there(db: Session, person: Person, other: Person, since: datetime) -> None:
    """Give a question that was asked since then to whoever was asked in their chat."""
    asked = select(Delivery.letter_id).where(Delivery.person_id == other.id, _in_chats(db, other.id))
    there = Conversation.person_id == person.id, Conversation.asked_at >= since
    moving = update(Conversation).where(*there, Conversation.letter_id.in_(asked))
    db.execute(moving.values(person_id=other.id))


def _in_chats(db: Session, person_id: int) -> ColumnElement[bool]:
    chats = select(Identity.messenger, Identity.chat).where(Identity.person_id == person_id)
    places = [(row[0], row[1]) for row in db.execute(chats)]
    return tuple_(Delivery.messenger, Delivery.chat).in_(places)


def _move_back(db: Session, moved: Mapping[str, Any]) -> None:
    """Let rows refer to who they referred to before, where they are still there and have not moved on."""
    reference, line = by_name()[moved["of"]], db.connection()
    back = update(reference.table).where(
        reference.column == moved["is"], reference.stands_alone(moved["was"], line.dialect.name)
    )
    for keys in _some(reference, moved["keys"]):
        line.execute(back.where(*keys).values({reference.column.name: moved["was"]}))


def _some(reference: Reference, keys: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the conditions that a row is one of these, a list for each statement."""
    if not reference.key:
        return [[]]
    if len(reference.key) == 1:
        (column,) = reference.key
        return [[column.in_(some)] for some in batches(key[0] for key in keys)]
    return [
        [tuple_(*reference.key).in_([tuple(key) for key in keys[begin : begin + 100]])]
        for begin in range(0, len(keys), 100)
    ]


def _with_their_questions(db: Session, person: Person, other: Person, since: datetime) -> None:
    """Give conversations that began meanwhile to the one whose question they are about, on either side."""
    for side, whose in ((Relay.asker_id, HelpRequest.asker_id), (Relay.helper_id, HelpRequest.helper_id)):
        theirs = select(HelpRequest.id).join(Member, Member.id == whose).where(Member.person_id == other.id)
        since_then = side == person.id, Relay.opened_at >= since, Relay.request_id.in_(theirs)
        db.execute(update(Relay).where(*since_then).values({side.key: other.id}))


def _limit(theirs: Member, at_last: Place) -> None:
    """Let nobody come back with more than they had at last as one person: neither to a network out of which
    they have gone meanwhile, nor to a role that was taken from them."""
    theirs.role = uniting.lowest(theirs.role, at_last.role)
    if theirs.state == "active" and at_last.state != "active":
        theirs.state, theirs.ended_at = at_last.state, at_last.ended_at
        theirs.silence, theirs.silence_at = at_last.silence, at_last.silence_at


def _turn_to_own(db: Session, person: Person) -> None:
    """Let nobody stay active in a network that was only the other one's."""
    mine = members.memberships(db, person)
    if person.network_id not in {None, *(each.network_id for each in mine)}:
        person.network_id = mine[0].network_id if mine else None
