"""The beat at which timers are looked at."""

import asyncio
import logging

import pytest

from bot.support import clock
from tests.support.aio import on_loop


@on_loop
async def test_a_stop_in_the_middle_of_a_tick_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    beating = asyncio.create_task(clock.beat(0.01, tick))
    await begun.wait()
    beating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beating
    assert ended.is_set()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@on_loop
async def test_ticks_come_one_at_a_time_again_and_again() -> None:
    at_work, most, ticks = 0, 0, asyncio.Semaphore(0)

    async def tick() -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.03)
        at_work -= 1
        ticks.release()

    beating = asyncio.create_task(clock.beat(0.01, tick))
    for _ in range(4):
        await ticks.acquire()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    assert most == 1
