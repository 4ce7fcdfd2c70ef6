"""The beat at which timers are looked at, and a clock that jumps."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.telegram.adapter import Telegram
from bot.installation import Installation
from bot.message import Identity
from bot.program import checks
from bot.program.compose import TITLES, app_of
from bot.support import clock
from bot.support.clock import REST, RealClock, Watch
from bot.support.told import ahead, told
from tests.support.aio import PATIENCE, on_loop
from tests.support.around import where_it_is_day
from tests.support.whole import hears, sees, whole
from tests.telegram_server import TelegramServer


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


# --- wrong from the start --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stopped", "off", "heard", "rests_at_once", "rests_later"),
    [
        pytest.param(timedelta(minutes=1), None, False, False, False, id="a short stop"),
        pytest.param(
            timedelta(days=30), None, False, True, True, id="nobody is reached: a month may be wrong"
        ),
        pytest.param(timedelta(days=30), None, True, True, False, id="who answers does not tell the time"),
        pytest.param(timedelta(days=30), timedelta(seconds=2), True, False, False, id="a stop of a month"),
        pytest.param(timedelta(days=30), timedelta(days=29), True, True, True, id="a month ahead"),
        pytest.param(timedelta(minutes=1), timedelta(hours=-2), True, True, True, id="behind"),
        pytest.param(None, None, False, False, False, id="nothing was ever written down"),
    ],
)
def test_a_clock_that_may_be_wrong_at_the_start_has_to_be_confirmed(
    stopped: timedelta | None, off: timedelta | None, heard: bool, rests_at_once: bool, rests_later: bool
) -> None:
    watch = Watch()
    assert watch.begins(NOW, None if stopped is None else NOW - stopped, 100.0) is None
    assert watch.rests(101.0, off, heard=heard) == rests_at_once
    assert watch.rests(101.0 + REST, off, heard=heard) == rests_later


def test_a_clock_that_was_put_back_while_the_program_was_stopped_is_noticed() -> None:
    watch = Watch()
    assert watch.begins(NOW, NOW + timedelta(hours=5), 100.0) == -timedelta(hours=5)
    assert watch.begins(NOW, NOW + timedelta(minutes=5), 100.0) is None


def test_a_clock_that_is_wrong_is_said_once_until_it_is_right() -> None:
    watch, off = Watch(), timedelta(hours=3)
    assert [watch.is_wrong(each) for each in (None, off, off, timedelta(), off)] == [
        False,
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("date", [None, "", "soon", "Thu, 99 Foo 2026 99:99:99 GMT"])
def test_what_is_no_time_is_not_taken_for_one(date: str | None) -> None:
    assert told(date) is None


def test_the_time_of_an_answer_goes_on_with_the_seconds_that_go_by() -> None:
    found = told("Mon, 02 Mar 2026 12:00:00 GMT")
    assert found is not None
    assert ahead(found, NOW + timedelta(hours=3, seconds=5), found[1] + 5.0) == timedelta(hours=3)


@asynccontextmanager
async def started(folder: Path, server: TelegramServer, machine: Shifted) -> AsyncIterator[list[int]]:
    """The program on a machine with this clock; each look at its timers."""
    telegram = Telegram(server.token, api_url=server.url, poll_seconds=1, messages_per_second=1000)
    operators = frozenset({Identity("telegram", "9")})
    app = app_of(
        f"sqlite:///{folder}/mentornet.db",
        {"telegram": telegram},
        machine,
        Installation(languages=("en",), titles=TITLES, operators=operators, time_zone=where_it_is_day()),
    )
    looked = list[int]()

    async def due() -> bool:
        looked.append(1)
        return False

    app.engine.due = due  # type: ignore[method-assign, assignment]  # in the test's hands
    async with app:
        running = asyncio.create_task(app.run())
        try:
            yield looked
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@on_loop
async def test_where_the_clock_is_wrong_at_the_start_that_is_said_and_nothing_comes_due(
    tmp_path: Path,
) -> None:
    machine = Shifted()
    async with TelegramServer() as server:
        ola = server.user(9, "Ola", met=True)
        async with started(tmp_path, server, machine) as looked:
            ola.says("/start")
            await hears(ola)
            await until(looked)
        machine.by = timedelta(days=30)
        async with started(tmp_path, server, machine) as looked:
            await sees(ola, "The clock of my machine is 720 hours ahead of the messengers.")
            ola.says("/help")
            await hears(ola)
            assert not looked
            machine.by = timedelta()
            await until(looked)
            await sees(ola, "jumped back by 720 hours")
        machine.by = -timedelta(days=2)
        async with started(tmp_path, server, machine) as looked:
            await sees(ola, "jumped back by 768 hours")
            await sees(ola, "The clock of my machine is 48 hours behind the messengers.")
            assert not looked


@pytest.mark.parametrize(
    ("by", "fine", "says"),
    [
        (timedelta(minutes=59), True, "The clock of this machine goes with that of Telegram."),
        (timedelta(hours=3), False, "The clock of this machine is about 3 h ahead of that of Telegram"),
        (timedelta(days=-2), False, "The clock of this machine is about 48 h behind that of Telegram"),
    ],
)
def test_check_says_how_wrong_the_clock_is(by: timedelta, fine: bool, says: str) -> None:
    well, sentence = checks._clock("Telegram", by)
    assert (well, sentence.startswith(says)) == (fine, True)


async def until(looked: list[int]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not looked:
            await asyncio.sleep(0.01)
