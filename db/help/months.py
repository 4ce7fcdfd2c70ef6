"""What the questions of a month came to: sums of those that are over for long, and the others as they are.
The figures of a month are the same before and after its questions have become sums."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Asked, HelpRequest, Month, Network
from db.old import Forgotten, Old

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
TOLD = or_(HelpRequest.without_coordinators.is_(False), HelpRequest.answered_at.is_not(None))
"""Those who coordinate are to know nothing of the others; once it is answered, it is like any other."""
FACTS = (HelpRequest.network_id, HelpRequest.opened_at, HelpRequest.answered_at, HelpRequest.closed_at)

SUMS = ("questions", "within_a_day", "unanswered", "answers", "waits")
KEEP = {
    kind: insert.on_conflict_do_update(
        index_elements=["network_id", "first"],
        set_={name: insert.excluded[name] for name in SUMS},
    )
    for kind, insert in (("sqlite", sqlite.insert(Month)), ("postgresql", postgresql.insert(Month)))
}


@dataclass(slots=True)
class MonthFigures:
    """What a month came to.

    questions:    how many were asked; `within_a_day` of them a human answered in a day, and `unanswered` were
                  open for more than a day without an answer
    answers:      times that somebody said yes
    waits:        minutes until the first answer, of which two digits are kept → how many waited so long
    """

    questions: int = 0
    within_a_day: int = 0
    unanswered: int = 0
    answers: int = 0
    waits: Counter[int] = field(default_factory=Counter)

    @property
    def answered(self) -> int:
        """Return how many a human has answered."""
        return self.waits.total()

    @property
    def first_reply(self) -> timedelta | None:
        """Return in less than what half of the answers came; None where there was none."""
        waits = sorted(self.waits.elements())
        return waits[len(waits) // 2] * MINUTE if waits else None

    def add(self, opened: datetime, answered: datetime | None, over: datetime, answers: int) -> None:
        """Count a question that was open until it was `over`, and to which so many said yes."""
        self.questions += 1
        self.answers += answers
        if answered is not None:
            self.within_a_day += answered - opened <= DAY
            self.waits[two_digits((answered - opened) // MINUTE)] += 1
        else:
            self.unanswered += over - opened > DAY  # although there was a day for it


def two_digits(number: int) -> int:
    """Return a whole number of which only the first two digits are kept."""
    scale = int("1".ljust(len(str(number)) - 1, "0"))
    return number // scale * scale


def of(db: Session, network: Network, first: date, now: datetime) -> MonthFigures:
    """Return what a month came to, by its first day."""
    kept = db.get(Month, (network.id, first))
    figures = MonthFigures() if kept is None else _read(kept)
    begins, ends = (_begins(day, network.time_zone) for day in (first, after(first)))
    rows = db.execute(
        select(HelpRequest.id, *FACTS).where(
            HelpRequest.network_id == network.id,
            ~HelpRequest.counted,
            HelpRequest.opened_at >= begins,
            HelpRequest.opened_at < ends,
            TOLD,
        )
    ).all()
    yes = _yes(db, [row.id for row in rows])
    for row in rows:
        figures.add(row.opened_at, row.answered_at, row.closed_at or now, yes[row.id])
    return figures


def after(first: date) -> date:
    """Return the first day of the next month."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def count(db: Session, old: Old) -> Forgotten:
    """Add questions that were over before a time to the sums of their months. Their rows stay for now."""
    rows = old.rows(
        db,
        HelpRequest.closed_at,
        HelpRequest.id,
        *FACTS,
        TOLD.label("told"),
        where=[~HelpRequest.counted],
    )
    if rows:
        _add(db, [row for row in rows if row.told])
        done = update(HelpRequest).where(HelpRequest.id.in_([row.key for row in rows]))
        db.connection().execute(done.values(counted=True))
    return old.forgotten(len(rows), rows)


def _add(db: Session, rows: Sequence[Row[Any]]) -> None:
    zones = _zones(db, {row.network_id for row in rows})
    yes = _yes(db, [row.key for row in rows])
    added: defaultdict[tuple[int, date], MonthFigures] = defaultdict(MonthFigures)
    in_month = [(row, (row.network_id, _month(row.opened_at, zones[row.network_id]))) for row in rows]
    for kept in _kept(db, {month for _, month in in_month}):
        added[kept.network_id, kept.first] = _read(kept)
    for row, month in in_month:
        added[month].add(row.opened_at, row.answered_at, row.closed_at, yes[row.key])
    if added:
        connection = db.connection()
        sums = [_row(month, added[month]) for month in sorted(added)]
        connection.execute(KEEP[connection.dialect.name], sums)


def _row(month: tuple[int, date], figures: MonthFigures) -> Mapping[str, Any]:
    return {
        "network_id": month[0],
        "first": month[1],
        "questions": figures.questions,
        "within_a_day": figures.within_a_day,
        "unanswered": figures.unanswered,
        "answers": figures.answers,
        "waits": {str(minutes): times for minutes, times in sorted(figures.waits.items())},
    }


def _read(kept: Month | Row[Any]) -> MonthFigures:
    waits = Counter({int(minutes): times for minutes, times in kept.waits.items()})
    return MonthFigures(kept.questions, kept.within_a_day, kept.unanswered, kept.answers, waits)


def _kept(db: Session, wanted: Collection[tuple[int, date]]) -> Sequence[Row[Any]]:
    """The sums of these months. Networks and days are looked for by themselves: SQLite takes no index for
    pairs of them."""
    networks, days = {network for network, _ in wanted}, {day for _, day in wanted}
    found = select(Month.__table__).where(Month.network_id.in_(networks), Month.first.in_(days))
    rows = db.connection().execute(found.with_for_update()).all()
    return [row for row in rows if (row.network_id, row.first) in wanted]


def _zones(db: Session, network_ids: Iterable[int]) -> dict[int, str]:
    found = select(Network.id, Network.time_zone).where(Network.id.in_(sorted(network_ids)))
    return {row.id: row.time_zone for row in db.execute(found)}


def _yes(db: Session, request_ids: Sequence[int]) -> Counter[int]:
    """How often somebody said yes to each of these."""
    said = (
        select(Asked.request_id, func.count().label("times"))
        .where(Asked.request_id.in_(request_ids), Asked.answer == "yes")
        .group_by(Asked.request_id)
    )
    return Counter({row.request_id: row.times for row in db.execute(said)})


def _month(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date().replace(day=1)


def _begins(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
