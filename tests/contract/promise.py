"""A promise: one test, played with each messenger that can keep it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Self

import pytest

from tests.contract.driver import WANTS, Meet, Messenger
from tests.contract.drivers import MESSENGERS
from tests.contract.faults import Fault
from tests.contract.talk import Talk, talk
from tests.support.aio import PATIENCE, STUCK

Play = Callable[[Talk], Awaitable[None]]


@dataclass(frozen=True)
class Promise:
    """What is played, and what a messenger needs for it."""

    play: Play
    needs: tuple[str, ...]

    def lacking(self, messenger: Messenger) -> str:
        """Return why it cannot be played with a messenger; "" where it can."""
        return "; ".join(messenger.lacks[need] for need in self.needs if need in messenger.lacks)


_made: dict[str, Promise] = {}


def promises() -> Mapping[str, Promise]:
    """Return the promises of all files beside this one, by the names of their tests."""
    for path in Path(__file__).parent.glob("test_*.py"):
        import_module(f"{__package__}.{path.stem}")
    return _made


class Stage:
    """One loop for several tests, with one server for each messenger, opened when it is first needed."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._servers = AsyncExitStack()
        self._open: dict[str, Meet] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._servers.aclose())
        self._runner.close()

    def play(
        self,
        promise: Promise,
        messenger: Messenger,
        *,
        spoil: type[Fault] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """Play a promise with a messenger; `spoil` puts a fault before its adapter."""

        async def played() -> None:
            if messenger.name not in self._open:
                self._open[messenger.name] = await self._servers.enter_async_context(messenger.opens())
            async with self._open[messenger.name]() as driver:
                driver.patience = patience
                if spoil is None:
                    async with talk(driver, driver.adapter) as here:
                        await promise.play(here)
                    return
                spoilt = spoil(driver)
                try:
                    async with talk(driver, spoilt) as here:
                        await promise.play(here)
                finally:
                    await spoilt.releases()

        self._runner.run(asyncio.wait_for(played(), min(STUCK, 3 * patience)))


def promise(*needs: str) -> Callable[[Play], Callable[..., None]]:
    """Make a conversation a test for each messenger that does not lack what it needs."""
    assert WANTS.keys() >= set(needs), "each need is one of `WANTS`"

    def made(play: Play) -> Callable[..., None]:
        kept = _made[play.__name__] = Promise(play, needs)

        @pytest.mark.parametrize("messenger", MESSENGERS)
        def test(messenger: str, stage: Stage) -> None:
            if why := kept.lacking(MESSENGERS[messenger]):
                pytest.skip(why)  # what this messenger lacks, in the words of its driver
            stage.play(kept, MESSENGERS[messenger])

        test.__name__, test.__doc__, test.__module__ = play.__name__, play.__doc__, play.__module__
        return test

    return made
