"""Tries of what fails again and again: how long to wait for the next one, with one line in the log a
cause."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

from bot.support.log import Events

FIRST_WAIT: Final = 0.25
"""Seconds: a connection that dropped once is mostly there again at once."""
DOUBLINGS: Final = 10


def delay(failures: int, longest: float) -> float:
    """Return the seconds to wait after this many failures: a quarter of a second at first, doubled up to
    `longest`, and never quite the same, so that many do not come back at once."""
    wait = min(longest, FIRST_WAIT * 2.0 ** min(failures, DOUBLINGS))
    return wait * random.uniform(0.5, 1.0)  # noqa: S311  # jitter, not a secret


class Backoff:
    """The failures of one thing in a row. `longest` is the upper bound on the seconds between two tries;
    `sleep` is what waits, for tests."""

    def __init__(
        self, log: Events, longest: float = 30.0, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._log = log
        self._sleep = sleep
        self._longest = longest
        self._failures = 0
        self._said = ""

    async def wait(self, event: str, *, at_least: float = 0.0, **fields: object) -> None:
        """Wait longer each time, and no less than `at_least` seconds."""
        wait = max(at_least, delay(self._failures, self._longest))
        if self._said != event:
            self._log.warning(event, seconds=round(wait, 1), **fields)
        self._failures, self._said = self._failures + 1, event
        await self._sleep(wait)

    def over(self, event: str, **fields: object) -> None:
        """Begin anew, because it works again."""
        if self._failures:
            self._log.info(event, failures=self._failures, **fields)
        self._failures, self._said = 0, ""
