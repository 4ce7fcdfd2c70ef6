"""The rhythm of a network's check-ins."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.models import Member, Schedule

FIELDS = ("weekday", "at", "every_weeks", "starts_on", "questions")


def of(db: Session, network_id: int) -> Schedule | None:
    """A network's rhythm, if it has one."""
    return db.scalar(select(Schedule).where(Schedule.network_id == network_id))


def of_member(db: Session, member_id: int) -> tuple[Member, Schedule] | None:
    """A member, with their person and network at hand, and their network's rhythm; None for one who is no
    longer active, or without a rhythm."""
    row = db.execute(
        select(Member, Schedule)
        .join(Schedule, Schedule.network_id == Member.network_id)
        .where(Member.id == member_id, Member.state == "active")
        .options(joinedload(Member.person), joinedload(Member.network))
    ).first()
    return (row[0], row[1]) if row else None


def keep(db: Session, network_id: int, wanted: Schedule) -> None:
    """Give a network the rhythm of `wanted`, which belongs to no session yet."""
    schedule = of(db, network_id)
    if schedule is None:
        schedule = Schedule(network_id=network_id)
        db.add(schedule)
    for field in FIELDS:
        setattr(schedule, field, getattr(wanted, field))
    db.flush()
