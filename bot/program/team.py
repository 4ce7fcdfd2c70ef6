"""The programs that work on one database share what there is to do: this one's part of it.

Listening to a messenger that talks to one program only, keeping time, and sending to each shard of chats
are leases, which one program has at a time. Those who send share the shards evenly; what a program had
that dies, the others take over at their next look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from math import ceil

from sqlalchemy.orm import Session

from bot.adapter import Adapter, Sharing
from bot.delivery.outbox import Outbox
from bot.dialogue.engine import Engine
from bot.support import clock
from bot.support.backoff import Backoff
from bot.support.log import get
from db.engine.leases import Leases
from db.engine.notifier import Notifier
from db.faults import Unavailable
from db.shards import SHARDS

log = get("team")

LOOK = 2.0
"""Seconds between two looks at who does what."""
CLOCK, SENDER = "clock", "sender"
"""What a program can do besides listening to messengers."""


class Team:
    """This program's part: `parts` are the messengers it shall listen to, `CLOCK` and `SENDER`."""

    def __init__(
        self,
        leases: Leases,
        notifier: Notifier,
        engine: Engine,
        outbox: Outbox,
        adapters: Mapping[str, Adapter],
        parts: Collection[str],
    ) -> None:
        self._leases = leases
        self._notifier = notifier
        self._engine = engine
        self._outbox = outbox
        self._parts = frozenset(parts)
        self._sends = SENDER in parts
        self._single = {name for name, a in adapters.items() if a.sharing is not Sharing.EVERYTHING} | {CLOCK}
        self._single &= set(parts)
        self._whole = {name for name, a in adapters.items() if a.sharing is Sharing.NOTHING}
        self._open: set[str] = set()
        self._has_looked = False  # before that it is not known what others do
        self._shards: Sequence[int] = ()
        self._looked = asyncio.Condition()
        leases.lost = self._lose
        self._serve()

    async def run(self) -> None:
        """Look again and again who does what, and be woken by the others, until cancelled."""
        looking = clock.beat(LOOK, self._look)
        try:
            await (asyncio.gather(looking, self._heed()) if self._leases.shared else looking)
        finally:
            self._notifier.close()

    async def during(self, duty: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do some work whenever a duty is ours, and stop in its middle when it is not ours any more."""
        while True:
            await self._until(duty, ours=True)
            if self._leases.shared:
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

    def does(self, duty: str) -> bool:
        """Whether this program is to do something now, not another one that has taken it on."""
        single = duty in self._single and self._leases.shared and self._has_looked
        return duty in self._parts and (not single or duty in self._leases.held)

    def closes(self, messenger: str) -> None:
        """There is none now."""
        self._open.discard(messenger)
        self._serve()

    # --- who does what ---------------------------------------------------------------------------

    async def _look(self) -> None:
        done = [number for number in range(SHARDS) if not self._serves(number)]
        before = len(self._shards)
        try:
            self._shards = await self._engine.worker.call(lambda db: self._share(db, done))
        except Exception as error:
            # The engine has said so. Who has lost the connection has lost the leases, and takes them again.
            log.debug("not looked", error=error)
            return
        self._has_looked = True
        if self._leases.shared and len(self._shards) != before:
            log.info("sends", shards=len(self._shards))
        self._serve()
        async with self._looked:
            self._looked.notify_all()

    def _share(self, db: Session, done: Collection[int]) -> Sequence[int]:
        """Take on what is free and ours to do, up to our share of the shards, and give back those above it
        that we are `done` with; the shards to serve. In the engine thread."""
        for duty in self._single:
            self._leases.take(db, duty)
        if not self._sends:
            return ()
        for number in done:
            self._leases.release(db, _shard(number))
        fair = ceil(SHARDS / self._leases.workers(db, SENDER))
        ours = [number for number in range(SHARDS) if _shard(number) in self._leases.held]
        for number in range(SHARDS):
            if number not in ours and len(ours) < fair and self._leases.take(db, _shard(number)):
                ours.append(number)
        return ours[:fair]

    def _serve(self) -> None:
        """Have the outbox send what is ours to send, and the engine ring for what is not."""
        for name, lane in self._outbox.lanes.items():
            if name not in self._open:
                lane.assign(())
            elif name in self._whole:
                lane.assign(range(SHARDS) if name in self._leases.held else ())
            else:
                lane.assign(self._shards)
        others = any(len(lane.shards) < SHARDS for lane in self._outbox.lanes.values())
        self._engine.worker.ring = self._notifier.notify if others and self._leases.shared else None
        self._outbox.wake()

    def _lose(self) -> None:
        """Send nothing until it is clear who does what. In the engine thread."""
        self._shards = ()
        for lane in self._outbox.lanes.values():
            lane.shards = ()

    def _serves(self, number: int) -> bool:
        """Whether we send to a shard, or something is still on its way there."""
        return number in self._shards or any(lane.is_busy(number) for lane in self._outbox.lanes.values())

    async def _until(self, duty: str, *, ours: bool) -> None:
        async with self._looked:
            await self._looked.wait_for(lambda: (duty in self._leases.held) is ours)

    async def _heed(self) -> None:
        """Look for what may leave when the others ring."""
        line = Backoff(log)
        loop = asyncio.get_running_loop()
        rung = asyncio.Event()
        while True:
            try:
                file = await asyncio.to_thread(self._notifier.open)
                loop.add_reader(file, rung.set)
                try:
                    while True:
                        await rung.wait()
                        rung.clear()
                        if self._notifier.notified():
                            self._outbox.wake()
                finally:
                    loop.remove_reader(file)
            except Unavailable:
                await line.wait("notifier is silent")


def _shard(number: int) -> str:
    return f"shard {number}"
