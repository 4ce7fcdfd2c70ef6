"""The composition root: it knows every folder, finds the messengers, and puts the program together."""

import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import adapters
import handlers
from bot.adapter import Adapter
from bot.delivery import unwell
from bot.dialogue.engine import Engine
from bot.dialogue.router import Router
from bot.installation import Installation, Keep, Responsible
from bot.markup import plain
from bot.message import Identity
from bot.messenger import Host, Messenger
from bot.program.app import App, Repertoire
from bot.program.config import Config
from bot.program.introduction import Profile
from bot.program.schema import Schema
from bot.support import clock
from bot.text import Reader, render
from db.engine import memory
from db.models import Fate, Network
from db.network import members
from db.seal import Key
from handlers.coordinating import morning
from handlers.directory import brought
from handlers.front import start
from handlers.growing import reaching
from handlers.handing_over import daily
from handlers.leading import ends
from handlers.privacy import papers as sketches
from handlers.protecting import emergency, retention


def _messengers() -> Iterator[Messenger[Any]]:
    """Yield what each folder of `adapters` offers; one without a `MESSENGER` is no messenger."""
    for folder in pkgutil.iter_modules(adapters.__path__):
        module = import_module(f"{adapters.__name__}.{folder.name}")
        if (messenger := getattr(module, "MESSENGER", None)) is not None:
            yield messenger


MESSENGERS = sorted(_messengers(), key=lambda each: (each.rank, each.name))
"""All there are, in the order of lists."""
TITLES = {each.name: each.title for each in MESSENGERS}
MARKS = {each.name: each.can.prefix for each in MESSENGERS}
"""How people write the messengers' names."""
SETTINGS = Schema(MESSENGERS)
"""All that can be set."""


def app_of(
    database: str,
    adapters: Mapping[str, Adapter],
    moments: clock.Clock,
    installation: Installation,
    key: Key | None = None,
) -> App:
    """Return the program with all our handlers, which seals with the `key`. Raises Unavailable where
    `database` is no address of one."""
    repertoire = Repertoire(Router(handlers), _begin, Profile(start.DESCRIPTION, start.SHORT))
    return App(database, adapters, moments, installation, repertoire, key)


def _begin(db: Session, now: datetime, zone: ZoneInfo) -> None:
    """Plan what comes due by itself."""
    retention.plan(db, now, zone)
    morning.plan(db, now)
    ends.plan(db, now)
    daily.plan(db, now, zone)
    reaching.plan(db, now, zone)


@dataclass(frozen=True)
class Remembering:
    """What one messenger remembers, in the database of the engine."""

    engine: Callable[[], Engine]
    messenger: str

    async def get(self, key: str) -> str | None:
        """Return what is remembered under a key; None for nothing."""
        return await self.engine().worker.call(lambda db: memory.get(db, self.messenger, key))

    async def put(self, key: str, value: str | None) -> None:
        """Remember a value, once this returns; None forgets it."""
        await self.engine().worker.call(lambda db: memory.put(db, self.messenger, key, value))


def enabled(config: Config) -> list[Messenger[Any]]:
    """Return the messengers that are set up."""
    return [each for each in MESSENGERS if config.of(each).enabled]


def needed(messengers: list[Messenger[Any]]) -> str:
    """Return what has to be set for one of these messengers, as a part of a sentence."""
    return f"put into the config {', or '.join(each.needs for each in messengers)}"


def real(config: Config, moments: clock.Clock | None = None) -> App:
    """Return the program on real messengers; its clock is that of the machine, or another one. Raises
    Unavailable where the address of the database is none."""

    async def knows(messenger: str, account: str) -> bool:
        if Identity(messenger, account) in app.installation.operators:
            return True
        return await app.engine.worker.call(lambda db: members.is_one(db, messenger, account))

    async def alert(messenger: str, sentence: str) -> None:
        await app.tell_operators(partial(unwell.needs_somebody, messenger=messenger, sentence=sentence))

    first = Reader(config.bot.languages[0])
    refusal, only_verified = (plain(render(text, first)) for text in (start.NOT_INVITED, start.ONLY_VERIFIED))
    made: dict[str, Adapter] = {}
    for each in enabled(config):
        host = Host(
            knows=partial(knows, each.name),
            refusal=refusal,
            only_verified=only_verified,
            memory=Remembering(lambda: app.engine, each.name),
            alert=partial(alert, each.name),
        )
        made[each.name] = each.make(config.of(each), host)
    installation = installation_of(config, made, lambda: app.heard(), lambda: app.outbox.rates())
    app = app_of(config.database.url, made, moments or clock.RealClock(), installation, key_of(config))
    return app


def key_of(config: Config) -> Key:
    """Return the key with which this installation seals what it keeps."""
    return Key(config.privacy.key.get_secret_value(), Path(config.privacy.key_path))


def installation_of(
    config: Config,
    made: Mapping[str, Adapter],
    heard: Callable[[], Mapping[str, timedelta | None]],
    rates: Callable[[], Mapping[str, float]],
) -> Installation:
    """Return what the config says, for handlers; and what the program knows of its messengers."""
    operators = frozenset(Identity(*account.split(":", 1)) for account in config.operators.accounts)
    return Installation(
        name=config.bot.name,
        languages=config.bot.languages,
        time_zone=config.bot.time_zone,
        open_founding=config.bot.open_founding,
        shelf_most=config.shelf.most,
        operators=operators,
        help_lines=config.help_lines.lines,
        keep=Keep(
            **{
                each.name: getattr(config.privacy, each.name)
                for each in fields(Keep)
                if hasattr(config.privacy, each.name)
            },
            spared=operators,
        ),
        responsible=Responsible(
            config.privacy.responsible,
            config.privacy.contact,
            config.privacy.server,
            config.privacy.notices,
        ),
        forgotten=Path(config.privacy.forgotten),
        journals=Path(config.privacy.journals),
        titles=TITLES,
        marks=MARKS,
        notices={each.name: each.notice(config.of(each)) for each in MESSENGERS if each.notice},
        link=partial(links, made),
        link_into_room=partial(links, made, into_room=True),
        last_heard=heard,
        rates=rates,
    )


def papers(config: Config) -> Iterator[tuple[str, str]]:
    """Yield the names and the texts of the papers that a charity needs for data protection."""
    return sketches.papers(installation_of(config, {}, dict, dict))


def bring_organisations(
    db: Session, network: Network, content: bytes, wanted: list[Fate], now: datetime
) -> Counter[Fate]:
    """Read a list of organisations, and let the bot take in these of its rows; return what becomes of how
    many. Raises Unclear where it is no list."""
    return brought.bring(db, network, content, wanted, now)


def numbers_to_look_up(config: Config, zones: Iterable[str], today: date) -> Iterator[tuple[bool, str]]:
    """Yield what an operator should look up of the numbers for people in need in these time zones, and
    whether people can be helped without."""
    return emergency.to_look_up(config.help_lines.lines, zones, today)


def links(made: Mapping[str, Adapter], payload: str, *, into_room: bool = False) -> dict[str, str]:
    """Return each messenger's link for a payload, where it has such links."""
    found = {name: adapter.link(payload, into_room=into_room) for name, adapter in made.items()}
    return {name: link for name, link in found.items() if link}
