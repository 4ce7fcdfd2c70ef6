"""Check-ins: the rounds of a network, who was asked in them, and what they came to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from db.models import CheckIn, CheckInAnswer, Identity, Member, Mood, Person, Round, Timer, Wish

FEWEST = 5
"""Numbers from fewer answers would show who said what. A reader knows their own answer, so this many others
are needed."""
LONGEST_DAY = timedelta(days=3)
"""From a date's first midnight on Earth until everybody has been asked, those put off included."""

DIGEST = ("asked", "answered", "good", "so_so", "not_good")
"""What is kept of a round's figures when they are told."""

# Built once: putting a statement together costs more than running it.
BEGIN = {
    "sqlite": sqlite_insert(Round).on_conflict_do_nothing().returning(Round.id),
    "postgresql": postgresql_insert(Round).on_conflict_do_nothing().returning(Round.id),
}
ROUND = select(Round).where(Round.network_id == bindparam("network_id"), Round.day == bindparam("day"))
ASK = {
    "sqlite": sqlite_insert(CheckIn).on_conflict_do_nothing().returning(CheckIn.member_id, CheckIn.id),
    "postgresql": postgresql_insert(CheckIn)
    .on_conflict_do_nothing()
    .returning(CheckIn.member_id, CheckIn.id),
}


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """What a round came to. `averages` belong to the network's own questions, in their order: from 1 to 5,
    None where they would tell who gave which answer."""

    day: date
    asked: int
    answered: int
    good: int
    so_so: int
    not_good: int
    averages: tuple[float | None, ...] = ()

    @property
    def telling(self) -> bool:
        """Whether the answers may be shown."""
        return tells_nobody([self.good, self.so_so, self.not_good])

    @property
    def silent(self) -> int:
        """Return how many have not answered."""
        return self.asked - self.answered

    @property
    def mood(self) -> float:
        """Return a number from -1 (nobody is well) to 1 (everybody is); 0 where nobody has answered."""
        return (self.good - self.not_good) / max(self.answered, 1)

    @property
    def share(self) -> float:
        """Return the part that has answered, from 0 to 1."""
        return self.answered / max(self.asked, 1)


def tells_nobody(numbers: Sequence[int]) -> bool:
    """Whether it may be shown how often each answer was given. A reader knows their own answer and must not
    learn what somebody else said: so without any one of them FEWEST are left, and these are not all the
    same."""
    others = sum(numbers) - 1
    return others >= FEWEST and max(numbers) < others


# --- rounds --------------------------------------------------------------------------------------


def claim(db: Session, network_id: int, day: date, questions: list[str]) -> tuple[Round, bool]:
    """Return the network's round of that day, and whether it begins just now: with these `questions`."""
    connection = db.connection()
    new = {"network_id": network_id, "day": day}
    begins = connection.execute(BEGIN[connection.dialect.name], {**new, "questions": questions}).first()
    return db.scalars(ROUND, new).one(), begins is not None


def latest_round(db: Session, network_id: int) -> Round | None:
    """Return the round that began last."""
    return _last(db, Round.network_id == network_id)


def before(db: Session, round_: Round) -> Round | None:
    """Return the network's round before this one."""
    return _last(db, and_(Round.network_id == round_.network_id, Round.day < round_.day))


def _last(db: Session, condition: ColumnElement[bool]) -> Round | None:
    return db.scalar(select(Round).where(condition).order_by(Round.day.desc()).limit(1))


def is_complete(db: Session, round_: Round) -> bool:
    """Whether all who were asked have answered, and nobody has still to be asked."""
    silent = exists().where(CheckIn.round_id == round_.id, CheckIn.mood.is_(None))
    to_be_asked = exists().where(
        Timer.about.startswith(about_members(round_.network_id), autoescape=True),
        Timer.due_at < datetime.combine(round_.day, time(), UTC) + LONGEST_DAY,
    )
    return not db.scalar(select(silent | to_be_asked))


def about_members(network_id: int) -> str:
    """Return how `about` begins in the timers that ask a network's members."""
    return f"check_in_of:{network_id}:"


def about_member(network_id: int, member_id: int) -> str:
    """Return what the timers that ask a member are about."""
    return f"{about_members(network_id)}{member_id}"


def members_with_zone(db: Session, network_id: int) -> Sequence[Row[int, str | None]]:
    """Return the ids of the active members of a network, each with their time zone, if it is known."""
    return db.execute(
        select(Member.id, Person.time_zone)
        .join(Member.person)
        .where(Member.network_id == network_id, Member.state == "active")
    ).all()


def count_members(db: Session, network_id: int, now: datetime) -> tuple[int, int]:
    """Return how many active members a network has, and how many of them can be asked now: they can be
    reached and do not pause."""
    can_be_asked = and_(
        or_(Person.paused_at.is_(None), Person.paused_until <= now),
        exists().where(Identity.person_id == Person.id, Identity.reachable),
    )
    all_, asked = db.execute(
        select(func.count(), func.count().filter(can_be_asked))
        .select_from(Member)
        .join(Member.person)
        .where(Member.network_id == network_id, Member.state == "active")
    ).one()
    return all_, asked


# --- one member's check-in -----------------------------------------------------------------------


def ask(db: Session, round_: Round, member_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Note that members are asked; return the check-in of each. Whom this round has asked already is left
    out."""
    connection = db.connection()
    asked = ASK[connection.dialect.name]
    rows = [{"round_id": round_.id, "member_id": each, "asked_at": now} for each in member_ids]
    return {row.member_id: row.id for row in connection.execute(asked, rows)} if rows else {}


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
    """Whether the network's next round has begun, so that answers no longer count."""
    round_ = check_in.round
    return bool(
        db.scalar(select(exists().where(Round.network_id == round_.network_id, Round.day > round_.day)))
    )


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


def deal_with(db: Session, member: Member, now: datetime) -> None:
    """Note that a meta-mentor has seen to a member who is not well."""
    db.execute(
        update(CheckIn).where(CheckIn.member_id == member.id, CheckIn.seen_at.is_(None)).values(seen_at=now)
    )


# --- what it came to -----------------------------------------------------------------------------


def figures(db: Session, round_: Round) -> RoundFigures:
    """Return what a round came to so far."""
    moods: dict[str | None, int] = {
        row.mood: row.number
        for row in db.execute(
            select(CheckIn.mood, func.count().label("number"))
            .where(CheckIn.round_id == round_.id)
            .group_by(CheckIn.mood)
        )
    }
    given: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for row in db.execute(
        select(CheckInAnswer.question, CheckInAnswer.value, func.count().label("number"))
        .join(CheckIn, CheckIn.id == CheckInAnswer.check_in_id)
        .where(CheckIn.round_id == round_.id)
        .group_by(CheckInAnswer.question, CheckInAnswer.value)
    ):
        given[row.question][row.value] = row.number
    averages = {
        question: sum(value * number for value, number in numbers.items()) / sum(numbers.values())
        for question, numbers in given.items()
        if tells_nobody(list(numbers.values()))
    }
    asked = sum(moods.values())
    return RoundFigures(
        day=round_.day,
        asked=asked,
        answered=asked - moods.get(None, 0),
        good=moods.get("good", 0),
        so_so=moods.get("so_so", 0),
        not_good=moods.get("not_good", 0),
        averages=tuple(averages.get(question) for question in range(len(round_.questions))),
    )


def begin_digest(round_: Round, now: datetime) -> None:
    """Note that the digest of a round is told now; there is no second one."""
    round_.digest_at = now


def keep_digest(round_: Round, figures: RoundFigures) -> None:
    """Keep what is told of a round. It does not change later: whoever compared figures before and after
    somebody's answer would know what it was."""
    kept = asdict(figures)
    round_.digest = {key: kept[key] for key in DIGEST}


def last_digest(db: Session, network_id: int) -> RoundFigures | None:
    """Return what was told of the latest round of which anything was; None before the first."""
    round_ = _last(db, and_(Round.network_id == network_id, Round.digest.is_not(None)))
    return RoundFigures(day=round_.day, **round_.digest) if round_ is not None and round_.digest else None


def not_well(db: Session, network_id: int) -> Sequence[CheckIn]:
    """Return the members who are not well and asked to talk to the meta-mentor, as long as nobody has dealt
    with it: the latest check-in of each, the longest waiting first."""
    waiting = db.scalars(
        select(CheckIn)
        .join(CheckIn.member)
        .where(
            Member.network_id == network_id,
            Member.state == "active",
            CheckIn.wants == "meta_mentor",
            CheckIn.seen_at.is_(None),
        )
        .order_by(CheckIn.answered_at, CheckIn.id)
    )
    return list({check_in.member_id: check_in for check_in in waiting}.values())
