"""Row 13: killed in the middle of its work, again and again, while people go on writing."""

import asyncio
import itertools
import random
import re
from collections import Counter
from collections.abc import Sequence

from tests.bench.crowd import FIRST, fill, sqlite
from tests.bench.figures import Figure
from tests.bench.ours import UNLIMITED, Ours
from tests.bench.programs import STUCK, folder, started
from tests.bench.server import Server

KILLS = 10
PEOPLE = 100
RATE = 30.0
"""Updates a second."""
FAR = 0.05
"""Seconds to the server and back."""
MARKED = 0.02
"""Seconds that may pass from an answer of the server until it is on the disk that a message is sent."""
MOMENT = (0.5, 1.0)
"""Between these seconds after the backlog is done, it is killed."""


async def killed(runs: int) -> Sequence[Figure]:
    """Row 13."""
    doubled, lost = [], []
    for number in range(runs):
        counting = Counting()
        await counting.survive(random.Random(number))
        doubled.append(counting.doubled / KILLS)
        lost.append(counting.lost)
    return [Figure(doubled, [RATE * (FAR + MARKED)]), Figure(lost)]


class Counting:
    """People say numbers as commands that nobody knows, one after the other; each is answered by itself."""

    def __init__(self) -> None:
        self._server = Server(self._hear, distance=FAR)
        self._said = 0
        self._heard: Counter[int] = Counter()

    @property
    def doubled(self) -> int:
        return self._heard.total() - len(self._heard)

    @property
    def lost(self) -> int:
        return self._said - len(self._heard)

    async def survive(self, rng: random.Random) -> None:
        """Have it killed so often."""
        with folder() as place:
            fill(sqlite(place), PEOPLE)
            async with self._server as server:
                bot = Ours(place, server, UNLIMITED)
                saying = asyncio.create_task(self._say())
                for _ in range(KILLS):
                    async with started(bot, place) as program:
                        await self._answered(behind=int(RATE))
                        await asyncio.sleep(rng.uniform(*MOMENT))
                        await program.kill()
                async with started(bot, place):
                    saying.cancel()
                    await self._answered(behind=0)

    async def _say(self) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number in itertools.count():
            await asyncio.sleep(start + number / RATE - loop.time())
            self._server.say(FIRST + number % PEOPLE, f"/n{number}x")
            self._said += 1

    async def _answered(self, *, behind: int) -> None:
        """Wait until no more than so many are unanswered. Raises TimeoutError."""
        async with asyncio.timeout(STUCK):
            while self.lost > behind:
                await asyncio.sleep(0.01)

    def _hear(self, _chat: int, words: str) -> None:
        if number := re.search(r"/n(\d+)x", words):
            self._heard[int(number[1])] += 1
