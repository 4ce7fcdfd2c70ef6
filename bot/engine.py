"""The one door: an `Incoming` becomes a turn, and a turn is one savepoint of one transaction.

Turns run in a thread of their own on an ordinary session. Those that wait are taken together: each in its
own savepoint, one commit for all. So a turn costs no disk write of its own, one that fails takes nothing
with it, and turns of one person are serial.

A turn that cannot be stored is tried again, here and by the messenger that brought it. Where the database is
there and it fails each time, the fault is with the event: it is set aside, and the others go on.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from bot import set_aside, trouble
from bot.clock import Clock
from bot.context import Installation
from bot.log import get, in_one_go
from bot.message import Identity, Incoming, Left
from bot.metrics import Metrics, Told
from bot.room_turn import RoomTurn
from bot.router import Router
from bot.turn import Turn
from db import store, timers
from db.group import Group
from db.people import Account, Sign

log = get("engine")
Result = TypeVar("Result")

GROUP = 128
"""Turns that are committed together at most."""
TRIES = 3
"""How often an event is tried before it is set aside."""
LONGEST_WAIT = 1.0
"""Seconds between two tries at most."""
TIMERS = 50
"""Timers that are looked at together: what they do keeps the engine busy for some hundredths of a second."""
TIMER_AGAIN = timedelta(minutes=5)
"""When a timer whose turn failed is tried again."""


@dataclass(slots=True)
class Job(Generic[Result]):
    """Work for the engine thread, and whom to tell; `incoming` where it is the turn of an event, `first` what
    comes before all turns of its group."""

    run: Callable[[Group], Result]
    done: "asyncio.Future[Result]"
    is_turn: bool = False
    incoming: Incoming | None = None
    first: Callable[[Group], None] | None = None


class Engine:
    """Runs turns. `committed` is called in the event loop after turns whose letters nobody has picked up, and
    `ring` in their transaction: so may other programs."""

    def __init__(
        self, sessions: sessionmaker[Group], router: Router, clock: Clock, installation: Installation
    ) -> None:
        self.router = router
        self.clock = clock
        self.installation = installation
        self.metrics = Metrics()
        self.committed: Callable[[], None] = lambda: None
        self.ring: Callable[[Session], None] | None = None
        self._sessions = sessions
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._after_turns: queue.SimpleQueue[Job[Any]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._away = False  # whether the database was not there the last time

    # --- from the event loop ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin to work; to be called in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="engine")
        self._thread.start()

    async def stop(self) -> None:
        """Finish what waits, then end the thread."""
        self._jobs.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    async def receive(self, incoming: Incoming) -> None:
        """Make a turn of an event. Returns when it is committed, or set aside because it fails each time;
        raises when nothing can be stored: then the event has to come again."""
        for failures in range(TRIES):
            try:
                turn = partial(self._turn, incoming=incoming)
                self.metrics.turn(await self._put(turn, is_turn=True, incoming=incoming))
                return
            except Exception as error:
                if store.is_away(error):
                    raise
                wrong = error
                await asyncio.sleep(trouble.seconds(failures, LONGEST_WAIT))
        await self._set_aside(incoming, wrong)

    async def _set_aside(self, incoming: Incoming, error: Exception) -> None:
        # That this can be stored is the proof that the fault is with the event.
        number = await self.call(
            lambda db: set_aside.put(
                db, name_of(incoming), error, installation=self.installation, now=self.clock.now()
            )
        )
        if number is not None:
            self.metrics.turn(Told("engine", "set aside"))
            log.error("set aside", number=number, of=type(incoming.event).__name__.lower(), error=error)
            self.committed()

    def call(self, run: Callable[[Session], Result]) -> "asyncio.Future[Result]":
        """Run a function on the database, in line with the turns and committed with them. It changes nothing
        that turns know of people (`Group.recognise`)."""
        return self._put(run)

    def _put(
        self,
        run: Callable[[Group], Result],
        *,
        is_turn: bool = False,
        incoming: Incoming | None = None,
    ) -> "asyncio.Future[Result]":
        job = Job(run, self._loop.create_future(), is_turn, incoming)
        self._jobs.put(job)
        return job.done

    def after_turns(
        self, run: Callable[[Session], Result], first: Callable[[Session], None]
    ) -> "asyncio.Future[Result]":
        """The same after the next turns, in their transaction, and `first` before them; or now, with
        `hurry`."""
        job = Job(run, self._loop.create_future(), first=first)
        self._after_turns.put(job)
        return job.done

    def hurry(self) -> bool:
        """Run now what was to run after the next turns; whether something still was."""
        there = False
        while (job := self._next_after_turns()) is not None:
            self._jobs.put(job)
            there = True
        return there

    def _next_after_turns(self) -> Job[Any] | None:
        try:
            return self._after_turns.get_nowait()
        except queue.Empty:
            return None

    # --- in the engine thread --------------------------------------------------------------------

    def _work(self) -> None:
        running = True
        while running:
            group: list[Job[Any]] = []
            job = self._jobs.get()
            while job is not None:
                group.append(job)
                if len(group) == GROUP or self._jobs.empty():
                    break
                job = self._jobs.get()
            running = job is not None
            if group:
                turns = any(job.is_turn for job in group)
                after = self._next_after_turns() if turns else None
                results = self._commit(in_waves([*group, after] if after else group))
                self._loop.call_soon_threadsafe(self._tell, results)
                if turns and after is None:
                    self._loop.call_soon_threadsafe(self.committed)

    def _commit(self, group: list[Job[Any]], tries: int = TRIES) -> list[tuple[Job[Any], Any]]:
        """Run jobs in one transaction. Where that fails as a whole, each gets one of its own, so that the
        one at fault is found and the others are kept; what another program stood in the way of is tried
        again, and so is all of it where only the line to the database was lost. Where the database is not
        there, none is."""
        try:
            with in_one_go(), self._sessions.begin() as db:
                self._begin(db, [job.incoming for job in group if job.incoming is not None])
                for job in group:
                    if job.first is not None:
                        job.first(db)
                results: list[tuple[Job[Any], Any]] = [(job, job.run(db)) for job in group]
                db.write()
                if self.ring is not None and any(job.is_turn for job in group):
                    self.ring(db)
        except Exception as error:
            if tries > 1 and store.has_lost_its_line(error):
                return self._commit(group, tries - 1)
            if store.is_away(error):
                self._is_away(error)
                return [(job, error) for job in group]
            if len(group) > 1:
                return [result for job in group for result in self._commit([job])]
            if tries > 1 and store.is_in_the_way(error):
                return self._commit(group, tries - 1)
            log.error("not stored", error=error)
            return [(group[0], error)]
        if self._away:
            log.info("database is back")
            self._away = False
        return results

    def _begin(self, db: Group, events: Sequence[Incoming]) -> None:
        who: dict[str, Account | None] = {}
        signs: dict[str, Sign] = {}
        for event in events:
            sender, chat = event.sender, event.chat
            who[name_of(event)] = None if sender is None else (sender.messenger, sender.account)
            if chat is not None and chat.private and not isinstance(event.event, Left):
                signs[name_of(event)] = Sign(chat.id, event.language or None)
        db.gather(who, signs, self.clock.now())

    def _is_away(self, error: Exception) -> None:
        """Say so once, not for each that asks."""
        if not self._away:
            log.error("database is away", error=error)
        self._away = True

    def _tell(self, results: Iterable[tuple[Job[Any], Any]]) -> None:
        for job, result in results:
            if job.done.cancelled():
                continue
            if isinstance(result, Exception):
                job.done.set_exception(result)
            else:
                job.done.set_result(result)

    def _turn(self, db: Group, incoming: Incoming) -> Told:
        now = self.clock.now()
        assert incoming.chat is not None
        if name_of(incoming) not in db.new_events:
            log.debug("seen before")
            return Told("engine", "seen before")
        db.new_events.discard(name_of(incoming))  # it may be there twice
        kind = Turn if incoming.chat.private else RoomTurn
        turn = kind(db, now, incoming, self.installation, self.router)
        turn.run()
        self._end(db, turn)
        return turn.told

    def _end(self, db: Group, turn: Turn) -> None:
        db.flush()
        db.expunge_all()  # the next turn reads what this one wrote, also where it did so past the session
        db.keep(turn.ending)
        db.forget(turn.actor.known.person_id if turn.is_own else None)

    # --- timers ----------------------------------------------------------------------------------

    async def due(self, limit: int = TIMERS) -> int:
        """Run timers that are due, at most `limit`; how many there were."""
        found = await self.call(lambda db: timers.due(db, self.clock.now(), limit))
        alone = [[row.id] for row in found if not self._is_together(row.handler)]
        together: dict[str, list[int]] = {}
        for row in found:
            if self._is_together(row.handler):
                together.setdefault(row.handler, []).append(row.id)
        await self._run_timers(alone)
        for ids in together.values():
            await self._run_timers([ids])
        return len(found)

    def _is_together(self, handler: str) -> bool:
        known = self.router.handlers.get(handler)
        return known is not None and known.together

    async def _run_timers(self, turns: Sequence[Sequence[int]]) -> None:
        """A turn for each of these lists of timers."""
        results = await asyncio.gather(
            *(self._put(partial(self._timers, timer_ids=ids), is_turn=True) for ids in turns),
            return_exceptions=True,
        )
        for ids, result in zip(turns, results, strict=True):
            if isinstance(result, Exception):
                if store.is_away(result):
                    raise result
                await self.call(partial(self._put_off, timer_ids=ids))
            elif isinstance(result, Told):
                self.metrics.turn(result)

    def _put_off(self, db: Session, timer_ids: Sequence[int]) -> None:
        """Timers whose turn could not be stored count as ones that failed."""
        now = self.clock.now()
        for timer in timers.claim(db, timer_ids, now):
            timers.failed(db, timer, now + TIMER_AGAIN)

    def _timers(self, db: Group, timer_ids: Sequence[int]) -> Told | None:
        now = self.clock.now()
        claimed = timers.claim(db, timer_ids, now)
        if not claimed:
            return None
        turn = Turn(db, now, None, self.installation, self.router)
        if not turn.run_timers(claimed):
            # One of several may be at fault: each by itself.
            for timer in claimed:
                alone = Turn(db, now, None, self.installation, self.router)
                if len(claimed) == 1 or not alone.run_timers([timer]):
                    timers.failed(db, timer, now + TIMER_AGAIN)
        self._end(db, turn)
        return turn.told


def in_waves(group: Sequence[Job[Any]]) -> list[Job[Any]]:
    """Jobs in an order in which turns of different people stand together: the first of everybody, then the
    second ones, and so on. What they have in common is then read and written for all of them. What one person
    does and what happens in one chat keeps its order, and so does what is no turn of an event."""
    waves: list[int] = []
    latest: dict[Identity | tuple[str, str], int] = {}
    lowest = highest = 0
    for job in group:
        if job.incoming is None:
            wave, lowest = highest + 1, highest + 2
        else:
            subjects = subjects_of(job.incoming)
            wave = max(lowest, *(latest.get(subject, -1) + 1 for subject in subjects))
            latest |= dict.fromkeys(subjects, wave)
        waves.append(wave)
        highest = max(highest, wave)
    return [job for _, job in sorted(zip(waves, group, strict=True), key=itemgetter(0))]


def subjects_of(incoming: Incoming) -> list[Identity | tuple[str, str]]:
    """Who acts, if anybody does, and the chat in which they do, whatever the topic."""
    chat, sender = incoming.chat, incoming.sender
    assert chat is not None
    here = chat.messenger, chat.id
    return [here] if sender is None else [sender, here]


def name_of(incoming: Incoming) -> str:
    """What an event is called among those of all messengers, however often it comes."""
    assert incoming.chat is not None
    return f"{incoming.chat.messenger} {incoming.id}"
