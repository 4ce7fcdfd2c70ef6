"""What a network takes with it as tables: its members, its figures by month, its requests without words.
It is read as a whole, on a connection of its own."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from db.help import digests, months
from db.models import (
    Asked,
    Cohort,
    HelpRequest,
    Invitation,
    Member,
    MemberTopic,
    Network,
    Person,
    PersonLanguage,
    Round,
)
from db.sharing import looked_for

TOP = 3
"""The helpers whose share of all answers is told."""


def begins(day: date, network: Network) -> datetime:
    """Return when a day begins where a network is (UTC)."""
    return datetime.combine(day, time(), ZoneInfo(network.time_zone)).astimezone(UTC)


def day_of(moment: datetime, network: Network) -> date:
    """Return which day a moment was where a network is."""
    return moment.astimezone(ZoneInfo(network.time_zone)).date()


# --- members -------------------------------------------------------------------------------------


def _members(network: Network, since: date, until: date, partner_id: int | None) -> ColumnElement[bool]:
    """Which members came from a day on and before another one; those of a partner's groups, where it is
    named."""
    here = and_(
        Member.network_id == network.id,
        Member.state == "active",
        Member.joined_at >= begins(since, network),
        Member.joined_at < begins(until, network),
    )
    if partner_id is None:
        return here
    theirs = select(Invitation.id).join(Cohort, Cohort.id == Invitation.cohort_id)
    return and_(here, Member.invitation_id.in_(theirs.where(Cohort.partner_id == partner_id)))


def count_members(db: Session, network: Network, since: date, until: date, partner_id: int | None) -> int:
    """Return how many members the list would have."""
    counted = select(func.count()).select_from(Member)
    return db.scalar(counted.where(_members(network, since, until, partner_id))) or 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A member in the list, with the name of their course group, "" for none."""

    row: Row[Any]
    topics: Sequence[str]
    languages: Sequence[str]


def members(
    db: Session, network: Network, since: date, until: date, partner_id: int | None
) -> Iterator[Listed]:
    """Yield the members by name."""
    which = _members(network, since, until, partner_id)
    topics, languages = defaultdict(list), defaultdict(list)
    of_member = select(MemberTopic.member_id, MemberTopic.topic).join(Member).where(which)
    for member_id, topic in db.execute(of_member.order_by(MemberTopic.topic)):
        topics[member_id].append(topic)
    of_person = select(Member.id, PersonLanguage.language).where(
        which, PersonLanguage.person_id == Member.person_id
    )
    for member_id, language in db.execute(of_person.order_by(PersonLanguage.language)):
        languages[member_id].append(language)
    rows: Any = (  # mypy knows no row of nine columns as any row
        select(
            Member.id,
            Member.role,
            Member.label,
            Member.joined_at,
            Person.name,
            Person.place,
            Person.paused_at,
            Person.paused_until,
            Cohort.name.label("group"),
        )
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Invitation, Invitation.id == Member.invitation_id)
        .outerjoin(Cohort, Cohort.id == Invitation.cohort_id)
        .where(which)
        .order_by(Member.folded, Member.id)
    )
    for row in db.execute(rows):
        yield Listed(row, topics[row.id], languages[row.id])


# --- figures -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthTold:
    """A month of a network: who was there at its end, came and went, what its questions came to, how many a
    card answered, what of all help came from the three who helped most (None: that cannot be told any more),
    and its check-ins."""

    first: date
    members: int
    joined: int
    left: int
    questions: months.MonthFigures
    spared: int
    of_top: tuple[int, int] | None
    check_ins: Mapping[str, int]


def by_month(db: Session, network: Network, since: date, now: datetime) -> Iterator[MonthTold]:
    """Yield the months from one on, by its first day, until the one of now."""
    came = select(Member.joined_at, Member.ended_at).where(
        Member.network_id == network.id, Member.state.not_in(("founding", "merged"))
    )
    all_members = db.execute(came).all()
    helped = _helped(db, network, since)
    rounds = _rounds(db, network, since)
    spared = looked_for.by_month(db, network.id, "spared", since)
    first = since
    while begins(first, network) <= now:
        start, end = begins(first, network), begins(months.after(first), network)
        yield MonthTold(
            first,
            sum(row.joined_at < end and (row.ended_at is None or row.ended_at >= end) for row in all_members),
            sum(start <= row.joined_at < end for row in all_members),
            sum(row.ended_at is not None and start <= row.ended_at < end for row in all_members),
            months.of(db, network, first, now),
            spared.get(first, 0),
            _of_top(helped.get(first, Counter())),
            rounds.get(first, Counter()),
        )
        first = months.after(first)


def _helped(db: Session, network: Network, since: date) -> dict[date, Counter[int]]:
    """Return how many questions each helper took, by month."""
    taken = select(HelpRequest.opened_at, HelpRequest.helper_id).where(
        HelpRequest.network_id == network.id,
        HelpRequest.helper_id.is_not(None),
        HelpRequest.opened_at >= begins(since, network),
        months.TOLD,
    )
    found: defaultdict[date, Counter[int]] = defaultdict(Counter)
    for opened_at, helper_id in db.execute(taken):
        found[day_of(opened_at, network).replace(day=1)][helper_id or 0] += 1
    return found


def _of_top(helpers: Counter[int]) -> tuple[int, int] | None:
    total = helpers.total()
    return (sum(times for _helper, times in helpers.most_common(TOP)), total) if total else None


def _rounds(db: Session, network: Network, since: date) -> dict[date, Counter[str]]:
    """Return what was told of check-ins, by month. How often each answer was given is only in it where it
    tells nobody what somebody said."""
    found: defaultdict[date, Counter[str]] = defaultdict(Counter)
    ended = select(Round).where(Round.network_id == network.id, Round.digest.is_not(None), Round.day >= since)
    for round_ in db.scalars(ended.order_by(Round.day)):
        told = digests.told(round_)
        if told is not None:
            sums = found[round_.day.replace(day=1)]
            sums.update(asked=told.asked, answered=told.answered)
            if told.telling:
                sums.update(good=told.good, so_so=told.so_so, not_good=told.not_good)
    return found


# --- requests ------------------------------------------------------------------------------------


def _requests(network: Network, since: date, until: date, today: date) -> ColumnElement[bool]:
    """Which requests were asked from a day on and before another one. Those without a name come when their
    month is over: whoever took the list on two days would see when they were asked."""
    return and_(
        HelpRequest.network_id == network.id,
        HelpRequest.opened_at >= begins(since, network),
        HelpRequest.opened_at < begins(until, network),
        or_(~HelpRequest.anonymous, HelpRequest.opened_at < begins(today.replace(day=1), network)),
        months.TOLD,
    )


def count_requests(db: Session, network: Network, since: date, until: date, today: date, most: int) -> int:
    """Return how many requests the list would have, `most` where they are that many or more."""
    some = select(HelpRequest.id).where(_requests(network, since, until, today)).limit(most)
    return db.scalar(select(func.count()).select_from(some.subquery())) or 0


@dataclass(frozen=True, slots=True)
class Told:
    """A request without its words and people: how many were asked, and how many of them said no."""

    row: Row[Any]
    asked: int
    declined: int


def requests(db: Session, network: Network, since: date, until: date, today: date) -> Sequence[Told]:
    """Return the requests, the oldest first; behind them those without a name, in an order that tells nothing
    of their day."""
    which = _requests(network, since, until, today)
    no = func.count().filter(Asked.answer.in_(("no", "late")))
    counted = select(Asked.request_id, func.count(), no).join(HelpRequest).where(which)
    asked = {row[0]: (row[1], row[2]) for row in db.execute(counted.group_by(Asked.request_id))}
    rows: Any = db.execute(
        select(
            HelpRequest.id,
            HelpRequest.topic,
            HelpRequest.anonymous,
            HelpRequest.state,
            HelpRequest.opened_at,
            HelpRequest.answered_at,
            HelpRequest.helped,
        )
        .where(which)
        .order_by(HelpRequest.opened_at, HelpRequest.id)
    ).all()
    told = [Told(row, *asked.get(row.id, (0, 0))) for row in rows]
    named = [each for each in told if not each.row.anonymous]
    return [*named, *sorted((each for each in told if each.row.anonymous), key=_without_day)]


def _without_day(told: Told) -> tuple[Any, ...]:
    return told.row.topic, told.row.state, told.asked, told.declined, told.row.helped or ""


def years(since: date, today: date) -> Collection[tuple[date, date]]:
    """Return the years from a day on until today, each by its first day and the one after its last."""
    return [
        (max(since, date(year, 1, 1)), date(year + 1, 1, 1)) for year in range(since.year, today.year + 1)
    ]
