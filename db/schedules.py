"""The rhythm of a network's check-ins."""

from collections.abc import Sequence

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, joinedload

from db.models import Member, Schedule

# Built once: putting a statement together costs more than running it.
OF_MEMBERS = (
    select(Member, Schedule)
    .join(Schedule, Schedule.network_id == Member.network_id)
    .where(Member.id.in_(bindparam("members", expanding=True)), Member.state == "active")
    .order_by(Member.id)
    .options(joinedload(Member.person), joinedload(Member.network))
)
FIELDS = ("weekday", "at", "every_weeks", "starts_on", "questions")


def of(db: Session, network_id: int) -> Schedule | None:
    """A network's rhythm, if it has one."""
    return db.scalar(select(Schedule).where(Schedule.network_id == network_id))


def of_members(db: Session, member_ids: Sequence[int]) -> Sequence[Row[Member, Schedule]]:
    """These members, with their people and networks at hand, and their network's rhythm; without those who
    are no longer active, or have no rhythm."""
    return db.execute(OF_MEMBERS, {"members": member_ids}).all()


def keep(db: Session, network_id: int, wanted: Schedule) -> None:
    """Give a network the rhythm of `wanted`, which belongs to no session yet."""
    schedule = of(db, network_id)
    if schedule is None:
        schedule = Schedule(network_id=network_id)
        db.add(schedule)
    for field in FIELDS:
        setattr(schedule, field, getattr(wanted, field))
    db.flush()
