"""Time: what it is now, and the beat at which timers are looked at. Rows are the truth; APScheduler wakes
the process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
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


JUMP = timedelta(hours=1)
"""By how much the clock of the machine has to be off from the time that went by, to have jumped."""
REST = 600.0
"""Seconds in which nothing comes due after a jump ahead: a clock that is wrong for a moment must not end
conversations or pauses, and whoever runs it has time to look."""


class Watch:
    """Notices where the clock of the machine jumps: set by hand or by the network, or after a sleep."""

    def __init__(self) -> None:
        self._before: tuple[datetime, float] | None = None
        self._rests_until = 0.0

    def jumped(self, now: datetime, passed: float) -> timedelta | None:
        """Return by how much the clock has jumped since the last look, back where that is negative; None
        where it has not. `passed` are seconds by a clock that only runs on."""
        before, self._before = self._before, (now, passed)
        if before is None:
            return None
        by = now - before[0] - timedelta(seconds=passed - before[1])
        if abs(by) < JUMP:
            return None
        self._rests_until = passed + REST if by > timedelta() else 0.0
        return by

    def rests(self, passed: float) -> bool:
        """Whether nothing comes due now."""
        return passed < self._rests_until
