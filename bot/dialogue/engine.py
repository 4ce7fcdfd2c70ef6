"""The one door: an `Incoming` becomes a turn, and a turn is one savepoint of one transaction.

A turn that cannot be stored is tried again, here and by the messenger that brought it. Where the database is
there and the turn fails each time, the fault is with the event: it goes to the dead letters, and the others
go on.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from bot.dialogue import dead_letters, questions
from bot.dialogue.context import Context
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.replies import Replies
from bot.dialogue.router import Router
from bot.dialogue.running import report
from bot.dialogue.turn import Turn
from bot.handler import Slice
from bot.installation import Installation
from bot.message import Identity, Incoming, Left, Media, Unreadable
from bot.support import backoff
from bot.support.clock import Clock
from bot.support.log import get
from bot.support.metrics import Metrics, TurnResult
from bot.support.worker import Worker
from db import faults
from db.engine import actors, deliveries, timers
from db.engine.actors import Account, Activity
from db.engine.turn_ends import TurnEnd
from db.engine.turns import TurnSession

log = get("engine")

TRIES = 3
"""How often an event is tried before it goes to the dead letters."""
LONGEST_WAIT = 1.0
"""Upper bound on the seconds between two tries."""
TIMERS = 32
"""Timers that are looked at together: what they do keeps the engine busy for some hundredths of a second."""
TIMER_AGAIN = timedelta(minutes=5)
"""When a timer whose turn failed is tried again."""


class Engine:
    """Makes turns of events and of timers; `worker` is the thread in which they run. `watch` is told of each
    turn that is committed, in the event loop."""

    def __init__(
        self, sessions: sessionmaker[TurnSession], router: Router, clock: Clock, installation: Installation
    ) -> None:
        self.router = router
        self.clock = clock
        self.installation = installation
        self.metrics = Metrics()
        self.watch: Callable[[TurnResult], None] = self.metrics.turn
        self._notes: dict[str, str] = {}  # of presses whose turns are about to be committed
        self.worker = Worker(sessions, self.begin, subjects_of)

    # --- events ----------------------------------------------------------------------------------

    async def receive(self, incoming: Incoming) -> str | None:
        """Make a turn of an event. Return when it is committed, or among the dead letters because it fails
        each time or its adapter could not read it: with a note for whoever pressed, if there is one. Raise
        what the database raised when nothing can be stored: then the event has to come again."""
        if isinstance(incoming.event, Unreadable):
            await self._give_up(incoming, incoming.event.error)
            return None
        for failures in range(TRIES):
            try:
                turn = partial(self.turn, incoming=incoming)
                self.watch(await self.worker.turn(turn, incoming))
                return self._notes.pop(name_of(incoming), None)
            except Exception as error:
                if faults.is_away(error):
                    raise
                wrong = error
                await asyncio.sleep(backoff.delay(failures, LONGEST_WAIT))
        await self._give_up(incoming, wrong)
        return None

    async def awaited(self, sender: Identity, media: Media) -> int | None:
        """Return how many bytes a file may have for which the open question of somebody waits; None where it
        waits for no such file. Raises what the database raises."""

        def look(db: Session) -> int | None:
            account = sender.messenger, sender.account
            _known, parked = actors.known(db, [account]).get(account, (None, []))
            return questions.awaited(parked[0], media) if parked else None

        return await self.worker.call(look)

    async def _give_up(self, incoming: Incoming, error: Exception) -> None:
        # That this can be stored is the proof that the fault is with the event.
        number = await self.worker.call(
            lambda db: dead_letters.put(
                db, name_of(incoming), error, installation=self.installation, now=self.clock.now()
            )
        )
        if number is not None:
            self.watch(TurnResult("engine", "set aside"))
            log.error("set aside", number=number, of=type(incoming.event).__name__.lower(), error=error)
            self.worker.committed()

    def begin(self, db: TurnSession, events: Sequence[Incoming]) -> None:
        """Read what the turns of these events have in common, in the worker's thread."""
        who: dict[str, Account | None] = {}
        signs: dict[str, Activity] = {}
        for event in events:
            sender, chat = event.sender, event.chat
            who[name_of(event)] = None if sender is None else (sender.messenger, sender.account)
            if chat is not None and chat.private and not isinstance(event.event, Left):
                signs[name_of(event)] = Activity(chat.id, event.language or None)
        db.begin_turns(who, signs, self.clock.now())

    def turn(self, db: TurnSession, incoming: Incoming) -> TurnResult:
        """Run the turn of an event, in the worker's thread. An event that came before changes nothing."""
        now = self.clock.now()
        assert incoming.chat is not None
        if name_of(incoming) not in db.new_events:
            log.debug("seen before")
            return TurnResult("engine", "seen before")
        db.new_events.discard(name_of(incoming))  # it may be there twice
        turn = Turn(db, now, incoming, self.installation, self.router)
        turn.run()
        self._end(db, turn.replies.ending, turn.changed_person)
        if turn.note:
            self._notes[name_of(incoming)] = turn.note
        return turn.running.result._replace(meant=tuple(type(each).__name__ for each in turn.meant))

    def _end(self, db: TurnSession, ending: TurnEnd, changed_person: int | None = None) -> None:
        """Keep how a turn ended; `changed_person` is who alone may be different now, None for everybody."""
        db.flush()
        db.expunge_all()  # the next turn reads what this one wrote, also where it did so past the session
        db.defer(ending)
        db.forget(changed_person)

    # --- timers ----------------------------------------------------------------------------------

    async def upcoming(self) -> list[datetime]:
        """Return when the next timer runs out, and when the next letter that was put off may leave."""

        def look(db: Session) -> list[datetime | None]:
            return [timers.next_due(db), deliveries.next_due(db, self.clock.now())]

        return [moment for moment in await self.worker.call(look) if moment is not None]

    async def due(self, limit: int = TIMERS) -> int:
        """Run timers that are due, at most `limit`. Return how many there were."""
        found = await self.worker.call(lambda db: timers.due(db, self.clock.now(), limit))
        alone: list[list[int]] = []
        slices: list[list[int]] = []
        together: dict[str, list[int]] = {}
        for row in found:
            handler = self.router.timers.get(row.handler)
            if handler is not None and handler.together:
                together.setdefault(row.handler, []).append(row.id)
            elif handler is not None and issubclass(handler.takes, Slice):
                slices.append([row.id])
            else:
                alone.append([row.id])
        await self._run_timers(alone)
        for ids in (*together.values(), *slices):
            await self._run_timers([ids])
        return len(found)

    async def _run_timers(self, turns: Sequence[Sequence[int]]) -> None:
        """Run a turn for each of these lists of timers."""
        results = await asyncio.gather(
            *(self.worker.turn(partial(self.timers, timer_ids=ids)) for ids in turns),
            return_exceptions=True,
        )
        for ids, result in zip(turns, results, strict=True):
            if isinstance(result, Exception):
                if faults.is_away(result):
                    raise result
                await self.worker.call(partial(self._put_off, timer_ids=ids))
            elif isinstance(result, TurnResult):
                self.watch(result)

    def _put_off(self, db: Session, timer_ids: Sequence[int]) -> None:
        """Count timers whose turn could not be stored as ones that failed."""
        now = self.clock.now()
        for timer in timers.claim(db, timer_ids, now):
            timers.failed(db, timer, now + TIMER_AGAIN)

    def timers(self, db: TurnSession, timer_ids: Sequence[int]) -> TurnResult | None:
        """Run these timers in one turn, in the worker's thread. Return None where others had them before."""
        now = self.clock.now()
        claimed = timers.claim(db, timer_ids, now)
        if not claimed:
            return None
        turn = TimerTurn(db, now, self.installation, self.router)
        if not turn.run(claimed):
            # One of several may be at fault: each by itself.
            for timer in claimed:
                alone = TimerTurn(db, now, self.installation, self.router)
                if len(claimed) == 1 or not alone.run([timer]):
                    timers.failed(db, timer, now + TIMER_AGAIN)
        self._end(db, TurnEnd())
        return turn.result


class TimerTurn:
    """What timers do that have run out; nobody acts. All of it happens in the caller's transaction."""

    def __init__(self, db: TurnSession, now: datetime, installation: Installation, router: Router) -> None:
        self.db = db
        self.now = now
        self.installation = installation
        self.router = router
        self.result = TurnResult("engine", "nothing")
        self._began = time.perf_counter()

    def run(self, timers: Sequence[Any]) -> bool:
        """Run a timer, or several of a handler that takes them together. Return False when it failed and has
        to be tried again."""
        called = [self.router.due(timer) for timer in timers]
        handler = called[0][0] if called[0] is not None else None
        if handler is None or None in called:
            log.error("timer without handler", handler=timers[0].handler)
            return True
        due = [each[1] for each in called if each is not None]
        context = Context(
            self.db, self.now, self.installation, self.router, Dialogue(), sealed=handler.sealed
        )
        shown = self.router.shown(handler)
        savepoint = self.db.begin_nested()
        try:
            handler.call(context, due if handler.together else due[0])
            self.db.flush()
            savepoint.commit()
        except Exception as error:
            savepoint.rollback()
            if faults.is_in_the_way(error):
                raise
            self.result = report("timer", shown, "failed", self._began, error=error)
            return False
        Replies(self.db, self.now, self.router).repeat_for_others(context.notified, None)
        self.result = report("timer", shown, "timer", self._began)
        return True


def subjects_of(incoming: Incoming) -> list[Identity | tuple[str, str]]:
    """Return who acts, if anybody does, and the chat in which they do, whatever the topic."""
    chat, sender = incoming.chat, incoming.sender
    assert chat is not None
    here = chat.messenger, chat.id
    return [here] if sender is None else [sender, here]


def name_of(incoming: Incoming) -> str:
    """Return what an event is called among those of all messengers, however often it comes."""
    assert incoming.chat is not None
    return f"{incoming.chat.messenger} {incoming.id}"
