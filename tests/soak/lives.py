"""One life of the program after the other, each in a process of its own.

Importing everything takes a second, a life among hundreds of kills less than that. So one process imports all
and does nothing else (multiprocessing's fork server), and each life is a fork of it, which runs what
`python -m bot run` runs. Nothing of the program is changed: a named point is a place where one part calls
another, and in the child, after the fork, that call is wrapped.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Self

import sqlalchemy
from nio.store import SqliteStore
from sqlalchemy import event

from adapters.matrix.adapter import Matrix
from adapters.telegram.adapter import Telegram
from bot.__main__ import main
from bot.dialogue.engine import Engine
from bot.message import MessageRef, Outgoing
from db.engine.turns import TurnSession
from handlers.protecting import limits
from tests.soak.crowd import TIRELESS

LONGEST = 60.0
"""Seconds after which a life does not get any further."""
LATE = 0.5
"""Seconds by which a sabotaged program does too late what it says it has done."""
ADAPTERS: tuple[type[Any], ...] = (Telegram, Matrix)

IN_KEY = "in the middle of a key"
"""The point that only Matrix has."""

Here = Callable[[], None]
"""Called whenever the program is at a point."""


def _after_commit(here: Here) -> None:
    _wrap(Engine, "receive", after=here)


def _before_send(here: Here) -> None:
    for adapter in ADAPTERS:
        _wrap(adapter, "send", before=here)


def _after_send(here: Here) -> None:
    for adapter in ADAPTERS:
        _wrap(adapter, "send", after=here)


def _in_group_commit(here: Here) -> None:
    groups: set[TurnSession] = set()  # the one that is under way
    original = TurnSession.begin_turns

    def begin_turns(self: TurnSession, events: Any, activities: Any, now: Any) -> None:
        if events:
            groups.add(self)
        original(self, events, activities, now)

    def arrive(*_: object) -> None:
        if groups:
            here()

    TurnSession.begin_turns = begin_turns  # type: ignore[method-assign]  # in this process only
    event.listen(sqlalchemy.Engine, "before_cursor_execute", arrive)
    event.listen(sqlalchemy.Engine, "commit", arrive)
    event.listen(TurnSession, "after_commit", groups.discard)
    event.listen(TurnSession, "after_rollback", groups.discard)


def _in_key(here: Here) -> None:
    original = SqliteStore.save_inbound_group_session

    def wrapped(self: Any, session: Any) -> None:
        here()
        original(self, session)

    SqliteStore.save_inbound_group_session = wrapped


POINTS: dict[str, Callable[[Here], None]] = {
    "after commit, before confirm": _after_commit,
    "before send": _before_send,
    "after send, before mark": _after_send,
    "in the middle of a group commit": _in_group_commit,
    IN_KEY: _in_key,
}
"""Where a life can end by itself, and how to get there. The middle of a group commit is where any of its
statements is about to begin, and where all is about to be committed; that of a key, where what it came in is
used up."""


def _wrap(owner: type[Any], name: str, *, before: Here | None = None, after: Here | None = None) -> None:
    original = getattr(owner, name)

    async def wrapped(self: Any, *args: Any) -> Any:
        if before is not None:
            before()
        result = await original(self, *args)
        if after is not None:
            after()
        return result

    setattr(owner, name, wrapped)


# --- how a program would lose something ----------------------------------------------------------


def _confirm_before_commit() -> None:
    original = Engine.receive
    later = _Later()

    async def receive(self: Engine, incoming: Any) -> None:
        later.do(original(self, incoming))

    Engine.receive = receive  # type: ignore[method-assign]  # in this process only


def _mark_before_send() -> None:
    later = _Later()

    def never_waits(original: Callable[[Any, Outgoing], Awaitable[MessageRef]]) -> Any:
        async def send(self: Any, message: Outgoing) -> MessageRef:
            later.do(original(self, message))
            return MessageRef(message.chat, "0")

        return send

    for adapter in ADAPTERS:
        adapter.send = never_waits(adapter.send)


SABOTAGES: dict[str, Callable[[], None]] = {
    "confirm before commit": _confirm_before_commit,
    "mark before send": _mark_before_send,
}
"""Faults that a kill brings to light."""


class _Later:
    """Does things a little later."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, what: Awaitable[object]) -> None:
        task = asyncio.create_task(self._do(what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, what: Awaitable[object]) -> None:
        await asyncio.sleep(LATE)
        await what


# --- a life --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fate:
    """What becomes of a life.

    point:     where it ends by itself, "" for one that ends from outside
    times:     when it was there that often
    sabotage:  what is wrong with it
    """

    point: str = ""
    times: int = 1
    sabotage: str = ""

    def prepare(self) -> None:
        """Wrap what has to be wrapped, in the process that meets it."""
        if self.sabotage:
            SABOTAGES[self.sabotage]()
        if self.point:
            POINTS[self.point](self._arrive(count(1)))

    def _arrive(self, visits: "count[int]") -> Here:
        def here() -> None:
            if next(visits) == self.times:
                os.kill(os.getpid(), signal.SIGKILL)

        return here


def live(config: Path, log: Path, fate: Fate) -> None:
    """A life, in its process."""
    with log.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    for name in [name for name in os.environ if name.startswith("MENTORNET_")]:
        del os.environ[name]
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    fate.prepare()
    limits.WORDS = TIRELESS
    sys.exit(main(["--config", str(config), "run"]))


def _end_with_the_tests() -> None:
    tests = multiprocessing.parent_process()
    assert tests is not None
    tests.join()
    os._exit(1)


_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__, "bot.program.compose"])


class Life:
    """A life, as it is seen from outside. It does not go on after the block."""

    def __init__(self, config: Path, fate: Fate | None = None) -> None:
        self._log = config.with_name("log")
        self._log.touch()
        self._said_before = self._log.stat().st_size
        self._process = _forks.Process(target=live, args=(config, self._log, fate or Fate()))

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._process.start)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.exitcode is None:
            await self.ends(signal.SIGKILL)
        self._process.close()

    async def is_up(self) -> None:
        """Wait until it is connected to its messenger."""
        async with asyncio.timeout(LONGEST):
            while " connected " not in self.says:
                assert self._process.exitcode is None, self.says
                await asyncio.sleep(0.005)

    async def ends(self, sign: signal.Signals | None = None) -> int | None:
        """Wait for its end, after a signal where one is given; its status, negative where a signal ended it,
        none where nothing did."""
        if sign is not None:
            assert self._process.pid is not None
            os.kill(self._process.pid, sign)
        await asyncio.to_thread(self._process.join, LONGEST)
        return self._process.exitcode

    @property
    def says(self) -> str:
        """What it wrote to its log so far."""
        with self._log.open("rb") as log:
            log.seek(self._said_before)
            return log.read().decode()
