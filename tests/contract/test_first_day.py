"""A first day between any two messengers: somebody asks on one, and is helped on the other."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest

from bot.adapter import Buttons, Receive
from bot.installation import Installation
from bot.message import Event, Incoming
from bot.program import cast
from bot.program.compose import app_of
from bot.program.demo import DEMO_START
from bot.support.clock import WoundClock
from tests.contract.driver import Driver
from tests.contract.drivers import MESSENGERS
from tests.support.aio import on_loop
from tests.support.ready import ready

ZONE = "Europe/Berlin"


def overheard(driver: Driver) -> Callable[[], Awaitable[Event]]:
    """Let a person hear what the program is told of them, too; return what waits for the next of it."""
    inbox: asyncio.Queue[Event] = asyncio.Queue()
    run = driver.adapter.run

    async def listen(receive: Receive) -> None:
        async def both(incoming: Incoming) -> None:
            if driver.concerns(incoming):
                inbox.put_nowait(incoming.event)
            await receive(incoming)

        await run(both)

    driver.adapter.run = listen  # type: ignore[method-assign]  # in the test's hands
    return inbox.get


async def sees(driver: Driver, words: str) -> None:
    """Look on until a message holds these words."""
    while words not in (seen := await driver.sees()).text or seen.edited:
        pass


def chooses(driver: Driver, label: str) -> None:
    """Press a button where there are any, else type what stands on it."""
    native = driver.adapter.can(driver.chat).buttons is Buttons.NATIVE
    driver.presses(label) if native else driver.says(label)


@pytest.mark.parametrize(("asking", "helping"), [*permutations(MESSENGERS, 2)])
@on_loop
async def test_a_first_day(asking: str, helping: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as around:
        ana, bo = [
            await around.enter_async_context((await around.enter_async_context(MESSENGERS[name].opens()))())
            for name in (asking, helping)
        ]
        adapters = {driver.adapter.name: driver.adapter for driver in (ana, bo)}
        if len(adapters) == 1:
            pytest.skip("both are the same messenger")
        events = [overheard(driver) for driver in (ana, bo)]
        clock = WoundClock(DEMO_START)
        installation = Installation(languages=("en",), time_zone=ZONE)
        async with app_of(ready(f"sqlite:///{tmp_path}/db"), adapters, clock, installation) as app:
            for driver, name in ((ana, "Ana"), (bo, "Bo")):
                account = driver.adapter.name, driver.sender.account
                who = cast.Character(name, *account, "en", "member", None, ("papers",), ("en",))
                day_before = clock.now() - timedelta(days=1)
                enter = partial(cast.enter, character=who, time_zone=ZONE, now=day_before)
                await app.engine.worker.call(enter)
            running = asyncio.create_task(app.run())
            try:
                for driver, event in zip((ana, bo), events, strict=True):
                    await driver.meets(event)
                await _is_helped(ana, bo)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
        assert not [*ana.complaints(), *bo.complaints()]


async def _is_helped(ana: Driver, bo: Driver) -> None:
    ana.says(f"{ana.adapter.can(ana.chat).prefix}ask papers")
    await sees(ana, "What do you need help with?")
    ana.says("Who translates a birth certificate?")
    await sees(ana, "Send it like this?")
    chooses(ana, "Send it with my name")
    await sees(bo, "Who translates a birth certificate?")
    chooses(bo, "I can help")
    await sees(bo, "You can now write to Ana")
    await sees(ana, "Bo can help. Just write here")
    ana.says("Hello <b>&")
    await sees(bo, "Hello <b>&")
    bo.says("The court has a list.")
    await sees(ana, "The court has a list.")
