"""Time: what it is now, and the beat at which timers are looked at. Rows are the truth; APScheduler wakes
the process."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger


class Clock(Protocol):
    """Tells the time, in UTC with its zone. While it is `in_doubt`, nothing is ended because it is late."""

    in_doubt: bool

    def now(self) -> datetime: ...


class RealClock:
    """The machine's own time."""

    in_doubt = False

    def now(self) -> datetime:
        return datetime.now(UTC)


class WoundClock:
    """A clock that stands still until it is wound: for trying out, teaching and tests."""

    in_doubt = False

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
"""By how much the clock of the machine has to be off from the time that went by, to have jumped; and from
that of the messengers, to be wrong."""
LONG = timedelta(days=1)
"""After a stop that seems to have been longer, a clock has to be confirmed: it may be ahead."""
REST = 600.0
"""Seconds in which nothing comes due after a jump ahead: a clock that is wrong for a moment must not end
conversations or pauses, and whoever runs it has time to look."""


class Watch:
    """Notices where the clock of the machine jumps, set by hand or by the network or after a sleep, and where
    it is wrong from the start.

    All times named `passed` are seconds by a clock that only runs on. `ahead` is by how much the clock is
    ahead of the messengers', negative where it is behind, None where none of them has told the time.
    """

    def __init__(self) -> None:
        self._before: tuple[datetime, float] | None = None
        self._rests_until = -math.inf
        self._confirmed = True
        self._known_wrong = False

    def begins(self, now: datetime, last: datetime | None, passed: float) -> timedelta | None:
        """Look at the clock of a start. `last` is when something was last written down, if anything was.
        Return by how much the clock is behind that; None where it is not."""
        if last is None:
            return None
        self._confirmed = -JUMP < now - last < LONG
        self._rests_until = -math.inf if self._confirmed else passed + REST
        return now - last if last - now > JUMP else None

    def jumped(self, now: datetime, passed: float) -> timedelta | None:
        """Return by how much the clock has jumped since the last look, back where that is negative; None
        where it has not."""
        before, self._before = self._before, (now, passed)
        if before is None:
            return None
        by = now - before[0] - timedelta(seconds=passed - before[1])
        if abs(by) < JUMP:
            return None
        self._rests_until = passed + REST if by > timedelta() else -math.inf
        self._confirmed = True
        self._known_wrong = False
        return by

    def is_wrong(self, ahead: timedelta | None) -> bool:
        """Whether the clock is wrong, by the messengers, and was not when this was last asked."""
        before, self._known_wrong = self._known_wrong, ahead is not None and abs(ahead) >= JUMP
        return self._known_wrong and not before

    def rests(self, passed: float, ahead: timedelta | None = None, *, heard: bool = True) -> bool:
        """Whether nothing comes due now; `heard`: whether a messenger has answered, with the time or not."""
        if ahead is not None:
            return abs(ahead) >= JUMP
        return passed < self._rests_until or not (self._confirmed or heard)
