"""Course groups: the graduates of one run of the course, who are invited together, each with a code."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from db.models import Cohort, Identity, Invitation, Member, Network, Partner, Person


def make(
    db: Session,
    network: Network,
    name: str,
    *,
    by: Person,
    partner: Partner | None = None,
    now: datetime,
) -> Cohort:
    """Add a course group, of a partner organisation or of the network itself."""
    cohort = Cohort(network_id=network.id, name=name, made_by_id=by.id, created_at=now)
    if partner is not None:
        cohort.partner_id = partner.id
    db.add(cohort)
    db.flush()
    return cohort


def waiting(db: Session, cohort: Cohort, now: datetime) -> Sequence[Invitation]:
    """Return the codes by which somebody of a group can still come, in the order of its list."""
    return db.scalars(
        select(Invitation)
        .where(Invitation.cohort_id == cohort.id, Invitation.used == 0, *_works(now))
        .order_by(Invitation.id)
    ).all()


def joined(db: Session, cohort: Cohort) -> Sequence[Member]:
    """Return those of a group who have come and are still there, in the order in which they came."""
    return db.scalars(
        select(Member)
        .join(Invitation, Invitation.id == Member.invitation_id)
        .where(Invitation.cohort_id == cohort.id, Member.state == "active")
        .order_by(Member.joined_at, Member.id)
    ).all()


def came_by(
    db: Session, network: Network, messenger: str, accounts: Collection[str]
) -> Sequence[Row[str, Member, Cohort]]:
    """Return whose accounts of these on a messenger are of members that came by a course group and are still
    there, each with the group."""
    found = (
        select(Identity.account, Member, Cohort)
        .join(Person, Person.id == Identity.person_id)
        .join(Member, Member.person_id == Person.id)
        .join(Invitation, Invitation.id == Member.invitation_id)
        .join(Cohort, Cohort.id == Invitation.cohort_id)
        .where(Identity.messenger == messenger, Identity.account.in_(accounts))
        .where(Member.network_id == network.id, Member.state == "active")
        .options(contains_eager(Member.person))
    )
    return db.execute(found).all()


def still_there(db: Session, cohort: Cohort, member_ids: Collection[int]) -> Sequence[Member]:
    """Return those of these members who came by a group and are still there, in the order in which they
    came."""
    return [member for member in joined(db, cohort) if member.id in member_ids]


def open_of(db: Session, network: Network, now: datetime, limit: int) -> Sequence[Cohort]:
    """Return up to `limit` groups of a network of whom somebody can still come, the newest first."""
    can_come = exists().where(Invitation.cohort_id == Cohort.id, Invitation.used == 0, *_works(now))
    found = select(Cohort).where(Cohort.network_id == network.id, can_come)
    return db.scalars(found.order_by(Cohort.id.desc()).limit(limit)).all()


def progress(
    db: Session, network: Network, since: datetime, now: datetime, limit: int
) -> Sequence[Row[str, int, int]]:
    """Return up to `limit` groups of a network that were invited after `since`, the newest first: `name`, how
    many of each have `joined` and are still there, and how many can still come (`waiting`)."""
    joined = (
        select(func.count())
        .select_from(Member)
        .join(Invitation, Invitation.id == Member.invitation_id)
        .where(Invitation.cohort_id == Cohort.id, Member.state == "active")
        .correlate(Cohort)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .where(Invitation.cohort_id == Cohort.id, Invitation.used == 0, *_works(now))
        .correlate(Cohort)
        .scalar_subquery()
    )
    found = select(Cohort.name, joined.label("joined"), waiting.label("waiting")).where(
        Cohort.network_id == network.id, Cohort.created_at > since
    )
    return db.execute(found.order_by(Cohort.id.desc()).limit(limit)).all()


def _works(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Invitation.withdrawn_at.is_(None), Invitation.expires_at > now


def is_one(db: Session, network_id: int) -> bool:
    """Whether a network has ever made a course group."""
    return db.scalar(select(Cohort.id).where(Cohort.network_id == network_id).limit(1)) is not None
