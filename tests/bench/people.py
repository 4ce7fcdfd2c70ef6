"""The load: people who talk with the bot, each one step after the other."""

import asyncio
import time
from collections import Counter, deque

from tests.bench.server import Server

SCRIPT = ("/ask papers", "Who translates a birth certificate from Arabic?", "/cancel")
"""What each of them says, again and again: a command with its first answer, words, an end before anything is
sent to others. Each is answered by one message; the last also closes the buttons of the question before."""
FIRST = 1001
"""The account of the first of them; the others follow."""
REST = 0.3
"""Seconds without a request after which the bot has nothing left to do."""
STUCK = 60.0
"""Seconds without an answer after which a run has failed."""


class People:
    """So many people, each in a private chat with the bot. They say the next only once they are answered.

    `updates` is what they said, `replies` what they heard, `heard` counts it by its words, and `waits` are
    the seconds from a word to its reply, since it was last emptied.
    """

    def __init__(self, many: int) -> None:
        self.many = many
        self.server = Server(self._hear)
        self.updates = self.replies = 0
        self.heard: Counter[str] = Counter()
        self.waits: list[float] = []
        self._idle = deque(range(FIRST, FIRST + many))
        self._since: dict[int, float] = {}  # since when somebody waits for a reply
        self._steps: Counter[int] = Counter()
        self._flooding = False

    def flood(self) -> None:
        """From now on everybody speaks as soon as they are answered."""
        self._flooding = True
        while self._idle:
            self._speak()

    async def calm(self) -> None:
        """Let nobody speak by themselves any more, and wait until all are answered and the bot has done what
        it put off. Raises TimeoutError."""
        self._flooding = False
        async with asyncio.timeout(STUCK):
            while self._since or time.perf_counter() - self.server.asked_at < REST:
                await asyncio.sleep(0.01)

    async def pace(self, rate: float, seconds: float) -> None:
        """One after the other speaks, evenly spaced, `rate` times a second."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(start + number / rate - loop.time())
            self._speak()

    def _speak(self) -> None:
        person = self._idle.popleft()
        self._since[person] = time.perf_counter()
        self.updates += 1
        self.server.say(person, SCRIPT[self._steps[person] % len(SCRIPT)])
        self._steps[person] += 1

    def _hear(self, person: int, words: str) -> None:
        self.replies += 1
        self.heard[words] += 1
        if (since := self._since.pop(person, None)) is not None:
            self.waits.append(time.perf_counter() - since)
            self._idle.append(person)
            if self._flooding:
                self._speak()
