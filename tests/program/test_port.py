"""A port under siege, over real sockets: half-open requests, bodies that never come, nonsense without end.
Who means well is answered meanwhile, and the log says each thing once."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

import adapters.telegram.webhook
import bot.support.port
import bot.support.seldom
from bot.message import Words
from tests.adapters.test_telegram import HEADER, SECRET, at_a_port, here, until
from tests.adapters.test_telegram import lines as lines
from tests.adapters.test_telegram import quick as quick
from tests.program.test_run import hears, program, settings
from tests.support.aio import PATIENCE, on_loop
from tests.support.around import free_port
from tests.telegram_server import TelegramServer

HALF = b"POST /telegram HTTP/1.1\r\nHost: x\r\nX-A: "

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def opened(port: int, count: int, sends: bytes) -> AsyncIterator[Sequence[Line]]:
    """So many connections, each of which sends this and nothing more."""
    there: list[Line] = []
    try:
        for _ in range(count):
            line = await asyncio.open_connection("127.0.0.1", port)
            line[1].write(sends)
            there.append(line)
        yield there
    finally:
        for _, writer in there:
            writer.close()


async def closed(line: Line) -> bool:
    """Whether the other side has hung up."""
    try:
        return not await asyncio.wait_for(line[0].read(), 0.05)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def asked(port: int, request: bytes) -> bytes:
    """Send something, and wait for the first line that comes back; b"" where there is none."""
    async with opened(port, 1, request) as [(reader, _)]:
        try:
            return await asyncio.wait_for(reader.readline(), PATIENCE)
        except ConnectionError:
            return b""


def post(*headers: str, body: bytes = b"{}") -> bytes:
    head = ["POST /telegram HTTP/1.1", "Host: x", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def port_of(listen: str) -> int:
    return int(listen.rpartition(":")[2])


@on_loop
async def test_updates_come_in_while_1100_requests_are_half_open(lines: Callable[[], str]) -> None:
    webhook = at_a_port()
    async with here(webhook=webhook) as place:
        await until(lambda: place.server.webhook)
        async with opened(port_of(webhook.listen), 1100, HALF) as half:
            for n in range(20):
                began = time.monotonic()
                place.ana.says(f"{n}")
                event = await place.event()
                assert isinstance(event, Words)
                assert event.text == f"{n}"
                assert time.monotonic() - began < 1.0
            held = sum([not await closed(line) for line in half[::25]])
            assert held * 25 <= bot.support.port.CONNECTIONS + 25
        assert place.server.answered == [200] * 20
    assert len(lines().splitlines()) < 50


@on_loop
async def test_half_a_request_is_given_up_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.support.port, "_IDLE_SECONDS", 0.2)
    port = free_port()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="well")

    app = web.Application()
    app.router.add_get("/", answer)
    async with bot.support.port.served(app, f"127.0.0.1:{port}"):
        for sends in (b"", b"GET", HALF, b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX-"):
            async with opened(port, 1, sends) as [(reader, _)]:
                began = time.monotonic()
                await asyncio.wait_for(reader.read(), PATIENCE)
                assert time.monotonic() - began < 2


@on_loop
async def test_a_body_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, lines: Callable[[], str]
) -> None:
    monkeypatch.setattr(adapters.telegram.webhook, "_BODY_SECONDS", 0.2)
    webhook = at_a_port()
    async with here(webhook=webhook) as place:
        await until(lambda: place.server.webhook)
        port = port_of(webhook.listen)
        assert b" 408 " in await asked(port, post(f"{HEADER}: {SECRET}", "Content-Length: 500"))
        chunked = post(f"{HEADER}: {SECRET}", "Transfer-Encoding: chunked", body=b"ff\r\n{")
        assert b" 408 " in await asked(port, chunked)
        assert "webhook.too_slow" in lines()
        place.ana.says("Hello")
        assert isinstance(await place.event(), Words)


@pytest.mark.parametrize("length", ["Content-Length: 1000000000000", "Transfer-Encoding: chunked"])
@on_loop
async def test_a_wrong_secret_is_refused_before_there_is_a_body(length: str) -> None:
    webhook = at_a_port()
    async with here(webhook=webhook) as place:
        await until(lambda: place.server.webhook)
        for secret in ("", "x", SECRET[:-1], SECRET + "a", "\u00e9"):
            began = time.monotonic()
            said = await asked(port_of(webhook.listen), post(f"{HEADER}: {secret}", length, body=b""))
            assert b" 403 " in said
            assert time.monotonic() - began < 1


@on_loop
async def test_nonsense_by_the_thousand_is_one_line_a_minute(
    monkeypatch: pytest.MonkeyPatch, lines: Callable[[], str]
) -> None:
    monkeypatch.setattr(bot.support.seldom, "SECONDS", 0.5)
    webhook = at_a_port()
    async with here(webhook=webhook) as place:
        await until(lambda: place.server.webhook)
        port, before = port_of(webhook.listen), len(lines().splitlines())
        for nonsense in (
            post("Content-Length: 2"),  # nobody's secret
            post(f"{HEADER}: {SECRET}", "Content-Length: 2", body=b"{["),
            b"POST /telegram HTTP/1.1\r\nContent-Length: my own words\r\n\r\n",
            b"\0\1\2 my own words\r\n\r\n",
            b"GET / HTTP/1.1\r\nX: " + b"my own words" * 2000 + b"\r\n\r\n",
        ):
            for _ in range(100):
                await asked(port, nonsense)
        await until(lambda: "times=" in lines())
        assert len(lines().splitlines()) - before < 40
        assert "own words" not in lines()
        place.ana.says("Hello")
        assert isinstance(await place.event(), Words)


@on_loop
async def test_what_is_held_back_is_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.support.seldom, "SECONDS", 0.1)
    log = bot.support.port.log_of("the tests")

    def kept() -> list[tuple[str, object]]:
        return [(record.getMessage(), vars(record)["fields"]) for record in caplog.records]

    for _ in range(1000):
        log.warning("a door", knocks=1)
        log.warning("a window")
    assert kept() == [("a door", {"knocks": 1}), ("a window", {})]
    await until(lambda: len(kept()) == 4)
    assert kept()[2:] == [("a door", {"times": 999}), ("a window", {"times": 999})]
    log.warning("a door")
    await until(lambda: len(kept()) == 5)
    assert kept()[4:] == [("a door", {"times": 1})]
    await asyncio.sleep(0.3)
    log.warning("a door")
    assert kept()[5:] == [("a door", {})], "what was quiet for a while is said at once"


@on_loop
async def test_the_program_with_few_files_outlives_a_siege(tmp_path: Path) -> None:
    """It may open 1,024 files; 1,100 half-open requests come to the webhook, and some to the health page."""
    async with TelegramServer() as server:
        config, watch = settings(tmp_path, server, "webhook"), free_port()
        config.write_text(config.read_text() + f'[watch]\nlisten = "127.0.0.1:{watch}"\n')
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        ana = server.user(1001, "Ana")
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (1024, limit[1]))
            running = program(config)
            started = await running.__aenter__()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit)
        try:
            await started.says("connected")
            while not server.webhook:
                await asyncio.sleep(0.02)
            webhook = port_of(server.webhook.removesuffix("/telegram"))
            async with opened(webhook, 1100, HALF), opened(watch, 300, HALF):
                for _ in range(5):
                    began = time.monotonic()
                    ana.says("/help")
                    await hears(ana, "What would you like to do?")
                    assert time.monotonic() - began < 3
                assert b"200" in await asked(watch, b"GET /healthz HTTP/1.0\r\n\r\n")
            assert len(started.log.splitlines()) < 100
            assert "Traceback" not in started.log
        finally:
            await running.__aexit__(None, None, None)


def test_a_log_outside_of_the_event_loop_holds_nothing_back(caplog: pytest.LogCaptureFixture) -> None:
    log = bot.support.port.log_of("the tests outside")
    for _ in range(3):
        log.warning("a door")
    assert caplog.messages == ["a door"] * 3
