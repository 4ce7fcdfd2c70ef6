"""The beat at which timers are looked at, and a clock that jumps."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.message import Identity
from bot.support import clock
from bot.support.clock import REST, RealClock, Watch
from tests.support.aio import on_loop
from tests.support.whole import hears, whole


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


# --- jumps -----------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "jumps", "rests"),
    [(0, False, False), (0.9, False, False), (24 * 365, True, True), (2, True, True), (-2, True, False)],
)
def test_a_jump_of_the_clock_is_noticed(hours: float, jumps: bool, rests: bool) -> None:
    watch = Watch()
    assert watch.jumped(NOW, 100.0) is None
    assert watch.jumped(NOW + timedelta(seconds=5), 105.0) is None
    by = watch.jumped(NOW + timedelta(seconds=6, hours=hours), 106.0)
    assert by == (timedelta(hours=hours) if jumps else None)
    assert watch.rests(107.0) == rests
    assert not watch.rests(107.0 + REST), "a clock that stays there is right"


def test_a_clock_that_is_right_again_goes_on_at_once() -> None:
    watch = Watch()
    watch.jumped(NOW, 100.0)
    watch.jumped(NOW + timedelta(days=365), 101.0)
    assert watch.rests(101.0)
    watch.jumped(NOW + timedelta(seconds=2), 102.0)
    assert not watch.rests(102.0)


class Shifted(RealClock):
    """The clock of a machine that somebody sets."""

    by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


@on_loop
async def test_nothing_comes_due_where_the_clock_is_ahead_for_a_moment(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        ola = program.server.user(9, "Ola", met=True)
        operators = frozenset({Identity("telegram", "9")})
        app, machine, looked = program.app, Shifted(), list[int]()
        app.installation = replace(app.installation, operators=operators)
        ola.says("/start")
        await hears(ola)

        async def due() -> bool:
            looked.append(1)
            return False

        app.clock = machine
        app.engine.due = due  # type: ignore[method-assign, assignment]  # in the test's hands
        await app._tick()
        assert looked
        machine.by = timedelta(days=365)
        before = len(looked)
        for _ in range(3):
            await app._tick()
        assert "jumped ahead by 8,760 hours" in (await hears(ola)).text
        assert len(looked) == before
        machine.by = timedelta()
        await app._tick()
        assert "jumped back by 8,760 hours" in (await hears(ola)).text
        assert len(looked) > before
