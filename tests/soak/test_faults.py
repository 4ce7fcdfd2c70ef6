"""Words between Telegram and Matrix over lines at fault, below both real adapters: of all that is written
each message arrives once, in order, or its writer hears once that it did not.

The faults are of every kind that a messenger can have (bot/adapter.py): about the line, on the way there or
back, about how fast we write, about our account, about this one letter. A letter that says "Refuse this" is
refused for good. Every other chat on Matrix is encrypted, and the requests for its keys fail as well.

Telegram has no means to tell a message that is sent again from a new one: where it took one and its answer
was lost, that one comes twice, and only that one.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from aiohttp import web

from bot.program.compose import SETTINGS, real
from bot.program.demo import DEMO_START
from bot.program.state import placed
from bot.support.clock import WoundClock
from db.models import Letter
from db.models.sealed import Sealed
from handlers.protecting import limits
from tests.adapters.test_matrix_day import World, both
from tests.soak.crowd import TIRELESS
from tests.support.matrix_line import Line, line_to
from tests.support.matrix_person import Person, matrix_name, new_account
from tests.support.synapse import homeserver
from tests.telegram_server import Call, Fault, TelegramServer, User

NEVER = "Refuse this"
"""What stands in words that a messenger takes for none of its kind."""
TOLD = "did not get"
"""What stands in the sentence by which somebody hears that their words did not arrive."""
REFUSED_OF = 12
"""One of so many is such a one."""
FAULTS = 0.2
"""The share of requests that meet a fault."""
TOO_FAST_OF = 400
"""Of so many requests one at most is told that we are too fast. A messenger that says so at random, however
slow we are, would have us slower and slower, which is what it asks for."""
AHEAD = 12
"""So many messages one person has on their way at most."""
LOOKS_EVERY = 6.0
"""Seconds after which an app looks for what is new: most of a homeserver's work is to tell it."""
LOST = 0.03
"""The share of answers of a homeserver that are lost."""
SECONDS_EACH = 0.5
"""Within which a message is through, on the slowest machine that we know."""

T = TypeVar("T")

_WORDS = re.compile(rf"(?:Carry this|{NEVER}) [tm]\d+-\d+\.")

_MATTERS = re.compile("/send/m.room|/sync$|/keys/(query|claim)$|/sendToDevice/")
_SENT = re.compile(r"/send/m\.room\.\w+/m(\d+)\.")
_TOO_FAST = {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 300}


# --- the lines -------------------------------------------------------------------------------------


@dataclass
class Faults:
    """What goes wrong on one line: which kinds of faults were met, and how often."""

    messenger: str
    dice: Random
    met: Counter[str] = field(default_factory=Counter)
    on: bool = False
    _asked: int = 0

    def meets(self, kind: str) -> None:
        self.met[f"{self.messenger}: {kind}"] += 1

    def drawn(self, kinds: Sequence[tuple[str, T]]) -> T | None:
        """One of these, at random; mostly None, for none."""
        self._asked += 1
        if self.dice.random() > FAULTS:
            return None
        kind, fault = self.dice.choice(kinds)
        so_far = self.met[f"{self.messenger}: too fast"]
        if kind == "too fast" and so_far * TOO_FAST_OF >= self._asked:
            return None
        self.meets(kind)
        return fault


@dataclass
class Telegram(Faults):
    """Faults on the line to Telegram, and what its server refuses. `again`: the words of which Telegram told
    us nothing though it took them."""

    again: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call) -> Fault | None:
        if not self.on:
            return None
        broken = [
            ("the line breaks", Fault()),
            ("a page of a proxy", Fault(502)),
            ("a page that says all is well", Fault(200, says=b"<html>Welcome</html>")),
            ("an error of the server", Fault(500, says={"ok": False, "error_code": 500, "description": "x"})),
        ]
        if call.method == "getUpdates":
            return self.drawn([*broken, ("updates that nobody heard of", Fault(accepted=True))])
        if call.method != "sendMessage":
            return None
        text = str(call.fields.get("text", ""))
        if NEVER in text and TOLD not in text:
            self.meets("this letter")
            return Fault(
                400, says={"ok": False, "error_code": 400, "description": "Bad Request: something new"}
            )
        lost = Fault(accepted=True)
        carried = [] if TOLD in text else [("the answer is lost", lost)]
        fault = self.drawn([*broken, *carried, ("too fast", Fault(429, retry_after=1))])
        if fault is lost:
            self.again.update(_WORDS.findall(text))
        return fault


@dataclass
class Matrix(Faults):
    """Faults on the line to the homeserver, and what it refuses. `words` tells those of a message by the
    number of its delivery: in an encrypted chat they cannot be seen on the line."""

    words: Callable[[int], str] = lambda number: ""

    def __call__(self, request: web.Request, body: bytes = b"") -> web.Response | None:
        path = request.path
        if not self.on or not _MATTERS.search(path):
            return None
        if (sent := _SENT.search(path)) and NEVER in (text := self.words(int(sent[1]))) and TOLD not in text:
            self.meets("this letter")
            return web.json_response({"errcode": "M_TOO_LARGE", "error": "Too large"}, status=413)
        drawn = self.drawn(
            [
                *([] if "/sync" in path else [("too fast", (429, _TOO_FAST))]),
                ("a page of a proxy", (502, b"<html>")),
                ("a page that says all is well", (200, b"<html>Welcome</html>")),
                ("an answer to something else", (200, {"kind": "of answer"})),
                ("nothing there, says a proxy", (404, b"Not found")),
                ("our account is locked", (401, {"errcode": "M_USER_LOCKED", "soft_logout": True})),
                ("our account is suspended", (403, {"errcode": "M_USER_SUSPENDED"})),
                ("an error of the server", (500, {"errcode": "M_UNKNOWN"})),
            ]
        )
        if drawn is None:
            return None
        status, answer = drawn
        if isinstance(answer, bytes):
            return web.Response(status=status, body=answer, content_type="text/html")
        return web.json_response(answer, status=status)

    def loses(self, request: web.Request) -> bool:
        """Whether what the homeserver answered is lost: it has done what was asked."""
        if not self.on or not _MATTERS.search(request.path) or self.dice.random() > LOST:
            return False
        self.meets("the answer is lost")
        return True


# --- the people ------------------------------------------------------------------------------------


@dataclass
class Pair:
    """Somebody on Telegram and somebody on Matrix, who talk. `from_user` and `from_person` is what each says
    in all; `heard_of` are the words that stand on somebody's screen."""

    user: User
    person: Person
    room: str
    from_user: Sequence[str]
    from_person: Sequence[str]
    heard_of: set[str] = field(default_factory=set)
    _read: set[str] = field(default_factory=set)
    _seen: int = 0

    @property
    def on_telegram(self) -> Sequence[str]:
        """What the bot said there."""
        return [shown.text for shown in self.user.seen]

    @property
    def on_matrix(self) -> Sequence[str]:
        """What the bot said there."""
        return [shown.text for shown in self.person.messages]

    async def talks(self) -> None:
        """Say it all, until it is heard of at one end or the other."""
        await asyncio.gather(self._writes_on_matrix(), self._writes_on_telegram())

    async def _writes_on_matrix(self) -> None:
        async for words in self._in_turn(self.from_person):
            await self.person.writes(self.room, words)

    async def _writes_on_telegram(self) -> None:
        async for words in self._in_turn(self.from_user):
            self.user.says(words)

    async def _in_turn(self, said: Sequence[str]) -> AsyncIterator[str]:
        """Yield what is to be said, as long as not too much of it is on its way."""
        for number, words in enumerate(said):
            while number - len(self.heard_of.intersection(said)) >= AHEAD:
                await self._looks()
            yield words
        while not self.heard_of.issuperset(said):
            await self._looks()

    async def _looks(self) -> None:
        await asyncio.sleep(0.2)
        new = [shown for shown in self.person.messages if shown.id not in self._read]
        self._read.update(shown.id for shown in new)
        seen, self._seen = self.user.seen[self._seen :], len(self.user.seen)
        texts = [*(shown.text for shown in new), *(shown.text for shown in seen)]
        self.heard_of.update(_WORDS.findall("\n".join(texts)))


@dataclass
class Count:
    """What became of what was said. `twice` are those of which no answer was lost."""

    carried: int = 0
    told: int = 0
    lost: int = 0
    twice: int = 0
    again: int = 0
    disorder: int = 0

    def add(
        self, said: Sequence[str], there: Sequence[str], back: Sequence[str], again: Counter[str]
    ) -> None:
        """Count what somebody said, by what was read at the other end and what they were told. `again`: what
        may be there twice."""
        came = [words for text in there if TOLD not in text for words in _WORDS.findall(text)]
        told = Counter(words for text in back if TOLD in text for words in _WORDS.findall(text))
        times = Counter(came)
        carried = [words for words in said if NEVER not in words]
        for words in said:
            right, wrong = (told, times) if NEVER in words else (times, told)
            self.lost += not right[words]
            self.twice += max(0, right[words] - 1 - again[words]) + wrong[words]
        self.carried += sum(times[words] > 0 for words in carried)
        self.told += sum(NEVER in words for words in told)
        self.again += sum(times[words] > 1 for words in again)
        self.disorder += sum(a != b for a, b in zip_longest(dict.fromkeys(came), carried))


@asynccontextmanager
async def world(folder: Path, line: Line, telegram: Telegram) -> AsyncIterator[World]:
    """The program as its config makes it, over these lines."""
    account = replace(new_account(homeserver(), folder), homeserver=line.url)
    async with TelegramServer() as server:
        server.rules.append(telegram)
        clock = WoundClock(DEMO_START)
        app = real(placed(SETTINGS.load(_fast(both(folder, server, account, speed=1000)), {}), folder), clock)
        async with app:
            running = asyncio.create_task(app.run())
            try:
                yield World(app, clock, server, matrix_name(account))
                assert not running.done(), "nothing ends it"
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


def _fast(config: Path) -> Path:
    """The same config with a Telegram that takes as much as anybody sends."""
    config.write_text(config.read_text().replace("[telegram]", "[telegram]\nmessages_per_second = 1000"))
    return config


async def _pair(here: World, stack: AsyncExitStack, number: int, each: int) -> Pair:
    name = f"Bo{number}"
    person = await stack.enter_async_context(Person.on(homeserver(), name))
    person.looks_every = LOOKS_EVERY
    await here.enter(name, "matrix", person.account)
    room = await person.opens_private_chat(here.bot, encrypted=number % 2 == 1)
    await person.hears(room)
    user = await here.on_telegram(100 + number, f"Ana{number}")
    await here.talk(str(user.id), person.account)
    return Pair(user, person, room, _words("t", number, each), _words("m", number, each))


def _words(side: str, pair: int, count: int) -> Sequence[str]:
    return [
        f"{NEVER if n % REFUSED_OF == REFUSED_OF - 1 else 'Carry this'} {side}{pair}-{n}."
        for n in range(count)
    ]


# --- what is promised ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "each"),
    [pytest.param(4, 25, id="200"), pytest.param(10, 500, id="10000", marks=pytest.mark.soak)],
)
def test_all_that_is_written_arrives_once_and_in_order_or_its_writer_hears(
    pairs: int, each: int, tmp_path: Path, tells: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WORDS", TIRELESS)
    asyncio.run(asyncio.wait_for(_run(pairs, each, tmp_path, tells), 120 + pairs * each * 2 * SECONDS_EACH))


async def _run(pairs: int, each: int, folder: Path, tells: Callable[[str], None]) -> None:
    total = pairs * each * 2
    telegram, matrix = Telegram("Telegram", Random(21)), Matrix("Matrix", Random(22))
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(line_to(homeserver()))
        line.fault_of_body, line.loses = matrix, matrix.loses
        here = await stack.enter_async_context(world(folder, line, telegram))
        matrix.words = partial(_words_of, here)
        people = [await _pair(here, stack, number, each) for number in range(pairs)]
        telegram.on = matrix.on = True
        await asyncio.gather(*(pair.talks() for pair in people))
        telegram.on = matrix.on = False
        await here.app.outbox.flush()
        count = Count()
        for pair in people:
            assert not pair.person.unreadable
            count.add(pair.from_user, pair.on_matrix, pair.on_telegram, Counter())
            count.add(pair.from_person, pair.on_telegram, pair.on_matrix, telegram.again)
        kinds = ", ".join(f"{kind} {many}" for kind, many in sorted((telegram.met + matrix.met).items()))
        tells(
            f"{total} messages over lines at fault: {count.carried} carried, {count.told} refused and told, "
            f"{count.lost} lost without a word, {count.twice} twice, {count.disorder} out of order; "
            f"{count.again} came again, for their answer was lost. Met: {kinds}"
        )
        assert (count.lost, count.twice, count.disorder) == (0, 0, 0)
        assert count.carried + count.told == total


def _words_of(here: World, delivery: int) -> str:
    """The words of a delivery that is on its way."""
    query = (
        f"SELECT body FROM letters JOIN deliveries ON letter_id = letters.id WHERE deliveries.id = {delivery}"
    )
    type_, dialect = Letter.__table__.c.body.type, here.app.database.dialect
    assert isinstance(type_, Sealed)
    return str([type_.process_result_value(json.loads(str(body)), dialect) for (body,) in here.look(query)])
