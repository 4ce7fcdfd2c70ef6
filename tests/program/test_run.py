"""`python -m bot run`, as an operator starts it, against a strict Bot API server: a network's first day, a
kill in the middle of a question, and how it stops."""

import asyncio
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import pytest

import i18n
from bot.__main__ import main
from bot.markup import plain
from bot.text import Reader, render
from handlers.front import start as welcome
from tests.support.aio import PATIENCE, on_loop
from tests.support.around import free_port, where_it_is_day
from tests.telegram_server import Shown, TelegramServer, User

ROOT = Path(__file__).parents[2]


def settings(folder: Path, server: TelegramServer, way_in: str = "polling") -> Path:
    """A config file, as an operator writes it."""
    path = folder / "config.toml"
    here = f"127.0.0.1:{free_port()}"
    path.touch(0o600)
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
        status = await asyncio.wait_for(self._process.wait(), PATIENCE)
        await self._reading
        return status


def program(config: Path, *arguments: str, **environment: str) -> AbstractAsyncContextManager[Program]:
    """`python -m bot run`; it is stopped at the end if it still runs."""
    return _running(["-m", "bot", "--config", str(config), "run", *arguments], environment)


def sealed_program(config: Path) -> AbstractAsyncContextManager[Program]:
    """The same where the program can write beside its config, and nowhere else."""
    words = [
        "-m",
        "tests.support.sealed",
        str(config.parent),
        sys.executable,
        "-m",
        "bot",
        "--config",
        str(config),
    ]
    return _running([*words, "run"], {})


@asynccontextmanager
async def _running(words: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[Program]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stderr=PIPE, env={**clean_environment(), **environment}
    )
    running = Program(process)
    try:
        yield running
    except BaseException as failure:
        ended = "runs" if process.returncode is None else f"ended with {process.returncode}"
        failure.add_note(f"The program {ended}, and its log is:\n{running.log}")
        raise
    finally:
        if process.returncode is None:
            await running.ends(signal.SIGTERM)


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MENTORNET_")}


async def hears(user: User, words: str) -> Shown:
    """The next message somebody sees that is not the closing of a keyboard, nor the word about safety that
    everybody reads once; it must hold the words."""
    while True:
        shown = await user.hears()
        is_of_safety = "A word about safety" in shown.text and words not in shown.text
        if (not shown.edited or shown.keyboard) and not is_of_safety:
            assert words in shown.text, shown.text
            return shown


async def answers(user: User, question: str, answer: str) -> None:
    """Wait for a question, and answer it: by a button where there is one of these words, else in words."""
    shown = await hears(user, question)
    if answer in shown.labels:
        user.presses(shown, answer)
    else:
        user.says(answer)


def code_in(said: str) -> str:
    """The one invitation code that is said, as a link holds it."""
    (code,) = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", said)
    return str(code).replace("-", "")


async def joins(user: User, payload: str) -> None:
    """Join by an invitation link, and answer what is asked."""
    user.starts(payload)
    for question, answer in (
        ("Is that all right?", "Join"),
        ("What should the others call you?", user.first_name),
    ):
        await answers(user, question, answer)
    await hears(user, f"Welcome, {user.first_name}")


def modes(folder: Path) -> dict[str, int]:
    """Who may read and write what is in a folder."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


async def until(comes_to_pass: Callable[[], bool]) -> None:
    """Wait for something, as long as patience lasts."""
    async with asyncio.timeout(PATIENCE):
        while not comes_to_pass():
            await asyncio.sleep(0.02)


async def all_sent(database: Path) -> None:
    """Wait until nothing is left to send."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as look:
        while look.execute("SELECT count(*) FROM deliveries WHERE state = 'waiting'").fetchone()[0]:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("way_in", "start"),
    [("polling", program), ("webhook", program), ("polling", sealed_program)],
    ids=["polling", "webhook", "where nothing else can be written"],
)
@on_loop
async def test_a_first_day_on_telegram_with_a_kill_in_the_middle(
    way_in: str,
    start: Callable[[Path], AbstractAsyncContextManager[Program]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server, way_in)
        found = await asyncio.to_thread(main, ["--config", str(config), "found", "Neckar Mentors"])
        assert found == 0
        code = code_in(capsys.readouterr().out)
        mia, ana, bo = (server.user(n, name, "en") for n, name in ((1, "Mia"), (2, "Ana"), (3, "Bo")))

        async with start(config) as running:
            await joins(mia, f"join_{code}")
            mia.says("/invite graduate 5 30")
            shown = await mia.hears()
            while "join_" not in shown.text:
                shown = await mia.hears()
            assert shown.picture, "the invitation comes with its QR code"
            payload = shown.text.partition("?start=")[2].split()[0]
            await joins(ana, payload)
            await joins(bo, payload)
            ana.says("/ask papers")
            await hears(ana, "What do you need help with?")
            # Telegram has no key against repeats: what is not marked as sent at a kill comes twice.
            await all_sent(tmp_path / "mentornet.db")
            assert await running.ends(signal.SIGKILL) == -signal.SIGKILL
            log = running.log

        async with start(config) as running:
            ana.says("Who translates a birth certificate?")
            await answers(ana, "Send it like this?", "Send it with my name")
            await hears(ana, "I am asking now")
            asked = [user for user in (mia, bo) if user.unheard]
            while not asked:
                await asyncio.sleep(0.05)
                asked = [user for user in (mia, bo) if user.unheard]
            helper = asked[0]
            await answers(helper, "Ana from Neckar Mentors has a question: Papers.", "I can help")
            await hears(helper, "You can now write to Ana.")
            for user in (helper, ana):  # it is the first conversation of both
                await hears(user, "A word about safety: on Telegram")
            await hears(ana, "can help.")
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
        assert closed[-1].endswith("➤ Send it with my name"), "a used keyboard shows what was chosen"
        german = server.menus["all_private_chats", "de"]
        assert german["ask"] == "Andere um Hilfe bitten"
        assert "pulse" not in german
        assert server.about["name", ""] == "mentorNET"
        assert server.about["short_description", "de"].startswith("Mentorinnen und Mentoren")
        assert server.waiting == []
        questions = [
            shown.text
            for shown in ana.seen
            if "What do you need help with?" in shown.text and not shown.edited
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
async def test_a_closed_terminal_stops_it_like_any_other_signal(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        async with program(settings(tmp_path, server)) as running:
            await running.says("connected")
            running.gets(signal.SIGHUP)
            running.gets(signal.SIGHUP)  # from the shell, and from the terminal itself
            assert await running.ends() == 0
            assert running.log.rstrip().endswith("info stopped")
        assert server.refusals == []


@on_loop
async def test_under_nohup_a_closed_terminal_stops_nothing(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what we start has it from us
    try:
        async with TelegramServer() as server, program(settings(tmp_path, server)) as running:
            await running.says("connected")
            running.gets(signal.SIGHUP)
            ana = server.user(1001, "Ana", "en")
            ana.says("/start")
            await hears(ana, "Hello")
            assert await running.ends(signal.SIGTERM) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@on_loop
async def test_a_file_that_was_taken_away_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        database, elsewhere = tmp_path / "mentornet.db", tmp_path / "elsewhere.db"
        async with program(settings(tmp_path, server)) as running:
            await running.says("connected")
            ana = server.user(1001, "Ana", "en")
            ana.says("/start")
            await hears(ana, "Hello")
            await all_sent(database)
            database.rename(elsewhere)
            ana.says("/help")
            await running.says("The database's file was moved or deleted while the program works on it")
            assert not database.exists(), "no new one is made in its place"
            assert ana.unheard == 0
            elsewhere.rename(database)
            await hears(ana, "")
            await running.says("database is back")
            assert await running.ends(signal.SIGTERM) == 0
        assert "Traceback" not in running.log


@on_loop
async def test_what_others_could_read_is_ours_alone_after_a_start(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server)
        assert await asyncio.to_thread(main, ["--config", str(config), "found", "Neckar Mentors"]) == 0
        (tmp_path / "mentornet.db.lock").touch()
        for path in (config, tmp_path / "mentornet.db", tmp_path / "mentornet.db.lock"):
            path.chmod(0o666)
        async with program(config) as running:
            await running.says("connected")
            found = await asyncio.to_thread(modes, tmp_path)
        assert found.pop("config.toml") == 0o666, "that is for the operator to change"
        assert len(found) >= 5  # where the journals end is written as soon as there is time
        assert set(found.values()) == {0o600}


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
    assert f"✓ There is no database yet; the first start makes it: {tmp_path}/mentornet.db.\n" in ticks
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
            assert "✓ The bot is known to Telegram." in ticks
            assert "✓ The bot asks for news itself (long polling)." in ticks
            assert "✓ The clock of this machine goes with that of Telegram." in ticks
            webhook = settings(tmp_path, server, "webhook")
            assert await asyncio.to_thread(main, ["--config", str(webhook), "check"]) == 0
            assert "✓ The webhook is not set yet" in capsys.readouterr().out
            async with program(webhook) as running:
                await until(lambda: bool(server.webhook))
                operator = server.user(1)
                operator.says("Hello")
                await operator.hears()
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
