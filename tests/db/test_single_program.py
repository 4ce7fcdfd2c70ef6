"""One program works on a SQLite file at a time; others may look after it meanwhile."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.program.test_run import program, settings
from tests.support.aio import on_loop
from tests.telegram_server import TelegramServer

SAYS = "Another program works on this database already"


def on(database: str, config: Path) -> Path:
    """The config with another database."""
    lines = config.read_text().splitlines()
    lines = [f'url = "{database}"' if line.startswith("url = ") else line for line in lines]
    config.write_text("\n".join(lines))
    return config


@on_loop
async def test_a_second_program_is_refused_until_the_first_one_is_dead(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server)
        async with program(config) as first:
            await first.says("connected")
            async with program(config) as second:
                assert await second.ends() == os.EX_CONFIG
            assert SAYS in second.log
            assert "Traceback" not in second.log
            assert await first.ends(signal.SIGKILL) == -signal.SIGKILL
        async with program(config) as third:
            await third.says("connected")
            assert await third.ends(signal.SIGTERM) == 0
        assert server.refusals == []


@on_loop
async def test_a_running_program_can_be_looked_after(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    async with TelegramServer() as server:
        config = on(database, settings(tmp_path, server))
        operator = server.user(1)
        async with program(config) as running:
            operator.says("Hello")  # so that they can hear of what waits
            await operator.hears()
            for command in (["check"], ["migrate"], ["found", "Neckar Mentors"]):
                assert await asyncio.to_thread(main, ["--config", str(config), *command]) == 0
            assert "is founded" in capsys.readouterr().out
            assert await running.ends(signal.SIGTERM) == 0


def test_a_database_that_is_not_there_is_said_without_the_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[database]\nurl = "postgresql+psycopg://ana:s3cret@127.0.0.1:1/net"\n[telegram]\ntoken = "1:TEST"\n'
    )
    for command, status in ((["check"], 1), (["run"], os.EX_TEMPFAIL), (["migrate"], os.EX_DATAERR)):
        assert main(["--config", str(config), *command]) == status
        captured = capsys.readouterr()
        said = captured.out + captured.err
        assert "The database (PostgreSQL, net at 127.0.0.1:1) is not reached: nobody answers there." in said
        assert "s3cret" not in said
        assert "Traceback" not in said
