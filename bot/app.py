"""The composition root: the only place that knows every folder, and puts the program together."""

import asyncio
import contextlib
import gc
import hashlib
import hmac
import os
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

import handlers
from adapters import matrix_backup, script
from adapters.console import Terminal, account, history, keep_history
from adapters.matrix import Matrix
from adapters.matrix_account import Account
from adapters.script import Unreadable as Unreadable  # for the command line, which knows only this file
from adapters.telegram import Telegram
from adapters.telegram_webhook import Webhook
from bot import backup as backups
from bot import cast, clock
from bot.adapter import Adapter, Everywhere, Later, SendError, Sharing, Unauthorised
from bot.config import Config
from bot.context import Installation, Keep
from bot.engine import Engine
from bot.log import get
from bot.markup import plain
from bot.message import Identity, Incoming
from bot.outbox import Outbox
from bot.router import Place, Router
from bot.team import CLOCK, SENDER, Team
from bot.text import Reader, render
from bot.trouble import Trouble
from bot.watch import watched
from db import backup as database_backup
from db import deliveries, invitations, members, networks, store, timers
from db.alone import InUse, alone
from db.bell import Bell
from db.duties import Duties
from handlers import found as founding
from handlers import retention, welcome

log = get("app")

DEMO_START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday morning, 9:00 in the demo's network."""
BEAT = 1.0
"""Seconds between two looks at the timers."""
FLUSH_SECONDS = 10.0
"""How long a stop waits for letters that are on their way."""


class App:
    """The program: an engine, its outbox, its timers, and the messengers around them. It works inside
    `async with`, which brings the database into shape; that raises DatabaseTooNew and Unavailable."""

    def __init__(
        self, database: str, adapters: Mapping[str, Adapter], moments: clock.Clock, installation: Installation
    ) -> None:
        self.adapters = adapters
        self.clock = moments
        self.installation = installation
        self.database = store.connect(database)
        self.router = Router(handlers)
        self.engine = Engine(store.sessions(self.database), self.router, moments, installation)
        self.outbox = Outbox(self.engine, adapters, installation)
        self.listening: set[str] = set()  # the messengers to which this program listens now
        self._waiting = Trouble(log, BEAT / 2)

    async def __aenter__(self) -> "App":
        store.migrate(self.database)
        self.engine.start()
        now, zone = self.clock.now(), self.installation.zone()
        try:
            await self.engine.call(lambda db: retention.plan(db, now, zone))
        except BaseException:
            await self.engine.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.stop()
        self.database.dispose()

    # --- on real messengers ----------------------------------------------------------------------

    async def run(self, parts: Collection[str] = ()) -> None:
        """Listen, send and keep time until cancelled; then listen no more, finish and flush. `parts` are what
        this program shall do of it, as for `Team`; none: all.

        Raises Unauthorised when a messenger does not accept us (any more).
        """
        keep_what_is_there()
        parts = parts or (*self.adapters, CLOCK, SENDER)
        duties, bell = Duties(self.database), Bell(self.database)
        team = Team(duties, bell, self.engine, self.outbox, self.adapters, parts)
        working = [asyncio.create_task(self._serve(a, team, a.name in parts)) for a in self.adapters.values()]
        working += [asyncio.create_task(team.run())]
        working += [asyncio.create_task(team.during(CLOCK, partial(clock.beat, BEAT, self._tick)))]
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
                await adapter.close()
            log.info("stopped")

    async def _serve(self, adapter: Adapter, team: Team, listens: bool) -> None:
        """Be on a messenger, as far as it is ours."""
        listen = partial(self._listen, adapter)
        match adapter.sharing:
            case Sharing.NOTHING:
                await team.during(adapter.name, partial(self._open, adapter, team, listen))
            case Sharing.SENDING:
                await self._open(adapter, team, partial(team.during, adapter.name, listen))
            case Sharing.EVERYTHING:
                await self._open(adapter, team, listen if listens else _nothing)

    async def _open(self, adapter: Adapter, team: Team, listen: Callable[[], Awaitable[None]]) -> None:
        """Connect to a messenger, however long it takes until there is a line, then listen. Raises
        Unauthorised."""
        line = Trouble(log)
        team.closes(adapter.name)
        while True:
            try:
                await adapter.start()
            except OSError as error:
                await line.wait("not connected", messenger=adapter.name, why=str(error))
            else:
                log.info("connected", messenger=adapter.name)
                break
        team.opens(adapter.name)
        await listen()

    async def _listen(self, adapter: Adapter) -> None:
        self.listening.add(adapter.name)
        introducing = asyncio.create_task(self._introduce(adapter))
        try:
            await adapter.run(self.receive)
        finally:
            self.listening.discard(adapter.name)
            introducing.cancel()
            await asyncio.gather(introducing, return_exceptions=True)

    async def receive(self, incoming: Incoming) -> None:
        """Make a turn of an event, as `Engine.receive` does, once it is known what only the messenger can
        tell: whether somebody leads the room in which they call what is for its leaders."""
        chat, sender = incoming.chat, incoming.sender
        handler = self.router.called(incoming.event)
        if chat and sender and not chat.private and handler and handler.place is Place.ROOM:
            try:
                leads = await self.adapters[chat.messenger].leads(chat, sender)
            except SendError as error:
                log.warning("not known who leads", messenger=chat.messenger, error=error)
            else:
                incoming = replace(incoming, leads=leads)
        await self.engine.receive(incoming)

    async def _tick(self) -> None:
        try:
            while await self.engine.due():
                pass
        except Exception as error:
            await self._waiting.wait("timers wait", error=error)
        else:
            self._waiting.over("timers go on")

    async def _introduce(self, adapter: Adapter) -> None:
        """Say who we are, and what members and rooms can do, in each language; who may do more gets a menu
        of their own. It is tried again until it is done: until then /start and /help say the same."""
        first = self.installation.languages[0]
        for locale, name in [(first, ""), *((locale, locale) for locale in self.installation.languages)]:
            line = Trouble(log)
            while True:
                try:
                    await self._introduce_in(adapter, Reader(locale), name)
                except Later as later:
                    await line.wait("not introduced", at_least=later.seconds or 0.0, messenger=adapter.name)
                except SendError as error:
                    log.warning("not introduced", messenger=adapter.name, error=error)
                    return
                else:
                    break

    async def _introduce_in(self, adapter: Adapter, reader: Reader, locale: str) -> None:
        in_rooms = self.router.offered(lambda handler: handler.place is not Place.PRIVATE)
        for where, commands in (
            (Everywhere.PRIVATE, sorted(self.router.usual)),
            (Everywhere.ROOMS, [handler.command for handler in in_rooms]),
        ):
            await adapter.show_menu(where, locale, self.router.entries(commands, reader))
        await adapter.introduce(
            locale,
            name=self.installation.name,
            description=plain(render(welcome.DESCRIPTION, reader)),
            short=plain(render(welcome.SHORT, reader)),
        )

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
            upcoming = await self.engine.call(partial(_next_due, now=now))
            due = [moment for moment in upcoming if moment is not None and now < moment <= to]
            if not due:
                break
            self.clock.wind(min(due))
        self.clock.wind(to)
        await self.settle()


async def _nothing() -> None:
    """There is nothing to listen to."""


def keep_what_is_there() -> None:
    """Let Python look for garbage only among what comes from now on, and less often. The libraries alone are
    300,000 objects, which it would go through again and again: everybody would wait for a fifth of a second
    each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _next_due(db: Session, now: datetime) -> list[datetime | None]:
    """When the next timer runs out, and when the next letter that was put off may leave."""
    return [timers.next_due(db), deliveries.next_due(db, now)]


# --- the program as an operator runs it ----------------------------------------------------------


def installation_of(
    config: Config, adapters: Mapping[str, Adapter], listening: Callable[[], Iterable[str]]
) -> Installation:
    """What the config says, for handlers."""
    return Installation(
        name=config.bot.name,
        languages=config.bot.languages,
        time_zone=config.bot.time_zone,
        open_founding=config.bot.open_founding,
        messages_per_second=config.telegram.messages_per_second,
        operators=frozenset(Identity(*account.split(":", 1)) for account in config.operators.accounts),
        keep=Keep(**dict(config.privacy)),
        link=partial(links, adapters),
        link_into_room=partial(links, adapters, into_room=True),
        heard=lambda: {
            name: timedelta(seconds=time.monotonic() - adapters[name].heard_at) for name in listening()
        },
    )


def links(adapters: Mapping[str, Adapter], payload: str, *, into_room: bool = False) -> dict[str, str]:
    """Each messenger's link for a payload, where it has such links."""
    found = {name: adapter.link(payload, into_room=into_room) for name, adapter in adapters.items()}
    return {name: link for name, link in found.items() if link}


def real(config: Config) -> App:
    """The program on real messengers. Raises Unavailable where the address of the database is none."""
    adapters: dict[str, Adapter] = {}

    async def knows(account: str) -> bool:
        """Whether an account on Matrix is an operator's, or that of somebody in a network."""
        if Identity("matrix", account) in app.installation.operators:
            return True
        return await app.engine.call(lambda db: members.is_one(db, "matrix", account))

    if config.telegram.token is not None:
        adapters["telegram"] = Telegram(
            config.telegram.token.get_secret_value(),
            api_url=config.telegram.api_url,
            file_url=config.telegram.file_url,
            poll_seconds=config.telegram.poll_seconds,
            messages_per_second=config.telegram.messages_per_second,
            webhook=webhook_of(config),
        )
    if config.matrix.enabled:
        adapters["matrix"] = Matrix(
            Account(
                homeserver=config.matrix.homeserver,
                user=config.matrix.user,
                folder=Path(config.matrix.store),
                password=config.matrix.password.get_secret_value(),
                access_token=config.matrix.access_token.get_secret_value(),
                device=config.matrix.device_name,
            ),
            invites=config.matrix.invites,
            servers=config.matrix.servers,
            space=config.matrix.space,
            knows=knows,
            refusal="" if config.matrix.refuse_silently else refusal_of(config),
            messages_per_second=config.matrix.messages_per_second,
        )
    installation = installation_of(config, adapters, lambda: app.listening)
    app = App(config.database.url, adapters, clock.RealClock(), installation)
    return app


def refusal_of(config: Config) -> str:
    """What somebody is told whose invitation is refused: of their language nothing is known."""
    return plain(render(welcome.NOT_INVITED, Reader(config.bot.languages[0])))


def webhook_of(config: Config) -> Webhook | None:
    """Where Telegram finds us, if it shall. A secret that nobody chose is made from the token, so that all
    programs behind the address have the same."""
    if not config.telegram.webhook_url or config.telegram.token is None:
        return None
    token = config.telegram.token.get_secret_value().encode()
    made = hmac.new(token, b"webhook", hashlib.sha256).hexdigest()
    secret = config.telegram.webhook_secret.get_secret_value() or made
    return Webhook(config.telegram.webhook_url, config.telegram.webhook_listen, secret)


async def run(config: Config, parts: Collection[str] = ()) -> int:
    """Run on the messengers of the config until a signal stops it; the exit status. `parts` are what is to be
    done of it, as for `App.run`."""
    for part in parts:
        if part not in PARTS:
            print(NO_PART.format(part=part, parts=", ".join(PARTS)), file=sys.stderr)
            return os.EX_USAGE
    try:
        app = real(config)
        if not app.adapters:
            print(NO_MESSENGER, file=sys.stderr)
            return os.EX_CONFIG
        with alone(app.database):
            return await _until_stopped(app, config.watch.listen, parts)
    except (store.DatabaseTooNew, InUse) as error:
        log.error("database", says=str(error))
        return os.EX_CONFIG
    except store.Unavailable as error:
        log.error("database", says=str(error))
        return os.EX_TEMPFAIL


async def _until_stopped(app: App, listen: str, parts: Collection[str]) -> int:
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, _stop, stopping)
    async with contextlib.AsyncExitStack() as around:
        await around.enter_async_context(app)
        try:
            await around.enter_async_context(watched(app.engine, listen))
        except OSError as error:
            log.error("not watched", says=NO_PORT.format(place=listen, why=error.strerror))
            return os.EX_TEMPFAIL
        running = asyncio.create_task(app.run(parts))
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        running.cancel()
        try:
            await running
        except asyncio.CancelledError:
            return os.EX_OK
        except Unauthorised as error:
            log.error("unauthorised", says=str(error))
            return os.EX_CONFIG
        return os.EX_OK


def _stop(stopping: asyncio.Event) -> None:
    """The first signal lets the program finish what it does; a second one ends it at once."""
    if stopping.is_set():
        os._exit(1)
    stopping.set()


PARTS = ("telegram", "matrix", SENDER, CLOCK)
"""What a program can be, where several share the work."""
NO_PART = '--only: "{part}" is none of {parts}.'
NO_PORT = "watch.listen: nobody can listen at {place}: {why}."
NO_MESSENGER = (
    "No messenger is set up: put the token of your Telegram bot into the config, as telegram.token, or the "
    "bot's account on Matrix, as matrix.user."
)


def found(config: Config, name: str, say: Callable[[str], None]) -> int:
    """Found a network from the command line."""
    try:
        with store.opened(config.database.url) as sessions, sessions.begin() as db:
            if networks.by_name(db, name) is not None:
                say(f"There is a network {name} already.")
                return os.EX_DATAERR
            network, code = founding.found_by_operator(
                db,
                name,
                languages=list(config.bot.languages[:1]),
                time_zone=config.bot.time_zone,
                now=clock.RealClock().now(),
                rng=random.SystemRandom(),
            )
            say(f"The network {network.name} is founded. Its first meta-mentor types this code to the bot:")
            say(invitations.shown(code))
    except (store.DatabaseTooNew, store.Unavailable) as error:
        say(str(error))
        return os.EX_DATAERR
    return os.EX_OK


def migrate(config: Config, say: Callable[[str], None]) -> int:
    """Bring the database up to date from the command line."""
    try:
        with store.opened(config.database.url):
            say("The database is up to date.")
    except (store.DatabaseTooNew, store.Unavailable) as error:
        say(str(error))
        return os.EX_DATAERR
    return os.EX_OK


def backup(config: Config, folder: Path, say: Callable[[str], None]) -> int:
    """Save the database and the keys of Matrix in a new folder, from the command line."""
    keys, own = folder / KEYS, Path(config.matrix.store)
    try:
        with backups.new(folder):
            if config.matrix.enabled:
                matrix_backup.save_place(own, keys)
            version = database_backup.save(config.database.url, folder / DATABASE)
            if config.matrix.enabled:
                matrix_backup.save_keys(own, keys)
            made = backups.finish(folder, clock.RealClock().now(), version=version)
    except NOT_DONE as error:
        say(_in_words(error))
        return os.EX_DATAERR
    along = f" and the keys of Matrix ({own})" if config.matrix.enabled else ""
    say(f"Saved in {folder}: the database ({_database(config)}){along}, {made.size} bytes.")
    say(NOT_SAVED)
    return os.EX_OK


def restore(config: Config, folder: Path, say: Callable[[str], None]) -> int:
    """Bring a backup to where the config says, from the command line."""
    keys, own, now = folder / KEYS, Path(config.matrix.store), clock.RealClock().now()
    try:
        made = backups.look(folder)
        with matrix_backup.restoring(keys, own) if keys.exists() else contextlib.nullcontext():
            database_backup.restore(folder / DATABASE, config.database.url, now)
    except NOT_DONE as error:
        say(_in_words(error))
        return os.EX_DATAERR
    along = f" and the keys of Matrix ({own})" if keys.exists() else ""
    say(f"Restored from {made.made_at:%Y-%m-%d %H:%M} UTC: the database ({_database(config)}){along}.")
    say(ONLY_HERE)
    return os.EX_OK


DATABASE, KEYS = "mentornet.db", "matrix"
"""Where they are in a backup."""
NOT_DONE = (backups.BackupError, store.DatabaseTooNew, store.Unavailable, Unauthorised, OSError)
NOT_SAVED = "The config is not in it: keep that apart, and nobody else may read either of them."
ONLY_HERE = (
    "Now start it here, and nowhere else again: two that answer to one account would take each other's news."
)


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}."
    return str(error)


def _database(config: Config) -> str:
    return store.place(store.connect(config.database.url).url)


# --- the program in a terminal -------------------------------------------------------------------


class Stage:
    """The world of the terminal: an app whose messengers are consoles and whose clock stands still."""

    def __init__(self, database: str, write: Callable[[str], None]) -> None:
        self.operators: set[Identity] = set()
        self.terminal = Terminal(write, "Europe/Berlin")
        self.clock = clock.WoundClock(DEMO_START)
        adapters: dict[str, Adapter] = dict(self.terminal.consoles)
        self.app = App(
            database,
            adapters,
            self.clock,
            Installation(
                languages=("en", "de"),
                time_zone="Europe/Berlin",
                operators=self.operators,
                link=partial(links, adapters),
                link_into_room=partial(links, adapters, into_room=True),
                rng=random.Random(7),  # noqa: S311  # invitations of the stage are for nobody
            ),
        )
        self.terminal.world = self
        self.settle = self.app.settle

    async def __aenter__(self) -> Terminal:
        await self.app.__aenter__()
        consoles = self.terminal.consoles.values()
        self._listening = [asyncio.create_task(console.run(self.app.receive)) for console in consoles]
        return self.terminal

    async def __aexit__(self, *_: object) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await self.app.__aexit__()

    def now(self) -> datetime:
        """What the clock shows."""
        return self.clock.now()

    async def wind(self, to: datetime) -> None:
        """Let time pass."""
        await self.app.wind(to)

    async def cast(self, who: script.Cast) -> None:
        """Somebody is there."""
        roles = {"member": "member", "meta-mentor": "meta_mentor", "deputy": "deputy"}
        if who.role == "operator":
            self.operators.add(Identity(who.messenger, account(who)))
        character = cast.Character(
            who.name,
            who.messenger,
            account(who),
            who.language,
            roles.get(who.role, ""),
            who.time_zone,
            who.topics,
            who.speaks,
        )
        await self.app.engine.call(
            lambda db: cast.enter(
                db, character, time_zone=self.app.installation.time_zone, now=self.now() - timedelta(days=1)
            )
        )


async def play(lines: Iterable[str], database: str, write: Callable[[str], None]) -> None:
    """Play a written conversation on a new stage, and write its transcript. Raises script.Unreadable."""
    async with Stage(database, write) as terminal:
        await terminal.play(lines, cast.SEED)


async def talk(database: str, write: Callable[[str], None], past: Path) -> None:
    """Lead a conversation at a prompt; `past` remembers what was typed."""
    history(past)
    async with Stage(database, write) as terminal:
        await terminal.talk(cast.SEED)
    keep_history(past)
