"""The outbox: what is owed to people leaves from here, in order in each chat, the urgent first, within the
messengers' limits; and comes back to wait when a messenger says so. Marks under messages, where they are put
one by one, come after answers and before all else.

What waits is rows. The outbox first has a free slot and then picks the row, so that an answer that came
meanwhile goes before the rest of an announcement.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bot.adapter import Adapter, Receive
from bot.delivery.lane import Lane, Send, Sent, log
from bot.delivery.letters import Priority
from bot.delivery.marks import Marks
from bot.delivery.pace import Pace
from bot.delivery.picking import Picking
from bot.delivery.render import chat_of
from bot.delivery.sending import DATABASE_AGAIN, MenuEntries, Sending
from bot.installation import Installation
from bot.making.recipes import Recipes
from bot.message import Chat, Incoming
from bot.support.backoff import Backoff
from bot.support.clock import Clock
from bot.support.metrics import Metrics
from bot.support.worker import Worker
from db import faults
from db.engine.turns import TurnSession

LOOK = 1.0
"""Seconds after which the outbox looks for what may leave, also where nothing says so."""
NOTED = 0.03
"""Upper bound on the seconds after which it is written down how a send ended. Where people talk, a turn comes
before, whose transaction takes it along. Until then the next message to that chat waits."""


class Outbox:
    """Delivers what waits, through the adapters: on each messenger to the shards of its lane, which are all
    of them unless somebody assigns others.

    receive:      what makes a turn of it that somebody cannot be reached
    menu_entries: the lines of a messenger's menu for commands
    recipes:      of the files that the program makes
    """

    def __init__(
        self,
        worker: Worker[Incoming],
        adapters: Mapping[str, Adapter],
        installation: Installation,
        clock: Clock,
        metrics: Metrics,
        *,
        receive: Receive,
        menu_entries: MenuEntries,
        recipes: Recipes,
    ) -> None:
        self.lanes = {name: Lane(adapter, Pace(adapter.rate)) for name, adapter in adapters.items()}
        self._worker = worker
        self._metrics = metrics
        self._marks = Marks(self.lanes, self.wake)
        self._picking = Picking(self.lanes, installation, clock)
        self._sending = Sending(self.lanes, self._marks, worker, installation, receive, menu_entries, recipes)
        self._sent = 0  # how many have left
        self._settled: deque[Sent] = deque()
        self._recording: list[Sent] = []  # those of them that are being written down
        self._alarm: asyncio.TimerHandle | None = None
        self._line = Backoff(log, DATABASE_AGAIN)
        worker.committed = self.wake

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            again, self._picking.more = self._picking.more, False
            # What a turn has to say is picked up in the turn's own transaction; and it knows what was sent.
            look = self._worker.after_turns(self._select, first=self._record_results)
            if again:
                self._worker.hurry()
            self._wake_in(self._wait())
            try:
                self._dispatch(await look)
            except Exception as error:
                await self._line.wait("nothing sent", error=error)
                self._picking.more = True
            else:
                self._line.over("sending again")
            finally:
                self._cancel_wake()

    def rates(self) -> dict[str, float]:
        """Return how many messages a second each messenger takes from us, from all programs together, as far
        as we have learned."""
        now = time.monotonic()
        return {name: lane.pace.whole(now) for name, lane in self.lanes.items()}

    def wake(self) -> None:
        """Look now for what may leave: a look that has not begun yet sees all, one that has is too early."""
        if not self._worker.hurry():
            self._picking.more = True

    async def flush(self) -> None:
        """Send all that may leave now, and wait until it has; also for the database, if that is away."""
        while True:
            try:
                self._dispatch(await self._worker.call(self._look))
            except Exception as error:
                if not faults.is_away(error):
                    raise
                await self._line.wait("nothing sent", error=error)
                continue
            sending = [task for lane in self.lanes.values() for task in lane.sending.values()]
            if not sending:
                return
            await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)

    # --- when to look ----------------------------------------------------------------------------

    def _wake_in(self, seconds: float) -> None:
        """Schedule a look in `seconds`, unless one is due sooner."""
        loop = asyncio.get_running_loop()
        if self._alarm is None or loop.time() + seconds < self._alarm.when():
            self._cancel_wake()
            self._alarm = loop.call_later(seconds, self.wake)

    def _cancel_wake(self) -> None:
        """Cancel the pending wake-up; the look it asked for has happened."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _wait(self) -> float:
        """Return the seconds until another look is worth it, where no turn comes before."""
        now = time.monotonic()
        changes = min((lane.pace.changes_at(now) for lane in self.lanes.values()), default=now + LOOK)
        return min(NOTED if self._settled else LOOK, changes - now)

    # --- a look, in the worker's thread ----------------------------------------------------------

    def _look(self, db: TurnSession) -> Sequence[Any]:
        """Write down how sends ended, and pick what leaves next. There is one look at a time."""
        self._record_results(db)
        return self._select(db)

    def _record_results(self, db: TurnSession) -> None:
        """Write down how sends ended. What one look could not write down is left to the next."""
        while self._settled:
            self._recording.append(self._settled.popleft())
        self._picking.write_results(db, self._recording)

    def _select(self, db: TurnSession) -> Sequence[Any]:
        return self._picking.select(db, self._recording, self._sent)

    # --- what leaves, in the event loop ----------------------------------------------------------

    def _dispatch(self, rows: Sequence[Any]) -> None:
        """Free the chats whose results a look has written down, and send what it picked."""
        recorded, self._recording = self._recording, []
        for sent in recorded:
            row = sent.row
            self._metrics.sent(row.messenger, sent.state)
            sending = self.lanes[row.messenger].sending
            if sent.state == "unreachable":
                sending[row.chat] = asyncio.create_task(self._report_departure(sent))
            else:
                del sending[row.chat]
        # As far as the messengers' limits still let it leave: answers, marks, and the rest.
        for row in rows:
            if row.priority == Priority.ANSWER:
                self._start(chat_of(row), partial(self._deliver, row))
        for chat, mark in self._marks.waiting(self._picking.looked_on):
            self._start(chat, mark)
        for row in rows:
            if row.priority != Priority.ANSWER:
                self._start(chat_of(row), partial(self._deliver, row))
        now = time.monotonic()
        for lane in self.lanes.values():
            lane.pace.tidy(now)

    def _start(self, chat: Chat, send: Send) -> None:
        if self.lanes[chat.messenger].start(chat, send):
            self._sent += 1

    async def _deliver(self, row: Any, chat: Chat) -> None:
        self._settled.append(await self._sending.deliver(row, chat))
        self._wake_in(NOTED)

    async def _report_departure(self, sent: Sent) -> None:
        await self._sending.report_departure(sent)
        del self.lanes[sent.row.messenger].sending[sent.row.chat]
        self.wake()
