"""An engine with odd handlers and one console, for tests that look inside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from types import ModuleType

from adapters.terminal.console import Console, Shown
from bot.delivery.outbox import Outbox
from bot.dialogue.engine import Engine
from bot.dialogue.router import Router
from bot.installation import Installation
from bot.message import Chat, Event, Identity, Incoming, Pressed, Words
from bot.support import log
from bot.support.clock import WoundClock
from db import store
from db.engine import turns
from db.engine.turns import TurnSession
from tests import odd
from tests.support.ready import ready


class Lab:
    """An engine, its outbox and a console. `heard` is what was shown, as (account, text)."""

    def __init__(self, database: str, handlers: ModuleType = odd) -> None:
        self.heard: list[tuple[str, str]] = []
        self.console = Console("telegram", self._show)
        self.clock = WoundClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
        self.database = store.connect(ready(database))
        self.sessions = turns.sessions(self.database)
        installation = Installation()
        self.engine = Engine(self.sessions, Router(handlers), self.clock, installation)
        self.outbox = Outbox(
            self.engine.worker,
            {"telegram": self.console},
            installation,
            self.clock,
            self.engine.metrics,
            receive=self.engine.receive,
            menu_entries=self.engine.router.entries,
            recipes=self.engine.router.recipes,
        )
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

    def session(self) -> TurnSession:
        """A look into the database."""
        return self.sessions()


@asynccontextmanager
async def lab(database: str, handlers: ModuleType = odd, *, whole: bool = True) -> AsyncIterator[Lab]:
    """A running lab. Opened again on the same database it is the program after a restart. With `whole` its
    log shows mistakes whole; without, it says what it says at work."""
    made = Lab(database, handlers)
    made.engine.worker.start()
    with log.mistakes_whole() if whole else nullcontext():
        try:
            yield made
        finally:
            await made.engine.worker.stop()
            made.database.dispose()
