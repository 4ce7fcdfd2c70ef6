"""Members who vouch for applicants."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from db.models import Application, Member, Vouch


def add(db: Session, application: Application, member: Member, now: datetime) -> None:
    """Let a member vouch for an applicant who has not done so."""
    db.add(Vouch(application_id=application.id, member_id=member.id, at=now))
    db.flush()


def of(db: Session, application: Application) -> Sequence[Member]:
    """Return who vouches for an applicant and is still a member, in this order."""
    return db.scalars(
        select(Member)
        .join(Vouch, Vouch.member_id == Member.id)
        .where(Vouch.application_id == application.id, Member.state == "active")
        .options(joinedload(Member.person))
        .order_by(Vouch.at, Member.id)
    ).all()


def count_by(db: Session, member: Member, since: datetime) -> int:
    """Return for how many a member has vouched since then."""
    return (
        db.scalar(
            select(func.count()).select_from(Vouch).where(Vouch.member_id == member.id, Vouch.at > since)
        )
        or 0
    )


def are_tied(db: Session, one: Member, other: Member) -> bool:
    """Whether one of two members has come in because the other vouched for them."""
    return _rests_on(db, one, other) or _rests_on(db, other, one)


def _rests_on(db: Session, member: Member, voucher: Member) -> bool:
    entry = aliased(Application)
    return bool(
        db.scalar(
            select(
                exists().where(
                    Vouch.application_id == entry.id,
                    Vouch.member_id == voucher.id,
                    entry.network_id == member.network_id,
                    entry.person_id == member.person_id,
                    entry.state == "accepted",
                )
            )
        )
    )
