"""The whole program on Telegram's strict stand-in: for stories that begin with an update, as Telegram sends
it, and end with what stands on somebody's screen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from adapters.telegram.adapter import Telegram
from adapters.telegram.webhook import Webhook
from bot.adapter import Adapter
from bot.installation import Installation
from bot.program import cast
from bot.program.app import App
from bot.program.compose import TITLES, app_of, links
from bot.support.clock import WoundClock
from db import people
from db.models import Delivery, MemberRole
from db.network import members, networks
from db.network.networks import Facts
from tests.support.aio import PATIENCE
from tests.support.around import free_port
from tests.support.ready import ready
from tests.telegram_server import Room, Shown, TelegramServer, User
from tests.telegram_server.seen import Screen

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday. The clock stands until it is wound, so nobody has quiet hours."""


@dataclass
class Whole:
    """A running program, its clock and its messengers."""

    app: App
    server: TelegramServer
    clock: WoundClock

    async def member(
        self,
        id: int,
        name: str,
        role: MemberRole = "member",
        *,
        language: str = "en",
        network: str = cast.NETWORK,
    ) -> User:
        """Somebody on Telegram who joined the network a while ago; one that is not there yet is founded."""
        await self.enters(name, "telegram", str(id), role, language)
        if network != cast.NETWORK:
            await self.app.engine.worker.call(partial(_joins, account=str(id), name=network, role=role))
        return self.server.user(id, name, language, met=True)

    async def enters(self, name: str, messenger: str, account: str, role: MemberRole, language: str) -> None:
        """Somebody who joined a while ago, on any messenger."""
        somebody = cast.Character(name, messenger, account, language, role, "UTC", ("papers",), ("en",))
        await self.app.engine.worker.call(
            partial(cast.enter, character=somebody, time_zone="UTC", now=NOON - timedelta(days=1))
        )

    async def calm(self) -> None:
        """Wait until all that happened is handled, and all that may leave has left."""
        async with asyncio.timeout(PATIENCE):
            while self._is_at_work() or await self.app.engine.worker.call(
                partial(_waits, now=self.clock.now())
            ):
                await asyncio.sleep(0.01)

    def _is_at_work(self) -> bool:
        lanes = self.app.outbox.lanes.values()
        return bool(self.server.waiting or any(lane.is_busy() for lane in lanes))

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.01)

    async def passes(self, **span: float) -> None:
        """Let time pass, and do what is due then."""
        await self.calm()
        self.clock.wind(self.clock.now() + timedelta(**span))
        while await self.app.engine.due():
            pass
        self.app.engine.worker.committed()
        await self.calm()


@asynccontextmanager
async def whole(
    folder: Path,
    way_in: str = "polling",
    *,
    file_url: str = "",
    messages_per_second: float = 1000,
    others: Mapping[str, Adapter] | None = None,
) -> AsyncIterator[Whole]:
    """The program with its database in `folder`, and with `others` beside Telegram. At the end there must be
    nothing that Telegram would have refused."""
    async with TelegramServer() as server:
        here = f"127.0.0.1:{free_port()}"
        telegram = Telegram(
            server.token,
            api_url=server.url,
            file_url=file_url,
            poll_seconds=5,
            messages_per_second=messages_per_second,
            webhook=Webhook(f"http://{here}/telegram", here, "secret") if way_in == "webhook" else None,
        )
        adapters: dict[str, Adapter] = {"telegram": telegram, **(others or {})}
        clock = WoundClock(NOON)
        app = app_of(
            ready(f"sqlite:///{folder}/mentornet.db"),
            adapters,
            clock,
            Installation(
                languages=("en", "de"),
                titles=TITLES,
                rates=lambda: app.outbox.rates(),
                link=partial(links, adapters),
                link_into_room=partial(links, adapters, into_room=True),
            ),
        )
        async with app:
            running = asyncio.create_task(app.run())
            try:
                program = Whole(app, server, clock)
                yield program
                await program.calm()
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
        assert server.refusals == []
        assert server.waiting == []


async def hears(screen: Screen, words: str = "") -> Shown:
    """The next new message there; it must hold the words."""
    while (shown := await screen.hears(PATIENCE)).edited:
        pass
    assert words in shown.text, shown.text
    return shown


async def sees(screen: Screen, words: str) -> Shown:
    """The next new message there that holds the words, whatever else comes before."""
    while words not in (shown := await screen.hears(PATIENCE)).text or shown.edited:
        pass
    return shown


async def becomes(screen: Screen, shown: Shown, words: str) -> Shown:
    """A message as it stands there now, once it holds the words."""
    async with asyncio.timeout(PATIENCE):
        while words not in (now := present(screen, shown)).text:
            await asyncio.sleep(0.01)
    return now


def present(screen: Screen, shown: Shown) -> Shown:
    """A message as it stands there now."""
    return next(each for each in reversed(screen.seen) if each.message_id == shown.message_id)


def new(screen: Screen) -> list[str]:
    """The texts of all messages there, as they came."""
    return [shown.text for shown in screen.seen if not shown.edited]


async def asks(who: User, need: str, *answers: str) -> None:
    """Ask the peers for help; `answers` are what is pressed on the preview."""
    who.says("/ask papers")
    await hears(who, "What do you need help with?")
    who.says(need)
    for answer in answers or ("In the group too", "Send it with my name"):
        who.presses(await hears(who, "Send it like this?"), answer)
    await hears(who, "I am asking now")


async def bound(room: Room, by: User, *, topic: int | None = None) -> None:
    """Tie a group to the network of its creator."""
    by.says("/bind", room=room, topic=topic)
    await hears(room, ". Here I welcome new people")


def _waits(db: Session, now: datetime) -> bool:
    may_leave = or_(Delivery.not_before.is_(None), Delivery.not_before <= now)
    return db.scalar(select(Delivery.id).where(Delivery.state == "waiting", may_leave).limit(1)) is not None


def _joins(db: Session, account: str, name: str, role: MemberRole) -> None:
    """Leaves the network of the cast for one of this name."""
    network = networks.by_name(db, name) or networks.found(
        db,
        Facts(
            name,
            purpose="Mentors elsewhere.",
            languages=["en"],
            time_zone="UTC",
            place="Elsewhere",
            public=True,
        ),
        confirmed=True,
        now=NOON,
    )
    identity = people.find(db, "telegram", account)
    assert identity is not None
    for member in members.memberships(db, identity.person):
        members.end(db, member, state="left", because=None, now=NOON)
    members.join(db, network, identity.person, label="experienced", role=role, now=NOON)
