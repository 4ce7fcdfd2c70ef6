"""An engine with odd handlers and one console, for tests that look inside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import ModuleType

from adapters.console import Console, Shown
from bot.clock import WoundClock
from bot.context import Installation
from bot.engine import Engine
from bot.message import Chat, Event, Identity, Incoming, Pressed, Words
from bot.outbox import Outbox
from bot.router import Router
from db import store
from db.group import Group
from tests import odd


class Lab:
    """An engine, its outbox and a console. `heard` is what was shown, as (account, text)."""

    def __init__(self, database: str, handlers: ModuleType = odd) -> None:
        self.heard: list[tuple[str, str]] = []
        self.console = Console("telegram", self._show)
        self.clock = WoundClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
        self.database = store.connect(database)
        store.migrate(self.database)
        self.sessions = store.sessions(self.database)
        installation = Installation()
        self.engine = Engine(self.sessions, Router(handlers), self.clock, installation)
        self.outbox = Outbox(self.engine, {"telegram": self.console}, installation)
        self._events = 0

    def _show(self, to: str, message: Shown, edited: bool) -> None:
        if message.rows or not edited:
            self.heard.append((to, message.plain))

    def incoming(self, who: str, event: Event, *, id: str = "") -> Incoming:
        """An event of somebody's, with an id of its own or the given one."""
        self._events += 1
        return Incoming(
            id or f"{datetime.now(UTC)} {self._events}",
            event,
            Chat("telegram", who),
            Identity("telegram", who),
        )

    async def happens(self, *events: Incoming) -> list[str]:
        """Give events to the engine all at once; what was shown then."""
        before = len(self.heard)
        await asyncio.gather(*(self.engine.receive(event) for event in events))
        await self.outbox.flush()
        return [text for _, text in self.heard[before:]]

    async def says(self, who: str, words: str) -> list[str]:
        """Somebody writes; what is shown then."""
        return await self.happens(self.incoming(who, Words(words)))

    async def presses(self, who: str, label: str) -> list[str]:
        """Somebody presses the newest button of that label; what is shown then."""
        for shown in reversed(self.console.messages[who]):
            labels = shown.labels or shown.gone
            if label in labels:
                return await self.happens(
                    self.incoming(who, Pressed(labels.index(label), shown.id, shown.outgoing))
                )
        raise AssertionError(f"no button {label}")

    def session(self) -> Group:
        """A look into the database."""
        return self.sessions()


@asynccontextmanager
async def lab(database: str, handlers: ModuleType = odd) -> AsyncIterator[Lab]:
    """A running lab. Opened again on the same database it is the program after a restart."""
    made = Lab(database, handlers)
    made.engine.start()
    try:
        yield made
    finally:
        await made.engine.stop()
        made.database.dispose()
