"""The thread that works on the database. Jobs that wait are taken together: each runs by itself, one commit
is for all. So a turn costs no disk write of its own, and what the jobs of one person do is serial."""

import asyncio
import queue
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from bot.support.log import get, in_one_go
from db import faults, store
from db.engine.turns import TurnSession

log = get("engine")
Result = TypeVar("Result")
Event = TypeVar("Event")

GROUP = 128
"""Upper bound on the jobs that are committed together."""
TRIES = 3
"""How often a transaction is tried that another program stood in the way of, or that lost its connection."""


@dataclass(slots=True)
class Job(Generic[Result]):
    """Work for the thread, and whom to tell; `event` where it is the turn of one, `first` what comes before
    all turns of its group."""

    run: Callable[[TurnSession], Result]
    done: "asyncio.Future[Result]"
    is_turn: bool = False
    event: Any = None
    first: Callable[[TurnSession], None] | None = None


class Worker(Generic[Event]):
    """Runs jobs in the thread.

    begin:     called first in each transaction, with the events whose turns are in it
    subjects:  what must keep its order: the turns of two events that share one run in the order they came
    committed: called in the event loop after turns whose letters nobody has picked up
    ring:      called in the transaction of turns, to tell other programs
    """

    def __init__(
        self,
        sessions: sessionmaker[TurnSession],
        begin: Callable[[TurnSession, Sequence[Event]], None],
        subjects: Callable[[Event], Sequence[Hashable]],
    ) -> None:
        self.committed: Callable[[], None] = lambda: None
        self.ring: Callable[[Session], None] | None = None
        self._sessions = sessions
        self._begin = begin
        self._subjects = subjects
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._after_turns: queue.SimpleQueue[Job[Any]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._away = False  # whether the database was not there the last time

    # --- from the event loop ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin to work; call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="engine")
        self._thread.start()

    async def stop(self) -> None:
        """Finish what waits, then end the thread."""
        self._jobs.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def call(self, run: Callable[[TurnSession], Result]) -> "asyncio.Future[Result]":
        """Run a function on the database, in line with the turns and committed with them. It must change
        nothing that turns know of people (`TurnSession.recognise`)."""
        return self._put(Job(run, self._loop.create_future()))

    async def read(self, run: Callable[[Session], Result]) -> Result:
        """Run a function that only reads, beside the engine, in a thread and on a connection of its own: it
        sees what is committed, and no turn waits for it."""
        return await asyncio.to_thread(self._read, run)

    def turn(
        self, run: Callable[[TurnSession], Result], event: Event | None = None
    ) -> "asyncio.Future[Result]":
        """Run the turn of an event, or one that has none."""
        return self._put(Job(run, self._loop.create_future(), is_turn=True, event=event))

    def after_turns(
        self, run: Callable[[TurnSession], Result], first: Callable[[TurnSession], None]
    ) -> "asyncio.Future[Result]":
        """Run a function after the next turns, in their transaction, and `first` before them; or both now,
        with `hurry`."""
        job = Job(run, self._loop.create_future(), first=first)
        self._after_turns.put(job)
        return job.done

    def hurry(self) -> bool:
        """Run now what waits for the next turns. Return whether anything did."""
        there = False
        while (job := self._next_after_turns()) is not None:
            self._jobs.put(job)
            there = True
        return there

    def _put(self, job: Job[Result]) -> "asyncio.Future[Result]":
        self._jobs.put(job)
        return job.done

    def _next_after_turns(self) -> Job[Any] | None:
        try:
            return self._after_turns.get_nowait()
        except queue.Empty:
            return None

    def _tell(self, results: Iterable[tuple[Job[Any], Any]], committed: bool) -> None:
        """Tell those who wait for jobs, and that letters were `committed` which nobody has picked up."""
        for job, result in results:
            if job.done.cancelled():
                continue
            if isinstance(result, Exception):
                job.done.set_exception(result)
            else:
                job.done.set_result(result)
        if committed:
            self.committed()

    # --- in a thread -----------------------------------------------------------------------------

    def _read(self, run: Callable[[Session], Result]) -> Result:
        with store.beside(self._sessions.kw["bind"]) as db:
            return run(db)

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
                waves = in_waves([*group, after] if after else group, self._subjects)
                results = self._commit(waves)
                # Once: each time the event loop is woken up, this thread waits until that lets it go on.
                self._loop.call_soon_threadsafe(self._tell, results, turns and after is None)

    def _commit(self, group: list[Job[Any]], tries: int = TRIES) -> list[tuple[Job[Any], Any]]:
        """Run jobs in one transaction. Where that fails as a whole, each gets one of its own, so that the
        one at fault is found and the others are kept. What another program stood in the way of is tried
        again, and so is all of it where only the connection dropped. Where the database is away, nothing
        is."""
        try:
            with in_one_go(), self._sessions.begin() as db:
                self._begin(db, [job.event for job in group if job.event is not None])
                for job in group:
                    if job.first is not None:
                        job.first(db)
                results: list[tuple[Job[Any], Any]] = [(job, job.run(db)) for job in group]
                db.write()
                if self.ring is not None and any(job.is_turn for job in group):
                    self.ring(db)
        except Exception as error:
            if tries > 1 and faults.has_lost_its_line(error):
                return self._commit(group, tries - 1)
            if faults.is_away(error):
                self._is_away(error)
                return [(job, error) for job in group]
            if len(group) > 1:
                return [result for job in group for result in self._commit([job])]
            if tries > 1 and faults.is_in_the_way(error):
                return self._commit(group, tries - 1)
            log.error("not stored", error=error)
            return [(group[0], error)]
        if self._away:
            log.info("database is back")
            self._away = False
        return results

    def _is_away(self, error: Exception) -> None:
        """Say so only once, not for each job."""
        if not self._away:
            log.error("database is away", error=error, why=faults.why(error))
        self._away = True


def in_waves(group: Sequence[Job[Any]], subjects: Callable[[Any], Sequence[Hashable]]) -> list[Job[Any]]:
    """Return jobs in an order in which turns of different people stand together: the first of everybody, then
    the second ones, and so on. What they have in common is then read and written for all of them. The turns
    that share one of their `subjects` keep their order, and so does what is no turn of an event."""
    waves: list[int] = []
    latest: dict[Hashable, int] = {}
    lowest = highest = 0
    for job in group:
        if job.event is None:
            wave, lowest = highest + 1, highest + 2
        else:
            those = subjects(job.event)
            wave = max(lowest, *(latest.get(subject, -1) + 1 for subject in those))
            latest |= dict.fromkeys(those, wave)
        waves.append(wave)
        highest = max(highest, wave)
    return [job for _, job in sorted(zip(waves, group, strict=True), key=itemgetter(0))]
