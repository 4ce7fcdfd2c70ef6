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
    """How many members have it, have blocked the bot, wait for it, and will not get it for other reasons; how
    many had left or were on a break when it came to them; to how many of all it is written by now."""

    delivered: int
    blocked: int
    waiting: int
    failed: int
    missed: int
    written: int
    readers: int
    is_written: bool


def make(
    db: Session, by: Member, *, letter_id: int, audience: Audience, readers: int, now: datetime
) -> Announcement:
    """Add an announcement for this many `readers`, reachable or not, to whom it is still to be written."""
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


def note_written(announcement: Announcement, to: int, *, missed: int, all_at: datetime | None) -> None:
    """Count so many more to whom it is written, reachable or not, and who have gone; `all_at` is when these
    were the last."""
    announcement.written += to
    announcement.missed += missed
    announcement.written_at = all_at


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
    is_written = announcement.written_at is not None
    if is_written and announcement.written and not states:
        return None
    return Report(
        delivered=states.get("sent", 0),
        blocked=states.get("unreachable", 0) + announcement.written - sum(states.values()),
        waiting=states.get("waiting", 0),
        failed=states.get("refused", 0) + states.get("dropped", 0),
        missed=announcement.missed,
        written=announcement.written,
        readers=announcement.readers,
        is_written=is_written,
    )
