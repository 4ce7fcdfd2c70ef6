"""The pulse of a network: who was left alone, and how well it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db import people
from db.models import Asked, HelpRequest, Member, Network
from db.network import announcements, members

NEW = timedelta(days=14)
"""How long somebody is a newcomer."""
SILENT = timedelta(days=30)
"""After how long without a human's answer by name somebody is raised."""
WINDOW = timedelta(days=30)
"""How far the figures look back."""
DAY = timedelta(days=1)


def newcomers(db: Session, network: Network, now: datetime) -> Sequence[Member]:
    """Return newcomers whom no human has answered by name so far, and who came after the last words to all
    newcomers; the first to come first."""
    since = max(now - NEW, announcements.last_to_newcomers(db, network) or now - NEW)
    alone = members.within_reach(network.id, now).where(
        Member.joined_at > since, Member.last_contact_at.is_(None)
    )
    return db.scalars(alone.order_by(Member.joined_at, Member.id)).all()


def silent(db: Session, network: Network, now: datetime) -> Sequence[Member]:
    """Return members whom no human has answered by name for 30 days, the longest alone first."""
    since = func.coalesce(Member.last_contact_at, Member.joined_at)
    alone = members.within_reach(network.id, now).where(since <= now - SILENT)
    return db.scalars(alone.order_by(since, Member.id)).all()


def is_new(member: Member, now: datetime) -> bool:
    """Whether somebody is a newcomer."""
    return member.joined_at > now - NEW


@dataclass(frozen=True, slots=True)
class NetworkFigures:
    """How a network is. Requests and answers are those of the last 30 days.

    answered:     requests that a human has answered, and `within_a_day` of them in time
    first_reply:  half of these came in less than this
    unanswered:   requests that were open for more than a day without an answer
    answers:      times that somebody said yes, and how many of these the three most helpful gave
    """

    members: int
    paused: int
    unreachable: int
    requests: int
    answered: int
    within_a_day: int
    first_reply: timedelta | None
    unanswered: int
    answers: int
    of_top_three: int


def figures(db: Session, network: Network, now: datetime) -> NetworkFigures:
    """Return the figures of a network."""
    everybody = [member.person for member in members.active(db, network)]
    reached = people.reach(db, [person.id for person in everybody])
    requests = db.scalars(
        select(HelpRequest).where(
            HelpRequest.network_id == network.id,
            HelpRequest.opened_at > now - WINDOW,
            # One of which those who coordinate are to know nothing is like any other once it is answered.
            or_(HelpRequest.without_coordinators.is_(False), HelpRequest.answered_at.is_not(None)),
        )
    ).all()
    waits = sorted(request.answered_at - request.opened_at for request in requests if request.answered_at)
    answers = _answers(db, network, now)
    return NetworkFigures(
        members=len(everybody),
        paused=sum(people.is_paused(person, now) for person in everybody),
        unreachable=len(everybody) - len(reached),
        requests=len(requests),
        answered=len(waits),
        within_a_day=sum(wait <= DAY for wait in waits),
        first_reply=waits[len(waits) // 2] if waits else None,
        unanswered=sum(_went_unanswered(request, now) for request in requests),
        answers=sum(answers),
        of_top_three=sum(answers[:3]),
    )


def _went_unanswered(request: HelpRequest, now: datetime) -> bool:
    """Whether nobody answered, although there was a day for it."""
    return request.answered_at is None and (request.closed_at or now) - request.opened_at > DAY


def _answers(db: Session, network: Network, now: datetime) -> list[int]:
    """Return how often each helper said yes, the most helpful first."""
    times = func.count()
    return list(
        db.scalars(
            select(times)
            .select_from(Asked)
            .join(Member, Member.id == Asked.member_id)
            .where(Member.network_id == network.id, Asked.answer == "yes", Asked.answered_at > now - WINDOW)
            .group_by(Asked.member_id)
            .order_by(times.desc())
        )
    )
