"""What is logged again and again: each event once a minute, with how often it happened."""

import asyncio
import logging
from typing import Final

SECONDS: Final = 60.0
"""Between two lines of the same event."""


def say_seldom(*loggers: str) -> None:
    """Write of each event of these loggers one line a minute at most; the next one holds how often the event
    happened meanwhile, as `times`."""
    for name in loggers:
        logging.getLogger(name).addFilter(_Seldom())


class _Seldom(logging.Filter):
    """Lets the first of each event through, and counts the others. Outside of the event loop, in which it
    waits, it holds nothing back."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return True
        if loop is not self._loop:  # nobody says any more what was held back in another
            self._loop, self._held = loop, {}
        event = str(record.msg).partition("\n")[0]
        if event in self._held:
            self._held[event] += 1
            return False
        self._held[event] = 0
        loop.call_later(SECONDS, self._over, event, record.name, record.levelno)
        return True

    def _over(self, event: str, logger: str, level: int) -> None:
        """Say how often it happened, and hold back again."""
        if times := self._held.pop(event):
            logging.getLogger(logger).log(level, event, extra={"fields": {"times": times}})
