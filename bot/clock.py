"""Time: what it is now, and the beat at which timers are looked at. Rows are the truth; APScheduler wakes
the process and knows calendars."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger


class Clock(Protocol):
    """Tells the time, in UTC with its zone."""

    def now(self) -> datetime: ...


class RealClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class WoundClock:
    """A clock that stands still until it is wound: for trying out, teaching and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def wind(self, to: datetime) -> None:
        """Go forward to a time; a clock never goes back."""
        self._now = max(self._now, to)


async def beat(seconds: float, tick: Callable[[], Awaitable[None]]) -> None:
    """Call `tick` now and then at this beat, one at a time, until cancelled."""
    struck = asyncio.Event()

    async def strike() -> None:
        struck.set()

    # The scheduler only strikes: what it runs itself it would cancel in the middle, and call that an error.
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(strike, IntervalTrigger(seconds=seconds), coalesce=True, misfire_grace_time=None)
    scheduler.start()
    try:
        while True:
            struck.clear()
            await tick()
            await struck.wait()
    finally:
        scheduler.shutdown(wait=False)


def next_weekly(
    after: datetime, *, weekday: int, at: time, every_weeks: int, starts_on: date, zone: ZoneInfo
) -> datetime:
    """The first time (UTC) after `after` that falls on `weekday` (Monday is 0) at local time `at` in
    `zone`, in a week that is a whole number of `every_weeks` after the one of `starts_on`, not before it.
    Where the clocks jump over that time, it is the one it would have been; where they show it twice, the
    first.
    """
    anchor = starts_on - timedelta(days=starts_on.weekday())
    # The trigger counts on the face of the clock, where every day has 24 hours: near a change, and only
    # there, it would pass over an hour, or come twice.
    trigger = CronTrigger(day_of_week=weekday, hour=at.hour, minute=at.minute, timezone=UTC)
    start = max(after.astimezone(zone) - timedelta(days=1), datetime.combine(starts_on, time(), zone))
    face: datetime = start.replace(tzinfo=UTC) - timedelta(microseconds=1)
    while True:
        face = trigger.get_next_fire_time(None, face + timedelta(microseconds=1))
        moment = face.replace(tzinfo=zone).astimezone(UTC)
        if moment > after and (face.date() - anchor).days // 7 % every_weeks == 0:
            return moment
