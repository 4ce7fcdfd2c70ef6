"""The time as somebody else tells it, in the header of an answer
(https://www.rfc-editor.org/rfc/rfc9110#field.date)."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

Told = tuple[datetime, float]
"""The time that was told, and when, by a clock that only runs on (`time.monotonic`, seconds)."""


def told(date: str | None) -> Told | None:
    """Return the time in a header; None where there is none."""
    try:
        found = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC), time.monotonic()


def ahead(told: Told, now: datetime, passed: float) -> timedelta:
    """Return by how much `now` is ahead of what was told, when the clock that only runs on shows `passed`;
    negative where it is behind."""
    then, at = told
    return now - then - timedelta(seconds=passed - at)
