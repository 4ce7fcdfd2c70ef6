"""The rhythm of a network's check-ins."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, time

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, joinedload

from db.models import Member, Schedule

# Built once: putting a statement together costs more than running it.
OF_MEMBERS = (
    select(Member, Schedule)
    .outerjoin(Schedule, Schedule.network_id == Member.network_id)
    .where(Member.id.in_(bindparam("members", expanding=True)), Member.state == "active")
    .order_by(Member.id)
    .options(joinedload(Member.person), joinedload(Member.network))
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When and what members are asked, also before it is kept: what is shown of it is what is kept. The
    fields are those of a Schedule."""

    weekday: int
    at: time
    every_weeks: int
    questions: Sequence[str]
    starts_on: date
    in_words: Sequence[int] | None = None  # which of the questions are answered in words

    @classmethod
    def of(cls, schedule: Schedule) -> "Rhythm":
        """Return that of a network that has one."""
        return cls(**{field.name: getattr(schedule, field.name) for field in fields(cls)})


def of(db: Session, network_id: int) -> Schedule | None:
    """Return a network's rhythm; None where it has none."""
    return db.scalar(select(Schedule).where(Schedule.network_id == network_id))


def of_members(db: Session, member_ids: Sequence[int]) -> Sequence[Row[Member, Schedule | None]]:
    """Return these members, with their people and networks at hand, and their network's rhythm; None where it
    has none. Those who are no longer active are left out."""
    return db.execute(OF_MEMBERS, {"members": member_ids}).all()


def keep(db: Session, network_id: int, wanted: Rhythm) -> None:
    """Give a network this rhythm."""
    schedule = of(db, network_id)
    if schedule is None:
        schedule = Schedule(network_id=network_id)
        db.add(schedule)
    for field in fields(wanted):
        setattr(schedule, field.name, getattr(wanted, field.name))
    db.flush()
