"""The program in a terminal: invented people on played messengers, under a clock that is wound."""

import asyncio
import random
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from adapters.browser.server import open_to_browsers
from adapters.terminal import prompt, script
from adapters.terminal.script import (
    Unreadable as Unreadable,  # for the command line
)
from adapters.terminal.script import account
from adapters.terminal.stage import Terminal
from bot.adapter import Adapter
from bot.installation import Installation, Keep
from bot.message import Identity
from bot.messenger import Messenger
from bot.program import cast
from bot.program.compose import MARKS, MESSENGERS, TITLES, app_of, links
from bot.support import clock, log
from bot.support.metrics import TurnResult
from db.models import MemberRole
from db.seal import Key

LANGUAGES = ("en", "de")
DEMO_START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday morning, 9:00 in the demo's network."""
CAST = cast.lines([each.name for each in MESSENGERS])
"""Who is there at its beginning."""


class Stage:
    """The world of the terminal: an app whose messengers are consoles and whose clock stands still. Mistakes
    are shown whole: all people in it are invented."""

    def __init__(
        self,
        database: str,
        write: Callable[[str], None],
        messengers: Sequence[Messenger[Any]] = tuple(MESSENGERS),
        key: Key | None = None,
    ) -> None:
        self.operators: set[Identity] = set()
        self.terminal = Terminal(write, "Europe/Berlin", messengers)
        self.clock = clock.WoundClock(DEMO_START)
        adapters: dict[str, Adapter] = dict(self.terminal.consoles)
        self.app = app_of(
            database,
            adapters,
            self.clock,
            Installation(
                languages=LANGUAGES,
                time_zone="Europe/Berlin",
                operators=self.operators,
                keep=Keep(spared=self.operators),
                titles=TITLES,
                marks=MARKS,
                notices={each.name: "" for each in messengers if each.notice},
                link=partial(links, adapters),
                link_into_room=partial(links, adapters, into_room=True),
                rng=random.Random(7),  # noqa: S311  # invitations of the stage are for nobody
            ),
            key,
        )
        self.terminal.world = self
        self.app.engine.watch = self._turned
        self.settle = self.app.settle
        self._shown = ExitStack()

    async def __aenter__(self) -> Terminal:
        await self.app.__aenter__()
        self._shown.enter_context(log.mistakes_whole())
        consoles = self.terminal.consoles.values()
        self._listening = [asyncio.create_task(console.run(self.app.receive)) for console in consoles]
        return self.terminal

    async def __aexit__(self, *_: object) -> None:
        with self._shown:
            for task in self._listening:
                task.cancel()
            await asyncio.gather(*self._listening, return_exceptions=True)
            await self.app.__aexit__()

    def now(self) -> datetime:
        """What the clock shows."""
        return self.clock.now()

    async def coming(self) -> datetime | None:
        """Return when the next thing is due; None where nothing is."""
        return min((each for each in await self.app.engine.upcoming() if each > self.now()), default=None)

    async def wind(self, to: datetime) -> None:
        """Let time pass."""
        await self.app.wind(to)

    def _turned(self, result: TurnResult) -> None:
        """Count a turn, and show it to whoever watches."""
        self.app.engine.metrics.turn(result)
        self.terminal.audience.turned(result.handler, result.outcome, result.meant)

    async def cast(self, who: script.Cast) -> None:
        """Somebody is there."""
        roles: dict[str, MemberRole] = {"member": "member", "meta-mentor": "meta_mentor", "deputy": "deputy"}
        if who.role == "operator":
            self.operators.add(Identity(who.messenger, account(who)))
        character = cast.Character(
            who.name,
            who.messenger,
            account(who),
            who.language,
            roles.get(who.role, ""),
            who.time_zone,
            who.topics,
            who.speaks,
        )
        await self.app.engine.worker.call(
            lambda db: cast.enter(
                db, character, time_zone=self.app.installation.time_zone, now=self.now() - timedelta(days=1)
            )
        )

    async def found(self, names: Sequence[str]) -> None:
        """Other networks are there."""
        await self.app.engine.worker.call(
            lambda db: cast.found(
                db, names, time_zone=self.app.installation.time_zone, now=self.now() - timedelta(days=1)
            )
        )


async def play(lines: Iterable[str], database: str, write: Callable[[str], None]) -> None:
    """Play a written conversation on a new stage, and write its transcript. Raises script.Unreadable."""
    async with Stage(database, write) as terminal:
        await terminal.play(lines, CAST)


async def talk(database: str, write: Callable[[str], None], past: Path) -> None:
    """Lead a conversation at a prompt; `past` remembers what was typed."""
    prompt.recall(past)
    async with Stage(database, write) as terminal:
        await prompt.Prompt(terminal).talk(CAST)
    prompt.remember(past)


async def show(folder: Path, port: int, write: Callable[[str], None]) -> None:
    """Show the stage to browsers of this machine, until a signal ends it; its databases lie in `folder`.
    Raises OSError where the port is taken."""
    numbers = count(1)

    def stage(line: Callable[[str], None]) -> Stage:
        return Stage(f"sqlite:///{folder}/{next(numbers)}.db", line)

    over = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, over.set)
    async with open_to_browsers(stage, CAST, LANGUAGES, port) as address:
        write(f"The stage is at {address} for browsers of this machine; Ctrl-C ends it.")
        await over.wait()
