"""Whether the clock of the machine can be trusted: by what was written down, by the seconds that go by, and
by the servers of the messengers."""

import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from bot.support.clock import RealClock, Watch
from bot.support.log import get
from bot.support.told import Told, ahead

log = get("app")


class Timekeeper:
    """Has a clock `in_doubt` while it may be wrong. `tell_jump` and `tell_wrong` are told by how much it has
    jumped, and by how much it is ahead of the messengers; negative is back, or behind."""

    def __init__(
        self,
        tell_jump: Callable[[timedelta], Awaitable[None]],
        tell_wrong: Callable[[timedelta], Awaitable[None]],
    ) -> None:
        self._tell_jump, self._tell_wrong = tell_jump, tell_wrong
        self._watch = Watch()

    async def begins(self, now: datetime, last: datetime | None) -> None:
        """Look at the clock of a start; `last` is when something was last written down, if anything was."""
        last = None if last is None else last.replace(tzinfo=now.tzinfo)
        if (behind := self._watch.begins(now, last, time.monotonic())) is not None:
            await self._jumped(behind)

    async def trusts(self, clock: RealClock, told: Iterable[Told | None], *, heard: bool) -> bool:
        """Look again, and return whether the clock can be trusted. `told` is what each messenger's server
        says; `heard`: whether any of them has answered."""
        now, passed = clock.now(), time.monotonic()
        by_them = min((ahead(each, now, passed) for each in told if each is not None), key=abs, default=None)
        by, is_wrong = self._watch.jumped(now, passed), self._watch.is_wrong(by_them)
        if by is not None:
            await self._jumped(by)
        elif is_wrong and by_them is not None:
            log.warning("clock wrong", seconds=round(by_them.total_seconds()))
            await self._tell_wrong(by_them)
        clock.in_doubt = self._watch.rests(passed, by_them, heard=heard)
        return not clock.in_doubt

    async def _jumped(self, by: timedelta) -> None:
        log.warning("clock jumped", seconds=round(by.total_seconds()))
        await self._tell_jump(by)
