"""The peers who are asked to help with a request, and what they say."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from db.models import Asked, HelpRequest, Member, PeerAnswer, Person


class Many(NamedTuple):
    """How many were asked, and how many of these have not answered yet."""

    asked: int
    silent: int


def note(db: Session, request: HelpRequest, members: Sequence[Member], now: datetime) -> None:
    """Note that these peers are asked, in two statements however many they are."""
    if members:
        rows = [{"request_id": request.id, "member_id": member.id, "at": now} for member in members]
        db.execute(insert(Asked), rows)
        asked_now = update(Member).where(Member.id.in_([member.id for member in members]))
        db.execute(asked_now.values(last_asked_at=now))


def note_by_hand(db: Session, request: HelpRequest, member: Member, now: datetime) -> None:
    """Note that a peer is asked, maybe once more, because somebody has chosen them."""
    row = db.scalar(select(Asked).where(Asked.request_id == request.id, Asked.member_id == member.id))
    if row is None:
        _one(db, request, member, now)
    else:
        row.at = member.last_asked_at = now
        db.flush()


def undo(db: Session, request: HelpRequest, person_ids: Sequence[int]) -> None:
    """Forget that these people were asked: it has not reached them."""
    if person_ids:
        theirs = Asked.member_id.in_(select(Member.id).where(Member.person_id.in_(person_ids)))
        db.execute(delete(Asked).where(Asked.request_id == request.id, Asked.answer.is_(None), theirs))


def count(db: Session, request: HelpRequest) -> Many:
    """Return how many were asked for a request."""
    is_silent = Asked.answer.is_(None)
    counted = select(func.count(), func.count().filter(is_silent)).where(
        Asked.request_id == request.id, or_(is_silent, Asked.answer != "passed")
    )
    return Many(*db.execute(counted).one())


def include(db: Session, request: HelpRequest, person: Person) -> bool:
    """Whether somebody was asked."""
    here = Asked.request_id == request.id, Asked.answer.is_distinct_from("passed")
    theirs = exists().where(*here, Asked.member_id == Member.id, Member.person_id == person.id)
    return bool(db.scalar(select(theirs)))


def silent(db: Session, request: HelpRequest) -> Sequence[Member]:
    """Return who was asked and has not answered yet, in that order."""
    theirs = Asked.request_id == request.id, Asked.answer.is_(None)
    found = select(Member).join(Asked, Asked.member_id == Member.id).where(*theirs).order_by(Asked.id)
    return db.scalars(found.options(joinedload(Member.person))).all()


def answer(db: Session, request: HelpRequest, member: Member, said: PeerAnswer, now: datetime) -> None:
    """Keep what a peer said. Somebody who answers without being asked (a meta-mentor who steps in) is noted
    as well."""
    row = db.scalar(select(Asked).where(Asked.request_id == request.id, Asked.member_id == member.id))
    if row is None:
        row = _one(db, request, member, now)
    row.answer, row.answered_at = said, now
    db.flush()


def _one(db: Session, request: HelpRequest, member: Member, now: datetime) -> Asked:
    """Note that a peer is asked."""
    asked = Asked(request_id=request.id, member_id=member.id, at=now)
    member.last_asked_at = now
    db.add(asked)
    db.flush()
    return asked
