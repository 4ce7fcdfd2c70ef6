"""The pulse of a network: who was left alone, and how well it answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    extract,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager

from db.help import help_requests, months
from db.help.queues import Queue
from db.models import Asked, CheckIn, HelpRequest, Member, Network, Past, Person
from db.network import announcements, members, roster

SILENT = timedelta(days=30)
"""After how long without a human's answer by name somebody is raised."""
NEW = SILENT
"""How long somebody is a newcomer: until they are raised like everybody else, so that nobody is forgotten in
between."""
GONE = timedelta(days=30)
"""Who has blocked the bot is missing only after so long: sooner, it would tell who of them had asked without
a name, and cannot be written to since."""
WINDOW = timedelta(days=30)
"""How far the figures look back."""
DAY = timedelta(days=1)
MINUTE = 60
MOST = 2000
"""So many requests are looked at, the newest first: what is told of them is no other for more."""
EACH = 8
"""Of how many helpers it is told how many requests they took: as many as fit a picture."""


def unanswered(db: Session, network: Network, now: datetime, apart: Collection[int]) -> Queue[HelpRequest]:
    """Return requests that look for somebody, without those of some people (by their ids): those of newcomers
    first, then the oldest. Whoever asked without a name is no newcomer here, and is not named: their place
    would tell who they are."""
    is_newcomers = and_(~HelpRequest.anonymous, Member.joined_at > now - NEW)
    waiting = (
        help_requests.unanswered(network.id, now)
        .join(HelpRequest.asker)
        .options(contains_eager(HelpRequest.asker).joinedload(Member.person))
        .where(Member.person_id.not_in(apart))
    )
    order = case((is_newcomers, 0), else_=1), HelpRequest.opened_at, HelpRequest.id
    names = case((HelpRequest.anonymous, None), else_=HelpRequest.asker_id)
    whom = help_requests.of_unanswered(HelpRequest.asker_id, network.id, now, ~HelpRequest.anonymous)
    return Queue(db, waiting, HelpRequest.id, order, names, whom=None if apart else whom)


def newcomers(db: Session, network: Network, now: datetime) -> Queue[Member]:
    """Return newcomers whom no human has answered by name so far, and who came after the last words to all
    newcomers; the first to come first."""
    alone = members.within_reach(network.id, now, since=now - GONE).where(
        Member.joined_at > unheard_since(db, network, now),
        Member.last_contact_at.is_(None),
        Member.role == "member",
    )
    return _members(db, alone, Member.joined_at)


def unheard_since(db: Session, network: Network, now: datetime) -> datetime:
    """Return since when newcomers have come to whom nobody has written as to all of them."""
    return max(now - NEW, announcements.last_to_newcomers(db, network) or now - NEW)


def silent(db: Session, network: Network, now: datetime) -> Queue[Member]:
    """Return members whom no human has answered by name for 30 days, the longest alone first."""
    since = func.coalesce(Member.last_contact_at, Member.joined_at)
    found = members.within_reach(network.id, now, since=now - GONE).where(since <= now - SILENT)
    never = and_(Member.last_contact_at.is_(None), Member.joined_at <= now - SILENT)
    ways = (
        (never, (Member.joined_at, Member.id)),
        (Member.last_contact_at <= now - SILENT, (Member.last_contact_at, Member.id)),
    )
    return replace(_members(db, found, since), ways=ways)


def _members(db: Session, found: Select[Member], since: SQLColumnExpression[datetime]) -> Queue[Member]:
    return Queue(db, found.options(contains_eager(Member.person)), Member.id, (since, Member.id), Member.id)


def count_handed_over(db: Session, network_id: int, since: datetime) -> int:
    """Return how many requests found nobody since then and were handed over to those who coordinate."""
    lately = HelpRequest.network_id == network_id, ~HelpRequest.counted, HelpRequest.opened_at >= since
    handed = HelpRequest.handed_at.is_not(None)
    return db.scalar(select(func.count()).select_from(HelpRequest).where(*lately, handed)) or 0


def has_waited(db: Session, network_id: int, since: datetime) -> bool:
    """Whether a request waits for those who coordinate since then, or for longer."""
    waits = HelpRequest.network_id == network_id, HelpRequest.handed_at <= since
    still = HelpRequest.closed_at.is_(None), HelpRequest.answered_at.is_(None)
    nobodys = HelpRequest.helper_id.is_(None), HelpRequest.without_coordinators.is_(False)
    return bool(db.scalar(select(exists().where(*waits, *still, *nobodys))))


def taking_part(db: Session, member_ids: Collection[int]) -> int:
    """Return how many of these members have asked or answered something: each other, or in a check-in."""
    before = Past.questions + Past.answers + Past.check_in_answers
    did = or_(
        exists().where(HelpRequest.asker_id == Member.id),
        exists().where(Asked.member_id == Member.id, Asked.answer.is_not(None)),
        exists().where(CheckIn.member_id == Member.id, CheckIn.answered_at.is_not(None)),
        exists().where(Past.member_id == Member.id, before > 0),
    )
    return db.scalar(select(func.count()).select_from(Member).where(Member.id.in_(member_ids), did)) or 0


def is_new(member: Member, now: datetime) -> bool:
    """Whether somebody is a newcomer."""
    return member.joined_at > now - NEW


@dataclass(frozen=True, slots=True)
class NetworkFigures:
    """How a network is. Requests and answers are those of the last 30 days; where these are more than `MOST`,
    those of the newest, and one more. Of those on a break, and of those who cannot be reached, no more are
    counted than `roster.MOST`, and one more.

    answered:     requests that a human has answered, and `within_a_day` of them in time
    first_reply:  half of these came in less than this
    unanswered:   requests that were open for more than a day without an answer
    answers:      requests that somebody took; how many members did, and how many each of the eight took who
                  took most, the most first
    helpers:      members who help somebody now, and how many of these help as many as they said they can
    """

    members: int
    paused: int
    unreachable: int
    resting: int
    requests: int
    answered: int
    within_a_day: int
    first_reply: timedelta | None
    unanswered: int
    answers: int
    answering: int
    each: Sequence[int]
    helpers: int
    at_their_load: int

    @property
    def of_top_three(self) -> int:
        """Return how many requests the three took who took most."""
        return sum(self.each[:3])


def figures(db: Session, network: Network, now: datetime) -> NetworkFigures:
    """Return the figures of a network."""
    lately = (
        HelpRequest.network_id == network.id,
        ~HelpRequest.counted,  # none of the window is
        HelpRequest.opened_at > now - WINDOW,
        months.TOLD,
    )
    waits = _waits(db, lately, now)
    answered = [row for row in waits if row.minutes is not None]
    answers, answering, each = _answers(db, lately)
    helpers, at_their_load = _helpers(db, network)
    return NetworkFigures(
        members=roster.count(db, network),
        paused=roster.count_paused(db, network, now),
        unreachable=roster.count_lost(db, network),
        resting=roster.count_silent(db, network),
        requests=sum(row.many for row in waits),
        answered=sum(row.many for row in answered),
        within_a_day=sum(row.within_a_day for row in answered),
        first_reply=_half(answered),
        unanswered=sum(row.alone for row in waits),
        answers=answers,
        answering=answering,
        each=each,
        helpers=helpers,
        at_their_load=at_their_load,
    )


def _waits(
    db: Session, which: Sequence[ColumnElement[bool]], now: datetime
) -> Sequence[Row[int, int, int, int]]:
    """Return, for each time in `minutes` that passed until the first answer (None: there is none), the
    shortest first, how `many` requests waited for so long, how many of them got it `within_a_day`, and how
    many were left `alone`, although there was a day for an answer."""
    opened, answered, over = (
        extract("epoch", at).cast(BigInteger)
        for at in (
            HelpRequest.opened_at,
            HelpRequest.answered_at,
            func.coalesce(HelpRequest.closed_at, literal(now, HelpRequest.closed_at.type)),
        )
    )
    alone = case((HelpRequest.answered_at.is_(None), over - opened))
    times = select((answered - opened).label("seconds"), alone.label("alone"))
    # Else SQLite works them out again and again.
    each = _newest(times.where(*which)).cte("each").prefix_with("MATERIALIZED")
    minutes, many = (each.c.seconds // MINUTE).label("minutes"), func.count()
    a_day = DAY // timedelta(seconds=1)
    waits = select(
        minutes,
        many.label("many"),
        many.filter(each.c.seconds <= a_day).label("within_a_day"),
        many.filter(each.c.alone > a_day).label("alone"),
    )
    return db.execute(waits.group_by(minutes).order_by(minutes)).all()


def _newest(found: Select[Any]) -> Select[Any]:
    return found.order_by(HelpRequest.opened_at.desc()).limit(MOST + 1)


def _half(waits: Sequence[Row[int, int, int, int]]) -> timedelta | None:
    """Return the time in which half of the answers came; None where there are none."""
    half, so_far = sum(row.many for row in waits) // 2, accumulate(row.many for row in waits)
    found = (row.minutes for row, until in zip(waits, so_far, strict=True) if until > half)
    return next((timedelta(minutes=minutes) for minutes in found), None)


def _helpers(db: Session, network: Network) -> tuple[int, int]:
    """Return how many members help somebody now, and how many of them as many as they said they can: found
    from the few questions that somebody helps with, and looked up for each of these."""
    helping = (
        select(HelpRequest.helper_id, func.count().label("many"))
        .where(HelpRequest.state == "taken", HelpRequest.network_id == network.id)
        .group_by(HelpRequest.helper_id)
        .subquery()
    )
    theirs = select(Person.load).join(Member, Member.person_id == Person.id)
    load = theirs.where(Member.id == helping.c.helper_id).correlate(helping).scalar_subquery()
    full = func.count().filter(helping.c.many >= load)
    row = db.execute(select(func.count(), full).select_from(helping)).one()
    return row[0], row[1]


def _answers(db: Session, which: Sequence[ColumnElement[bool]]) -> tuple[int, int, Sequence[int]]:
    """Return how many requests somebody took, how many members did, and how many each of those took who took
    most."""
    helped = HelpRequest.helper_id.is_not(None)
    # A number that PostgreSQL adds up at once.
    many = func.count().cast(Integer).label("times")
    helpers = _newest(select(HelpRequest.helper_id).where(*which, helped)).subquery()
    times = select(many).select_from(helpers).group_by(helpers.c.helper_id)
    each = times.cte("each").prefix_with("MATERIALIZED")
    both = (
        select(what).select_from(each).scalar_subquery() for what in (func.sum(each.c.times), func.count())
    )
    rows = db.execute(select(each.c.times, *both).order_by(each.c.times.desc()).limit(EACH)).all()
    answers, answering = (int(rows[0][1]), int(rows[0][2])) if rows else (0, 0)
    return answers, answering, [row[0] for row in rows]
