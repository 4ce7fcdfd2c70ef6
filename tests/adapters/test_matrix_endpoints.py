"""A homeserver that answers garbage, one endpoint after the other: the program lives, Telegram goes on beside
it, and within ten seconds of its return everything is as before.

`ENDPOINTS` names all that the adapter asks of a homeserver. One that it asks and that is not there fails, and
so does one that is there and is never asked.
"""

import ast
import asyncio
import inspect
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import nio
import pytest
from aiohttp import web

from adapters import matrix as adapter_folder
from adapters.matrix import listening
from adapters.matrix.adapter import Matrix
from adapters.matrix.homeserver import client
from adapters.matrix.homeserver.errors import Failed
from adapters.matrix.homeserver.library import Client
from bot.adapter import SendError, Unreachable
from bot.delivery import lane
from bot.message import Chat, Identity, MessageRef, Outgoing
from bot.program import app
from bot.support import backoff
from tests.adapters.test_matrix_day import World, world
from tests.adapters.test_telegram import lines as lines
from tests.support.aio import PATIENCE
from tests.support.matrix_line import Line, line_to
from tests.support.matrix_person import Person, new_account
from tests.support.synapse import homeserver
from tests.support.whole import hears, new
from tests.telegram_server import User

BACK_WITHIN = 10.0
"""Seconds after the homeserver's return until everything is as before."""
GARBAGE: list[tuple[int, bytes, str]] = [
    (200, b"<html>Welcome. SECRET</html>", "text/html"),
    (200, b'{"half": ', "application/json"),
    (200, b'["another", "shape"]', "application/json"),
    (200, b'{"errcode": "M_UNKNOWN", "error": "SECRET"}', "application/json"),
    (502, b"<html>Bad gateway</html>", "text/html"),
]
"""A page, wrong JSON, another shape, an error with 200, without the sections that were asked for, and what a
proxy says."""


@dataclass
class Talk:
    """Ana on Telegram and Bo on Matrix, who talk in an encrypted chat, while one endpoint answers garbage."""

    here: World
    line: Line
    ana: User
    bo: Person
    room: str
    stack: AsyncExitStack

    @property
    def bot(self) -> Matrix:
        matrix = self.here.app.adapters["matrix"]
        assert isinstance(matrix, Matrix)
        return matrix

    @property
    def chat(self) -> Chat:
        return Chat("matrix", self.room)

    async def patiently(self, work: Callable[[], Awaitable[object]]) -> None:
        """Try until it succeeds, as the outbox would. Only what the seam knows may leave."""
        while True:
            with suppress(SendError, Failed):
                await work()
                return
            await asyncio.sleep(0.02)

    async def ana_says(self, words: str = "") -> None:
        self.ana.says(words or f"Words {secrets.token_hex(3)}")

    def forgets_the_key(self) -> None:
        """The next words need a new key for the room."""
        self.bot._open.olm.outbound_group_sessions.pop(self.room, None)


Exercise = Callable[[Talk], Awaitable[None]]
"""What makes the adapter ask; it may go on until the garbage ends."""


async def bo_writes(talk: Talk) -> None:
    await talk.bo.writes(talk.room, "!help")


async def ana_says(talk: Talk) -> None:
    await talk.ana_says()


async def ana_says_with_a_new_key(talk: Talk) -> None:
    talk.forgets_the_key()
    talk.bot._open.rooms[talk.room].members_synced = False
    await talk.ana_says()


async def ana_sends_a_file(talk: Talk) -> None:
    talk.ana.sends("document", data=b"a page", file_name="page.pdf")


async def bo_sends_a_file(talk: Talk) -> None:
    await talk.bo.sends_file(talk.room, b"a page", "page.pdf", "application/pdf")


async def bo_comes_with_another_device(talk: Talk) -> None:
    tablet = Person(talk.bo.server, "Bo", talk.bo.account)
    talk.stack.push_async_callback(tablet.close)
    await tablet.enter()
    talk.forgets_the_key()
    await talk.ana_says()


async def bo_changes_what_we_have_forgotten(talk: Talk) -> None:
    said = await talk.bo.writes(talk.room, "Old words")
    await talk.bo.until(lambda: said in talk.bot._inbox._senders)
    talk.bot._inbox._senders.clear()
    await talk.bo.changes_words(talk.room, said, "New words")


async def bo_writes_much(talk: Talk) -> None:
    for n in range(6):
        await talk.bo.writes(talk.room, f"Many {n}.")


async def bo_opens_another_chat(talk: Talk) -> None:
    await talk.bo.opens_private_chat(talk.here.bot)


async def a_stranger_is_refused(talk: Talk) -> None:
    door = talk.bot._door
    door._policy = replace(door._policy, invites="servers")
    cy = await talk.stack.enter_async_context(Person.on(homeserver(), "Cy"))
    await cy.opens_private_chat(talk.here.bot)


async def a_message_is_taken_back(talk: Talk) -> None:
    await talk.patiently(lambda: talk.bot.delete(MessageRef(talk.chat, f"${secrets.token_hex(16)}")))


async def a_digit_is_put(talk: Talk) -> None:
    message = talk.bo.messages[0].id
    talk.bot._sender._reactions._there.clear()
    await talk.patiently(lambda: talk.bot.mark(MessageRef(talk.chat, message), 1))


async def something_goes_where_we_are_not(talk: Talk) -> None:
    nowhere = Outgoing(1, Chat("matrix", "!none:localhost"), "x", "x")

    async def send() -> None:
        with suppress(Unreachable):
            await talk.bot.send(nowhere)

    await talk.patiently(send)


async def a_chat_is_opened(talk: Talk) -> None:
    cy = await talk.stack.enter_async_context(Person.on(homeserver(), "Cy"))
    await talk.patiently(lambda: talk.bot._rooms.open_direct(cy.account))


async def somebody_is_let_in(talk: Talk) -> None:
    cy = await talk.stack.enter_async_context(Person.on(homeserver(), "Cy"))
    room = await talk.bo.opens_room("Mentors", talk.here.bot)
    await talk.bo.until(lambda: talk.bo.has_joined(room, talk.here.bot))
    chat = Chat("matrix", room, private=False)
    await talk.patiently(lambda: talk.bot.admit(chat, Identity("matrix", cy.account)))


async def we_introduce_ourselves(talk: Talk) -> None:
    name = f"mentor {secrets.token_hex(2)}"
    await talk.patiently(lambda: talk.bot.introduce("", name=name, description="", short=""))


async def a_space_is_looked_for(talk: Talk) -> None:
    door = talk.bot._door
    door._policy = replace(door._policy, invites="members", space="#none:localhost")
    await talk.patiently(door._own_space)


async def an_operator_looks(talk: Talk) -> None:
    await talk.patiently(talk.bot.check)


async def the_start(talk: Talk) -> None:
    """It is asked then by itself."""


AT_THE_START: dict[str, Exercise] = dict.fromkeys(
    (
        "GET login",
        "POST login",
        "GET profile/*",
        "GET user/*/account_data/m.direct",
        "GET sync",
        "GET joined_rooms",
        "POST keys/query",
        "POST keys/upload",
        "POST keys/device_signing/upload",
        "POST keys/signatures/upload",
    ),
    the_start,
)
AT_A_SECOND_START = {"GET account/whoami": the_start}
AT_WORK: dict[str, Exercise] = {
    "PUT rooms/*/send/*/*": bo_writes,
    "POST rooms/*/receipt/m.read/*": bo_writes,
    "PUT rooms/*/typing/*": ana_sends_a_file,
    "POST upload": ana_sends_a_file,
    "GET media/config": ana_sends_a_file,
    "GET media/download/*/*": bo_sends_a_file,
    "PUT rooms/*/redact/*/*": a_message_is_taken_back,
    "GET rooms/*/relations/*/m.annotation/m.reaction": a_digit_is_put,
    "GET rooms/*/event/*": bo_changes_what_we_have_forgotten,
    "GET rooms/*/messages": bo_writes_much,
    "GET rooms/*/joined_members": ana_says_with_a_new_key,
    "GET rooms/*/state/m.room.member/*": something_goes_where_we_are_not,
    "PUT sendToDevice/*/*": ana_says_with_a_new_key,
    "POST keys/claim": bo_comes_with_another_device,
    "POST join/*": bo_opens_another_chat,
    "POST rooms/*/leave": a_stranger_is_refused,
    "POST createRoom": a_chat_is_opened,
    "POST rooms/*/invite": somebody_is_let_in,
    "PUT user/*/account_data/m.direct": a_chat_is_opened,
    "PUT profile/*/displayname": we_introduce_ourselves,
    "GET directory/room/*": a_space_is_looked_for,
    "GET versions": an_operator_looks,
    "GET users/*/override_ratelimit": an_operator_looks,
}
ENDPOINTS = {**AT_THE_START, **AT_A_SECOND_START, **AT_WORK}
OF_THE_LIBRARY = {
    "login": "login",
    "room_send": "rooms/*/send/*/*",
    "room_get_event": "rooms/*/event/*",
    "share_group_session": "sendToDevice/*/*",
    "send_to_device_messages": "sendToDevice/*/*",
    "upload": "upload",
}
"""What we have the library ask, and where that goes."""


# --- which there are -------------------------------------------------------------------------------


def _asked_in(tree: ast.Module) -> set[str]:
    """The endpoints that stand in a file: lists that begin with the first word of one."""
    roots = {name.split()[1].split("/")[0] for name in ENDPOINTS}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.List) and node.elts:
            parts = [each.value if isinstance(each, ast.Constant) else "*" for each in node.elts]
            if parts[0] in roots and isinstance(node.ctx, ast.Load):
                found.add("/".join(map(str, parts)))
    return found


def test_each_endpoint_that_is_asked_is_named() -> None:
    requests = {
        name
        for name, of in vars(nio.AsyncClient).items()
        if inspect.iscoroutinefunction(of) and name not in vars(Client)
    }
    paths, of_library = set[str](), set[str]()
    for file in Path(adapter_folder.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text())
        paths |= _asked_in(tree)
        of_library |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in requests
            and "client" in ast.unparse(node.value)
            and node.attr != "close"
        }
    assert of_library == OF_THE_LIBRARY.keys()
    named = {endpoint.split()[1].replace("m.direct", "*") for endpoint in ENDPOINTS}
    patterns = {path.replace("m.reaction", "*") if "/send/" in path else path for path in paths}
    patterns = {path.replace("m.room.encrypted", "*") for path in patterns}
    patterns = {"rooms/*/send/*/*" if fnmatch(path, "rooms/*/send/*/*") else path for path in patterns}
    asked = {path for path in patterns if path not in ("rooms", "keys")} | {*OF_THE_LIBRARY.values()}
    assert asked == named


# --- garbage ---------------------------------------------------------------------------------------


_BASE = re.compile(r"^/(_matrix/(client|media)(/v\d)?|_synapse/admin/v\d)/")


@dataclass
class Garbage:
    """One endpoint answers garbage, each kind in turn."""

    endpoint: str
    on: bool = True
    met: int = 0

    def __call__(self, request: web.Request) -> web.Response | None:
        path = _BASE.sub("", request.path)
        method, _, pattern = self.endpoint.partition(" ")
        if not self.on or request.method != method or not fnmatch(path, pattern):
            return None
        if path.count("/") != pattern.count("/"):
            return None
        status, body, type_ = GARBAGE[self.met % len(GARBAGE)]
        self.met += 1
        return web.Response(status=status, body=body, content_type=type_)

    def has_met_more_than(self, n: int) -> bool:
        return self.met > n


@pytest.fixture(
    params=[pytest.param(0.0, id="a moment"), pytest.param(30.0, id="long", marks=pytest.mark.soak)]
)
def seconds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """How long it lasts: a moment, with short waits between the tries, or with those that the program has."""
    if not request.param:
        monkeypatch.setattr(backoff, "FIRST_WAIT", 0.005)
        monkeypatch.setattr(listening, "_OWING_SECONDS", 0.05)
    return float(request.param)


def test_nobody_waits_longer_between_two_tries() -> None:
    waits = (lane.LONGEST_WAIT, listening._OWING_SECONDS, client.LONGEST_WAIT, app.LONGEST_CONNECTING)
    assert max(waits) < BACK_WITHIN


@asynccontextmanager
async def talking(folder: Path, garbage: Garbage) -> AsyncIterator[Talk]:
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(line_to(homeserver()))
        account = new_account(homeserver(), folder)
        if garbage.endpoint in AT_A_SECOND_START:
            async with world(folder, line.url, account) as first:
                await _until(lambda: first.app.adapters["matrix"].last_heard_at > 0)
        line.fault = garbage if garbage.endpoint not in AT_WORK else line.fault
        here = await stack.enter_async_context(world(folder, line.url, account))
        ana = await here.on_telegram(2, "Ana")
        bo = await stack.enter_async_context(Person.on(homeserver(), "Bo", strict=True))
        talk = Talk(here, line, ana, bo, "", stack)
        if garbage.endpoint in AT_WORK:
            await meet(talk)
            line.fault = garbage
        yield talk


async def meet(talk: Talk) -> None:
    talk.room = await talk.here.has_chat(talk.bo)
    await talk.here.talk("2", talk.bo.account)


async def goes_on(exercise: Exercise, talk: Talk, garbage: Garbage) -> None:
    """Exercise until each kind of garbage was met."""
    while garbage.on and garbage.met < len(GARBAGE):
        more = partial(garbage.has_met_more_than, garbage.met)
        await exercise(talk)
        with suppress(TimeoutError):
            await asyncio.wait_for(_until(more), 1.0)


async def _until(done: Callable[[], bool]) -> None:
    while not done():
        await asyncio.sleep(0.01)


async def both_are_heard(talk: Talk) -> None:
    """Words arrive, both ways, in the open for nobody but those two."""
    token = secrets.token_hex(4)
    await talk.bo.writes(talk.room, f"From Bo {token}.")
    await _until(lambda: any(f"From Bo {token}." in text for text in new(talk.ana)))
    talk.ana.says(f"From Ana {token}.")
    await _until(lambda: any(f"From Ana {token}." in shown.text for shown in talk.bo.messages))
    assert all(shown.encrypted for shown in talk.bo.messages if shown.room == talk.room)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_answers_garbage(
    endpoint: str,
    seconds: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tells: Callable[[str], None],
    lines: Callable[[], str],
) -> None:
    if endpoint == "GET rooms/*/messages":
        monkeypatch.setitem(listening._FILTER["room"]["timeline"], "limit", 1)

    async def run() -> None:
        garbage = Garbage(endpoint)
        async with talking(tmp_path, garbage) as talk:
            exercise = asyncio.create_task(goes_on(ENDPOINTS[endpoint], talk, garbage))
            async with asyncio.timeout(20 + 2 * seconds):
                await _until(lambda: garbage.met >= len(GARBAGE) or exercise.done())
            if garbage.met < len(GARBAGE):
                exercise.result()
            zoe = talk.here.server.user(7, "Zoe")
            async with asyncio.timeout(BACK_WITHIN):
                zoe.says("/start")
                await hears(zoe)
            await asyncio.sleep(seconds)
            garbage.on = False
            since = time.monotonic()
            async with asyncio.timeout(BACK_WITHIN):
                await exercise
                if not talk.room:
                    await meet(talk)
                await both_are_heard(talk)
            back = time.monotonic() - since
            if seconds:
                tells(f"{endpoint}: {garbage.met} times garbage, back after {back:.1f} s")

    asyncio.run(asyncio.wait_for(run(), 3 * PATIENCE + seconds))
    assert "SECRET" not in lines()
