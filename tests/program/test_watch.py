"""What the program tells whoever watches over it: whether it is well, and its figures."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError

from bot.__main__ import main
from bot.adapter import Later, Unreachable
from bot.message import MessageRef, Outgoing, Words
from bot.program.app import App
from bot.program.compose import SETTINGS, real
from bot.program.state import placed
from bot.program.watch.asking import ask
from bot.program.watch.pages import watched
from tests.db.test_single_program import on
from tests.program.test_run import clean_environment, program, settings
from tests.support.aio import on_loop
from tests.support.around import free_port
from tests.support.lab import Lab, lab
from tests.support.postgres import Postgres
from tests.telegram_server import TelegramServer

ROOT = Path(__file__).parents[2]


async def page(port: int, name: str) -> tuple[int, str]:
    """A page as a monitor gets it: its status and its text."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/{name}") as answer:
        return answer.status, await answer.text()


async def health(port: int) -> tuple[int, dict[str, Any]]:
    status, text = await page(port, "healthz")
    return status, json.loads(text)


def hearing(here: Lab, seconds: float) -> None:
    """Telegram was heard so many seconds ago."""
    heard = {"telegram": timedelta(seconds=seconds)}
    here.engine.installation = replace(here.engine.installation, last_heard=lambda: heard)


@on_loop
async def test_it_is_well_until_a_messenger_falls_silent(database: str) -> None:
    async with lab(database) as here, watched(here.engine, f"127.0.0.1:{(port := free_port())}"):
        hearing(here, 119)
        assert await health(port) == (
            200,
            {
                "well": True,
                "messengers": {"telegram": {"well": True, "heard_seconds_ago": 119.0}},
                "database": {"well": True},
                "outbox": {"well": True, "waiting": 0},
            },
        )
        assert 'mentornet_messenger_connected{messenger="telegram"} 1.0' in (await page(port, "metrics"))[1]
        hearing(here, 121)
        status, report = await health(port)
        assert status == 503
        assert report["messengers"]["telegram"] == {"well": False, "heard_seconds_ago": 121.0}
        assert report["database"]["well"]
        assert report["outbox"]["well"]
        assert 'mentornet_messenger_connected{messenger="telegram"} 0.0' in (await page(port, "metrics"))[1]


@on_loop
async def test_a_messenger_that_confirms_before_we_have_stored_is_named(database: str) -> None:
    async with (
        lab(database) as here,
        watched(here.engine, f"127.0.0.1:{(port := free_port())}", ["telegram"]),
    ):
        hearing(here, 1)
        status, report = await health(port)
        assert status == 200
        assert report["messengers"]["telegram"]["confirms_early"] is True


@on_loop
async def test_an_answer_that_waits_too_long_is_named(database: str) -> None:
    async with lab(database) as here, watched(here.engine, f"127.0.0.1:{(port := free_port())}"):
        await here.engine.receive(here.incoming("ana", Words("/start")))
        here.clock.wind(here.clock.now() + timedelta(seconds=119))
        assert (await health(port))[0] == 200
        here.clock.wind(here.clock.now() + timedelta(seconds=2))
        status, report = await health(port)
        assert status == 503
        assert report["outbox"]["overdue"] == [
            {"messenger": "telegram", "priority": "answer", "waiting": 1, "oldest_seconds": 121}
        ]
        figures = (await page(port, "metrics"))[1]
        assert 'mentornet_outbox_age_seconds{messenger="telegram",priority="answer"} 121.0' in figures
        await here.outbox.flush()
        assert (await health(port))[0] == 200
        assert "mentornet_outbox_age_seconds{" not in (await page(port, "metrics"))[1]


@pytest.mark.parametrize("fails", [True, False], ids=["fails", "hangs"])
@on_loop
async def test_a_database_that_is_away_is_not_well(
    database: str, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setattr("bot.program.watch.pages.PATIENCE", 0.2)

    def away(_run: Callable[..., Any]) -> "asyncio.Future[Any]":
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if fails:
            answer.set_exception(OperationalError("SELECT 1", {}, OSError()))
        return answer

    async with lab(database) as here, watched(here.engine, f"127.0.0.1:{(port := free_port())}"):
        monkeypatch.setattr(here.engine.worker, "call", away)
        assert await health(port) == (503, {"well": False, "messengers": {}, "database": {"well": False}})
        assert (await page(port, "metrics"))[0] == 200


@on_loop
async def test_turns_and_sends_are_counted_and_nobody_is_named(database: str) -> None:
    async with lab(database) as here, watched(here.engine, f"127.0.0.1:{(port := free_port())}"):
        await here.says("ana", "/start")
        again = here.incoming("ana", Words("/nothing of that name"))
        await here.happens(again)
        await here.happens(again)
        ends: list[Exception] = [Later(0.0), Unreachable()]
        really = here.console.send

        async def trips(message: Outgoing) -> MessageRef:
            if ends:
                raise ends.pop(0)
            return await really(message)

        here.console.send = trips  # type: ignore[method-assign]  # in the test's hands
        await here.engine.receive(here.incoming("ana", Words("/start")))
        while ends:
            await here.outbox.flush()
            await asyncio.sleep(0.01)
        figures = (await page(port, "metrics"))[1]
    for line in (
        'mentornet_turns_total{handler="engine",outcome="unknown command"} 1.0',
        'mentornet_turns_total{handler="engine",outcome="seen before"} 1.0',
        'mentornet_sends_total{messenger="telegram",outcome="waiting"} 1.0',
        'mentornet_sends_total{messenger="telegram",outcome="unreachable"} 1.0',
    ):
        assert line in figures
    assert "mentornet_turn_seconds_count" in figures
    assert "ana" not in figures


@on_loop
async def test_whoever_asks_whether_it_is_alive_hears_what_the_page_says(database: str) -> None:
    said: list[str] = []
    port = free_port()
    async with lab(database) as here, watched(here.engine, f"0.0.0.0:{port}"):
        hearing(here, 1)
        assert await asyncio.to_thread(ask, f"0.0.0.0:{port}", said.append) == 0
        hearing(here, 121)
        assert await asyncio.to_thread(ask, f"127.0.0.1:{port}", said.append) == 1
    assert ask(f"127.0.0.1:{port}", said.append) == 1
    assert ask("", said.append) == 1
    assert said[0] == "The bot is well."
    assert said[1].startswith('The bot is not well: {"well": false, "messengers": {"telegram": {')
    assert said[2] == f"Nobody answers at 127.0.0.1:{port}."
    assert said[3].startswith("watch.listen is empty")


def test_the_command_asks_where_the_config_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[watch]\nlisten = "127.0.0.1:{(port := free_port())}"\n')
    assert main(["--config", str(config), "check", "--alive"]) == 1
    assert capsys.readouterr().out == f"Nobody answers at 127.0.0.1:{port}.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"], "nothing is made"


CHEAP = """
import sys
from bot.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print([each for each in ("aiohttp", "asyncio", "pydantic", "sqlalchemy") if each in sys.modules])
"""


@pytest.mark.parametrize("command", [("check", "--alive"), ("--help",), ("--version",)])
def test_what_asks_for_little_loads_little(command: tuple[str, ...]) -> None:
    """A health check comes every minute, for years, beside the bot and on the same small machine."""
    asks = [sys.executable, "-c", CHEAP, *command]
    done = subprocess.run(asks, cwd=ROOT, env=clean_environment(), capture_output=True, text=True)
    assert (done.stdout.splitlines()[-1], done.stderr) == ("[]", "")


NEVER = {"well": False, "heard_seconds_ago": None}


@asynccontextmanager
async def at_work(config: Path, *parts: str) -> AsyncIterator[tuple[App, int]]:
    """The program of a config, and the port at which it is watched."""
    app, port = real(placed(SETTINGS.load(config, {}), config.parent)), free_port()
    async with app, watched(app.engine, f"127.0.0.1:{port}"):
        running = asyncio.create_task(app.run(parts))
        try:
            yield app, port
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("parts", "names"),
    [((), {"telegram", "matrix"}), (("telegram", "sender"), {"telegram"}), (("sender", "clock"), set())],
)
@on_loop
async def test_a_messenger_that_never_answered_since_the_start_is_not_well(
    parts: tuple[str, ...], names: set[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server)
    config.write_text(
        config.read_text() + f'[matrix]\nhomeserver = "http://127.0.0.1:{free_port()}"\n'
        f'user = "@bot:example.org"\npassword = "x"\nstore = "{tmp_path}/store"\n'
    )
    async with at_work(config, *parts) as (_, port):
        for words in ("not connected", "not connected"):
            status, report = await health(port)
            assert report["messengers"] == dict.fromkeys(names, NEVER)
            assert (status, report["well"]) == ((503, False) if names else (200, True))
            figures = (await page(port, "metrics"))[1]
            for name in ("telegram", "matrix"):
                row = f'mentornet_messenger_connected{{messenger="{name}"}} 0.0'
                assert (row in figures) is (name in names)
            while words not in caplog.messages:
                await asyncio.sleep(0.02)


@on_loop
async def test_what_another_program_does_is_not_ours_to_be_well(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.database(like="migrated") as database:
        async with TelegramServer() as server:
            config = on(database, settings(tmp_path, server))
            async with at_work(config) as (_, first):
                while (await health(first))[0] != 200:  # until Telegram answers
                    await asyncio.sleep(0.02)
                async with at_work(config) as (standing_by, second):
                    while standing_by.heard():
                        await asyncio.sleep(0.02)
                    assert (await health(second))[0] == 200
                    assert "mentornet_messenger_connected{" not in (await page(second, "metrics"))[1]
                    assert (await health(first))[1]["messengers"]["telegram"]["well"]


@on_loop
async def test_the_program_is_watched_and_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server)
        port = free_port()
        config.write_text(config.read_text() + f'[watch]\nlisten = "127.0.0.1:{port}"\n')
        async with program(config) as running:
            await running.says("connected")
            while (answer := await health(port))[0] != 200:  # until Telegram is heard for the first time
                await asyncio.sleep(0.02)
            assert set(answer[1]["messengers"]) == {"telegram"}
        with socket.create_server(("127.0.0.1", port)):
            async with program(config) as running:
                assert await running.ends() == os.EX_TEMPFAIL
                assert f"watch.listen: nobody can listen at 127.0.0.1:{port}" in running.log
                assert "Traceback" not in running.log
