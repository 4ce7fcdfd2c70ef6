"""What a round of check-ins came to, and what is told of it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from db.help import check_ins, pasts
from db.models import CheckIn, CheckInAnswer, Member, Mood, Round
from db.old import Forgotten, Old

FEWEST = 5
"""Numbers from fewer answers would show who said what. A reader knows their own answer, so this many others
are needed."""
DIGEST = ("asked", "answered", "good", "so_so", "not_good")
"""What is kept of a round's figures when they are told."""
SILENT = "silent"
"""Stands among the moods for those who have not answered."""
COUNTED = 5_000
"""Check-ins that are counted in one turn."""
ROUNDS = 50
"""Old rounds that are looked at together."""


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


def count(db: Session, round_: Round, so_far: Any, after: int) -> tuple[Any, int | None]:
    """Count the answers of some members to those that are counted `so_far`: of the next ones after a member,
    by number. Return the sums, and after whom to go on, None at the end."""
    page = select(CheckIn.member_id).where(CheckIn.round_id == round_.id, CheckIn.member_id > after)
    some = page.order_by(CheckIn.member_id).limit(COUNTED).subquery()
    last, many = db.execute(select(func.max(some.c.member_id), func.count()).select_from(some)).one()
    theirs = CheckIn.round_id == round_.id, CheckIn.member_id > after, CheckIn.member_id <= (last or after)
    sums = _read(so_far or round_.sums)
    number = func.count().label("number")
    for row in db.execute(select(CheckIn.mood, number).where(*theirs).group_by(CheckIn.mood)):
        sums.moods[row.mood or SILENT] += row.number
    for given in db.execute(
        select(CheckInAnswer.question, CheckInAnswer.value, number)
        .join(CheckIn, CheckIn.id == CheckInAnswer.check_in_id)
        .where(*theirs)
        .group_by(CheckInAnswer.question, CheckInAnswer.value)
    ):
        sums.given[given.question][given.value] += given.number
    return _packed(sums), last if many == COUNTED else None


def figures(round_: Round, counted: Any) -> RoundFigures:
    """Return what the counted answers of a round came to."""
    sums = _read(counted)
    moods = sums.moods
    averages = {
        question: sum(value * number for value, number in numbers.items()) / sum(numbers.values())
        for question, numbers in sums.given.items()
        if tells_nobody(list(numbers.values()))
    }
    asked = sum(moods.values())
    return RoundFigures(
        day=round_.day,
        asked=asked,
        answered=asked - moods[SILENT],
        good=moods["good"],
        so_so=moods["so_so"],
        not_good=moods["not_good"],
        averages=tuple(averages.get(question) for question in range(len(round_.questions))),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """How often each mood was chosen, and each answer given to each of the network's own questions."""

    moods: Counter[str]
    given: defaultdict[int, Counter[int]]


def _read(kept: Any) -> Sums:
    """The sums of a round as it keeps them; zeros where all its rows are there."""
    given: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for question, numbers in (kept or {}).get("given", {}).items():
        given[int(question)].update({int(value): number for value, number in numbers.items()})
    return Sums(Counter((kept or {}).get("moods", {})), given)


def let_go(db: Session, old: Old) -> Forgotten:
    """Delete check-ins of rounds that began before a day: how often each answer was given stays with the
    round, and with each member how often they were asked and answered. Where somebody still waits for those
    who coordinate, theirs stays."""
    connection, day = db.connection(), old.before.date()
    round_id, member_id = old.place or (0, 0)
    begun = select(Round.id).where(~Round.summed, Round.day < day, Round.id >= int(round_id))
    rounds = connection.scalars(begun.order_by(Round.id).limit(ROUNDS)).all()
    if not rounds:  # as in most nights
        return Forgotten(0, None, all=True)
    waits = and_(
        CheckIn.wants == "meta_mentor",
        CheckIn.seen_at.is_(None),
        exists().where(Member.id == CheckIn.member_id, Member.state == "active"),
    )
    rows = connection.execute(
        select(CheckIn.id, CheckIn.round_id, CheckIn.member_id, CheckIn.mood)
        .where(
            CheckIn.round_id.in_(rounds),
            tuple_(CheckIn.round_id, CheckIn.member_id) > tuple_(literal(int(round_id)), literal(member_id)),
            or_(CheckIn.wants.is_(None), ~waits),
        )
        .order_by(CheckIn.round_id, CheckIn.member_id)
        .limit(old.most)
    ).all()
    if rows:
        _add(connection, rows)
        done = pasts.counts()
        for row in rows:
            done[row.member_id] += Counter(check_ins=1, check_in_answers=int(row.mood is not None))
        pasts.add(db, done)
        connection.execute(delete(CheckIn).where(CheckIn.id.in_([row.id for row in rows])))
    if len(rows) == old.most:
        return Forgotten(len(rows), (str(rows[-1].round_id), rows[-1].member_id), all=False)
    empty = ~exists().where(CheckIn.round_id == Round.id)
    connection.execute(update(Round).where(Round.id.in_(rounds), empty).values(summed=True))
    return Forgotten(len(rows), (str(rounds[-1] + 1), 0), all=len(rounds) < ROUNDS)


def _add(connection: Connection, rows: Sequence[Row[int, int, int, Mood | None]]) -> None:
    """Add check-ins to the sums of their rounds."""
    of_rounds = select(Round.id, Round.sums).where(Round.id.in_({row.round_id for row in rows}))
    sums = {row.id: _read(row.sums) for row in connection.execute(of_rounds)}
    round_of = {row.id: row.round_id for row in rows}
    for row in rows:
        sums[row.round_id].moods[row.mood or SILENT] += 1
    given = select(CheckInAnswer.__table__).where(CheckInAnswer.check_in_id.in_(round_of))
    for row in connection.execute(given):
        sums[round_of[row.check_in_id]].given[row.question][row.value] += 1
    kept = update(Round).where(Round.id == bindparam("round_id")).values(sums=bindparam("kept"))
    connection.execute(
        kept,
        [{"round_id": id_, "kept": _packed(each)} for id_, each in sorted(sums.items())],
    )


def _packed(sums: Sums) -> dict[str, Any]:
    given = {
        str(question): {str(value): number for value, number in sorted(numbers.items())}
        for question, numbers in sorted(sums.given.items())
    }
    return {"moods": dict(sums.moods), "given": given}


def begin(round_: Round, now: datetime) -> None:
    """Note that the digest of a round is told now; there is no second one."""
    round_.digest_at = now


def keep(round_: Round, figures: RoundFigures) -> None:
    """Keep what is told of a round. It does not change later: whoever compared figures before and after
    somebody's answer would know what it was."""
    kept = asdict(figures)
    round_.digest = {key: kept[key] for key in DIGEST}


def told(round_: Round | None) -> RoundFigures | None:
    """Return what was told of a round; None where nothing was."""
    return RoundFigures(day=round_.day, **round_.digest) if round_ is not None and round_.digest else None


def latest(db: Session, network_id: int, most: int) -> Sequence[RoundFigures]:
    """Return what was told of the latest rounds whose answers may be shown, the oldest first."""
    ended = select(Round).where(Round.network_id == network_id, Round.digest.is_not(None))
    rounds = map(told, db.scalars(ended.order_by(Round.day.desc()).limit(most)))
    return [figures for figures in rounds if figures is not None and figures.telling][::-1]


def last(db: Session, network_id: int) -> RoundFigures | None:
    """Return what was told of the latest round of which anything was; None before the first."""
    return told(check_ins.last_round(db, and_(Round.network_id == network_id, Round.digest.is_not(None))))
