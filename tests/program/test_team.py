"""Several programs on one PostgreSQL: they share the work, and take over what one had that dies."""

import asyncio
import contextlib
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, web

from bot.__main__ import main
from db.shards import SHARDS
from tests.db.test_single_program import on
from tests.program.test_run import program, settings
from tests.support.aio import on_loop
from tests.support.around import free_port
from tests.support.postgres import Postgres
from tests.telegram_server import TelegramServer, User

TAKEN_OVER = 15.0
"""Seconds within which what a dead program did is done by another."""
HALF = f"shards={SHARDS // 2}"
FAST = {"MENTORNET_TELEGRAM__MESSAGES_PER_SECOND": "1000"}


class RoundRobin:
    """A proxy before several programs: each request goes to the next of them; where that one is not there,
    the answer is 502. `answered` counts what they took, by port."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.port = free_port()
        self.answered: Counter[int] = Counter()
        self._next = itertools.cycle(ports)

    async def _forward(self, request: web.Request) -> web.Response:
        port = next(self._next)
        headers = {name: value for name, value in request.headers.items() if name != "Host"}
        try:
            async with self._session.post(
                f"http://127.0.0.1:{port}{request.path}", data=await request.read(), headers=headers
            ) as answer:
                self.answered[port] += answer.ok
                return web.Response(status=answer.status)
        except (ClientError, OSError):
            return web.Response(status=502)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Its address, inside the block."""
        app = web.Application()
        app.router.add_post("/telegram", self._forward)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        async with ClientSession() as self._session:
            yield f"http://127.0.0.1:{self.port}/telegram"
        await runner.cleanup()


async def counts(user: User, most: int) -> None:
    """Say numbers, each when the one before is answered."""
    for said in range(most):
        user.says(f"/n{said}x")
        while not any(f"/n{said}x" in shown.text for shown in user.seen):
            await user.hears()


def heard(user: User) -> list[int]:
    return [int(shown.text.split("/n")[1].split("x")[0]) for shown in user.seen if "/n" in shown.text]


@pytest.mark.parametrize(
    ("people", "words"),
    [pytest.param(40, 6, id="40"), pytest.param(500, 8, id="500", marks=pytest.mark.soak)],
)
def test_two_programs_behind_one_address_and_one_is_killed(
    people: int, words: int, postgres: Postgres, tmp_path: Path, tells: Callable[[str], None]
) -> None:
    asyncio.run(two_programs(people, words, postgres, tmp_path, tells))


async def two_programs(
    people: int, words: int, postgres: Postgres, tmp_path: Path, tells: Callable[[str], None]
) -> None:
    ports = free_port(), free_port()
    proxy = RoundRobin(ports)
    with postgres.database(like="migrated") as database:
        async with TelegramServer() as server, proxy.open() as address:
            config = on(database, settings(tmp_path, server))
            set_up = FAST | {"MENTORNET_TELEGRAM__WEBHOOK_URL": address}
            first, second = (
                program(config, **set_up, MENTORNET_TELEGRAM__WEBHOOK_LISTEN=f"127.0.0.1:{port}")
                for port in ports
            )
            everybody = [server.user(n, f"P{n}", "en") for n in range(1, people + 1)]
            async with first as dying, second as living:
                for each in (dying, living):
                    await each.says(HALF)
                talking = asyncio.gather(*(counts(user, words) for user in everybody))
                while min(proxy.answered[port] for port in ports) < people:
                    await asyncio.sleep(0.01)
                since = len(living.log)
                assert await dying.ends(signal.SIGKILL) == -signal.SIGKILL
                killed_at = time.monotonic()
                async with asyncio.timeout(TAKEN_OVER):
                    await living.says(f"shards={SHARDS}", since)
                taken_over = time.monotonic() - killed_at
                await talking
            doubled = 0
            for user in everybody:
                order = [number for number, _ in itertools.groupby(heard(user))]
                assert order == list(range(words)), "in order, and all"
                doubled += len(heard(user)) - words
            tells(
                f"{people * words} messages of {people} people to two programs, one killed: 0 lost, "
                f"{doubled} doubled; all taken over after {taken_over:.1f} s; "
                f"answered by each: {list(proxy.answered.values())}"
            )
            assert server.refusals == []


@on_loop
async def test_what_one_asks_telegram_for_another_asks_for_when_it_is_dead(
    postgres: Postgres, tmp_path: Path
) -> None:
    with postgres.database(like="migrated") as database:
        async with TelegramServer() as server:
            config = on(database, settings(tmp_path, server))
            ana = server.user(1, "Ana", "en")
            async with program(config) as first:
                await first.says("duty=telegram")
                await first.says("duty=clock")
                async with program(config) as second:
                    await second.says(HALF)
                    await counts(ana, 2)
                    assert "duty=" not in second.log, "Telegram tells its news to one, and one keeps the time"
                    assert await first.ends(signal.SIGKILL) == -signal.SIGKILL
                    async with asyncio.timeout(TAKEN_OVER):
                        await second.says("duty=telegram")
                        await second.says("duty=clock")
                    ana.says("/n2x")
                    while 2 not in heard(ana):
                        await ana.hears()
                    assert await second.ends(signal.SIGTERM) == 0
            assert [number for number, _ in itertools.groupby(heard(ana))] == [0, 1, 2]
            assert server.refusals == []


@on_loop
async def test_one_listens_and_another_sends(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database(like="migrated") as database:
        async with TelegramServer() as server:
            config = on(database, settings(tmp_path, server))
            ana = server.user(1, "Ana", "en")
            async with program(config, "--only", "telegram,clock") as ears:
                await ears.says("duty=telegram")
                ana.says("/n0x")
                while server.waiting:
                    await asyncio.sleep(0.01)
                assert heard(ana) == []
                async with program(config, "--only", "sender") as mouth:
                    await mouth.says(f"shards={SHARDS}")
                    await counts(ana, 3)
                    assert heard(ana) == [0, 0, 1, 2]
                    assert "duty=" not in mouth.log
                assert "shards=" not in ears.log


def test_a_part_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    assert main(["--config", str(config), "run", "--only", "telegran,sender"]) == os.EX_USAGE
    assert '"telegran" is none of telegram, matrix, sender, clock.' in capsys.readouterr().err


def test_a_part_that_is_not_set_up_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[telegram]\ntoken = "1:TEST"\n')
    assert main(["--config", str(config), "run", "--only", "matrix,sender"]) == os.EX_CONFIG
    said = "--only: matrix is not set up: put into the config the bot's account on Matrix, as matrix.user."
    assert said in capsys.readouterr().err


@pytest.mark.soak
@on_loop
async def test_a_program_that_is_stuck_loses_what_it_had(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database(like="migrated") as database:
        async with TelegramServer() as server:
            config = on(database, settings(tmp_path, server))
            ana = server.user(1, "Ana", "en")
            async with program(config) as first:
                await first.says("duty=telegram")
                first.gets(signal.SIGSTOP)
                async with program(config) as second:
                    async with asyncio.timeout(TAKEN_OVER):
                        await second.says("duty=telegram")
                    await second.says(f"shards={SHARDS}")
                    await counts(ana, 1)
                    first.gets(signal.SIGCONT)
                    await first.says("off duty")
                    await first.says(HALF)
                    await second.says(HALF)
                    ana.says("/n1x")
                    while 1 not in heard(ana):
                        await ana.hears()
            assert heard(ana) == [0, 1]
