"""People who write without end, whether the program is there or not, and what they hear.

Each of them begins one exchange after the other. An exchange has a number that stands in exactly one message
of the bot, on the screen of the one who begins it or of the one whom their words are carried to: so a number
that is never seen is lost, and one that is seen twice is doubled.
"""

import asyncio
import re
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle, pairwise
from pathlib import Path

from sqlalchemy import select

from bot.program import cast
from bot.support.clock import RealClock
from db import people, seal, store
from db.engine import turns
from db.help import relays
from db.models import Delivery, Letter, sealed
from db.network import networks
from handlers.protecting import limits
from tests.support.around import where_it_is_day

SILENCE = 30.0
"""Seconds after which nothing comes any more."""

Habit = Callable[[str, str], Sequence[str]]
"""What somebody writes in one exchange, from the mark of commands and the number."""


def counts(mark: str, number: str) -> Sequence[str]:
    """Count aloud, which is no command: the bot says that it does not know this one."""
    return [f"{mark}{number}"]


def asks(mark: str, number: str) -> Sequence[str]:
    """Begin a request, answer the question, and leave it at the preview, which alone repeats the need."""
    return [f"{mark}ask papers", f"Where is {number}?", f"{mark}cancel"]


def talks(_mark: str, number: str) -> Sequence[str]:
    """Say something to the one at the other end of a relay."""
    return [number]


HABITS: Sequence[Habit] = (talks, talks, counts, asks)
"""Of each four people two talk with each other."""


TIRELESS = replace(limits.WORDS, most=sys.maxsize)
"""The limit of words for a crowd that writes more than people can."""


class Somebody(ABC):
    """One of the crowd.

    said:      how many exchanges they began
    messages:  of how many messages these were
    heard:     the numbers on their screen, in the order in which they came, and how often
    listener:  on whose screen their own numbers are to be seen
    """

    def __init__(self, name: str, account: str, mark: str, habit: Habit) -> None:
        self.name, self.account, self.habit = name, account, habit
        self.said = self.messages = 0
        self.heard: Counter[int] = Counter()
        self.listener = self
        self._mark = mark
        self._read = 0

    @abstractmethod
    async def writes(self, words: str) -> None:
        """Write to the bot."""

    @abstractmethod
    def texts(self, start: int) -> Sequence[str]:
        """What the bot wrote to them, from that message on."""

    @property
    @abstractmethod
    def chat(self) -> str:
        """Their private chat, as the database has it."""

    async def begins(self) -> None:
        """Go through the next exchange, without waiting for what comes back."""
        number, self.said = self.said, self.said + 1
        for words in self.habit(self._mark, f"n{number}x"):
            self.messages += 1
            await self.writes(words)

    def looks(self) -> None:
        """Read what is new on the screen."""
        texts = self.texts(self._read)
        self._read += len(texts)
        self.heard.update(number for text in texts for number in numbers(text))

    @property
    def answers(self) -> Counter[int]:
        """The numbers that came back."""
        return self.listener.heard


def numbers(text: str) -> list[int]:
    """The numbers in a text."""
    return [int(number) for number in re.findall(r"\bn(\d+)x", text)]


@dataclass
class Crowd(ABC):
    """Everybody on one messenger, and the program's config and database.

    most:  how many exchanges wait for their answer at most
    line:  held by who writes, for a whole exchange
    """

    messenger: str
    config: Path
    database: str
    most: int
    everybody: Sequence[Somebody] = ()
    _written_off: int = 0
    line: asyncio.Lock = field(default_factory=asyncio.Lock)

    @abstractmethod
    def all_confirmed(self) -> bool:
        """Whether the program has told the messenger that everything is handled."""

    @abstractmethod
    async def is_gone(self) -> None:
        """Wait until the messenger has seen all that a dead program had sent."""

    @abstractmethod
    async def breaks(self) -> None:
        """The messenger goes away for a while and comes back."""

    def make_members(self) -> None:
        """Let all be members of one network, those who talk in pairs."""
        now = RealClock().now()
        talking = [one for one in self.everybody if one.habit is talks]
        with turns.opened(self.database) as sessions, sessions.begin() as db:
            for one in self.everybody:
                member = cast.Character(
                    one.name, self.messenger, one.account, "en", "member", None, ("papers",), ("en",)
                )
                cast.enter(db, member, time_zone=where_it_is_day(), now=now - timedelta(days=1))
            network = networks.by_name(db, cast.NETWORK)
            assert network is not None
            for one, other in list(pairwise(talking))[::2]:
                found = [people.find(db, self.messenger, each.account) for each in (one, other)]
                asker, helper = (identity.person for identity in found if identity is not None)
                relays.open_relay(
                    db, network, request_id=None, asker=asker, helper=helper, asker_named=True, now=now
                )
                one.listener, other.listener = other, one

    # --- writing -----------------------------------------------------------------------------------

    async def write(self) -> None:
        """Write until cancelled, as fast as it is answered, and a little faster."""
        for one in cycle(self.everybody):
            while self._owed() >= self.most:
                await asyncio.sleep(0.005)
            async with self.line:
                await one.begins()
            await asyncio.sleep(0)

    def writes_off(self) -> None:
        """Wait no more for what is not answered yet: a sabotaged program may have lost it."""
        self._written_off += self._owed()

    def _owed(self) -> int:
        for one in self.everybody:
            one.looks()
        return sum(one.said - len(one.answers) for one in self.everybody) - self._written_off

    async def say_last(self) -> None:
        """Write once more, and wait until that is answered and all is confirmed and sent; or until nothing
        has come for so long that what is missing is lost."""
        for one in self.everybody:
            await one.begins()
        until, before = time.monotonic() + SILENCE, self._owed()
        while not self._is_calm() and time.monotonic() < until:
            await asyncio.sleep(0.02)
            if (now := self._owed()) != before:
                until, before = time.monotonic() + SILENCE, now

    def _is_calm(self) -> bool:
        answered = all(one.said - 1 in one.answers for one in self.everybody)
        return answered and self.all_confirmed() and not self._waiting()

    # --- counting ----------------------------------------------------------------------------------

    def complaints(self) -> list[str]:
        """What somebody complained about: the program in its log, or the messenger."""
        return [line for line in self.config.with_name("log").read_text().splitlines() if " error " in line]

    async def in_flight(self) -> set[tuple[str, int, int]]:
        """After a kill: what is there that the program did not write down as sent, as chat, number, and how
        often it is there. This, and nothing else, it sends again."""
        await self.is_gone()
        waiting = self._waiting()
        self._owed()
        by_chat = {one.chat: one.heard for one in self.everybody}
        counted = ((chat, number, by_chat[chat][number]) for chat, number in waiting)
        return {(chat, number, times) for chat, number, times in counted if times}

    def _waiting(self) -> list[tuple[str, int]]:
        """What is to be sent, as chats and numbers."""
        query = (
            select(Delivery.chat, Letter.body)
            .join(Letter, Letter.id == Delivery.letter_id)
            .where(Delivery.state == "waiting", Delivery.replaces.is_(None))
        )
        engine = store.connect(self.database)
        key = seal.Key("", self.config.with_name("mentornet.key")).words()
        if key is not None:
            sealed.give(engine, sealed.Seal(key))
        try:
            with engine.connect() as look:
                rows = look.execute(query).all()
        finally:
            engine.dispose()
        return [(row.chat, number) for row in rows for number in numbers(str(row.body))]
