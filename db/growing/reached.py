"""What a network has had so far of what its roadmap asks for, and what of it was lost."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Network, RoadmapReached

Reached = Mapping[str, RoadmapReached]
"""By the names of conditions and phases."""


def of(db: Session, network_id: int) -> dict[str, RoadmapReached]:
    """Return what a network has reached so far."""
    there = select(RoadmapReached).where(RoadmapReached.network_id == network_id)
    return {each.name: each for each in db.scalars(there)}


def keep(
    db: Session,
    network: Network,
    known: dict[str, RoadmapReached],
    there: Mapping[str, bool],
    now: datetime,
) -> None:
    """Keep what of these there is now, in what is known: it is new, lost, or found again."""
    for name, is_there in there.items():
        row = known.get(name)
        if row is None and is_there:
            row = known[name] = RoadmapReached(network_id=network.id, name=name, first_at=now)
            db.add(row)
        elif row is not None and is_there is (row.lost_at is not None):
            row.lost_at, row.told = None if is_there else now, False
    db.flush()


def note_told(rows: Iterable[RoadmapReached]) -> None:
    """Keep that those who coordinate have heard how it stands with these."""
    for each in rows:
        each.told = True
