"""The programs that work on one database share what there is to do: this one's part of it.

Listening to a messenger that talks to one program only, keeping time, and sending to each district of chats
are duties, which one program has at a time. Those who send share the districts evenly; what a program had
that dies, the others take over at their next look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from math import ceil

from sqlalchemy.orm import Session

from bot import clock
from bot.adapter import Adapter, Sharing
from bot.engine import Engine
from bot.log import get
from bot.outbox import Outbox
from bot.trouble import Trouble
from db.bell import Bell
from db.districts import DISTRICTS
from db.duties import Duties
from db.store import Unavailable

log = get("team")

LOOK = 2.0
"""Seconds between two looks at who does what."""
CLOCK, SENDER = "clock", "sender"
"""What a program can do besides listening to messengers."""


class Team:
    """This program's part: `parts` are the messengers it shall listen to, `CLOCK` and `SENDER`."""

    def __init__(
        self,
        duties: Duties,
        bell: Bell,
        engine: Engine,
        outbox: Outbox,
        adapters: Mapping[str, Adapter],
        parts: Collection[str],
    ) -> None:
        self._duties = duties
        self._bell = bell
        self._engine = engine
        self._outbox = outbox
        self._sends = SENDER in parts
        self._single = {name for name, a in adapters.items() if a.sharing is not Sharing.EVERYTHING} | {CLOCK}
        self._single &= set(parts)
        self._whole = {name for name, a in adapters.items() if a.sharing is Sharing.NOTHING}
        self._open: set[str] = set()
        self._districts: Sequence[int] = ()
        self._looked = asyncio.Condition()
        duties.lost = self._lose
        self._serve()

    async def run(self) -> None:
        """Look again and again who does what, and be woken by the others, until cancelled."""
        looking = clock.beat(LOOK, self._look)
        try:
            await (asyncio.gather(looking, self._heed()) if self._duties.shared else looking)
        finally:
            self._bell.close()

    async def during(self, duty: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do some work whenever a duty is ours, and stop in its middle when it is not ours any more."""
        while True:
            await self._until(duty, ours=True)
            if self._duties.shared:
                log.info("on duty", duty=duty)
            working = asyncio.ensure_future(work())
            losing = asyncio.create_task(self._until(duty, ours=False))
            try:
                await asyncio.wait([working, losing], return_when=asyncio.FIRST_COMPLETED)
                if working.done():
                    return working.result()
                log.warning("off duty", duty=duty)
            finally:
                for task in (losing, working):
                    task.cancel()
                await asyncio.gather(losing, working, return_exceptions=True)

    def opens(self, messenger: str) -> None:
        """There is a connection to a messenger now: what waits for it may leave."""
        self._open.add(messenger)
        self._serve()

    def closes(self, messenger: str) -> None:
        """There is none now."""
        self._open.discard(messenger)
        self._serve()

    # --- who does what ---------------------------------------------------------------------------

    async def _look(self) -> None:
        done = [number for number in range(DISTRICTS) if not self._serves(number)]
        before = len(self._districts)
        try:
            self._districts = await self._engine.call(lambda db: self._share(db, done))
        except Exception as error:
            # The engine has said so. Who has lost the connection has lost the duties, and takes them again.
            log.debug("not looked", error=error)
            return
        if self._duties.shared and len(self._districts) != before:
            log.info("sends", districts=len(self._districts))
        self._serve()
        async with self._looked:
            self._looked.notify_all()

    def _share(self, db: Session, done: Collection[int]) -> Sequence[int]:
        """Take on what is free and ours to do, up to our share of the districts, and give back those above it
        that we are `done` with; the districts to serve. In the engine thread."""
        for duty in self._single:
            self._duties.take(db, duty)
        if not self._sends:
            return ()
        for number in done:
            self._duties.give_back(db, _district(number))
        fair = ceil(DISTRICTS / self._duties.doers(db, SENDER))
        ours = [number for number in range(DISTRICTS) if _district(number) in self._duties.held]
        for number in range(DISTRICTS):
            if number not in ours and len(ours) < fair and self._duties.take(db, _district(number)):
                ours.append(number)
        return ours[:fair]

    def _serve(self) -> None:
        """Have the outbox send what is ours to send, and the engine ring for what is not."""
        for name in self._outbox.adapters:
            if name not in self._open:
                self._outbox.serve(name, ())
            elif name in self._whole:
                self._outbox.serve(name, range(DISTRICTS) if name in self._duties.held else ())
            else:
                self._outbox.serve(name, self._districts)
        others = any(len(districts) < DISTRICTS for districts in self._outbox.rounds.values())
        self._engine.ring = self._bell.ring if others and self._duties.shared else None
        self._outbox.wake()

    def _lose(self) -> None:
        """Send nothing until it is clear who does what. In the engine thread."""
        self._districts = ()
        for name in self._outbox.rounds:
            self._outbox.rounds[name] = ()

    def _serves(self, number: int) -> bool:
        """Whether we send to a district, or something is still on its way there."""
        return number in self._districts or any(
            self._outbox.is_busy(name, number) for name in self._outbox.adapters
        )

    async def _until(self, duty: str, *, ours: bool) -> None:
        async with self._looked:
            await self._looked.wait_for(lambda: (duty in self._duties.held) is ours)

    async def _heed(self) -> None:
        """Look for what may leave when the others ring."""
        line = Trouble(log)
        loop = asyncio.get_running_loop()
        rung = asyncio.Event()
        while True:
            try:
                file = await asyncio.to_thread(self._bell.open)
                loop.add_reader(file, rung.set)
                try:
                    while True:
                        await rung.wait()
                        rung.clear()
                        if self._bell.rung():
                            self._outbox.wake()
                finally:
                    loop.remove_reader(file)
            except Unavailable:
                await line.wait("bell is silent")


def _district(number: int) -> str:
    return f"district {number}"
