"""Row 19: charts are painted beside the turns: how long a turn takes while they are."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import handlers
from bot.installation import Installation
from bot.making.charts import Bars
from bot.making.sheets import Row
from bot.text import Reader, Verbatim
from db import shape, store
from tests.bench.figures import Figure
from tests.support.lab import Lab, lab

TURNS = 300
PARTS = ((12, 4, 1), (9, 6, 3), (20, 1, 0), (5, 5, 5), (8, 4, 4), (11, 3, 0), (24, 11, 15), (7, 1, 1))
"""As many bars as there are in a chart, each of three parts."""


async def beside_the_turns(runs: int) -> Sequence[Figure]:
    """Row 19."""
    took = [await _run() for _ in range(runs)]
    calm, painting, charts = zip(*took, strict=True)
    return [
        Figure([_at(each, 0.99) for each in painting], [_at(each, 0.99) for each in calm]),
        Figure([_at(each, 0.5) for each in painting], [_at(each, 0.5) for each in calm]),
        Figure([max(each) for each in painting]),
        Figure([statistics.median(each) for each in charts]),
    ]


def _at(took: Sequence[float], share: float) -> float:
    return sorted(took)[int(len(took) * share) - 1]


async def _run() -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds of each turn while nothing else is done, of each while charts are painted one
    after the other, and of each chart."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'bench'}"
        with store.connected(database) as engine:
            shape.migrate(engine)
        async with lab(database, handlers, whole=False) as here:
            await _turns(here, 20)  # everything is loaded
            calm = await _turns(here, TURNS)
            charts: list[float] = []
            painter = asyncio.create_task(_paint(charts))
            await asyncio.sleep(0.5)
            painting = await _turns(here, TURNS)
            painter.cancel()
            with suppress(asyncio.CancelledError):
                await painter
    return calm, painting, charts


async def _turns(here: Lab, many: int) -> list[float]:
    """Let somebody write, again and again."""
    took = []
    for _ in range(many):
        began = time.perf_counter()
        await here.says("ana", "/start")
        took.append(1000 * (time.perf_counter() - began))
    return took


async def _paint(took: list[float]) -> None:
    """Paint one chart after the other, each another one, as letters do it."""
    for number in range(1_000_000):
        rows = [Row(None, parts, sum(parts), Verbatim("2 March 2026")) for parts in PARTS]
        legend = [Verbatim("Good"), Verbatim("So-so"), Verbatim("Not good")]
        chart = Bars("moods.png", Verbatim(f"Chart {number}"), Verbatim(""), rows, legend=legend)
        began = time.perf_counter()
        await asyncio.to_thread(chart.make, None, Installation(), Reader())
        took.append(1000 * (time.perf_counter() - began))
