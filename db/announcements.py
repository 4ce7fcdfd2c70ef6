"""Announcements: words to many members. The deliveries of the letter are the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import deliveries
from db.models import Announcement, Letter, Member, Network


@dataclass(frozen=True, slots=True)
class Report:
    """How many members have it, have blocked the bot, wait for it, and will not get it for other reasons."""

    delivered: int
    blocked: int
    waiting: int
    failed: int


def make(
    db: Session, by: Member, *, letter_id: int, audience: str, readers: int, now: datetime
) -> Announcement:
    """Keep an announcement that was written to so many `readers`, reachable or not."""
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


def since(db: Session, network: Network, moment: datetime) -> Sequence[Any]:
    """The texts of a network's announcements since then, the latest first, as far as they are kept."""
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
    """How far an announcement is; None once its deliveries are forgotten. Who could not be written to at
    all counts as one who has blocked the bot."""
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
