"""Time: what it is now, and the beat at which timers are looked at. Rows are the truth; APScheduler wakes
the process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
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
