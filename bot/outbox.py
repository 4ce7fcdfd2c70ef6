"""The outbox: what is owed to people leaves from here, in order in each chat, the urgent first, within the
messengers' limits; and comes back to wait when a messenger says so.

What waits is rows. The sender first has a free slot and then picks the row, so that an answer that came
meanwhile goes before the rest of an announcement.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import trouble
from bot.adapter import Adapter, Later, Moved, Refused, Unreachable
from bot.context import Installation
from bot.engine import Engine
from bot.letters import Priority
from bot.log import get
from bot.message import Chat, Identity, Incoming, Left, Media, MessageRef, Removed
from bot.quiet import AWAKE, NIGHT, Quiet
from bot.render import chat_of, messages, reader_of
from db import deliveries, people, rooms

log = get("outbox")

IN_FLIGHT = 128
"""Sends under way at a time: enough for a messenger 100 ms away that takes a thousand messages a second."""
PAUSE_LOOKED_AT = timedelta(days=1)
"""How often a letter is looked at whose reader pauses; the end of the pause lets it go at once."""
DATABASE_AGAIN = 1.0
"""Seconds after which the database is tried again when it was not there."""
LONGEST_WAIT = 60.0
"""Seconds between two tries at most: when a line comes back after hours, nobody waits for more than another
minute."""


@dataclass(slots=True)
class Sent:
    """How a try ended: `state` as in Delivery, or "waiting" to be tried again."""

    row: Any
    state: str
    message: str | None = None
    reason: str | None = None
    moved_to: Chat | None = None
    silenced: bool = False


class Outbox:
    """Delivers what waits, through the adapters."""

    def __init__(self, engine: Engine, adapters: Mapping[str, Adapter], installation: Installation) -> None:
        self.engine = engine
        self.adapters = adapters
        self.installation = installation
        self._work = asyncio.Event()
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._busy: set[str] = set()
        self._held: dict[str, float] = {}  # chat or messenger → until when (monotonic) it wants rest
        self._next_slot = dict.fromkeys(adapters, 0.0)
        self._settled: list[Sent] = []
        self._settling: asyncio.Future[None] | None = None
        self._storing = trouble.Trouble(log, DATABASE_AGAIN)
        engine.committed = self._work.set

    # --- running ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until cancelled."""
        line = trouble.Trouble(log, DATABASE_AGAIN)
        while True:
            self._work.clear()
            try:
                wait = await self._fill()
            except Exception as error:
                await line.wait("nothing sent", error=error)
                continue
            line.over("sending again")
            # Not wait_for: in Python 3.11 it can swallow a cancellation, and a stop would never end.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._work.wait()

    async def flush(self) -> None:
        """Send all that may leave now, and wait until it has."""
        while True:
            await self._fill()
            if not self._sending and self._settling is None and not self._settled:
                return
            await asyncio.sleep(0)
            if self._sending:
                await asyncio.wait(list(self._sending.values()), return_when=asyncio.FIRST_COMPLETED)
            if self._settling is not None:
                await self._settling

    async def _fill(self) -> float:
        """Start as many sends as there are slots; how many seconds until another look is worth it."""
        wait = 1.0
        now = time.monotonic()
        self._held = {key: until for key, until in self._held.items() if until > now}
        slots = {name: 0 if name in self._held else self._slots(name, now) for name in self.adapters}
        free = min(IN_FLIGHT - len(self._sending), max(slots.values(), default=0))
        if free > 0:
            busy = [*self._busy, *self._held]
            resting = [name for name, there in slots.items() if not there]
            rows = await self.engine.call(partial(self._pick, busy=busy, resting=resting, limit=free))
            for row in rows:
                if not self._slots(row.messenger, now):
                    continue
                place = f"{row.messenger} {row.chat}"
                self._take_slot(row.messenger, now)
                self._busy.add(place)
                task = asyncio.create_task(self._deliver(row, place))
                self._sending[row.id] = task
            if len(rows) == free:
                wait = 0.0
        upcoming = [until - now for until in self._held.values()]
        upcoming += [slot - now for slot in self._next_slot.values() if slot > now]
        return max(0.001, min([wait, *upcoming])) if wait else 0.001

    # --- limits ----------------------------------------------------------------------------------

    def _slots(self, messenger: str, now: float) -> int:
        """How many messages this messenger takes now: evenly spaced, no burst after a rest."""
        rate = self.adapters[messenger].rate
        if rate >= 1000:
            return IN_FLIGHT
        return int(self._next_slot[messenger] <= now)

    def _take_slot(self, messenger: str, now: float) -> None:
        self._next_slot[messenger] = max(self._next_slot[messenger], now) + 1 / self.adapters[messenger].rate

    # --- one delivery ----------------------------------------------------------------------------

    def _pick(self, db: Session, busy: list[str], resting: list[str], limit: int) -> list[Any]:
        """Rows to send now, in the engine thread. Those whose time is over are dropped, those whose reader
        sleeps or pauses are put off."""
        now = self.engine.clock.now()
        picked: list[Any] = []
        for row in deliveries.waiting(db, now=now, busy=busy, resting=resting, limit=limit):
            if row.expires_at is not None and row.expires_at.replace(tzinfo=now.tzinfo) <= now:
                deliveries.settle(db, row.id, "dropped", now=now, reason="too late")
            elif row.body is None and row.act is None and not row.closed:
                deliveries.settle(db, row.id, "dropped", now=now, reason="forgotten")
            elif (until := self._sleeps_until(row, now)) is not None:
                deliveries.postpone(db, row.id, until)
            elif row.replaces is not None and row.replaced_message is None:
                deliveries.settle(db, row.id, "dropped", now=now, reason="nothing to replace")
            else:
                picked.append(row)
        return picked

    def _sleeps_until(self, row: Any, now: datetime) -> datetime | None:
        if row.priority == Priority.ANSWER:
            return None
        zone = self.installation.zone(row.time_zone, row.network_time_zone)
        if row.room_id is not None:
            quiet = Quiet(*NIGHT, zone)
            return quiet.over(now) if quiet.at(now) else None
        if row.quiet_from is None:
            return None
        if row.priority == Priority.CARRIED and row.last_wrote_at and now - row.last_wrote_at < AWAKE:
            return None
        if row.priority > Priority.CARRIED and people.is_paused(row, now):
            return now + PAUSE_LOOKED_AT
        quiet = Quiet(row.quiet_from, row.quiet_to, zone)
        return quiet.over(now) if quiet.at(now) else None

    async def _deliver(self, row: Any, place: str) -> None:
        adapter = self.adapters[row.messenger]
        sent = Sent(row, "sent")
        try:
            if row.act is not None:
                await self._do(row, adapter)
            else:
                for message in messages(row, adapter.can(chat_of(row)), self.installation, self._read):
                    sent.message = (await adapter.send(message)).id
        except Later as later:
            sent.state = "waiting"
            rest = trouble.seconds(row.attempts, LONGEST_WAIT) if later.seconds is None else later.seconds
            self._held[row.messenger if later.everywhere else place] = time.monotonic() + rest
            log.warning("later", messenger=row.messenger, seconds=round(rest, 1), everywhere=later.everywhere)
        except Moved as moved:
            sent.state, sent.moved_to = "waiting", moved.to
        except Unreachable as unreachable:
            sent.state, sent.silenced = "unreachable", unreachable.silenced
            log.info("unreachable", messenger=row.messenger, delivery=row.id)
        except Refused as refused:
            sent.state, sent.reason = "refused", str(refused)
            log.error("refused", messenger=row.messenger, delivery=row.id, reason=str(refused))
        except Exception as error:
            sent.state, sent.reason = "refused", type(error).__name__
            log.error("send failed", messenger=row.messenger, delivery=row.id, error=error)
        self._settled.append(sent)
        if self._settling is None:
            self._settling = asyncio.ensure_future(self._settle())
        await self._settling

    async def _settle(self) -> None:
        """Write down how sends ended, all that ended meanwhile in one go."""
        while self._settled:
            batch, self._settled = self._settled, []
            try:
                await self.engine.call(partial(self._write_down, batch=batch))
                for sent in batch:
                    if sent.state == "unreachable":
                        await self._left(sent)
            except Exception as error:
                # The database is not there. What was sent must not be forgotten, or it is sent again.
                self._settled[:0] = batch
                await self._storing.wait("not written down", error=error)
                continue
            self._storing.over("written down")
            for sent in batch:
                self.engine.metrics.sent(sent.row.messenger, sent.state)
                self._sending.pop(sent.row.id, None)
                self._busy.discard(f"{sent.row.messenger} {sent.row.chat}")
        self._settling = None
        self._work.set()

    def _write_down(self, db: Session, batch: list[Sent]) -> None:
        now = self.engine.clock.now()
        forget = [sent.row.letter_id for sent in batch if sent.row.forget]
        for sent in batch:
            row = sent.row
            if sent.moved_to is not None:
                rooms.moved(db, row.messenger, row.chat, sent.moved_to.id)
            elif sent.state == "waiting":
                deliveries.attempted(db, row.id)
            else:
                deliveries.settle(db, row.id, sent.state, now=now, message=sent.message, reason=sent.reason)
            if sent.state == "unreachable":
                thread = row.thread if sent.silenced else ""
                deliveries.give_up_on(db, row.messenger, row.chat, thread, now=now)
        if forget:
            deliveries.forget_delivered(db, forget)

    async def _do(self, row: Any, adapter: Adapter) -> None:
        """What is done without a word: a message is taken back, a chat gets a menu of its own, or somebody is
        let into a room."""
        chat = chat_of(row)
        if "delete" in row.act:
            await adapter.delete(MessageRef(chat, row.replaced_message))
        elif "admit" in row.act:
            await adapter.admit(chat, Identity(row.messenger, row.act["admit"]))
        else:
            reader = reader_of(row, self.installation, adapter.can(chat).prefix)
            await adapter.show_menu(chat, "", self.engine.router.entries(row.act["menu"], reader))

    async def _read(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of something that is carried, from the messenger where it lies. Raises a `SendError`."""
        async for piece in self.adapters[media.messenger].fetch(media):
            yield piece

    async def _left(self, sent: Sent) -> None:
        """Somebody cannot be reached, or a room: a turn of theirs, like any other departure."""
        row, chat = sent.row, chat_of(sent.row)
        if not chat.private:
            where = chat if sent.silenced else replace(chat, thread="")
            removed = Removed(silenced=sent.silenced)
            await self.engine.receive(Incoming(f"unreachable:{row.id}", removed, where))
            return
        account = await self.engine.call(lambda db: people.account_of(db, row.messenger, row.chat))
        if account is not None:
            await self.engine.receive(
                Incoming(f"unreachable:{row.id}", Left(), chat, Identity(row.messenger, account))
            )
