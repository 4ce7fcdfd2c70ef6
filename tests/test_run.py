"""`python -m bot run`, as an operator starts it, against a strict Bot API server: a network's first day, a
kill in the middle of a question, and how it stops."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

import i18n
from bot.__main__ import main
from bot.markup import plain
from bot.text import Reader, render
from handlers import welcome
from tests.aio import on_loop
from tests.around import free_port, where_it_is_day
from tests.telegram_server import Shown, TelegramServer, User

ROOT = Path(__file__).parent.parent


def settings(folder: Path, server: TelegramServer, way_in: str = "polling") -> Path:
    """A config file, as an operator writes it."""
    path = folder / "config.toml"
    here = f"127.0.0.1:{free_port()}"
    webhook = f'webhook_url = "http://{here}/telegram"\nwebhook_listen = "{here}"\n'
    path.write_text(
        f'[bot]\ntime_zone = "{where_it_is_day()}"\n'
        f'[database]\nurl = "sqlite:///{folder}/mentornet.db"\n'
        f'[telegram]\ntoken = "{server.token}"\napi_url = "{server.url}"\npoll_seconds = 1\n'
        f"{webhook if way_in == 'webhook' else ''}"
        '[operators]\naccounts = ["telegram:1"]\n[log]\nformat = "text"\n'
    )
    return path


class Program:
    """The program in a process of its own; `log` is what it wrote."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.log = ""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.log += line.decode()

    async def says(self, words: str, since: int = 0) -> None:
        """Wait until these words are in the log, after its first `since` characters."""
        while words not in self.log[since:]:
            await asyncio.sleep(0.02)

    def gets(self, sign: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(sign)

    async def ends(self, sign: signal.Signals | None = None) -> int:
        """Wait for its end, after a signal where one is given; its exit status."""
        if sign is not None:
            self._process.send_signal(sign)
        status = await asyncio.wait_for(self._process.wait(), 20)
        await self._reading
        return status


@asynccontextmanager
async def program(config: Path, *arguments: str, **environment: str) -> AsyncIterator[Program]:
    """`python -m bot run`; it is stopped at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "--config", str(config), "run", *arguments),
        cwd=ROOT,
        stderr=PIPE,
        env=clean_environment() | environment,
    )
    running = Program(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            await running.ends(signal.SIGTERM)


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MENTORNET_")}


async def hears(user: User, words: str) -> Shown:
    """The next message somebody sees that is not the closing of a keyboard; it must hold the words."""
    while True:
        shown = await user.hears(15)
        if not shown.edited or shown.keyboard:
            assert words in shown.text, shown.text
            return shown


async def answers(user: User, question: str, answer: str) -> None:
    """Wait for a question, and answer it: by a button where there is one of these words, else in words."""
    shown = await hears(user, question)
    if answer in shown.labels:
        user.presses(shown, answer)
    else:
        user.says(answer)


async def joins(user: User, payload: str) -> None:
    """Join by an invitation link, and answer what is asked."""
    user.starts(payload)
    for question, answer in (
        ("Which language shall I write in?", "English"),
        ("Is that all right?", "Yes, that is all right"),
        ("What name shall I show", user.first_name),
        ("What can you help with?", "Papers"),
    ):
        await answers(user, question, answer)
    await answers(user, "What can you help with?", "Done: 1 chosen")
    for question in ("Which languages do you speak", "Where do you live?", "Which large city"):
        await answers(user, question, "Skip")
    await hears(user, "Welcome to")


async def until(comes_to_pass: Callable[[], bool]) -> None:
    """Wait for something, up to 10 seconds."""
    async with asyncio.timeout(10):
        while not comes_to_pass():
            await asyncio.sleep(0.02)


async def all_sent(database: Path) -> None:
    """Wait until nothing is left to send."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as look:
        while look.execute("SELECT count(*) FROM deliveries WHERE state = 'waiting'").fetchone()[0]:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("way_in", ["polling", "webhook"])
@on_loop
async def test_a_first_day_on_telegram_with_a_kill_in_the_middle(
    way_in: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server, way_in)
        found = await asyncio.to_thread(main, ["--config", str(config), "found", "Neckar Mentors"])
        code = capsys.readouterr().out.strip().splitlines()[-1].replace("-", "")
        assert found == 0
        mia, ana, bo = (server.user(n, name, "en") for n, name in ((1, "Mia"), (2, "Ana"), (3, "Bo")))

        async with program(config) as running:
            await joins(mia, f"join_{code}")
            mia.says("/invite")
            for question, answer in (
                ("Whom do you want to invite?", "Graduates"),
                ("How many people", "5"),
                ("For how long", "As usual: 30 days"),
            ):
                await answers(mia, question, answer)
            shown = await mia.hears(15)
            while "join_" not in shown.text:
                shown = await mia.hears(15)
            assert shown.picture, "the invitation comes with its QR code"
            payload = shown.text.partition("?start=")[2].split()[0]
            await joins(ana, payload)
            await joins(bo, payload)
            ana.says("/ask papers")
            await hears(ana, "What do you need?")
            # Telegram has no key against repeats: what is not marked as sent at a kill comes twice.
            await all_sent(tmp_path / "mentornet.db")
            assert await running.ends(signal.SIGKILL) == -signal.SIGKILL
            log = running.log

        async with program(config) as running:
            ana.says("Who translates a birth certificate?")
            await answers(ana, "May your peers see", "Yes, with my name")
            await answers(ana, "Shall I begin?", "Send it")
            await hears(ana, "I am asking your peers now")
            asked = [user for user in (mia, bo) if user.unheard]
            while not asked:
                await asyncio.sleep(0.05)
                asked = [user for user in (mia, bo) if user.unheard]
            helper = asked[0]
            await answers(helper, "Ana from Neckar Mentors asks for help: Papers.", "I can help")
            await hears(helper, "You are connected with Ana")
            await hears(ana, "can help. Write here")
            ana.says("Hello <b>&")
            await hears(helper, "Ana: Hello <b>&")
            helper.says("The court has a list.")
            await hears(ana, f"{helper.first_name}: The court has a list.")
            assert await running.ends(signal.SIGTERM) == 0
            log += running.log

        assert server.refusals == []
        assert ("getUpdates" in server.calls) == (way_in == "polling")
        assert bool(server.webhook) == (way_in == "webhook"), "it stays set: what comes now waits at Telegram"
        closed = [shown.text for shown in ana.seen if shown.edited and not shown.keyboard]
        assert closed[-1].endswith("➤ Send it"), "a used keyboard shows what was chosen"
        german = server.menus["all_private_chats", "de"]
        assert german["ask"] == "Andere um Hilfe bitten"
        assert "pulse" not in german
        assert server.about["name", ""] == "mentorNET"
        assert server.about["short_description", "de"].startswith("Ehrenamtliche")
        assert server.waiting == []
        questions = [
            shown.text for shown in ana.seen if "What do you need?" in shown.text and not shown.edited
        ]
        assert len(questions) == 1, "nothing is repeated after the kill"
        assert " error " not in log
        for secret in (server.token, "birth", "court", "Ana", "Mia", code):
            assert secret not in log


@pytest.mark.parametrize("locale", i18n.available())
def test_what_the_bot_says_of_itself_fits_where_it_is_shown(locale: str) -> None:
    for text, longest in ((welcome.DESCRIPTION, 512), (welcome.SHORT, 120)):
        shown = plain(render(text, Reader(locale)))
        assert shown.strip() == shown
        assert len(shown.encode("utf-16-le")) // 2 <= longest, shown


@on_loop
async def test_a_token_that_is_taken_away_ends_the_program_with_one_clear_line(tmp_path: Path) -> None:
    async with TelegramServer() as server, program(settings(tmp_path, server)) as running:
        await running.says("connected")
        server.revoke()
        assert await running.ends() == os.EX_CONFIG
        assert "Telegram refuses the token" in running.log
        assert "Traceback" not in running.log


def test_the_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[telegram]\ntokn = "1:TEST"\n')
    assert main(["--config", str(config), "run"]) == os.EX_CONFIG
    assert "telegram.token" in capsys.readouterr().err
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/mentornet.db"\n')
    assert main(["--config", str(config), "run"]) == os.EX_CONFIG
    assert "No messenger is set up" in capsys.readouterr().err
    assert main(["--config", str(config), "check"]) == 1
    ticks = capsys.readouterr().out
    assert "✓ The database is there and up to date: SQLite 3." in ticks
    assert f", {tmp_path}/mentornet.db.\n" in ticks
    assert "✗ No messenger is set up" in ticks
    assert main(["--config", str(config), "migrate"]) == 0
    assert main(["--config", str(config), "found", "Neckar Mentors"]) == 0
    assert main(["--config", str(config), "found", "neckar mentors"]) != 0
    assert "There is a network" in capsys.readouterr().out


def test_check_ticks_off_what_is_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    @on_loop
    async def check() -> None:
        async with TelegramServer() as server:
            config = settings(tmp_path, server)
            assert await asyncio.to_thread(main, ["--config", str(config), "check"]) == 0
            ticks = capsys.readouterr().out
            assert "✓ The bot is known to telegram." in ticks
            assert "✓ The bot asks for news itself (long polling)." in ticks
            webhook = settings(tmp_path, server, "webhook")
            assert await asyncio.to_thread(main, ["--config", str(webhook), "check"]) == 0
            assert "✓ The webhook is not set yet" in capsys.readouterr().out
            async with program(webhook) as running:
                await until(lambda: bool(server.webhook))
                assert await asyncio.to_thread(main, ["--config", str(webhook), "check"]) == 0
                assert "✓ The webhook is set, and 0 updates wait there." in capsys.readouterr().out
                await running.ends(signal.SIGKILL)
            server.user(1).says("Hello")
            await until(lambda: 0 in server.answered)
            assert await asyncio.to_thread(main, ["--config", str(webhook), "check"]) == 1
            assert "✗ Telegram could not reach the webhook at" in capsys.readouterr().out
            server.revoke()
            assert await asyncio.to_thread(main, ["--config", str(config), "check"]) == 1
            assert "✗ Telegram refuses the token" in capsys.readouterr().out

    check()


@pytest.mark.parametrize(
    ("script", "status", "says"),
    [
        ("", 0, ""),
        ("Ana: /start\n", 0, "> Ana: Hello Ana."),
        ("# a remark\nAna /start\n", 2, "line 2: somebody speaks like this"),
        ("Ana: [No such button]\n", 2, "line 1: Ana sees no button [No such button]"),
        ("+ 3 fortnights\n", 2, "line 1: a while looks like"),
        ("Zoe: hello\n", 2, "line 1: Zoe is not there; known are Ana, Bo, Cy, Mia"),
    ],
)
def test_the_demo_plays_what_it_is_fed(script: str, status: int, says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo"], input=script, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == status
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
