"""What the program counts itself of a goal: nobody is asked for a number that is there."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from db.agreeing import agreements
from db.growing import partners
from db.help import digests, pulse
from db.models import GoalKind, Network

FEW = 5
"""Of fewer who were asked no share is told: it would tell who has not answered."""


def _members(db: Session, network: Network, _now: datetime) -> int:
    return agreements.members(db, network.id)


def _partners(db: Session, network: Network, _now: datetime) -> int:
    return partners.count(db, network)


def _within_a_day(db: Session, network: Network, now: datetime) -> int | None:
    figures = pulse.figures(db, network, now)
    return 100 * figures.within_a_day // figures.requests if figures.requests else None


def _check_ins(db: Session, network: Network, _now: datetime) -> int | None:
    last = digests.last(db, network.id)
    return 100 * last.answered // last.asked if last is not None and last.asked >= FEW else None


COUNTED: Mapping[GoalKind, Callable[[Session, Network, datetime], int | None]] = {
    "members": _members,
    "partners": _partners,
    "within_day": _within_a_day,
    "check_ins": _check_ins,
}
"""The kinds of goals that are counted: as a number, or as `SHARES`."""
SHARES: frozenset[GoalKind] = frozenset({"within_day", "check_ins"})
"""Those that are counted in percent: of the questions of 30 days, and of the last check-in."""


def counted(db: Session, network: Network, kind: GoalKind, now: datetime) -> int | None:
    """Return how far a goal of a counted kind is; None where there is nothing to count yet."""
    return COUNTED[kind](db, network, now)
