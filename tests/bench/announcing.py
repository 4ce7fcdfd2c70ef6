"""Rows 5 and 12: an announcement on a server that enforces its limits, while some ask the bot something."""

import asyncio
import json
import math
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

from tests.bench.crowd import FIRST, fill, sqlite
from tests.bench.figures import Figure
from tests.bench.limits import MINUTE, Limits
from tests.bench.ours import Ours
from tests.bench.programs import STUCK, folder, started
from tests.bench.server import Server

FAR = 0.06
"""Seconds to the server and back."""
TELEGRAMS, LOWER = 30, 12
"""Messages a second that the server takes: as Telegram says, and fewer."""
READERS, FEWER = 450, 200
WORDS = "On Friday at six we meet at the library."
MANY_ASK = 15.0
"""Seconds that are looked at where so many ask that the announcement takes much longer."""


async def within_limits(runs: int) -> Sequence[Figure]:
    """Row 5."""
    one, ten = [], []
    for _ in range(runs):
        async with Hall(READERS, TELEGRAMS).open() as hall:
            await hall.announce(askers=1)
            one.append(hall)
        async with Hall(READERS, TELEGRAMS).open() as hall:
            await hall.announce(askers=10, seconds=MANY_ASK)
            ten.append(hall)
    return [
        Figure([hall.rate for hall in one]),
        Figure([len(hall.limits.refused) for hall in one]),
        Figure([hall.wait for hall in one]),
        Figure([hall.half for hall in one]),
        Figure([hall.writing for hall in one]),
        Figure([hall.wait for hall in ten]),
        Figure([len(hall.limits.refused) for hall in ten]),
    ]


async def lower_limit(runs: int) -> Sequence[Figure]:
    """Row 12."""
    slower, calm, closed = [], [], []
    refused = []
    for _ in range(runs):
        async with Hall(READERS, LOWER).open() as hall:
            await hall.announce(askers=1)
            slower.append(hall.rate)
            refused.append(hall.refused_a_minute)
        async with Hall(FEWER, TELEGRAMS).open() as hall:
            await hall.announce(askers=1)
            calm.append(hall.rate)
            hall.limits.closed.add(FIRST + 1)
            await hall.announce(askers=1, without=1)
            closed.append(hall.rate)
    return [Figure(slower, [LOWER]), Figure(refused), Figure(closed, calm)]


class Hall:
    """A network of so many readers and the meta-mentor who announces, on a server that takes so many messages
    a second. After an announcement: `rate` is how many messages a second arrived from its first to its last,
    `wait` the milliseconds beyond the way in which 95 % of those who asked were answered, `half` those for
    half of them, and `writing` those of the turn that wrote it."""

    def __init__(self, readers: int, a_second: int) -> None:
        self.limits = Limits(a_second)
        self.rate = self.wait = self.half = self.writing = math.nan
        self._readers = readers
        self._server = Server(self._hear, distance=FAR, limits=self.limits)
        self._announced: list[float] = []
        self._came: list[float] = []
        self._asked: dict[int, float] = {}
        self._waits: list[float] = []
        self._askers = count()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Hall"]:
        """The bot runs, with its limits as they are by default."""
        with folder() as place:
            fill(sqlite(place), self._readers + 1)
            async with self._server as server, started(Ours(place, server), place) as program:
                async with asyncio.timeout(STUCK):
                    await server.polled.wait()
                await asyncio.sleep(1.0)  # it introduces itself
                self._log = program.log
                yield self

    async def announce(self, *, askers: float, seconds: float = math.inf, without: int = 0) -> None:
        """Announce to all, and have `askers` a second ask for help, until all but `without` have it or the
        seconds are over. Raises AssertionError."""
        for heard in (self._announced, self._came, self._waits):
            heard.clear()
        before, _ = self._server.buttons.get(FIRST, (0, []))
        self._server.say(FIRST, f"/announce {WORDS}")
        audience = await self._presses_first(before)
        await self._presses_first(audience)
        asking = asyncio.create_task(self._ask(askers))
        try:
            await self._until_all_have_it(self._readers - without, seconds)
        finally:
            asking.cancel()
        first, last = self._announced[0], self._announced[-1]
        self.rate = sum(first <= came <= last for came in self._came) / (last - first)
        self.wait = 1000 * (statistics.quantiles(self._waits, n=20)[-1] - FAR)
        self.half = 1000 * (statistics.median(self._waits) - FAR)
        self.writing = 1000 * max(json.loads(line).get("seconds", 0.0) for line in self._log.open())

    @property
    def refused_a_minute(self) -> float:
        """Refusals a minute after the first second of them: what is refused within it was on its way."""
        refused = self.limits.refused
        if not refused:
            return 0.0
        later = sum(at > refused[0] + 1 for at in refused)
        return later * MINUTE / (time.perf_counter() - refused[0])

    async def _presses_first(self, after: int) -> int:
        """Whoever announces presses the first button of the message that follows this one; that message."""
        async with asyncio.timeout(STUCK):
            while self._server.buttons.get(FIRST, (0, []))[0] <= after:
                await asyncio.sleep(0.01)
        self._server.press(FIRST, 0)
        return self._server.buttons[FIRST][0]

    async def _ask(self, a_second: float) -> None:
        """One reader after the other asks, evenly, the first half a beat after it was announced: who did so
        at that very moment would stand for all the others."""
        start = time.perf_counter()
        for number in count():
            await asyncio.sleep(start + (number + 0.5) / a_second - time.perf_counter())
            person = FIRST + 1 + next(self._askers) % self._readers
            self._asked[person] = time.perf_counter()
            self._server.say(person, "/help")

    async def _until_all_have_it(self, readers: int, seconds: float) -> None:
        start = time.perf_counter()
        while len(self._announced) < readers and time.perf_counter() - start < seconds:
            last = self._announced[-1] if self._announced else start
            assert time.perf_counter() - last < STUCK, f"{len(self._announced)} of {readers} were reached"
            await asyncio.sleep(0.01)

    def _hear(self, chat: int, words: str) -> None:
        now = time.perf_counter()
        self._came.append(now)
        if WORDS in words and chat != FIRST:
            self._announced.append(now)
        elif chat in self._asked:
            self._waits.append(now - self._asked.pop(chat))
