"""Rows 1 to 4: turns, beside a bot that keeps nothing. People who talk with it, in a flood or evenly."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import handlers
from bot.message import Words
from tests.bench import programs
from tests.bench.crowd import FIRST, fill, sqlite
from tests.bench.figures import Figure
from tests.bench.ours import InTheFlood
from tests.bench.peer import Echo, EchoOnAiohttp
from tests.bench.people import SCRIPT, People
from tests.bench.stretches import stretches
from tests.support.lab import lab

PEOPLE, UNHURRIED = 500, 150
WARM_UP, FLOOD, PACED = 1.0, 3.0, 4.0
"""Seconds."""
ALONE = 50
"""How often one person says the script, where a turn comes alone."""
RATE = 100.0
"""Updates a second where nobody floods."""
WHERE_GOALS_WERE_SET = 570.0
"""Replies a second of PTB's default echo on the machine on which the goals were set."""
FAR = 0.05
"""Seconds there and back, where the server is not near."""


class Bot(programs.Bot, Protocol):
    """A bot that people talk with."""

    name: str
    keeps: bool
    """Whether it has to have done all its work in the end."""

    def __init__(self, folder: Path, people: People) -> None: ...
    def verify(self) -> None: ...


Result = TypeVar("Result")


@dataclass(frozen=True)
class Flood:
    """Replies a second, seconds of the processor for a thousand of them, and the shares of their cores that
    the bot had and the server needed."""

    replies: float
    cpu: float
    core: float
    server: float


async def beside_the_default(runs: int) -> Sequence[Figure]:
    """Row 1."""
    ours, echo = await in_turn(runs, flooded, (InTheFlood, Echo))
    figures = ("replies", "cpu", "core", "server")
    beside = [Figure(*([getattr(run, name) for run in side] for side in (ours, echo))) for name in figures]
    return [*beside, Figure([run.replies for run in echo], [WHERE_GOALS_WERE_SET])]


async def beside_aiohttp(runs: int) -> Sequence[Figure]:
    """Row 2."""
    ours, echo = await in_turn(runs, flooded, (InTheFlood, EchoOnAiohttp))
    return [
        Figure(*([getattr(run, figure) for run in side] for side in (ours, echo)))
        for figure in ("replies", "cpu")
    ]


async def far_away(runs: int) -> Sequence[Figure]:
    """Row 3: all say three things at once, so that their order can be seen."""

    async def flooded_far(kind: type[Bot]) -> Flood:
        return await flooded(kind, distance=FAR, ahead=len(SCRIPT))

    ours, *echoes = await in_turn(runs, flooded_far, (InTheFlood, EchoOnAiohttp, Echo))
    beside = [Figure([run.replies for run in ours], [run.replies for run in echo]) for echo in echoes]
    return [*beside, Figure([run.core for run in ours], [run.core for run in echoes[0]])]


async def paced(runs: int) -> Sequence[Figure]:
    """Row 4."""
    ours, echo = await in_turn(runs, waits, (InTheFlood, Echo))
    beside = [Figure(*([run[figure] for run in side] for side in (ours, echo))) for figure in range(3)]
    with programs.folder() as folder:
        fill(sqlite(folder), 1)
        return [*beside, Figure([await programs.alone(_transaction, sqlite(folder)) for _ in range(runs)])]


async def in_turn(
    runs: int, measure: Callable[[type[Bot]], Awaitable[Result]], kinds: Sequence[type[Bot]]
) -> list[list[Result]]:
    """The runs of each bot, one after the other in turn."""
    results: list[list[Result]] = [[] for _ in kinds]
    for number in range(1, runs + 1):
        for kind, side in zip(kinds, results, strict=True):
            print(f"run {number} of {runs}: {kind.name}", file=sys.stderr)
            side.append(await measure(kind))
    return results


async def flooded(kind: type[Bot], *, distance: float = 0.0, ahead: int = 1) -> Flood:
    """Everybody speaks as soon as they are answered. Raises AssertionError when ours did not do its work."""
    people = People(PEOPLE, distance=distance, ahead=ahead)
    async with talking(kind, people) as program:
        people.flood()
        await asyncio.sleep(WARM_UP)
        before = people.replies, program.cpu, time.process_time(), time.perf_counter()
        await asyncio.sleep(FLOOD)
        after = people.replies, program.cpu, time.process_time(), time.perf_counter()
    replies, cpu, served, seconds = (b - a for a, b in zip(before, after, strict=True))
    return Flood(replies / seconds, 1000 * cpu / replies, cpu / seconds, served / seconds)


async def waits(kind: type[Bot]) -> tuple[float, float, float]:
    """Milliseconds from a word to its reply for half and for 99 % of them, at an even rate; and seconds of
    the processor for a thousand."""
    people = People(UNHURRIED)
    async with talking(kind, people) as program:
        await people.pace(RATE, WARM_UP)
        people.waits.clear()
        replies, cpu = people.replies, program.cpu
        await people.pace(RATE, PACED)
        await people.calm()
        spent = 1000 * (program.cpu - cpu) / (people.replies - replies)
    centiles = statistics.quantiles([1000 * wait for wait in people.waits], n=100)
    return centiles[49], centiles[98], spent


def _transaction(url: str) -> float:
    """Milliseconds of the transaction of a turn that comes alone, half of them."""
    return asyncio.run(_transactions(url))


async def _transactions(url: str) -> float:
    async with lab(url, handlers) as here:
        busy = stretches(here.database)
        for words in SCRIPT * ALONE:
            await asyncio.sleep(1 / RATE)
            await here.engine.receive(here.incoming(str(FIRST), Words(words)))
        return 1000 * statistics.median(busy)


@asynccontextmanager
async def talking(kind: type[Bot], people: People) -> AsyncIterator[programs.Program]:
    """The bot with its people. What it keeps is checked at the end, once all is answered."""
    with programs.folder() as folder:
        async with people.server as server:
            bot = kind(folder, people)
            async with programs.started(bot, folder) as program:
                async with asyncio.timeout(programs.STUCK):
                    await server.polled.wait()
                yield program
                if kind.keeps:
                    await people.calm()
                else:
                    await program.kill()
        bot.verify()
