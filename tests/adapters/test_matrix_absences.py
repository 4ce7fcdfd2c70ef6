"""The bot's account is suspended or locked for a while, or nobody's keys can be had: all that people say
meanwhile arrives afterwards, once, in order, readable on each of their devices, and operators hear of it
once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.matrix import outgoing
from adapters.matrix.homeserver.errors import MENDS
from bot.message import Identity
from tests.adapters.test_matrix_day import World, sees, world
from tests.adapters.test_matrix_keys import no_claim, works
from tests.support.aio import PATIENCE
from tests.support.matrix_line import Fault, Line, line_to
from tests.support.matrix_person import Person
from tests.support.synapse import homeserver
from tests.support.whole import hears, new
from tests.telegram_server import User

SPANS = [pytest.param(1.0, id="a moment"), pytest.param(60.0, id="a minute", marks=pytest.mark.soak)]
SAID = ("One.", "Two.", "Three.")


@dataclass
class Talk:
    """Ana on Telegram, and Bo on Matrix with two devices, in an encrypted chat; Ola is the operator."""

    here: World
    line: Line
    ana: User
    bo: Person
    tablet: Person
    room: str
    ola: User

    @property
    def operators_heard(self) -> list[str]:
        return [text for text in new(self.ola) if "Matrix needs you" in text]

    async def arrives(self, *words: str) -> None:
        """All that Ana said is there, once and in order, on each device; and so is Bo's answer."""
        carried = [f"Ana: {each}" for each in words]
        devices = (self.bo, self.tablet)
        await self.bo.until(lambda: all(_from_ana(device) == carried for device in devices))
        await self.bo.until(lambda: bool(self.answers))
        await self.here.app.outbox.flush()
        for device in devices:
            assert not device.unreadable
            assert all(shown.encrypted for shown in device.messages)
            assert _from_ana(device) == carried
        assert self.answers == ["Bo: And I wrote meanwhile."]

    @property
    def answers(self) -> list[str]:
        """What Ana reads of Bo."""
        return [text for text in new(self.ana) if "meanwhile" in text]


def _from_ana(device: Person) -> list[str]:
    """What Ana said, without what is offered below her first words."""
    carried = [shown.text for shown in device.messages if shown.text.startswith("Ana: ")]
    return [text.partition("\n\n")[0] for text in carried]


@asynccontextmanager
async def talking(folder: Path, fault: Fault = works) -> AsyncIterator[Talk]:
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(line_to(homeserver()))
        here = await stack.enter_async_context(world(folder, line.url))
        bo = await stack.enter_async_context(Person.on(homeserver(), "Bo", strict=True))
        line.fault = fault
        tablet = Person(bo.server, "Bo", bo.account)
        stack.push_async_callback(tablet.close)
        await tablet.enter()
        await here.enter("Bo", "matrix", bo.account)
        room = await bo.opens_private_chat(here.bot)
        await bo.until(lambda: bo.has_joined(room, here.bot))
        if fault is works:
            for device in (bo, tablet):
                await sees(device, "Hello Bo. You are in the network Neckar Mentors.", room)
        ana = await here.on_telegram(2, "Ana")
        ola = here.server.user(9, "Ola", met=True)
        operators = frozenset({Identity("telegram", "9")})
        here.app.installation = replace(here.app.installation, operators=operators)
        ola.says("/start")
        await hears(ola)
        await here.talk("2", bo.account)
        yield Talk(here, line, ana, bo, tablet, room, ola)


def suspend(bot: str, away: bool) -> None:
    homeserver().admin("PUT", f"v1/suspend/{bot}", {"suspend": away})


def lock(bot: str, away: bool) -> None:
    homeserver().admin("PUT", f"v2/users/{bot}", {"locked": away})


@pytest.mark.parametrize("seconds", SPANS)
@pytest.mark.parametrize(("takes_away", "code"), [(suspend, "M_USER_SUSPENDED"), (lock, "M_USER_LOCKED")])
def test_our_account_is_away_for_a_while(
    takes_away: Callable[[str, bool], None], code: str, seconds: float, tmp_path: Path
) -> None:
    async def run() -> None:
        async with talking(tmp_path) as talk:
            takes_away(talk.here.bot, True)
            for words in SAID:
                talk.ana.says(words)
            await talk.bo.writes(talk.room, "And I wrote meanwhile.")
            assert MENDS[code] in (await hears(talk.ola)).text
            await asyncio.sleep(seconds)
            assert not _from_ana(talk.bo)
            takes_away(talk.here.bot, False)
            await talk.arrives(*SAID)
            assert len(talk.operators_heard) == 1

    asyncio.run(asyncio.wait_for(run(), 3 * PATIENCE + 2 * seconds))


@pytest.mark.parametrize("seconds", SPANS)
def test_nobodys_keys_can_be_had_for_a_while(
    seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "_KEY_SECONDS", 0.5)

    async def run() -> None:
        async with talking(tmp_path, no_claim) as talk:
            for words in SAID:
                talk.ana.says(words)
            await asyncio.sleep(seconds)
            assert not talk.bo.messages, "nobody could read it"
            talk.line.fault = works
            await talk.bo.writes(talk.room, "And I wrote meanwhile.")
            await talk.arrives(*SAID)
            assert not talk.operators_heard, "it passes by itself"

    asyncio.run(asyncio.wait_for(run(), 3 * PATIENCE + 2 * seconds))
