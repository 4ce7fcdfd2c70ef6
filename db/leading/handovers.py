"""Roles that are handed over: one gives, another one takes, and both have said so."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from db.models import Handover, HandoverState, Member
from db.network import members
from db.old import Forgotten, Old

DEPUTY_FOR = timedelta(days=30)
"""For how long whoever has given their role may stay as a deputy."""


def offered_by(db: Session, giver: Member) -> Handover | None:
    """Return the offer of a meta-mentor that waits for its answer; None for none."""
    open_ = Handover.giver_id == giver.id, Handover.state == "offered"
    return db.scalar(select(Handover).where(*open_))


def offer(db: Session, giver: Member, taker: Member, hours: int | None, now: datetime) -> Handover:
    """Offer the role of a meta-mentor to a member, in the place of an earlier offer."""
    before = offered_by(db, giver)
    if before is not None:
        end(before, "over", now)
    made = Handover(
        network_id=giver.network_id, giver_id=giver.id, taker_id=taker.id, hours=hours, offered_at=now
    )
    db.add(made)
    db.flush()
    return made


def end(handover: Handover, state: HandoverState, now: datetime) -> None:
    """Note how an offer ended."""
    handover.state, handover.answered_at = state, now


def take(handover: Handover, now: datetime) -> None:
    """Let the role go from the one to the other."""
    end(handover, "taken", now)
    members.give_role(handover.taker, "meta_mentor")
    members.give_role(handover.giver, "member")


def may_stay(handover: Handover, member: Member, now: datetime) -> bool:
    """Whether a member has given their role and may still choose to stay as a deputy."""
    gave, went_at = handover.giver_id == member.id, handover.answered_at
    if not gave or handover.state != "taken" or handover.stayed or went_at is None:
        return False
    return member.role == "member" and now < went_at + DEPUTY_FOR


def stay(handover: Handover) -> None:
    """Let whoever has given their role be a deputy for some time, from when it went."""
    assert handover.answered_at is not None, "it was taken"
    handover.stayed = True
    members.give_role(handover.giver, "deputy", until=handover.answered_at + DEPUTY_FOR)


def whose_role_is_over(db: Session, now: datetime) -> Sequence[Member]:
    """Return the members of all networks whose role ends by itself, and whose time has come."""
    over = select(Member).where(Member.role_until <= now, members.IS_ACTIVE)
    with_them = joinedload(Member.person), joinedload(Member.network)
    return db.scalars(over.options(*with_them).order_by(Member.role_until, Member.id)).all()


def forget(db: Session, old: Old) -> Forgotten:
    """Delete offers that are too old."""
    return old.forget(db, delete(Handover), Handover.offered_at, Handover.id)
