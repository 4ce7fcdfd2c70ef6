"""Announcements: words to many members. The deliveries of the letter are the report."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db import deliveries
from db.models import Announcement, Member


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
