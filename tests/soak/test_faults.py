"""Words between Telegram and Matrix over lines at fault, below both real adapters: of all that is written
each message arrives once, in order, or its writer hears once that it did not.

The faults are of every kind that a messenger can have (bot/adapter.py): about the line, about how fast we
write, about our account, about this one letter. A letter that says "Refuse this" is refused for good.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import web

from bot.program.compose import SETTINGS, real
from bot.program.demo import DEMO_START
from bot.program.state import placed
from bot.support.clock import WoundClock
from handlers.protecting import limits
from tests.adapters.test_matrix_day import World, both
from tests.soak.crowd import TIRELESS
from tests.support.matrix_line import Line, line_to
from tests.support.matrix_person import Person, matrix_name, new_account
from tests.support.synapse import homeserver
from tests.telegram_server import Call, Fault, TelegramServer, User

NEVER = "Refuse this"
"""What stands in words that a messenger takes for none of its kind."""
REFUSED_OF = 12
"""One of so many is such a one."""
FAULTS = 0.2
"""The share of requests that meet a fault."""
TOO_FAST = 15
"""So often at most a messenger says that we are too fast. One that says so at random, however slow we are,
would have us slower and slower, which is what it asks for."""
SECONDS_EACH = 0.5
"""Within which a message is through, on the slowest machine that we know."""


_ERROR = {"ok": False, "error_code": 500, "description": "Internal Server Error"}


# --- the lines -------------------------------------------------------------------------------------


@dataclass
class Telegram:
    """Faults on the line to Telegram, and what its server refuses."""

    dice: Random
    met: Counter[str] = field(default_factory=Counter)
    on: bool = False

    def __call__(self, call: Call) -> Fault | None:
        if not self.on or call.method != "sendMessage":
            return None
        if NEVER in str(call.fields.get("text", "")) and "did not get" not in str(call.fields["text"]):
            self.met["Telegram: this letter"] += 1
            said = {"ok": False, "error_code": 400, "description": "Bad Request: something new"}
            return Fault(400, says=said)
        if self.dice.random() > FAULTS:
            return None
        kind, fault = self.dice.choice(
            [
                ("the line breaks", Fault()),
                ("a page of a proxy", Fault(502)),
                ("a page that says all is well", Fault(200, says=b"<html>Welcome</html>")),
                ("too fast", Fault(429, retry_after=1)),
                (
                    "an error of the server",
                    Fault(500, says={"ok": False, "error_code": 500, "description": "x"}),
                ),
            ]
        )
        if kind == "too fast" and self.met[f"Telegram: {kind}"] >= TOO_FAST:
            return None
        self.met[f"Telegram: {kind}"] += 1
        return fault


@dataclass
class Matrix:
    """Faults on the line to the homeserver, and what it refuses."""

    dice: Random
    met: Counter[str] = field(default_factory=Counter)
    on: bool = False

    def __call__(self, request: web.Request, body: bytes = b"") -> web.Response | None:
        path = request.path
        if not self.on or ("/send/m.room.message" not in path and "/sync" not in path):
            return None
        if "/send/" in path and NEVER.encode() in body and b"did not get" not in body:
            self.met["Matrix: this letter"] += 1
            return web.json_response({"errcode": "M_TOO_LARGE", "error": "Too large"}, status=413)
        if self.dice.random() > FAULTS:
            return None
        kinds: list[tuple[str, int, Any]] = [
            ("a page of a proxy", 502, b"<html>"),
            ("a page that says all is well", 200, b"<html>Welcome</html>"),
            ("an answer to something else", 200, {"kind": "of answer"}),
            ("nothing there, says a proxy", 404, b"Not found"),
            ("too fast", 429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 300}),
            ("our account is locked", 401, {"errcode": "M_USER_LOCKED", "soft_logout": True}),
            ("our account is suspended", 403, {"errcode": "M_USER_SUSPENDED"}),
            ("an error of the server", 500, {"errcode": "M_UNKNOWN"}),
        ]
        kind, status, answer = self.dice.choice(kinds)
        if kind == "too fast" and self.met[f"Matrix: {kind}"] >= TOO_FAST:
            return None
        self.met[f"Matrix: {kind}"] += 1
        if isinstance(answer, bytes):
            return web.Response(status=status, body=answer, content_type="text/html")
        return web.json_response(answer, status=status)


# --- the people ------------------------------------------------------------------------------------


@dataclass
class Pair:
    """Somebody on Telegram and somebody on Matrix, who talk."""

    user: User
    person: Person
    room: str


@asynccontextmanager
async def world(folder: Path, line: Line, telegram: Telegram) -> AsyncIterator[World]:
    """The program as its config makes it, over these lines."""
    account = replace(new_account(homeserver(), folder), homeserver=line.url)
    async with TelegramServer() as server:
        server.rules.append(telegram)
        clock = WoundClock(DEMO_START)
        app = real(placed(SETTINGS.load(both(folder, server, account, speed=1000), {}), folder), clock)
        async with app:
            running = asyncio.create_task(app.run())
            try:
                yield World(app, clock, server, matrix_name(account))
                assert not running.done(), "nothing ends it"
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def _pair(here: World, stack: AsyncExitStack, number: int) -> Pair:
    name = f"Bo{number}"
    person = await stack.enter_async_context(Person.on(homeserver(), name))
    await here.enter(name, "matrix", person.account)
    room = await person.opens_private_chat(here.bot, encrypted=False)
    await person.hears(room)
    user = await here.on_telegram(100 + number, f"Ana{number}")
    await here.talk(str(user.id), person.account)
    return Pair(user, person, room)


def _words(side: str, pair: int, count: int) -> list[str]:
    return [
        f"{NEVER if n % REFUSED_OF == REFUSED_OF - 1 else 'Carry this'} {side}{pair}-{n}."
        for n in range(count)
    ]


# --- what is promised ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "each"),
    [pytest.param(4, 12, id="96"), pytest.param(10, 500, id="10000", marks=pytest.mark.soak)],
)
def test_all_that_is_written_arrives_once_and_in_order_or_its_writer_hears(
    pairs: int, each: int, tmp_path: Path, tells: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WORDS", TIRELESS)
    asyncio.run(asyncio.wait_for(_run(pairs, each, tmp_path, tells), 60 + pairs * each * 2 * SECONDS_EACH))


async def _run(pairs: int, each: int, folder: Path, tells: Callable[[str], None]) -> None:
    telegram, matrix = Telegram(Random(21)), Matrix(Random(22))
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(line_to(homeserver()))
        line.fault_of_body = matrix
        here = await stack.enter_async_context(world(folder, line, telegram))
        people = [await _pair(here, stack, number) for number in range(pairs)]
        telegram.on = matrix.on = True
        said = [(_words("t", n, each), _words("m", n, each)) for n in range(pairs)]
        await asyncio.gather(
            *(_say(pair, *words) for pair, words in zip(people, said, strict=True)),
        )
        for pair, (from_user, from_person) in zip(people, said, strict=True):
            await _heard_all(pair, from_user, from_person)
        telegram.on = matrix.on = False
        lost = twice = disorder = told = 0
        for pair, (from_user, from_person) in zip(people, said, strict=True):
            on_matrix = [shown.text for shown in pair.person.messages if shown.room == pair.room]
            on_telegram = [shown.text for shown in pair.user.seen]
            for sent, heard, back in (
                (from_user, on_matrix, on_telegram),
                (from_person, on_telegram, on_matrix),
            ):
                carried = [words for words in sent if NEVER not in words]
                came = [_first_line(text).partition(": ")[2] for text in heard if "Carry this" in text]
                lost += len(set(carried) - set(came))
                twice += len(came) - len(set(came))
                disorder += sum(a != b for a, b in zip(came, carried, strict=False))
                for words in sent:
                    if NEVER in words:
                        here_told = sum(words in text and "did not get" in text for text in back)
                        told += here_told
                        lost += not here_told
                        twice += max(0, here_told - 1)
                        assert not any(words in text and "did not get" not in text for text in heard)
        total = pairs * each * 2
        kinds = ", ".join(f"{kind} {many}" for kind, many in sorted((telegram.met + matrix.met).items()))
        tells(
            f"{total} messages over lines at fault: {total - told} carried, {told} refused and told, "
            f"{lost} lost without a word, {twice} twice, {disorder} out of order. Met: {kinds}"
        )
        assert (lost, twice, disorder) == (0, 0, 0)
        assert told == sum(NEVER in words for pair in said for side in pair for words in side)


def _first_line(text: str) -> str:
    """What was carried, without what is offered below somebody's first words."""
    return text.partition("\n\n")[0]


async def _say(pair: Pair, from_user: list[str], from_person: list[str]) -> None:
    async def by_person() -> None:
        for words in from_person:
            await pair.person.writes(pair.room, words)

    async def by_user() -> None:
        for words in from_user:
            pair.user.says(words)
            await asyncio.sleep(0.01)

    await asyncio.gather(by_person(), by_user())


async def _heard_all(pair: Pair, from_user: list[str], from_person: list[str]) -> None:
    """Wait until each message is heard of, at one end or the other."""

    def is_heard() -> bool:
        everything = " ".join(
            [shown.text for shown in pair.person.messages] + [shown.text for shown in pair.user.seen]
        )
        return all(words in everything for words in (*from_user, *from_person))

    while not is_heard():
        await asyncio.sleep(0.2)
