"""Row 10: the memory of the program with both messengers, and how soon it answers after its start."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.bench.crowd import fill, sqlite
from tests.bench.figures import Figure
from tests.bench.homeserver import Homeserver, homeserver
from tests.bench.ours import UNLIMITED, Ours
from tests.bench.peer import Echo
from tests.bench.people import People
from tests.bench.programs import ROOT, STUCK, Bot, alone, folder, started

GIVEN = ("telegram", "nio", "sqlalchemy.orm", "apscheduler.schedulers.asyncio", "babel")
"""What the program is built on, whoever builds it."""
PEOPLE = 100
RATE, SECONDS = 100.0, 3.0
"""What they say before the memory is looked at: each their whole script."""


async def both_messengers(runs: int) -> Sequence[Figure]:
    """Row 10. The login on Matrix, which is for ever, is made before."""
    ours, echoes = [], []
    with folder() as place, homeserver(place) as home:
        fill(sqlite(place), PEOPLE)
        await _ours(place, home)
        for _ in range(runs):
            ours.append(await _ours(place, home))
            echoes.append(await _measured(partial(Echo, place), place))
    memory, starts = ([run[n] for run in ours] for n in (0, 1))
    peer = [run[0] for run in echoes]
    libraries = await alone(_libraries)
    return [Figure(memory, peer), Figure([libraries], peer), Figure(starts)]


def _libraries() -> float:
    """MiB of a program that only loads the libraries which are given."""
    loading = f"import {', '.join(GIVEN)}; from tests.bench.programs import memory; print(memory())"
    done = subprocess.run([sys.executable, "-c", loading], cwd=ROOT, capture_output=True, check=True)
    return float(done.stdout)


async def _ours(place: Path, home: Homeserver) -> tuple[float, float]:
    def bot(people: People) -> Bot:
        return Ours(place, people.server, {**UNLIMITED, **home.settings})

    before = len(home.requests("/sync"))
    measured = await _measured(bot, place)
    assert len(home.requests("/sync")) > before, "it was not on Matrix"
    return measured


async def _measured(bot: Callable[[People], Bot], place: Path) -> tuple[float, float]:
    """MiB after some talk, and seconds from the start until somebody who had written before was answered."""
    people = People(PEOPLE)
    async with people.server:
        began = time.perf_counter()
        await people.pace(1.0, 1.0)
        async with started(bot(people), place) as program:
            async with asyncio.timeout(STUCK):
                while not people.replies:
                    await asyncio.sleep(0.005)
            answered = time.perf_counter() - began
            await people.pace(RATE, SECONDS)
            await people.calm()
            return program.memory, answered
