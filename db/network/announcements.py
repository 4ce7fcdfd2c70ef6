"""Announcements: words to many members. The deliveries of the letter are the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import deliveries
from db.models import Announcement, Audience, Letter, Member, Network


@dataclass(frozen=True, slots=True)
class Report:
    """How many members have it, have blocked the bot, wait for it, and will not get it for other reasons."""

    delivered: int
    blocked: int
    waiting: int
    failed: int


def make(
    db: Session, by: Member, *, letter_id: int, audience: Audience, readers: int, now: datetime
) -> Announcement:
    """Add an announcement that was written to this many `readers`, reachable or not."""
    announcement = Announcement(
        network_id=by.network_id,
        made_by_id=by.id,
        letter_id=letter_id,
        audience=audience,
        readers=readers,
        made_at=now,
    )
    db.add(announcement)
    db.flush()
    return announcement


def last_to_newcomers(db: Session, network: Network) -> datetime | None:
    """Return when somebody wrote to all newcomers of a network last; None for never."""
    to_newcomers = Announcement.network_id == network.id, Announcement.audience == "new"
    return db.scalar(select(func.max(Announcement.made_at)).where(*to_newcomers))


def since(db: Session, network: Network, moment: datetime) -> Sequence[Any]:
    """Return the texts of a network's announcements since then, the latest first, as far as they are kept."""
    return db.scalars(
        select(Letter.body)
        .join(Announcement, Announcement.letter_id == Letter.id)
        .where(
            Announcement.network_id == network.id,
            Announcement.made_at >= moment,
            Letter.body.is_not(None),
        )
        .order_by(Announcement.made_at.desc(), Announcement.id.desc())
    ).all()


def report(db: Session, announcement: Announcement) -> Report | None:
    """Return how far an announcement is; None once its deliveries are forgotten. Somebody who could not be
    written to at all counts as blocked."""
    if announcement.letter_id is None:
        return None
    states = deliveries.report(db, announcement.letter_id)
    if announcement.readers and not states:
        return None
    return Report(
        delivered=states.get("sent", 0),
        blocked=states.get("unreachable", 0) + announcement.readers - sum(states.values()),
        waiting=states.get("waiting", 0),
        failed=states.get("refused", 0) + states.get("dropped", 0),
    )
