"""Urgent requests: since when, and how many waves of peers were asked."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import HelpRequest, Member

ONCE_IN = timedelta(days=3)
"""So often somebody may have an urgent request."""
WAVES = 2
"""Waves of a few peers; then everybody is asked."""


def begin(request: HelpRequest, now: datetime) -> None:
    """Make a request urgent."""
    request.urgent_at, request.waves = now, 0


def begin_again(request: HelpRequest) -> None:
    """Count waves from the first one again."""
    request.waves, request.widened_at = 0, None


def note_wave(request: HelpRequest) -> None:
    """Note that several peers were asked at once."""
    request.waves += 1


def earlier(db: Session, request: HelpRequest, now: datetime) -> datetime | None:
    """Return since when the asker has another urgent request, in any network, of the last days; None where
    they may have one."""
    return db.scalar(
        select(func.max(HelpRequest.urgent_at))
        .join(Member, Member.id == HelpRequest.asker_id)
        .where(
            Member.person_id == request.asker.person_id,
            HelpRequest.id != request.id,
            HelpRequest.urgent_at > now - ONCE_IN,
        )
    )
