"""Networks from whose meta-mentors nothing is heard, and what is done about it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from db import people
from db.models import Identity, Member, Network, Person, Vacancy, VacancyState
from db.network import members
from db.old import Forgotten, Old


def to_look_at(
    db: Session, place: int, most: int, before: datetime, now: datetime
) -> tuple[Sequence[int], int | None]:
    """Return in which of the next `most` networks, after a place, something is to be looked at (by id): where
    nothing was heard from the meta-mentors since `before`, or all of them are on a break, and where that was
    known; and the place after which it goes on, None at the end."""
    last, looked_at = db.execute(PAGE, {"place": place, "most": most}).one()
    these = {"place": place, "last": last or place}
    silent = db.scalars(SILENT, {**these, "before": before, "now": now}).all()
    return silent, last if looked_at == most else None


def _page() -> Select[int | None, int]:
    page = select(Network.id).where(Network.id > bindparam("place")).order_by(Network.id)
    these = page.limit(bindparam("most")).subquery()
    return select(func.max(these.c.id), func.count()).select_from(these)


def _silent() -> Select[int]:
    before, now = (bindparam(name, type_=Identity.last_wrote_at.type) for name in ("before", "now"))
    leader, somebody = aliased(Member), aliased(Member)
    here = (
        select(leader.id)
        .join(Person, Person.id == leader.person_id)
        .join(Identity, Identity.person_id == leader.person_id)
        .where(
            leader.network_id == Network.id,
            leader.role.in_(members.COORDINATORS),  # as its index has it
            leader.role == "meta_mentor",
            leader.state == "active",
            Identity.last_wrote_at > before,
            or_(Person.paused_at.is_(None), Person.paused_until <= now),
        )
    )
    has_members = exists().where(somebody.network_id == Network.id, somebody.state == "active")
    known = exists().where(Vacancy.network_id == Network.id, Vacancy.state != "over")
    these = Network.id > bindparam("place"), Network.id <= bindparam("last")
    found = select(Network.id).where(*these, Network.confirmed_at <= before, has_members)
    return found.where(or_(~here.exists(), known)).order_by(Network.id)


PAGE, SILENT = _page(), _silent()
"""Put together once: that costs more than asking, and it is asked every day."""


def leaders(db: Session, network: Network) -> list[Member]:
    """Return the meta-mentors of a network."""
    return [each for each in members.coordinators(db, network.id) if each.role == "meta_mentor"]


def deputies(db: Session, network: Network) -> list[Member]:
    """Return the deputies of a network."""
    return [each for each in members.coordinators(db, network.id) if each.role == "deputy"]


def founding(db: Session, network: Network) -> Sequence[Member]:
    """Return the members who speak for the founding organisation, and do not coordinate."""
    speak = (
        Member.network_id == network.id,
        Member.label == "organisation",
        Member.speaks_for_id.is_(None),
        Member.role != "meta_mentor",
        members.IS_ACTIVE,
    )
    return db.scalars(
        select(Member).where(*speak).options(joinedload(Member.person)).order_by(Member.id)
    ).all()


def last_sign(db: Session, leading: Sequence[Member]) -> datetime | None:
    """Return when one of these members last wrote or tapped anything; None where none of them ever did."""
    heard = people.last_heard(db, [each.person_id for each in leading])
    return max(heard.values(), default=None)


def note_sign(vacancy: Vacancy, now: datetime) -> None:
    """Keep that whoever is away was heard from now, and stays away."""
    vacancy.since = now


def open_in(db: Session, network_id: int) -> Vacancy | None:
    """Return the vacancy of a network; None where there is none."""
    here = Vacancy.network_id == network_id, Vacancy.state != "over"
    return db.scalar(select(Vacancy).where(*here))


def begin(
    db: Session,
    network: Network,
    away: Member | None,
    state: VacancyState,
    *,
    since: datetime,
    now: datetime,
) -> Vacancy:
    """Note that nothing is heard from whoever coordinates, since then."""
    made = Vacancy(
        network_id=network.id,
        away_id=away.id if away is not None else None,
        state=state,
        since=since,
        changed_at=now,
    )
    db.add(made)
    db.flush()
    return made


def turn(vacancy: Vacancy, state: VacancyState, now: datetime) -> None:
    """Note how it stands now; nobody is acting then."""
    vacancy.state, vacancy.changed_at, vacancy.acting_id = state, now, None


def act(vacancy: Vacancy, deputy: Member, now: datetime) -> None:
    """Let a deputy act until whoever is away is back."""
    turn(vacancy, "acting", now)
    vacancy.acting_id = deputy.id


def forget(db: Session, old: Old) -> Forgotten:
    """Delete vacancies that are over and too old."""
    return old.forget(db, delete(Vacancy), Vacancy.since, Vacancy.id, Vacancy.state == "over")
