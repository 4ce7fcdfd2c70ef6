"""What has happened on the stage, as events for pages: from the beginning, and as it goes on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

Happening = dict[str, Any]
"""An event as JSON; its "kind" says what else is in it."""


class Recording:
    """All events of one performance, in order. Each page reads them from where it is."""

    def __init__(self) -> None:
        self._events: list[Happening] = []
        self._grown = asyncio.Event()
        self._is_over = False

    def tell(self, kind: str, **what: Any) -> None:
        """Add an event."""
        self._events.append({"kind": kind, **what})
        self._grew()

    def end(self) -> None:
        """End it: whoever reads has reached the end."""
        self._is_over = True
        self._grew()

    def _grew(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    async def events(self, after: int = 0) -> AsyncIterator[tuple[int, Happening]]:
        """Yield the events, each with its number from 1, but for the first `after`; then, as number 0, one
        that says that the page knows all, and all that come until the end."""
        at, caught_up = after, False
        while True:
            while at < len(self._events):
                at += 1
                yield at, self._events[at - 1]
            if not caught_up:
                caught_up = True
                yield 0, {"kind": "ready"}
            elif self._is_over:
                return
            else:
                await self._grown.wait()
