"""Members of whom nothing is heard: what was done about it, and the places that rest for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from db import people
from db.models import Member, Person, Silence


def note(member: Member, silence: Silence, now: datetime) -> None:
    """Note what is done about a member of whom nothing is heard."""
    member.silence, member.silence_at = silence, now


def end(member: Member) -> None:
    """Note that something was heard from a member."""
    member.silence = member.silence_at = None


def last_heard(db: Session, member: Member) -> datetime:
    """Return when a member last wrote or tapped anything: when they joined, at least."""
    return people.last_heard(db, [member.person_id]).get(member.person_id, member.joined_at)


def unheard(db: Session, members: Sequence[Member]) -> set[int]:
    """Return those of members (by id) about whose silence something was done, and who have not written or
    tapped anything since."""
    noted = {member: member.silence_at for member in members if member.silence_at is not None}
    heard = people.last_heard(db, [member.person_id for member in noted]) if noted else {}
    return {member.id for member, at in noted.items() if heard.get(member.person_id, at) <= at}


def to_wake(db: Session, person: Person) -> Sequence[Member]:
    """Return the memberships of a person that rest and that they can wake."""
    rest = select(Member).where(Member.person_id == person.id, Member.state == "resting")
    mine = rest.where(Member.silence.is_not(None)).options(joinedload(Member.network))
    return db.scalars(mine.order_by(Member.id)).all()


def has_others(db: Session, member: Member) -> bool:
    """Whether the person of a membership has another one that has not ended."""
    others = Member.person_id == member.person_id, Member.id != member.id, Member.ended_at.is_(None)
    return bool(db.scalar(select(exists().where(*others))))
