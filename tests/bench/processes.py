"""Row 11: two processes on one PostgreSQL against one. News are brought by webhook, to each in turn.

All of it is on one machine: the processes, the database and the people. How much of its cores they keep busy
tells whether two could do more here at all.
"""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from pathlib import Path

from tests.bench.crowd import fill
from tests.bench.figures import Figure, NotMeasuredError
from tests.bench.ours import UNLIMITED, Ours, kept
from tests.bench.people import People
from tests.bench.programs import STUCK, Program, folder, machine, pin, started
from tests.support.around import free_port
from tests.support.postgres import Postgres

PEOPLE = 200
WARM_UP, FLOOD = 3.0, 5.0
"""Seconds."""
PATH, SECRET = "/telegram", "of-the-bench"
CONNECTIONS = 100
"""At which Telegram posts at once."""


async def two(runs: int) -> Sequence[Figure]:
    """Row 11."""
    rates: tuple[list[float], list[float]] = [], []
    costs: tuple[list[float], list[float]] = [], []
    shares: tuple[list[float], list[float]] = [], []
    pin(0, None)  # all that takes part shares all cores
    with Postgres() as server:
        for _ in range(runs):
            for side, many in enumerate((2, 1)):
                with server.database() as url, folder() as place:
                    rate, cost, share = await _flooded(url, place, many)
                rates[side].append(rate)
                costs[side].append(cost)
                shares[side].append(share)
    pin(0, 0)
    return [Figure(*rates), Figure(*costs), Figure(*shares)]


async def _flooded(url: str, place: Path, many: int) -> tuple[float, float, float]:
    """Replies a second of so many processes, their seconds of the processor for a thousand, and how busy the
    machine was with them, the database and the people. Raises AssertionError, and NotMeasuredError where they
    do not work together."""
    people = People(PEOPLE)
    fill(url, people.many)
    async with people.server, AsyncExitStack() as running:
        doors = [f"127.0.0.1:{free_port()}" for _ in range(many)]
        programs = []
        for door in doors:
            own = {
                "database.url": url,
                "telegram.webhook_url": f"http://{doors[0]}{PATH}",
                "telegram.webhook_listen": door,
                "telegram.webhook_secret": SECRET,
            }
            bot = Ours(place, people.server, {**UNLIMITED, **own})
            programs.append(await running.enter_async_context(started(bot, place, core=None)))
            await _opens(door, programs[-1])
        people.server.post = await running.enter_async_context(_posting(doors))
        people.flood()
        await asyncio.sleep(WARM_UP)
        before = people.replies, sum(program.cpu for program in programs), time.perf_counter(), *machine()
        await asyncio.sleep(FLOOD)
        after = people.replies, sum(program.cpu for program in programs), time.perf_counter(), *machine()
        await people.calm()
    people.verify()
    kept(url, people)
    replies, cpu, seconds, busy, there = (b - a for a, b in zip(before, after, strict=True))
    return replies / seconds, 1000 * cpu / replies, busy / there


async def _opens(door: str, program: Program) -> None:
    """Wait until the program takes news. Raises NotMeasuredError when it may not run beside another one."""
    host, port = door.split(":")
    async with asyncio.timeout(STUCK):
        while True:
            if program.status == os.EX_CONFIG:
                raise NotMeasuredError("only one process may work on a database")
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@asynccontextmanager
async def _posting(doors: Sequence[str]) -> AsyncIterator[Callable[[str], None]]:
    """Hands updates to each of the doors in turn, over as many connections as Telegram."""
    queues: list[asyncio.Queue[str]] = [asyncio.Queue() for _ in doors]
    turn = cycle(queues)
    async with asyncio.TaskGroup() as group:
        posting = [
            group.create_task(_post(door, queue))
            for door, queue in zip(doors, queues, strict=True)
            for _ in range(CONNECTIONS // len(doors))
        ]
        yield lambda update: next(turn).put_nowait(update)
        for task in posting:
            task.cancel()


async def _post(door: str, updates: asyncio.Queue[str]) -> None:
    """Post one update after the other over one connection. Raises AssertionError when one is not taken."""
    reader, writer = await asyncio.open_connection(*door.split(":"))
    try:
        while True:
            body = (await updates.get()).encode()
            head = (
                f"POST {PATH} HTTP/1.1\r\nHost: {door}\r\nContent-Type: application/json\r\n"
                f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer.splitlines()[0]
            length = re.search(rb"content-length: *(\d+)", answer.lower())
            await reader.readexactly(int(length[1]) if length else 0)
    finally:
        writer.close()
