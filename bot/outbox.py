"""The outbox: what is owed to people leaves from here, in order in each chat, the urgent first, within the
messengers' limits; and comes back to wait when a messenger says so. Marks under messages, where they are put
one by one, come after answers and before all else.

What waits is rows. The sender first has a free slot and then picks the row, so that an answer that came
meanwhile goes before the rest of an announcement.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import trouble
from bot.adapter import Adapter, Capabilities, Later, Moved, Refused, SendError, Unreachable
from bot.context import Installation
from bot.engine import Engine
from bot.letters import Priority
from bot.log import get
from bot.message import Chat, Identity, Incoming, Left, Media, MessageRef, Removed
from bot.pace import Pace
from bot.quiet import AWAKE, NIGHT, Quiet
from bot.render import chat_of, messages, reader_of
from db import deliveries, people, rooms, store
from db.districts import DISTRICTS, district_of

log = get("outbox")

IN_FLIGHT = 128
"""Sends under way on a messenger at a time: enough for one 100 ms away that takes a thousand a second."""
OLDEST = 30
"""Each time so many have left, the oldest that waits goes first, whatever its priority: so nothing starves,
and at Telegram's pace an answer waits for it once a second at most."""
LOOK = 1.0
"""Seconds after which it is looked for what may leave, also where nothing says so."""
NOTED = 0.03
"""Seconds after which it is written down at the latest how a send ended. Where people talk, a turn comes
before, whose transaction takes it along. Until then the next message to that chat waits."""
PAUSE_LOOKED_AT = timedelta(days=1)
"""How often a letter is looked at whose reader pauses; the end of the pause lets it go at once."""
DATABASE_AGAIN = 1.0
"""Seconds after which the database is tried again when it was not there."""
LONGEST_WAIT = 60.0
"""Seconds between two tries at most: when a line comes back after hours, nobody waits for more than another
minute."""
MARKED = 5
"""How often it is tried to put or take a mark: people can type what it stands for as well."""


@dataclass(slots=True)
class Marks:
    """How many marks there shall be under a message, whether there are `none` yet, and how often that has
    failed."""

    count: int
    none: bool
    failed: int = 0


@dataclass(slots=True)
class Sent:
    """How a try ended: `state` as in Delivery, or "waiting" to be tried again; `arrived` is how many of the
    delivery's messages are there."""

    row: Any
    state: str
    arrived: int
    message: str | None = None
    reason: str | None = None
    moved_to: Chat | None = None
    silenced: bool = False


class Outbox:
    """Delivers what waits, through the adapters. `rounds` are the districts of each messenger that it serves:
    all of them, unless `serve` says otherwise."""

    def __init__(self, engine: Engine, adapters: Mapping[str, Adapter], installation: Installation) -> None:
        self.engine = engine
        self.adapters = adapters
        self.installation = installation
        self.rounds: dict[str, Collection[int]] = {name: range(DISTRICTS) for name in adapters}
        self._pace = {name: Pace(adapter.rate) for name, adapter in adapters.items()}
        self._sending: dict[str, dict[str, asyncio.Task[None]]] = {name: {} for name in adapters}  # by chat
        self._marks: dict[MessageRef, Marks] = {}  # of messages that have others yet
        self._looked_on: Collection[str] = ()  # the messengers of which the last look knows what answers wait
        self._again = False  # whether something happened since the last look
        self._left = 0  # how many left, for `OLDEST`
        self._settled: deque[Sent] = deque()
        self._noting: list[Sent] = []  # those of them that are being written down
        self._alarm: asyncio.TimerHandle | None = None
        self._line = trouble.Trouble(log, DATABASE_AGAIN)
        engine.committed = self.wake

    def serve(self, messenger: str, districts: Collection[int]) -> None:
        """Send to these districts only. What is on its way to others is not stopped; see `is_busy`."""
        self.rounds[messenger] = districts
        self._pace[messenger].share = len(districts) / DISTRICTS

    def is_busy(self, messenger: str, district: int | None = None) -> bool:
        """Whether something is on its way on a messenger, or to one of its districts."""
        chats = self._sending[messenger]
        return any(district in (None, district_of(messenger, chat)) for chat in chats)

    # --- running ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            again, self._again = self._again, False
            # What a turn has to say is picked up in the turn's own transaction; and it knows what was sent.
            look = self.engine.after_turns(self._pick, first=self._note)
            if again:
                self.engine.hurry()
            self._ring_in(self._wait())
            try:
                self._go_on(await look)
            except Exception as error:
                await self._line.wait("nothing sent", error=error)
                self._again = True
            else:
                self._line.over("sending again")
            finally:
                self._calm()

    def wake(self) -> None:
        """Look now for what may leave: a look that has not begun yet sees all, one that has is too early."""
        if not self.engine.hurry():
            self._again = True

    async def flush(self) -> None:
        """Send all that may leave now, and wait until it has; also for the database, if that is away."""
        while True:
            try:
                self._go_on(await self.engine.call(self._look))
            except Exception as error:
                if not store.is_away(error):
                    raise
                await self._line.wait("nothing sent", error=error)
                continue
            sending = [task for chats in self._sending.values() for task in chats.values()]
            if not sending:
                return
            await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)

    def _ring_in(self, seconds: float) -> None:
        """Have it looked after so many seconds, unless that is to happen before anyway."""
        loop = asyncio.get_running_loop()
        if self._alarm is None or loop.time() + seconds < self._alarm.when():
            self._calm()
            self._alarm = loop.call_later(seconds, self.wake)

    def _calm(self) -> None:
        """It was looked: what rings later has no reason any more."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _wait(self) -> float:
        """Seconds until another look is worth it, where no turn comes before."""
        now = time.monotonic()
        changes = min((pace.changes_at(now) for pace in self._pace.values()), default=now + LOOK)
        return min(NOTED if self._settled else LOOK, changes - now)

    def _look(self, db: Session) -> Sequence[Any]:
        """In the engine thread: write down how sends ended, and pick what leaves next. There is one look at a
        time."""
        self._note(db)
        return self._pick(db)

    def _note(self, db: Session) -> None:
        """What one look could not write down is left to the next."""
        while self._settled:
            self._noting.append(self._settled.popleft())
        self._write_down(db, self._noting)

    def _go_on(self, rows: Sequence[Any]) -> None:
        """What a look wrote down is in the database: those chats are free. Send what it picked."""
        noted, self._noting = self._noting, []
        for sent in noted:
            row = sent.row
            self.engine.metrics.sent(row.messenger, sent.state)
            chats = self._sending[row.messenger]
            if sent.state == "unreachable":
                chats[row.chat] = asyncio.create_task(self._gone(sent))
            else:
                del chats[row.chat]
        self._start(rows)

    def _start(self, rows: Sequence[Any]) -> None:
        """Send what was picked, as far as the messengers' limits still let it leave: answers, marks, and the
        rest."""
        answers = [row for row in rows if row.priority == Priority.ANSWER]
        others = [row for row in rows if row.priority != Priority.ANSWER]
        for row in answers:
            self._leaves(chat_of(row), partial(self._deliver, row))
        for message, marks in self._marks.items():
            if message.chat.messenger in self._looked_on:
                self._leaves(message.chat, partial(self._mark, message, marks))
        for row in others:
            self._leaves(chat_of(row), partial(self._deliver, row))
        now = time.monotonic()
        for pace in self._pace.values():
            pace.tidy(now)

    def _leaves(self, chat: Chat, send: Callable[[Chat], Coroutine[Any, Any, None]]) -> None:
        """Have something leave to a chat, unless something is on its way there or the limits say no."""
        pace, sending = self._pace[chat.messenger], self._sending[chat.messenger]
        now = time.monotonic()
        if chat.id in sending or not pace.may_leave(now, chat.id):
            return
        pace.leaves(now, chat.id, self.adapters[chat.messenger].can(chat).a_minute)
        sending[chat.id] = asyncio.create_task(send(chat))
        self._left += 1

    # --- one delivery ----------------------------------------------------------------------------

    def _pick(self, db: Session) -> Sequence[Any]:
        """Rows to send now, in the engine thread. Those whose time is over are dropped, those whose reader
        sleeps or pauses are put off."""
        db.connection()  # who has lost it, has lost rounds with it
        now, moment = self.engine.clock.now(), time.monotonic()
        rounds: dict[str, Collection[int]] = {}
        busy: list[str] = []
        limit = 0
        for name, pace in self._pace.items():
            chats = set(self._sending[name]).difference(
                sent.row.chat for sent in self._noting if sent.row.messenger == name
            )
            free = pace.free(moment, IN_FLIGHT - len(chats))
            if free > 0 and self.rounds[name]:
                rounds[name] = self.rounds[name]
                busy += [f"{name} {chat}" for chat in (*chats, *pace.resting(moment))]
                limit = max(limit, free)
        self._looked_on = rounds.keys()
        if not rounds:
            return []
        picked: list[Any] = []
        oldest = self._left % OLDEST == OLDEST - 1
        rows = deliveries.waiting(db, now=now, rounds=rounds, busy=busy, limit=limit, oldest=oldest)
        if len(rows) == limit:
            self._again = True  # there may be more
        for row in rows:
            if row.expires_at is not None and row.expires_at.replace(tzinfo=now.tzinfo) <= now:
                deliveries.drop(db, [row.id], now=now, reason="too late")
            elif row.body is None and row.act is None and not row.closes:
                deliveries.drop(db, [row.id], now=now, reason="forgotten")
            elif (until := self._sleeps_until(row, now)) is not None:
                deliveries.postpone(db, row.id, until)
            elif row.replaces is not None and row.replaced_message is None:
                deliveries.drop(db, [row.id], now=now, reason="nothing to replace")
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

    async def _deliver(self, row: Any, chat: Chat) -> None:
        adapter = self.adapters[row.messenger]
        can = adapter.can(chat)
        sent = Sent(row, "sent", row.arrived)
        try:
            if row.act is not None:
                await self._do(row, chat, can, adapter)
            else:
                needed = messages(row, chat, can, self.installation, self._read)
                # The last one in any case: they may be fewer than before, in another language.
                for message in needed[min(row.arrived, len(needed) - 1) :]:
                    sent.message = (await adapter.send(message)).id
                    sent.arrived += 1
            self._pace[row.messenger].taken(time.monotonic())
            self._want_marks(row, chat, can, row.replaced_message or sent.message)
        except Later as later:
            sent.state = "waiting"
            self._later(chat, later, row.attempts)
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
        self._ring_in(NOTED)

    def _later(self, chat: Chat, later: Later, tries: int) -> None:
        """The messenger said so, after so many tries before."""
        pace, now = self._pace[chat.messenger], time.monotonic()
        rest = trouble.seconds(tries, LONGEST_WAIT) if later.seconds is None else later.seconds
        if later.too_fast:
            pace.too_fast(now, rest, chat.id, everywhere=later.everywhere)
        else:
            pace.rests(now, rest, None if later.everywhere else chat.id)
        log.warning("later", messenger=chat.messenger, seconds=round(rest, 1), everywhere=later.everywhere)

    def _write_down(self, db: Session, batch: Sequence[Sent]) -> None:
        now = self.engine.clock.now()
        ends: list[deliveries.End] = []
        again: dict[int, int] = {}
        for sent in batch:
            row = sent.row
            if sent.moved_to is not None:
                rooms.moved(db, row.messenger, row.chat, sent.moved_to.id)
            elif sent.state == "waiting":
                again[row.id] = sent.arrived
            else:
                ends.append(
                    {
                        "delivery_id": row.id,
                        "state": sent.state,
                        "message": sent.message,
                        "reason": sent.reason,
                    }
                )
            if sent.state == "unreachable":
                thread = row.thread if sent.silenced else ""
                deliveries.give_up_on(db, row.messenger, row.chat, thread, now=now)
        deliveries.settle(db, ends, now=now)
        deliveries.attempted(db, again)
        forget = [sent.row.letter_id for sent in batch if sent.row.forget]
        if forget:
            deliveries.forget_delivered(db, forget)

    async def _do(self, row: Any, chat: Chat, can: Capabilities, adapter: Adapter) -> None:
        """What is done without a word: a message is taken back, a chat gets a menu of its own, or somebody is
        let into a room."""
        if "delete" in row.act:
            await adapter.delete(MessageRef(chat, row.replaced_message))
        elif "admit" in row.act:
            await adapter.admit(chat, Identity(row.messenger, row.act["admit"]))
        else:
            reader = reader_of(row, self.installation, can.prefix)
            await adapter.show_menu(chat, "", self.engine.router.entries(row.act["menu"], reader))

    async def _read(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of something that is carried, from the messenger where it lies. Raises a `SendError`."""
        async for piece in self.adapters[media.messenger].fetch(media):
            yield piece

    async def _gone(self, sent: Sent) -> None:
        """Somebody cannot be reached, or a room: a turn of theirs, like any other departure."""
        line = trouble.Trouble(log, DATABASE_AGAIN)
        while True:
            try:
                if (departure := await self._departure(sent)) is not None:
                    await self.engine.receive(departure)
                break
            except Exception as error:
                await line.wait("departure not stored", error=error)
        del self._sending[sent.row.messenger][sent.row.chat]
        self.wake()

    async def _departure(self, sent: Sent) -> Incoming | None:
        row, chat = sent.row, chat_of(sent.row)
        id_ = f"unreachable:{row.id}"
        if not chat.private:
            where = chat if sent.silenced else replace(chat, thread="")
            return Incoming(id_, Removed(silenced=sent.silenced), where)
        account = await self.engine.call(lambda db: people.account_of(db, row.messenger, row.chat))
        return None if account is None else Incoming(id_, Left(), chat, Identity(row.messenger, account))

    # --- marks -----------------------------------------------------------------------------------

    def _want_marks(self, row: Any, chat: Chat, can: Capabilities, message: str | None) -> None:
        """Under a message there shall be as many marks as it has buttons now."""
        if message is None or not can.marks:
            return
        ref = MessageRef(chat, message)
        count = 0 if row.closes else min(len(row.offers), can.marks)
        waits = self._marks.pop(ref, None)
        none = row.replaces is None if waits is None else waits.none
        if count or not none:
            self._marks[ref] = Marks(count, none)

    async def _mark(self, message: MessageRef, marks: Marks, chat: Chat) -> None:
        """One mark more, or one less."""
        left, marks.none = 0, False
        try:
            left = await self.adapters[chat.messenger].mark(message, marks.count)
            self._pace[chat.messenger].taken(time.monotonic())
        except Later as later:
            self._later(chat, later, marks.failed)
            marks.failed += 1
            left = MARKED - marks.failed
        except SendError as error:
            log.info("not marked", messenger=chat.messenger, error=error)
        except Exception as error:
            log.error("not marked", messenger=chat.messenger, error=error)
        if not left:
            del self._marks[message]
        del self._sending[chat.messenger][chat.id]
        self.wake()
