"""The load: people who talk with the bot, each one step after the other."""

import asyncio
import time
from collections import Counter, defaultdict, deque

from tests.bench.crowd import FIRST
from tests.bench.programs import STUCK
from tests.bench.server import Server

SCRIPT = ("/ask papers", "Who translates a birth certificate from Arabic?", "/cancel")
"""What each of them says, again and again: a command with its first answer, words, an end before anything is
sent to others. Each is answered by one message; the last also closes the buttons of the question before."""
REST = 0.3
"""Seconds without a request after which the bot has nothing left to do."""


class People:
    """So many people, each in a private chat with the bot. They say the next, or the next `ahead`, only once
    all before is answered.

    `updates` is what they said, `replies` what they heard, `disordered` how much of that was not the answer
    to what they said at that point, and `waits` are the seconds from a word to its reply, since it was last
    emptied.
    """

    def __init__(self, many: int, *, distance: float = 0.0, ahead: int = 1) -> None:
        self.many = many
        self.server = Server(self._hear, distance=distance)
        self.updates = self.replies = self.disordered = 0
        self.waits: list[float] = []
        self._ahead = ahead
        self._idle = deque(range(FIRST, FIRST + many))
        self._since: defaultdict[int, deque[float]] = defaultdict(deque)  # since when they wait for replies
        self._said: Counter[int] = Counter()
        self._heard: Counter[int] = Counter()
        self._answers: dict[int, str] = {}
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
            while self.replies < self.updates or time.perf_counter() - self.server.asked_at < REST:
                await asyncio.sleep(0.01)

    async def pace(self, rate: float, seconds: float) -> None:
        """One after the other speaks, evenly spaced, `rate` times a second."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(start + number / rate - loop.time())
            self._speak()

    def verify(self) -> None:
        """Whether all were answered, each step by its own answer. Raises AssertionError."""
        assert self.replies == self.updates, f"{self.replies} replies to {self.updates} updates"
        assert len(set(self._answers.values())) == len(SCRIPT), f"not the expected replies: {self._answers}"
        assert not self.disordered, f"{self.disordered} replies out of their order"

    def _speak(self) -> None:
        person = self._idle.popleft()
        for _ in range(self._ahead):
            self._since[person].append(time.perf_counter())
            self.updates += 1
            self.server.say(person, SCRIPT[self._said[person] % len(SCRIPT)])
            self._said[person] += 1

    def _hear(self, person: int, words: str) -> None:
        self.replies += 1
        step = self._heard[person] % len(SCRIPT)
        self._heard[person] += 1
        self.disordered += words != self._answers.setdefault(step, words)
        waits = self._since[person]
        if waits:
            self.waits.append(time.perf_counter() - waits.popleft())
            if not waits:
                self._idle.append(person)
                if self._flooding:
                    self._speak()
