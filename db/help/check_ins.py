"""Check-ins: the rounds of a network, who was asked in them, and what they came to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased, joinedload

from db.help.queues import Queue
from db.models import CheckIn, CheckInAnswer, CheckInWords, Member, Mood, Person, Round, Timer, Wish
from db.models.indexed import any_row, begins

LONGEST_DAY = timedelta(days=3)
"""From a date's first midnight on Earth until everybody has been asked, those put off included."""

# Built once: putting a statement together costs more than running it.
BEGIN = {
    "sqlite": sqlite_insert(Round).on_conflict_do_nothing().returning(Round.id),
    "postgresql": postgresql_insert(Round).on_conflict_do_nothing().returning(Round.id),
}
OF_ALL = Round.of_newcomers.is_(False)
ROUND = select(Round).where(Round.network_id == bindparam("network_id"), Round.day == bindparam("day"))
ASK = {
    "sqlite": sqlite_insert(CheckIn).on_conflict_do_nothing().returning(CheckIn.member_id, CheckIn.id),
    "postgresql": postgresql_insert(CheckIn)
    .on_conflict_do_nothing()
    .returning(CheckIn.member_id, CheckIn.id),
}


# --- rounds --------------------------------------------------------------------------------------


def claim(
    db: Session,
    network_id: int,
    day: date,
    questions: Sequence[str],
    in_words: Sequence[int] = (),
    *,
    of_newcomers: bool = False,
) -> tuple[Round, bool]:
    """Return the network's round of that day, and whether it begins just now: with these `questions`, some of
    them answered `in_words`. One in which only newcomers were asked so far becomes that of the network."""
    connection = db.connection()
    new = {"network_id": network_id, "day": day}
    asked: dict[str, Any] = {"questions": [*questions], "in_words": [*in_words] or None}
    wanted = {**new, **asked, "of_newcomers": of_newcomers}
    begins = connection.execute(BEGIN[connection.dialect.name], wanted).first()
    round_ = db.scalars(ROUND, new).one()
    if round_.of_newcomers and not of_newcomers:
        round_.of_newcomers, round_.questions, round_.in_words = False, *asked.values()
        return round_, True
    return round_, begins is not None


def latest_round(db: Session, network_id: int) -> Round | None:
    """Return the round of a network that began last."""
    return last_round(db, and_(Round.network_id == network_id, OF_ALL))


def before(db: Session, round_: Round) -> Round | None:
    """Return the network's round before this one."""
    return last_round(db, and_(Round.network_id == round_.network_id, Round.day < round_.day, OF_ALL))


def last_round(db: Session, condition: ColumnElement[bool]) -> Round | None:
    """Return the latest of the rounds that meet a condition."""
    return db.scalar(select(Round).where(condition).order_by(Round.day.desc()).limit(1))


def is_complete(db: Session, round_: Round) -> bool:
    """Whether all who were asked have answered, and nobody has still to be asked."""
    silent = exists().where(CheckIn.round_id == round_.id, CheckIn.mood.is_(None))
    to_be_asked = exists().where(
        begins(Timer.about, about_members(round_.network_id)),
        Timer.due_at < datetime.combine(round_.day, time(), UTC) + LONGEST_DAY,
    )
    # Only where nobody is silent it is looked through all that is planned.
    return not db.scalar(select(case((silent, True), else_=to_be_asked)))


def about_members(network_id: int) -> str:
    """Return how `about` begins in the timers that ask a network's members."""
    return f"check_in_of:{network_id}:"


def about_member(network_id: int, member_id: int) -> str:
    """Return what the timers that ask a member are about."""
    return f"{about_members(network_id)}{member_id}"


def members_with_zone(
    db: Session, network_id: int, after: int, most: int
) -> Sequence[Row[int, int, str | None, bool, datetime]]:
    """Return the memberships of a network, those that have ended too: `id`, `person_id`, `time_zone`, if it
    is known, `is_active`, and `came_at`. They are those after a person, by number, and at most so many."""
    active = (Member.state == "active").label("is_active")
    came_at = func.coalesce(Member.here_since, Member.joined_at).label("came_at")
    return db.execute(
        select(Member.id, Member.person_id, Person.time_zone, active, came_at)
        .join(Member.person)
        .where(Member.network_id == network_id, Member.person_id > after)
        .order_by(Member.person_id)
        .limit(most)
    ).all()


def zones(db: Session, network_id: int) -> Sequence[str | None]:
    """Return the time zones in which active members of a network live; None for those of whom it is not
    known."""
    return db.scalars(
        select(Person.time_zone)
        .distinct()
        .select_from(Member)
        .join(Member.person)
        .where(Member.network_id == network_id, Member.state == "active")
    ).all()


# --- one member's check-in -----------------------------------------------------------------------


def ask(db: Session, round_: Round, member_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Note that members are asked; return the check-in of each. Whom this round has asked already is left
    out."""
    connection = db.connection()
    asked = ASK[connection.dialect.name]
    rows = [{"round_id": round_.id, "member_id": each, "asked_at": now} for each in member_ids]
    return {row.member_id: row.id for row in connection.execute(asked, rows)} if rows else {}


def asked_since(db: Session, member_ids: Sequence[int], moment: datetime) -> set[int]:
    """Return those of the members (ids) who were asked since a moment."""
    asked = select(CheckIn.member_id).where(CheckIn.member_id.in_(member_ids), CheckIn.asked_at > moment)
    return set(db.scalars(asked))


def last_asked(db: Session, member_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when members (by id) were asked last; whoever never was is left out."""
    asked = select(CheckIn.member_id, func.max(CheckIn.asked_at)).where(CheckIn.member_id.in_(member_ids))
    return {row[0]: row[1] for row in db.execute(asked.group_by(CheckIn.member_id))}


def of(db: Session, round_id: int, person: Person) -> CheckIn | None:
    """Return somebody's part of a round."""
    return db.scalar(
        select(CheckIn)
        .join(CheckIn.member)
        .where(CheckIn.round_id == round_id, Member.person_id == person.id)
    )


def open_of(db: Session, member: Member) -> CheckIn | None:
    """Return the check-in of a member that still counts."""
    latest = db.scalar(
        select(CheckIn).where(CheckIn.member_id == member.id).order_by(CheckIn.asked_at.desc()).limit(1)
    )
    return latest if latest is not None and not is_over(db, latest) else None


def is_over(db: Session, check_in: CheckIn) -> bool:
    """Whether the network's next round has begun, or the member was asked again, so that answers no longer
    count."""
    round_ = check_in.round
    next_round = exists().where(Round.network_id == round_.network_id, Round.day > round_.day, OF_ALL)
    next_one = exists().where(CheckIn.member_id == check_in.member_id, CheckIn.id > check_in.id)
    return bool(db.scalar(select(next_round | next_one)))


def answer(db: Session, check_in: CheckIn, mood: Mood, now: datetime) -> None:
    """Keep how the mentoring goes; a later answer takes the place of an earlier one."""
    check_in.mood, check_in.answered_at = mood, now
    db.flush()


def note_reminder(check_in: CheckIn, now: datetime) -> None:
    """Note that a member who was silent is reminded."""
    check_in.reminded_at = now


def wish(check_in: CheckIn, whom: Wish) -> None:
    """Keep whom somebody who is not well wants to talk to."""
    check_in.wants = whom


def rate(db: Session, check_in: CheckIn, question: int, value: int) -> None:
    """Keep the answer (1 to 5) to one of the network's own questions, counted from 0."""
    db.merge(CheckInAnswer(check_in_id=check_in.id, question=question, value=value))
    db.flush()


def tell(db: Session, check_in: CheckIn, question: int, words: str) -> None:
    """Keep the answer in words to one of the network's own questions, counted from 0."""
    db.merge(CheckInWords(check_in_id=check_in.id, question=question, words=words))
    db.flush()


def told(db: Session, check_in: CheckIn, question: int) -> str:
    """Return the answer in words to one of the network's own questions; "" for none."""
    kept = db.get(CheckInWords, (check_in.id, question))
    return kept.words if kept is not None else ""


def deal_with(db: Session, member: Member, now: datetime) -> None:
    """Note that a meta-mentor has seen to a member who is not well."""
    db.execute(
        update(CheckIn).where(CheckIn.member_id == member.id, CheckIn.seen_at.is_(None)).values(seen_at=now)
    )


def not_well(db: Session, network_id: int) -> Queue[CheckIn]:
    """Return the members who are not well and asked to talk to the meta-mentor, as long as nobody has dealt
    with it: the latest check-in of each, the longest waiting first."""
    here = select(Round.id).where(Round.network_id == network_id)
    unseen = CheckIn.round_id.in_(here), *_unseen(CheckIn)
    earlier, later = aliased(CheckIn), aliased(CheckIn)
    theirs = earlier.member_id == CheckIn.member_id, *_unseen(earlier)
    latest = ~any_row(later, later.member_id == CheckIn.member_id, *_unseen(later), later.id > CheckIn.id)
    waiting = (
        select(CheckIn)
        .options(joinedload(CheckIn.member).joinedload(Member.person))
        .where(*unseen, latest, any_row(Member, Member.id == CheckIn.member_id, Member.state == "active"))
    )
    since, first = (
        select(func.min(what)).where(*theirs).correlate(CheckIn).scalar_subquery()
        for what in (earlier.answered_at, earlier.id)
    )
    whom = select(CheckIn.member_id).where(*unseen)
    return Queue(db, waiting, CheckIn.id, (since, first), CheckIn.member_id, whom=whom)


def _unseen(which: type[CheckIn]) -> tuple[ColumnElement[bool], ...]:
    return which.wants == "meta_mentor", which.seen_at.is_(None)
