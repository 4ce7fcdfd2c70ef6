"""One run: a bot is started, warmed up, flooded, paced, stopped, and what it kept is checked."""

import asyncio
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.people import SCRIPT, STUCK, People

ROOT = Path(__file__).parents[2]
ON_DISK = "/var/tmp"  # a folder of our own is made in it; /tmp is often no disk but memory
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
RATE = 100.0
"""Updates a second where the bot is not flooded."""


class Bot(Protocol):
    """A bot that is measured: a program of its own, started anew for each run with a folder of its own."""

    name: str
    module: str

    def __init__(self, folder: Path) -> None: ...
    def arguments(self, url: str) -> list[str]: ...
    def environment(self, url: str) -> dict[str, str]: ...
    def prepare(self, people: People) -> None: ...
    def verify(self, people: People) -> None: ...


@dataclass(frozen=True)
class Plan:
    """How long is measured, in seconds, and with how many people."""

    people: int = 500
    warm_up: float = 2.0
    flood: float = 6.0
    paced: float = 8.0


@dataclass(frozen=True)
class Result:
    """What a run measured. In the flood: replies a second, seconds of the processor for a thousand of them,
    the share of its core that the bot had, and that the server needed. At `RATE`: milliseconds to a reply."""

    replies: float
    cpu: float
    core: float
    p50: float
    p99: float
    server: float


async def run(kind: type[Bot], plan: Plan) -> Result:
    """Measure a bot once. Raises AssertionError when it did not do its work."""
    people = People(plan.people)
    with tempfile.TemporaryDirectory(dir=ON_DISK) as folder:
        bot = kind(Path(folder))
        bot.prepare(people)
        async with people.server as server, _started(bot, server.url, Path(folder)) as pid:
            async with asyncio.timeout(STUCK):
                await server.polled.wait()
            people.flood()
            await asyncio.sleep(plan.warm_up)
            before = people.replies, _cpu(pid), time.process_time(), time.perf_counter()
            await asyncio.sleep(plan.flood)
            await people.calm()
            after = people.replies, _cpu(pid), time.process_time(), server.asked_at
            replies, cpu, served, seconds = (b - a for a, b in zip(before, after, strict=True))
            people.waits.clear()
            await people.pace(RATE, plan.paced)
            await people.calm()
        assert people.replies == people.updates, f"{people.replies} replies to {people.updates} updates"
        assert len(people.heard) == len(SCRIPT), f"not the expected replies: {people.heard.most_common(9)}"
        bot.verify(people)
    centiles = statistics.quantiles(people.waits, n=100)
    return Result(
        replies=replies / seconds,
        cpu=1000 * cpu / replies,
        core=cpu / seconds,
        p50=1000 * centiles[49],
        p99=1000 * centiles[98],
        server=served / seconds,
    )


@asynccontextmanager
async def _started(bot: Bot, url: str, folder: Path) -> AsyncIterator[int]:
    """The bot's process, on a core of its own where there are two; its last words where something fails."""
    log = folder / "log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MENTORNET_")}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", bot.module, *bot.arguments(url)),
            env=inherited | {"PYTHONPATH": str(ROOT)} | bot.environment(url),
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    pin(process.pid, 1)
    try:
        yield process.pid
    except BaseException:
        print(log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(STUCK):
            await process.wait()


def pin(process: int, core: int) -> None:
    """Keep a process (0 is this one) on one core, where there are two and the system can."""
    if len(CORES) > 1:
        os.sched_setaffinity(process, {CORES[core]})


def _cpu(process: int) -> float:
    """Seconds that a process has kept a processor busy; only Linux says."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
