"""The program: an engine, its outbox, its timers, and the messengers around them, all of them handed in."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.adapter import Adapter, SendError, Sharing, Unauthorised
from bot.delivery import unwell
from bot.delivery.outbox import Outbox
from bot.dialogue.engine import Engine
from bot.dialogue.meaning.understanding import prepare
from bot.dialogue.router import Router
from bot.handler import Place
from bot.installation import Installation
from bot.lists import ahead
from bot.message import Incoming
from bot.program.introduction import Profile, introduce
from bot.program.team import CLOCK, SENDER, Team
from bot.support import clock
from bot.support.backoff import Backoff
from bot.support.beside import beside
from bot.support.fetching import Fetching
from bot.support.garbage import keep_what_is_there
from bot.support.log import get
from bot.support.progress import Progress
from bot.support.timekeeping import Timekeeper
from db import seal, shape, store
from db.engine import seen, turns
from db.engine.leases import Leases
from db.engine.notifier import Notifier
from db.network import invitations
from db.privacy import sweeping

log = get("app")

SWEEPING, STOCKING, BEAT = 3600.0, 10.0, 1.0
"""Seconds between two times at which what was deleted is swept out of the database's files; at which a code
is made ahead, which on one core takes 10 ms from whoever writes then; and between two looks at the timers."""
FLUSH_SECONDS = 10.0
"""How long a stop waits for letters that are on their way."""
LONGEST_CONNECTING, LONGEST_AGAIN = 5.0, 60.0
"""Seconds between two tries at most: to connect, and to listen where that failed for no known reason."""
WENT_WELL = 600.0
"""Seconds after which such a failure is a new one."""


@dataclass(frozen=True)
class Repertoire:
    """What the bot can do: the way to its handlers, what they plan whenever the program starts (called with
    the time and the installation's time zone), and how the bot introduces itself."""

    router: Router
    begin: Callable[[Session, datetime, ZoneInfo], None]
    profile: Profile


class App:
    """An engine, its outbox, its timers and the messengers around them. `async with` brings the database into
    shape (DatabaseTooNew, Unavailable). The `key` seals what is secret; invented people need none."""

    def __init__(
        self,
        database: str,
        adapters: Mapping[str, Adapter],
        moments: clock.Clock,
        installation: Installation,
        repertoire: Repertoire,
        key: seal.Key | None = None,
    ) -> None:
        self.adapters, self.clock = adapters, moments
        self.installation = installation
        self.database = store.connect(database)
        self.router = repertoire.router
        self._repertoire = repertoire
        self._key = key
        prepare(installation.languages)
        self.engine = Engine(turns.sessions(self.database), self.router, moments, installation)
        self._fetching = Fetching(adapters, self.engine.awaited, ahead)
        self.outbox = Outbox(
            self.engine.worker,
            adapters,
            installation,
            moments,
            self.engine.metrics,
            receive=self.engine.receive,
            menu_entries=self.router.entries,
            recipes=self.router.recipes,
        )
        self._left = set(adapters)  # those that have not refused us
        self._waiting = Backoff(log, BEAT / 2)
        self._timekeeper = Timekeeper(
            tell_jump=lambda by: self.tell_operators(partial(unwell.clock_jumped, by=by)),
            tell_wrong=lambda ahead: self.tell_operators(partial(unwell.clock_wrong, ahead=ahead)),
        )
        self._team: Team | None = None

    async def __aenter__(self) -> "App":
        with Progress(lambda line: log.info("migrating", says=line)) as progress:
            shape.migrate(self.database, progress)
        for path in store.narrow(self.database):
            log.warning("others may read", file=str(path))
        if self._key is not None:
            seal.unlock(self.database, self._key)
        self.engine.worker.start()
        now, zone = self.clock.now(), self.installation.zone()
        try:
            last = await self.engine.worker.call(seen.latest)
            await self.engine.worker.call(lambda db: self._repertoire.begin(db, now, zone))
            if isinstance(self.clock, clock.RealClock):
                await self._timekeeper.begins(now, last)
        except BaseException:
            await self.engine.worker.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.worker.stop()
        self.database.dispose()

    def heard(self) -> dict[str, timedelta | None]:
        """Return how long ago each messenger to which this program has to listen last answered; None: it has
        not since the start."""
        now, team = time.monotonic(), self._team
        return {
            name: timedelta(seconds=now - adapter.last_heard_at) if adapter.last_heard_at else None
            for name, adapter in self.adapters.items()
            if team is None or team.does(name)
        }

    # --- on real messengers ----------------------------------------------------------------------

    async def run(self, parts: Collection[str] = ()) -> None:
        """Listen, send and keep time until cancelled; then listen no longer, finish and flush. `parts` are
        what this program does of it, as for `Team`; none: all.

        Raises Unauthorised when none of its messengers accepts us, or does so no longer.
        """
        keep_what_is_there()
        parts = parts or (*self.adapters, CLOCK, SENDER)
        self._left = self.adapters.keys() & parts or set(self.adapters)
        leases, notifier = Leases(self.database), Notifier(self.database)
        team = self._team = Team(leases, notifier, self.engine, self.outbox, self.adapters, parts)
        working = [asyncio.create_task(self._serve(a, team, a.name in parts)) for a in self.adapters.values()]
        working += [asyncio.create_task(team.run())]
        sweep = partial(beside, "not swept", partial(sweeping.sweep, self.database))
        stock = partial(beside, "no codes ahead", partial(invitations.stock, self.installation.rng))
        for seconds, tick in ((BEAT, self._tick), (STOCKING, stock), (SWEEPING, sweep)):
            working += [asyncio.create_task(team.during(CLOCK, partial(clock.beat, seconds, tick)))]
        sending = asyncio.create_task(self.outbox.run())
        try:
            await asyncio.gather(sending, *working)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.outbox.flush(), FLUSH_SECONDS)
            for adapter in self.adapters.values():
                try:
                    await adapter.close()
                except Exception as error:  # the others are closed all the same
                    log.warning("not closed", messenger=adapter.name, error=error)
            log.info("stopped")

    async def _serve(self, adapter: Adapter, team: Team, listens: bool) -> None:
        """Serve a messenger, as far as it is ours, for as long as it accepts us. Raises Unauthorised where no
        other messenger is left."""
        listen = partial(self._listen, adapter)
        try:
            match adapter.sharing:
                case Sharing.NOTHING:
                    await team.during(adapter.name, partial(self._open, adapter, team, listen))
                case Sharing.SENDING:
                    await self._open(adapter, team, partial(team.during, adapter.name, listen))
                case Sharing.EVERYTHING:
                    await self._open(adapter, team, listen if listens else _nothing)
        except Unauthorised as error:
            self._left -= {adapter.name}
            if not self._left:
                raise
            team.closes(adapter.name)
            log.error("unauthorised", messenger=adapter.name, says=str(error))
            await self.tell_operators(partial(unwell.refused, messenger=adapter.name))

    async def _open(self, adapter: Adapter, team: Team, listen: Callable[[], Awaitable[None]]) -> None:
        """Connect to a messenger, then listen; again where that fails, which no other messenger has to bear.
        Operators hear of a failure for which nobody is prepared, a broken line is only logged. Raises
        Unauthorised."""
        again = Backoff(log, LONGEST_AGAIN)
        team.closes(adapter.name)
        while True:
            began = time.monotonic()
            try:
                await self._connect(adapter)
                team.opens(adapter.name)
                await listen()
                return
            except Unauthorised:
                raise
            except Exception as error:
                team.closes(adapter.name)
                if time.monotonic() - began > WENT_WELL:
                    again = Backoff(log, LONGEST_AGAIN)
                if isinstance(error, OSError):
                    await again.wait("line lost", messenger=adapter.name, error=error)
                else:
                    await self.tell_operators(partial(unwell.failed, messenger=adapter.name))
                    await again.wait("failed", messenger=adapter.name, error=error)

    async def _connect(self, adapter: Adapter) -> None:
        """Start the adapter, however long it takes until there is a line. Raises Unauthorised."""
        line = Backoff(log, LONGEST_CONNECTING)
        while True:
            try:
                await adapter.start()
            except OSError as error:
                await line.wait("not connected", messenger=adapter.name, why=str(error))
            else:
                log.info("connected", messenger=adapter.name)
                return

    async def _listen(self, adapter: Adapter) -> None:
        introducing = asyncio.create_task(
            introduce(adapter, self.router, self._repertoire.profile, self.installation)
        )
        try:
            await adapter.run(self.receive)
        finally:
            introducing.cancel()
            await asyncio.gather(introducing, return_exceptions=True)

    async def tell_operators(self, tell: Callable[..., None]) -> None:
        """Write one of the letters of `unwell` to the operators; where that fails, the log says so."""
        try:
            await self.engine.worker.call(partial(tell, installation=self.installation, now=self.clock.now()))
            self.engine.worker.committed()
        except Exception as error:  # what is to be told is in the log as well
            log.warning("operators not told", error=error)

    async def receive(self, incoming: Incoming) -> str | None:
        """Make a turn of an event, as `Engine.receive` does. Bring a file first for which a question waits;
        where somebody calls a command for those who lead a room, ask the messenger whether they do."""
        incoming = await self._fetching.brought(incoming)
        chat, sender = incoming.chat, incoming.sender
        handler = self.router.called(incoming.event) if chat and not chat.private else None
        if chat and sender and handler and handler.place is Place.ROOM:
            try:
                is_admin = await self.adapters[chat.messenger].is_admin(chat, sender)
            except SendError as error:
                log.warning("not known who leads", messenger=chat.messenger, error=error)
            else:
                incoming = replace(incoming, sender_is_admin=is_admin)
        return await self.engine.receive(incoming)

    async def _tick(self) -> None:
        if isinstance(self.clock, clock.RealClock):
            ago, told = self.heard().values(), [adapter.told for adapter in self.adapters.values()]
            if not await self._timekeeper.trusts(self.clock, told, heard={*ago} != {None}):
                return
        try:
            while await self.engine.due():
                pass
            self._waiting.over("timers go on")
        except Exception as error:
            await self._waiting.wait("timers wait", error=error)

    # --- under a clock that is wound -------------------------------------------------------------

    async def settle(self) -> None:
        """Do all that is due now, and deliver it."""
        while True:
            await self.outbox.flush()
            if not await self.engine.due():
                return

    async def wind(self, to: datetime) -> None:
        """Let time pass until `to`, stopping wherever something is due."""
        assert isinstance(self.clock, clock.WoundClock), "only a clock for trying out can be wound"
        while True:
            await self.settle()
            now = self.clock.now()
            due = [moment for moment in await self.engine.upcoming() if now < moment <= to]
            if not due:
                break
            self.clock.wind(min(due))
        self.clock.wind(to)
        await self.settle()


async def _nothing() -> None:
    """Listen to nothing: another program does."""
