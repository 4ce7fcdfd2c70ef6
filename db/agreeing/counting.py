"""What the program counts itself of a goal: nobody is asked for a number that is there."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.agreeing import agreements
from db.directory import organisations
from db.growing import partners
from db.help import digests, pulse
from db.models import GoalKind, Network
from db.network import roster
from db.sharing import shelf

FEW = 5
"""Of fewer no share is told: it would tell who has not answered, or was not."""
A_YEAR, LATELY = timedelta(days=365), timedelta(days=90)
"""For how long an organisation counts as checked, and how far back somebody has come lately."""


def _members(db: Session, network: Network, _now: datetime) -> int:
    return agreements.members(db, network.id)


def _partners(db: Session, network: Network, _now: datetime) -> int:
    return partners.count(db, network)


def _organisations(db: Session, network: Network, now: datetime) -> int:
    return organisations.count(db, network.id, now - A_YEAR)


def _shared(db: Session, network: Network, _now: datetime) -> int:
    return shelf.many(db, [network.id])


def _within_a_day(db: Session, network: Network, now: datetime) -> int | None:
    figures = pulse.figures(db, network, now)
    return 100 * figures.within_a_day // figures.requests if figures.requests else None


def _newcomers(db: Session, network: Network, now: datetime) -> int | None:
    came, heard = roster.came_since(db, network, now - LATELY)
    return 100 * heard // came if came >= FEW else None


def _check_ins(db: Session, network: Network, _now: datetime) -> int | None:
    last = digests.last(db, network.id)
    return 100 * last.answered // last.asked if last is not None and last.asked >= FEW else None


COUNTED: Mapping[GoalKind, Callable[[Session, Network, datetime], int | None]] = {
    "members": _members,
    "partners": _partners,
    "organisations": _organisations,
    "shared": _shared,
    "within_day": _within_a_day,
    "newcomers": _newcomers,
    "check_ins": _check_ins,
}
"""The kinds of goals that are counted: as a number, or as `SHARES`."""
SHARES: frozenset[GoalKind] = frozenset({"within_day", "newcomers", "check_ins"})
"""Those that are counted in percent: of the questions of 30 days, of those who came in 90 days, and of
the last check-in."""


def counted(db: Session, network: Network, kind: GoalKind, now: datetime) -> int | None:
    """Return how far a goal of a counted kind is; None where there is nothing to count yet."""
    return COUNTED[kind](db, network, now)
