"""Telegram's own ways, against a server as strict as Telegram, and a proof that the server is strict."""

import asyncio
import functools
import io
import json
import logging
import random
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

import adapters.telegram.incoming
import adapters.telegram.webhook
from adapters.telegram.adapter import Telegram
from adapters.telegram.http import TelegramHttp
from adapters.telegram.webhook import Webhook
from bot import markup
from bot.adapter import (
    Alert,
    Later,
    MenuEntry,
    MenuScope,
    Moved,
    Refused,
    SendError,
    Unauthorised,
    Unreachable,
    no_alert,
)
from bot.message import (
    Chat,
    Event,
    Incoming,
    Left,
    Made,
    MessageRef,
    Opened,
    Outgoing,
    Pressed,
    Unsupported,
    Words,
)
from bot.support import backoff, log
from tests.support.aio import PATIENCE, on_loop
from tests.support.around import free_port
from tests.telegram_server import (
    BOT,
    Call,
    Fault,
    Shown,
    TelegramServer,
    User,
    png_size,
    read_html,
)

CHAT = Chat("telegram", "1001")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait as long as a bot does."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0.005)


@pytest.fixture
def lines() -> Iterator[Callable[[], str]]:
    """The whole log so far, as an operator reads it at the level "debug"."""
    root, ours = logging.getLogger(), logging.getLogger(log.ROOT)
    before = root.level, ours.level, root.handlers[:]
    stream = io.StringIO()
    log.configure("debug", "text", stream)
    yield stream.getvalue
    root.setLevel(before[0])
    ours.setLevel(before[1])
    root.handlers[:] = before[2]


def telegram(
    server: TelegramServer,
    *,
    token: str = "",
    http: TelegramHttp | None = None,
    webhook: Webhook | None = None,
    alert: Alert = no_alert,
) -> Telegram:
    """An adapter for this server."""
    return Telegram(
        token=token or server.token,
        api_url=server.url,
        poll_seconds=5,
        messages_per_second=30,
        webhook=webhook,
        http=http,
        alert=alert,
    )


@dataclass
class Here:
    """A server with Ana at it, and an adapter that is listening. `store` may raise."""

    server: TelegramServer
    ana: User
    adapter: Telegram
    inbox: asyncio.Queue[Incoming] = field(default_factory=asyncio.Queue)
    store: Callable[[Incoming], None] = lambda incoming: None
    listening: asyncio.Task[None] | None = None

    async def receive(self, incoming: Incoming) -> None:
        """The engine."""
        self.inbox.put_nowait(incoming)
        self.store(incoming)

    async def event(self) -> Event:
        return (await asyncio.wait_for(self.inbox.get(), PATIENCE)).event

    async def events(self, count: int) -> list[Event]:
        return [await self.event() for _ in range(count)]

    async def send(self, html: str = "Hello", *rows: Sequence[str], **more: Any) -> MessageRef:
        return await self.adapter.send(outgoing(html, *rows, **more))

    async def sees(self, html: str = "Hello", *rows: Sequence[str], **more: Any) -> tuple[MessageRef, Shown]:
        """Send, and what Ana sees then."""
        return await self.send(html, *rows, **more), await self.ana.hears()


def outgoing(html: str = "Hello", *rows: Sequence[str], **more: Any) -> Outgoing:
    """A message to Ana; its id is 7 unless told."""
    return replace(Outgoing(7, CHAT, html, markup.plain(html), rows), **more)


@asynccontextmanager
async def here(*, listening: bool = True, webhook: Webhook | None = None) -> AsyncIterator[Here]:
    """Ana, who has written before, and the bot."""
    async with TelegramServer() as server:
        ana = server.user(1001, "Ana", "de", met=True)
        place = Here(server, ana, telegram(server, webhook=webhook))
        await place.adapter.start()
        if listening:
            place.listening = asyncio.create_task(place.adapter.run(place.receive))
        try:
            yield place
        finally:
            if place.listening is not None:
                place.listening.cancel()
                await asyncio.gather(place.listening, return_exceptions=True)
            await place.adapter.close()
        assert server.refusals == []


async def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to pass")


def stands_alone(error: BaseException) -> bool:
    """Nothing of what led to it is printed with it."""
    return error.__cause__ is None and error.__suppress_context__


# --- the account -----------------------------------------------------------------------------------


@on_loop
async def test_links_carry_our_name_and_a_payload() -> None:
    async with here(listening=False) as place:
        assert place.adapter.link("join_7KQ2M9XD") == "https://t.me/mentor_test_bot?start=join_7KQ2M9XD"
        assert place.adapter.link("") == "https://t.me/mentor_test_bot"
        assert telegram(place.server).link("join") == ""  # nobody has told it its name yet
        for payload in ("x" * 65, "a b", "ä", "a&b"):
            with pytest.raises(ValueError, match="64"):
                place.adapter.link(payload)


@on_loop
async def test_a_wrong_token_is_said_in_a_sentence_without_it(lines: Callable[[], str]) -> None:
    async with TelegramServer() as server:
        adapter = telegram(server, token="1234567890:AAF-not-the-one-that-we-were-given")
        with pytest.raises(Unauthorised, match="BotFather") as caught:
            await adapter.start()  # and nothing is left open
        assert "not-the-one" not in repr(caught.value) + lines()
        assert stands_alone(caught.value)


@on_loop
async def test_no_connection_is_an_oserror() -> None:
    server = TelegramServer()
    async with server:
        adapter = telegram(server)
    with pytest.raises(OSError, match="cannot be reached") as caught:
        await adapter.start()
    await adapter.close()
    assert server.token not in repr(caught.value)
    assert stands_alone(caught.value)


@on_loop
async def test_a_token_revoked_while_running_stops_the_loop() -> None:
    async with here() as place:
        await until(lambda: "getUpdates" in place.server.calls)
        place.server.revoke()
        assert place.listening is not None
        with pytest.raises(Unauthorised, match="BotFather"):
            await place.listening
        with pytest.raises(Later) as caught:
            await place.send()
        assert caught.value.everywhere
        assert caught.value.seconds == 60


@on_loop
async def test_menus_in_each_language() -> None:
    async with here(listening=False) as place:
        await place.adapter.show_menu(
            MenuScope.PRIVATE, "", [MenuEntry("ask", "Ask your peers"), MenuEntry("help", "Help")]
        )
        await place.adapter.show_menu(MenuScope.PRIVATE, "de_AT", [MenuEntry("ask", "x" * 300)])
        assert place.server.menus == {
            ("all_private_chats", ""): {"ask": "Ask your peers", "help": "Help"},
            ("all_private_chats", "de"): {"ask": "x" * 256},
        }
        with pytest.raises(Refused, match=r"^400: a command of the menu is wrong$"):
            await place.adapter.show_menu(MenuScope.PRIVATE, "", [MenuEntry("Ask", "Ask")])
        assert len(place.server.refusals) == 1
        place.server.refusals.clear()
        place.server.fails("setMyCommands", Fault(502))
        with pytest.raises(Later):
            await place.adapter.show_menu(MenuScope.PRIVATE, "", [MenuEntry("ask", "Ask")])


@on_loop
async def test_an_introduction_is_changed_only_where_it_differs() -> None:
    async with here(listening=False) as place:
        for locale in ("", "de_AT", "en"):
            words = "Hallo" if locale == "de_AT" else "Hello"
            await place.adapter.introduce(locale, name="Mentors", description=words * 200, short=words)
        assert place.server.about == {
            ("name", ""): "Mentors",
            ("description", ""): ("Hello" * 200)[:512],
            ("description", "de"): ("Hallo" * 200)[:512],
            ("short_description", ""): "Hello",
            ("short_description", "de"): "Hallo",
        }
        asked = len(place.server.calls)
        await place.adapter.introduce("", name="Mentors", description="Hello" * 200, short="Hello")
        assert all(method.startswith("get") for method in place.server.calls[asked:])
        place.server.fails("setMyName", Fault(429, retry_after=3600))
        with pytest.raises(Later):
            await place.adapter.introduce("", name="Others", description="New", short="Hello")
        assert place.server.about["description", ""] == "New", "what is limited most comes last"


# --- what comes in ---------------------------------------------------------------------------------


@on_loop
async def test_who_writes_is_a_number_a_first_name_and_a_language() -> None:
    async with here() as place:
        place.ana.says("Hello")
        came = await asyncio.wait_for(place.inbox.get(), PATIENCE)
        assert (came.name, came.language) == ("Ana", "de")
        assert came.chat == CHAT
        assert came.sender is not None
        assert came.sender.account == "1001"
        assert "Secret" not in repr(came)  # the family name is none of our business
        place.server.user(1002, "Bo", "").says("Hello")
        assert (await asyncio.wait_for(place.inbox.get(), PATIENCE)).language == ""


@pytest.mark.parametrize(
    ("typed", "event"),
    [
        ("/start", Opened("")),
        ("/start join_7KQ2M9XD", Opened("join_7KQ2M9XD")),
        ("/start@mentor_test_bot  join_7KQ2M9XD ", Opened("join_7KQ2M9XD")),
        ("/help@mentor_test_bot", "/help"),
        ("/ask@Mentor_Test_Bot who\nelse", "/ask who\nelse"),
        ("/ask@another_bot who", "/ask@another_bot who"),
        ("/ask who@mentor_test_bot", "/ask who@mentor_test_bot"),
        ("/starting up", "/starting up"),
        ("start", "start"),
    ],
)
@on_loop
async def test_commands(typed: str, event: Event | str) -> None:
    async with here() as place:
        place.ana.says(typed)
        came = await place.event()
        assert came == event or (isinstance(came, Words) and came.text == event)


@on_loop
async def test_kinds_that_are_not_carried_and_notices_that_are_nothing() -> None:
    async with here() as place:
        kinds = ["sticker", "animation", "venue", "location", "contact", "poll", "dice"]
        for kind in kinds:
            place.ana.sends(kind)
        came = await place.events(len(kinds))
        assert [event.kind for event in came if isinstance(event, Unsupported)] == kinds
        place.ana.sends("pinned_message")
        place.ana.sends("something_of_next_year")
        place.ana.says("still there")
        assert isinstance(await place.event(), Words)
        await until(lambda: not place.server.waiting)


@on_loop
async def test_bots_channels_and_unknown_updates_are_skipped_and_counted(lines: Callable[[], str]) -> None:
    async with here() as place:
        await until(lambda: "getUpdates" in place.server.calls)
        channel = {"id": -100777, "type": "channel", "title": "Mentors"}
        said = {"message_id": 5, "date": 0, "text": "in a channel", "from": place.ana.json}
        place.server.push("message", said | {"chat": channel})
        place.server.push("message", said | {"chat": place.ana.chat, "from": BOT})
        place.server.push("message", {"message_id": 6, "date": 0, "chat": channel, "text": "as it"})
        place.server.push(
            "callback_query",
            {"id": place.server.query(1001), "from": place.ana.json, "inline_message_id": "1"},
        )
        place.server.push("chosen_inline_result", {"result_id": "1"})  # not among what we asked for
        place.ana.says("in private")
        event = await place.event()
        assert isinstance(event, Words)
        assert event.text == "in private"
        await until(lambda: not place.server.waiting)
        assert not place.server.unanswered
        assert "update.skipped" in lines()
        assert sum(int(line.rpartition("=")[2]) for line in lines().splitlines() if "skipped" in line) == 4


@pytest.mark.parametrize(
    "data",
    ["", "0", "7", "7:", ":0", "7:0:0", "-7:0", "7:-1", "7:1000", "9" * 19 + ":0", "٧:٠", "yes", "7:0\n"],
)
@on_loop
async def test_a_forged_press_means_nothing_but_is_heard(data: str) -> None:
    async with here() as place:
        sent, shown = await place.sees("Can you help?", ["Yes"])
        place.ana.presses_data(shown, data)
        assert await place.event() == Pressed(-1, sent.id)
        await until(lambda: not place.server.unanswered)


@on_loop
async def test_a_press_on_a_message_that_telegram_has_forgotten() -> None:
    async with here() as place:
        place.ana.presses_data(3, "7:1")
        assert await place.event() == Pressed(1, "3", 7)


@on_loop
async def test_presses_are_answered_at_once_and_a_failure_there_is_no_harm(lines: Callable[[], str]) -> None:
    async with here() as place:
        _, shown = await place.sees("Can you help?", ["Yes"])
        place.server.fails("answerCallbackQuery", Fault(), times=2)  # once more than it is tried again
        place.ana.presses(shown, "Yes")
        assert await place.event() == Pressed(0, str(shown.message_id), 7)
        await until(lambda: "press.unanswered" in lines())
        # A press that comes again has been answered already.
        failures = [RuntimeError("the disk is full")]

        def store(incoming: Incoming) -> None:
            if failures:
                raise failures.pop()

        place.store = store
        place.ana.presses(shown, "Yes")
        assert len(set(await place.events(2))) == 1
        await until(lambda: not place.server.waiting)
        await until(lambda: place.server.provoked)
        assert "too old" in place.server.provoked[0].description


@on_loop
async def test_too_many_presses_at_once_go_without_an_answer(
    monkeypatch: pytest.MonkeyPatch, lines: Callable[[], str]
) -> None:
    monkeypatch.setattr(adapters.telegram.incoming, "_MOST_ANSWERS", 3)
    async with here() as place:
        place.server.rules.append(
            lambda call: Fault(502, seconds=0.2) if call.method == "answerCallbackQuery" else None
        )
        _, shown = await place.sees("Can you help?", ["Yes"])
        for _ in range(5):
            place.ana.presses(shown, "Yes")
        assert len(await place.events(5)) == 5
        assert place.server.calls.count("answerCallbackQuery") <= 3
        assert "too many" in lines()


@on_loop
async def test_a_whole_batch_is_handed_over_before_any_of_it_is_stored() -> None:
    async with here(listening=False) as place:
        for number in range(150):
            place.ana.says(f"{number}")
        opened = asyncio.Event()
        came: list[Incoming] = []

        async def receive(incoming: Incoming) -> None:
            came.append(incoming)
            await opened.wait()

        place.listening = asyncio.create_task(place.adapter.run(receive))
        await until(lambda: len(came) == 100)
        assert len(place.server.waiting) == 150
        opened.set()
        await until(lambda: not place.server.waiting)
        assert [event.text for event in (e.event for e in came) if isinstance(event, Words)] == [
            str(number) for number in range(150)
        ]


@on_loop
async def test_the_offset_stops_before_the_first_that_was_not_stored(lines: Callable[[], str]) -> None:
    async with here(listening=False) as place:
        for word in "abcde":
            place.ana.says(word)
        third = place.server.waiting[2]
        broken = True

        def store(incoming: Incoming) -> None:
            if broken and isinstance(incoming.event, Words) and incoming.event.text in "cd":
                raise RuntimeError("what Ana said")

        place.store = store
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        await until(lambda: place.inbox.qsize() >= 11)
        assert place.server.waiting[0] == third
        broken = False
        await until(lambda: not place.server.waiting)
        texts = [event.text for event in await place.events(8) if isinstance(event, Words)]
        assert texts == ["a", "b", "c", "d", "e", "c", "d", "e"]
        assert "update.not_kept" in lines()
        assert "RuntimeError" in lines()
        assert "what Ana said" not in lines()
        assert lines().count("update.not_kept") == 1  # said once, not at each attempt


# --- a bad line ------------------------------------------------------------------------------------


def polled(place: Here, times: int) -> bool:
    return place.server.calls.count("getUpdates") >= times


@on_loop
async def test_another_poller_is_explained_once_and_outlived(lines: Callable[[], str]) -> None:
    async with here() as place:
        await until(lambda: "getUpdates" in place.server.calls)
        async with aiohttp.ClientSession() as session:
            for _ in range(2):
                before = place.server.calls.count("getUpdates")
                url = f"{place.server.url}/bot{place.server.token}/getUpdates?timeout=0"
                async with session.get(url) as response:
                    assert response.status == 200
                await until(functools.partial(polled, place, before + 2))
        place.ana.says("Hello")
        assert isinstance(await place.event(), Words)
        assert all(refusal.code == 409 for refusal in place.server.provoked)
        explained = [line for line in lines().splitlines() if "poll.conflict" in line]
        assert explained
        assert all("another program polls with this token" in line for line in explained)
        assert "Traceback" not in lines()


@pytest.mark.parametrize(("times", "alerts"), [(5, 0), (12, 1)])
@on_loop
async def test_conflicts_in_a_row_make_one_line_and_reach_the_operators_where_they_stay(
    times: int, alerts: int, lines: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "DOUBLINGS", 0)
    told: list[str] = []

    async def alert(sentence: str) -> None:
        told.append(sentence)

    async with here(listening=False) as place:
        body = {
            "ok": False,
            "error_code": 409,
            "description": "Conflict: terminated by other getUpdates request",
        }
        refused = 0

        class Busy(TelegramHttp):
            async def do_request(self, url: str, method: str, *args: Any, **more: Any) -> tuple[int, bytes]:
                nonlocal refused
                if url.lower().endswith("getupdates") and refused < times:
                    refused += 1
                    return 409, json.dumps(body).encode()
                return await super().do_request(url, method, *args, **more)

        adapter = telegram(place.server, http=Busy(), alert=alert)
        await adapter.start()
        place.listening = asyncio.create_task(adapter.run(place.receive))
        place.ana.says("Hello")
        assert isinstance(await place.event(), Words)
        assert lines().count("poll.conflict") == 1
        assert f"poll.works failures={times}" in lines()
        assert len(told) == alerts
        assert all(sentence.startswith("Another program asks Telegram") for sentence in told)
        place.listening.cancel()
        await asyncio.gather(place.listening, return_exceptions=True)
        await adapter.close()


@on_loop
async def test_a_webhook_in_the_way_is_removed(lines: Callable[[], str]) -> None:
    async with here(listening=False) as place:
        place.server.webhook = "https://example.org/hook"
        place.ana.says("Hello")
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        assert isinstance(await place.event(), Words)
        assert place.server.webhook == ""
        assert "poll.webhook" in lines()


@pytest.mark.parametrize(
    "fault", [Fault(), Fault(502), Fault(500), Fault(accepted=True), Fault(200), Fault(429, retry_after=1)]
)
@on_loop
async def test_a_poll_that_fails_loses_nothing(fault: Fault, lines: Callable[[], str]) -> None:
    async with here(listening=False) as place:
        place.ana.says("Hello")
        place.server.fails("getUpdates", fault, times=1 if fault.retry_after else 3)
        began = time.monotonic()
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        event = await place.event()
        assert isinstance(event, Words)
        assert time.monotonic() - began >= fault.retry_after
        await until(lambda: not place.server.waiting)
        assert "poll.works" in lines()


@pytest.mark.parametrize(
    ("fault", "seconds", "arrived"),
    [
        (Fault(429, retry_after=7), 7, 0),
        (Fault(502), None, 0),
        (Fault(500), None, 0),
        (Fault(200), None, 0),
        (Fault(), None, 0),
        (Fault(accepted=True), None, 1),
    ],
)
@on_loop
async def test_a_send_that_fails_is_to_be_tried_later(
    fault: Fault, seconds: float | None, arrived: int
) -> None:
    async with here(listening=False) as place:
        place.server.fails("sendMessage", fault)
        with pytest.raises(Later) as caught:
            await place.send()
        assert caught.value.seconds == seconds
        assert not caught.value.everywhere
        assert place.ana.unheard == arrived
        await place.send()
        assert place.ana.unheard == arrived + 1


@on_loop
async def test_an_answer_that_takes_too_long_is_to_be_tried_later() -> None:
    async with TelegramServer() as server:
        server.user(1001, met=True)
        adapter = telegram(server, http=TelegramHttp(connect=1.0, write=0.5, read=0.5))
        await adapter.start()
        server.fails("sendMessage", Fault(502, seconds=10.0))
        with pytest.raises(Later):
            await adapter.send(outgoing())
        await adapter.close()


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"{}", b"[]", b'"words of Ana"', b"words of Ana", b"\xff"]
)
@pytest.mark.parametrize("status", [200, 502])
@on_loop
async def test_an_answer_that_is_not_telegrams_is_to_be_tried_later(
    answer: bytes, status: int, lines: Callable[[], str]
) -> None:
    class Portal(TelegramHttp):
        async def do_request(self, url: str, method: str, *args: Any, **more: Any) -> tuple[int, bytes]:
            return status, answer

    adapter = Telegram(
        "1234567890:AAF", api_url="http://x", poll_seconds=1, messages_per_second=1, http=Portal()
    )
    with pytest.raises(OSError, match="cannot be reached"):
        await adapter.start()
    with pytest.raises(Later):
        await adapter.send(outgoing())
    await adapter.close()
    assert lines() == ""


@on_loop
async def test_the_transport_says_what_went_wrong_and_not_where() -> None:
    hasty, http = TelegramHttp(connect=0.05, write=0.05, read=0.05), TelegramHttp()
    await hasty.initialize()
    await http.initialize()
    async with TelegramServer() as server:
        server.fails("getMe", Fault(seconds=0.5))
        with pytest.raises(Exception, match=r"^Timed out$") as slow:
            await hasty.post(f"{server.url}/bot{server.token}/getMe")
    assert stands_alone(slow.value)
    await hasty.shutdown()
    for host in (server.url, "http://127.0.0.1:99999", "http://", "ftp://127.0.0.1"):
        with pytest.raises(Exception, match=r"^\w+$") as broken:  # the name of an error and nothing else
            await http.post(f"{host}/bot{server.token}/getMe")
        assert stands_alone(broken.value)
    with pytest.raises(Exception, match=r"^an answer that is not JSON$") as garbled:
        http.parse_json_payload(b"words of Ana")
    assert stands_alone(garbled.value)
    await http.shutdown()


@on_loop
async def test_a_day_on_a_bad_line_loses_nothing_and_keeps_order() -> None:
    async with here(listening=False) as place:
        dice = random.Random(5)

        def weather(call: Call) -> Fault | None:
            if dice.random() < 0.2:
                return Fault(accepted=dice.random() < 0.5)
            return Fault(502) if dice.random() < 0.1 else None

        place.server.rules.append(weather)
        for number in range(300):
            place.ana.says(f"{number}")
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        came: dict[str, Event] = {}
        while len(came) < 300:
            incoming = await asyncio.wait_for(place.inbox.get(), PATIENCE)
            came.setdefault(incoming.id, incoming.event)
        assert [e.text for e in came.values() if isinstance(e, Words)] == [f"{n}" for n in range(300)]
        await until(lambda: not place.server.waiting)


# --- by webhook ------------------------------------------------------------------------------------


SECRET = "the-secret-of-the-tests"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def at_a_port() -> Webhook:
    """A webhook at which nobody listens yet."""
    port = free_port()
    return Webhook(f"http://127.0.0.1:{port}/telegram", f"127.0.0.1:{port}", SECRET)


@pytest.mark.parametrize(
    ("headers", "body", "path", "status"),
    [
        ({}, b"{}", "", 403),
        ({HEADER: ""}, b"{}", "", 403),
        ({HEADER: "another"}, b'{"update_id": 1}', "", 403),
        ({HEADER: "gehe\u00efm"}, b"{}", "", 403),
        ({HEADER: SECRET}, b"words of Ana", "", 400),
        ({HEADER: SECRET}, b"\xff", "", 400),
        ({HEADER: SECRET}, b'{"update_id": 1, "message"', "", 400),
        ({HEADER: SECRET}, b'"' + b"x" * 2**20 + b'"', "", 413),
        ({HEADER: SECRET}, b'{"update_id": 1}', "/more", 404),
        ({HEADER: SECRET}, b'{"update_id": 1, "of_next_year": {}}', "", 200),
    ],
)
@on_loop
async def test_only_telegram_is_let_in(
    headers: dict[str, str], body: bytes, path: str, status: int, lines: Callable[[], str]
) -> None:
    webhook = at_a_port()
    async with here(webhook=webhook) as place, aiohttp.ClientSession() as session:
        await until(lambda: place.server.webhook)
        async with session.post(webhook.url + path, data=io.BytesIO(body), headers=headers) as response:
            assert response.status == status
        assert place.inbox.empty()
        assert ("webhook.wrong_secret" in lines()) == (status == 403)
        for private in (SECRET, "another", "Ana", "gehe"):
            assert private not in lines()


@on_loop
async def test_what_waits_comes_by_the_new_way_when_the_way_in_changes(lines: Callable[[], str]) -> None:
    async with here(listening=False) as place:
        place.ana.says("before")
        for number, webhook in enumerate([at_a_port(), None, at_a_port()]):
            adapter = telegram(place.server, webhook=webhook)
            await adapter.start()
            listening = asyncio.create_task(adapter.run(place.receive))
            event = await place.event()
            assert isinstance(event, Words)
            assert event.text == ("before", "0", "1")[number]
            await until(lambda: not place.server.waiting)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await adapter.close()
            assert place.server.webhook == (webhook.url if webhook else "")
            place.ana.says(f"{number}")
        assert len(place.server.waiting) == 1
        assert place.inbox.empty()


@on_loop
async def test_a_stop_finishes_what_has_begun() -> None:
    async with here(listening=False, webhook=at_a_port()) as place:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def receive(incoming: Incoming) -> None:
            begun.set()
            await go_on.wait()

        listening = asyncio.create_task(place.adapter.run(receive))
        place.ana.says("Do not lose me")
        await begun.wait()
        listening.cancel()
        await asyncio.sleep(0.05)
        assert not listening.done()
        go_on.set()
        await asyncio.gather(listening, return_exceptions=True)
        await until(lambda: not place.server.waiting)
        assert place.server.answered[-1] == 200


@on_loop
async def test_chats_do_not_wait_for_each_other() -> None:
    async with here(listening=False, webhook=at_a_port()) as place:
        bo = place.server.user(1002, "Bo")
        opened = asyncio.Event()
        came: list[str] = []

        async def receive(incoming: Incoming) -> None:
            came.append(f"{incoming.name} {getattr(incoming.event, 'text', '')}")
            if incoming.name == "Ana":
                await opened.wait()

        place.listening = asyncio.create_task(place.adapter.run(receive))
        for word in ("one", "two"):
            place.ana.says(word)
            bo.says(word)
        await until(lambda: "Bo two" in came)
        assert "Ana two" not in came
        opened.set()
        await until(lambda: "Ana two" in came)


@on_loop
async def test_what_goes_wrong_with_a_webhook_is_said_and_mended(
    monkeypatch: pytest.MonkeyPatch, lines: Callable[[], str]
) -> None:
    monkeypatch.setattr(adapters.telegram.webhook, "_LOOK_SECONDS", 0.02)
    webhook = at_a_port()
    async with here(listening=False, webhook=webhook) as place:
        place.server.fails("setWebhook", Fault(429, retry_after=1))
        place.server.fails("setWebhook", Fault())
        host, _, port = webhook.listen.partition(":")
        another = await asyncio.start_server(lambda reader, writer: writer.close(), host, int(port))
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        await until(lambda: "webhook.no_port" in lines())
        another.close()
        await until(lambda: "webhook.set failures=2" in lines())
        place.server.webhook = "https://example.org/another"
        await until(lambda: "webhook.lost" in lines() and place.server.webhook == webhook.url)
        failures = [RuntimeError("what Ana said")]

        def store(incoming: Incoming) -> None:
            if failures:
                raise failures.pop()

        place.store = store
        place.ana.says("Do not lose me")
        assert len(set(await place.events(2))) == 1
        await until(lambda: "webhook.not_reached" in lines())
        await until(lambda: place.server.answered == [500, 200])
        assert "update.not_kept error=RuntimeError" in lines()
        assert "what Ana said" not in lines()
        place.server.revoke()
        with pytest.raises(Unauthorised, match="BotFather"):
            await place.listening
        assert SECRET not in lines()
        assert "Traceback" not in lines()


# --- what goes out ---------------------------------------------------------------------------------


@on_loop
async def test_how_a_message_is_sent() -> None:
    async with here(listening=False) as place:
        _, shown = await place.sees('<b>Go</b> to <a href="https://example.org/">us</a>')
        assert shown.entities == (("bold", "Go"), ("text_link", "us"))
        assert not shown.previews
        assert not shown.silent
        _, shown = await place.sees("An answer", wakes=False)
        assert shown.silent
        _, again = await place.sees("An answer", reply_to=str(shown.message_id))
        assert again.reply_to == shown.message_id
        place.ana.deletes(shown)
        _, again = await place.sees("An answer", reply_to=str(shown.message_id))
        assert again.reply_to is None


@on_loop
async def test_a_message_is_taken_back_once() -> None:
    async with here(listening=False) as place:
        sent, shown = await place.sees("Here is my address")
        await place.adapter.delete(sent)
        assert (shown.chat, shown.message_id) not in place.server.messages
        await place.adapter.delete(sent)
        assert "to delete not found" in place.server.provoked[0].description
        place.ana.blocks()
        with pytest.raises(Unreachable):
            await place.adapter.delete(sent)
        assert place.server.refusals == []


@on_loop
async def test_callback_data_of_the_largest_id_fits() -> None:
    async with here() as place:
        largest = 10**18 - 1
        rows = [[f"{row} {column}" for column in range(2)] for row in range(50)]
        _, shown = await place.sees("Choose", *rows, id=largest)
        place.ana.presses(shown, "49 1")
        assert await place.event() == Pressed(99, str(shown.message_id), largest)


@pytest.mark.parametrize(
    ("html", "rows", "says"),
    [
        ("<b>open", [], "400: the markup of the message is wrong"),
        ("<x-tag>Ana wrote this</x-tag>", [], "400: the markup of the message is wrong"),
        ("<u>Ana wrote this</u>", [], "400, for a reason that I do not know"),
        ("", [], "400: the message is empty"),
        ("  ", [], "400: the message is empty"),
        ("x" * 4097, [], "400: the message is too long"),
        ("\U0001f600" * 2049, [], "400: the message is too long"),
        ("Choose", [["ok", " "]], "400: a button is wrong"),
        ("Choose", [["a"]] * 101, "400: there are too many buttons"),
        ("lone \ud83d surrogate", [], "400: the text is not UTF-8"),
    ],
)
@on_loop
async def test_our_own_mistakes_are_refused_without_words_of_people(
    html: str, rows: list[list[str]], says: str
) -> None:
    async with here(listening=False) as place:
        with pytest.raises(Refused) as caught:
            await place.send(html, *rows)
        assert says == str(caught.value)
        assert len(place.server.refusals) == 1
        place.server.refusals.clear()


@on_loop
async def test_nobody_there() -> None:
    async with here(listening=False) as place:
        place.ana.blocks()
        with pytest.raises(Unreachable, match="blocked"):
            await place.send()
        place.ana.unblocks()
        place.ana.deletes_account()
        with pytest.raises(Unreachable, match="deactivated"):
            await place.send()
        assert [refusal.code for refusal in place.server.provoked] == [403, 403]
        place.server.user(1002)
        for stranger in ("1002", "4040404"):
            with pytest.raises(Unreachable):
                await place.send(chat=Chat("telegram", stranger))
        assert [refusal.code for refusal in place.server.refusals] == [403, 400]
        place.server.refusals.clear()


@on_loop
async def test_a_chat_that_has_moved() -> None:
    async with here(listening=False) as place:
        place.server.migrated[-500] = -1000500
        with pytest.raises(Moved) as caught:
            await place.send(chat=Chat("telegram", "-500", private=False))
        assert caught.value.to == Chat("telegram", "-1000500", private=False)


@on_loop
async def test_editing_words_and_captions() -> None:
    async with here(listening=False) as place:
        sent, _ = await place.sees("Can you help?", ["Yes"])
        link = '<a href="https://example.org/">can</a>'
        _, shown = await place.sees(f"You {link}", replaces=sent)
        assert (shown.method, shown.text, shown.labels) == ("editMessageText", "You can", [])
        assert not shown.previews
        sent, _ = await place.sees("Scan it", ["Done"], made=Made(png(), "code.png", "A QR code"))
        _, shown = await place.sees("It is <i>done</i>", replaces=sent)
        assert (shown.method, shown.text, shown.entities) == (
            "editMessageCaption",
            "It is done",
            (("italic", "done"),),
        )
        sent, _ = await place.sees("Scan it", ["Done"], made=Made(png(), "code.png", "A QR code"))
        _, shown = await place.sees("", replaces=sent)
        assert (shown.text, shown.labels) == ("Scan it", [])


@on_loop
async def test_an_edit_whose_answer_was_lost_is_done_the_second_time(lines: Callable[[], str]) -> None:
    async with here(listening=False) as place:
        sent, _ = await place.sees("Can you help?", ["Yes"])
        place.server.fails("editMessageText", Fault(accepted=True))
        with pytest.raises(Later):
            await place.send("Yes", replaces=sent)
        assert await place.send("Yes", replaces=sent) == sent
        assert "edit.nothing_left" in lines()
        assert [refusal.description[:39] for refusal in place.server.provoked] == [
            "Bad Request: message is not modified: s"
        ]


@on_loop
async def test_an_edit_of_what_is_gone_is_done() -> None:
    async with here(listening=False) as place:
        sent, shown = await place.sees("Can you help?", ["Yes"])
        place.ana.deletes(shown)
        assert await place.send("Yes", replaces=sent) == sent
        assert await place.send("", replaces=sent) == sent
        theirs = MessageRef(CHAT, str(place.ana.says("mine")))
        assert await place.send("Yes", replaces=theirs) == theirs
        assert "can't be edited" in place.server.refusals.pop().description
        with pytest.raises(Refused):
            await place.send("<b>", replaces=(await place.sees())[0])
        place.server.refusals.clear()


@on_loop
async def test_pictures() -> None:
    async with here(listening=False) as place:
        whole = png()
        _, shown = await place.sees("Scan <b>it</b>", ["Done"], made=Made(whole, "code.png", "A QR code"))
        assert (shown.method, shown.picture, shown.labels) == ("sendPhoto", whole, ["Done"])
        _, shown = await place.sees("", made=Made(whole, "code.png", "A QR code"), wakes=False)
        assert (shown.text, shown.silent) == ("", True)
        for broken, caption in ((whole[:-20], ""), (b"GIF89a", ""), (whole, "x" * 1025)):
            with pytest.raises(Refused):
                await place.send(caption, made=Made(broken, "code.png", "A QR code"))
        assert len(place.server.refusals) == 3
        place.server.refusals.clear()
        place.server.fails("sendPhoto", Fault())
        with pytest.raises(Later):
            await place.send(made=Made(whole, "code.png", "A QR code"))


@given(st.text(st.characters(), max_size=60))
def test_any_words_in_a_sentence_pass_telegrams_own_parser(words: str) -> None:
    html = f"<b>{markup.quote(words)}</b> said <i>Bo</i>"
    text, entities = read_html(html)
    assert text == markup.plain(html).strip()
    assert entities[-1]["type"] == "italic"


@on_loop
async def test_neither_token_nor_words_nor_names_reach_the_log(
    lines: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with here() as place:
        place.ana.says("my own words")
        await place.event()
        sent, shown = await place.sees("our own words", ["my button"])
        place.ana.presses(shown, "my button")
        await place.event()
        for fault in (Fault(), Fault(502), Fault(200), Fault(429, retry_after=1), Fault(accepted=True)):
            place.server.fails("sendMessage", fault)
            with pytest.raises(SendError) as caught:
                await place.send("our own words")
            assert_clean(f"{caught.value!r} {caught.value.__cause__!r}")
        place.server.fails("getUpdates", Fault(), times=2)
        place.ana.says("my own words")
        await place.event()
        place.ana.deletes(shown)
        await place.send("our own words", replaces=sent)
        place.ana.blocks()
        assert await place.event() == Left()
        with pytest.raises(Unreachable):
            await place.send("our own words")
        place.server.revoke()
        assert place.listening is not None
        with pytest.raises(Unauthorised):
            await place.listening
    assert "poll." in lines()
    assert_clean(lines())
    assert_clean("\n".join(record.getMessage() for record in caplog.records))


def assert_clean(said: str) -> None:
    """Nothing in it that belongs to people or opens doors."""
    for private in ("StrictServer", "own words", "my button", "Ana", "Secret", "1001"):
        assert private not in said


# --- the server is strict --------------------------------------------------------------------------


@asynccontextmanager
async def raw() -> AsyncIterator[tuple[TelegramServer, Callable[..., Any]]]:
    """A server and a way to ask it by hand: `await ask(method, field=value, …)`."""
    async with TelegramServer() as server, aiohttp.ClientSession() as session:
        server.user(1001, "Ana", met=True)

        async def ask(method: str, *, by: str = "json", token: str = "", **fields: Any) -> Mapping[str, Any]:
            url = f"{server.url}/bot{token or server.token}/{method}"
            body = json.dumps(fields) if by == "json" else fields
            headers = {"Content-Type": "application/json"} if by == "json" else {}
            async with session.post(url, data=body, headers=headers) as response:
                answer: dict[str, Any] = await response.json()
                assert answer["ok"] == (response.status == 200)
                assert answer.get("error_code", 200) == response.status
                return answer

        yield server, ask


BUTTON = {"text": "Yes", "callback_data": "7:0"}


@pytest.mark.parametrize(
    ("method", "fields", "says"),
    [
        ("sendMessage", {"text": "x"}, "chat_id"),
        ("sendMessage", {"chat_id": 1001}, "text"),
        ("sendMessage", {"chat_id": 1001, "text": ""}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": " \n"}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": "x" * 4097}, "message is too long"),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "a < b", "parse_mode": "HTML"},
            "can't parse entities: Unsup",
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't",
        ),
        ("sendMessage", {"chat_id": 1001, "text": "x", "parse_mode": "Html5"}, "unsupported parse_mode"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "silent": True}, "field silent is not known"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "reply_to_message_id": 1}, "is not known"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "disable_notification": "maybe"}, "disable_notif"),
        ("sendMessage", {"chat_id": 4040, "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 9}},
            "to be replied",
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 9, "x": 1}},
            "field x",
        ),
        ("editMessageText", {"chat_id": 1001, "message_id": 9, "text": "x"}, "message to edit not found"),
        ("editMessageReplyMarkup", {"chat_id": 1001, "message_id": 9}, "message to edit not found"),
        ("sendPhoto", {"chat_id": 1001, "photo": "file-id-of-nothing"}, "there is no photo"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("setMyCommands", {"commands": [{"command": "Ask", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "a" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "ask", "description": ""}]}, "BOT_COMMAND_DESCRIPTION"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": "x" * 257}]},
            "BOT_COMMAND_DESCRIPTION",
        ),
        ("setMyCommands", {"commands": [], "language_code": "de-AT"}, "language code"),
        ("setMyCommands", {"commands": [], "scope": {"type": "everyone"}}, "scope"),
    ],
)
@on_loop
async def test_the_server_refuses(method: str, fields: Mapping[str, Any], says: str) -> None:
    async with raw() as (server, ask):
        answer = await ask(method, **fields)
        assert answer["error_code"] == 400
        assert says in answer["description"]
        assert answer["description"].startswith("Bad Request: ")
        assert [refusal.description for refusal in server.refusals] == [answer["description"]]
        assert server.sent == []


@pytest.mark.parametrize(
    ("keyboard", "says"),
    [
        ([[BUTTON | {"callback_data": "x" * 65}]], "BUTTON_DATA_INVALID"),
        ([[BUTTON | {"callback_data": "ä" * 33}]], "BUTTON_DATA_INVALID"),
        ([[BUTTON | {"callback_data": ""}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "Yes"}]], "text buttons are unallowed"),
        ([[BUTTON | {"text": ""}]], "text must be non-empty"),
        ([[BUTTON | {"colour": "red"}]], "field colour is not known"),
        ([[BUTTON] * 9], "too long"),
        ([[BUTTON]] * 101, "too long"),
        ("Yes", "inline_keyboard"),
    ],
)
@on_loop
async def test_the_server_refuses_keyboards(keyboard: object, says: str) -> None:
    async with raw() as (server, ask):
        answer = await ask("sendMessage", chat_id=1001, text="x", reply_markup={"inline_keyboard": keyboard})
        assert says in answer["description"]
        assert len(server.refusals) == 1


@on_loop
async def test_the_server_takes_forms_and_json_and_any_case() -> None:
    async with raw() as (server, ask):
        markup = {"inline_keyboard": [[BUTTON]]}
        await ask("SENDmessage", chat_id=1001, text="x", reply_markup=markup)
        await ask("sendMessage", by="form", chat_id="1001", text="x", reply_markup=json.dumps(markup))
        await ask("sendMessage", by="form", chat_id="1001", text="x", disable_notification="true")
        assert [shown.labels for shown in server.sent] == [["Yes"], ["Yes"], []]
        assert server.sent[2].silent
        assert server.refusals == []


@on_loop
async def test_the_server_knows_its_token_and_its_methods() -> None:
    async with raw() as (server, ask):
        assert (await ask("getMe", token="1234567890:AAF-wrong"))["description"] == "Unauthorized"
        assert (await ask("getMeNot"))["error_code"] == 404
        assert (await ask("getMe"))["result"]["username"] == "mentor_test_bot"
        assert [refusal.code for refusal in server.refusals] == [401, 404]


@on_loop
async def test_the_server_refuses_what_cannot_be_edited() -> None:
    async with raw() as (server, ask):
        markup = {"inline_keyboard": [[BUTTON]]}
        sent = (await ask("sendMessage", chat_id=1001, text="x", reply_markup=markup))["result"]["message_id"]
        place = {"chat_id": 1001, "message_id": sent}
        assert (
            "not modified"
            in (await ask("editMessageText", text="x", reply_markup=markup, **place))["description"]
        )
        assert "no caption" in (await ask("editMessageCaption", caption="x", **place))["description"]
        assert (await ask("editMessageReplyMarkup", **place))["ok"]
        assert "not modified" in (await ask("editMessageReplyMarkup", **place))["description"]
        form = aiohttp.FormData({"chat_id": "1001"})
        form.add_field("photo", png(), filename="code.png", content_type="image/png")
        async with aiohttp.ClientSession() as session:
            url = f"{server.url}/bot{server.token}/sendPhoto"
            async with session.post(url, data=form) as response:
                place["message_id"] = (await response.json())["result"]["message_id"]
        assert "no text" in (await ask("editMessageText", text="x", **place))["description"]


@on_loop
async def test_the_server_gives_updates_again_until_they_are_confirmed() -> None:
    async with raw() as (server, ask):
        ana = server.users[1001]
        for number in range(120):
            ana.says(f"{number}")
        first = (await ask("getUpdates"))["result"]
        assert len(first) == 100
        assert (await ask("getUpdates"))["result"] == first
        assert len((await ask("getUpdates", limit=3))["result"]) == 3
        assert len((await ask("getUpdates", offset=first[-1]["update_id"] + 1))["result"]) == 20
        assert (await ask("getUpdates", offset=-1))["result"][0]["message"]["text"] == "119"
        assert len(server.waiting) == 1  # and forgets what is before
        await ask("getUpdates", offset=server.waiting[0] + 1, allowed_updates=["callback_query"])
        ana.says("not wanted")
        ana.presses_data(3, "7:0")
        assert [list(u)[1] for u in (await ask("getUpdates"))["result"]] == ["callback_query"]


@on_loop
async def test_the_server_holds_a_poll_open_and_lets_only_one_wait() -> None:
    async with raw() as (server, ask):
        older = asyncio.create_task(ask("getUpdates", timeout=5))
        await until(lambda: len(server.calls) == 1)
        await asyncio.sleep(0.05)
        newer = asyncio.create_task(ask("getUpdates", timeout=5))
        assert (await older)["error_code"] == 409
        assert "terminated by other getUpdates request" in (await older)["description"]
        assert not newer.done()
        server.users[1001].says("Hello")
        assert (await newer)["result"][0]["message"]["text"] == "Hello"
        server.webhook = "https://example.org"
        assert "webhook is active" in (await ask("getUpdates"))["description"]
        assert (await ask("getWebhookInfo"))["result"]["url"] == "https://example.org"
        assert server.refusals == []


@on_loop
async def test_the_server_takes_a_webhook_as_telegram_does() -> None:
    async with raw() as (server, ask):
        here, secret = f"http://127.0.0.1:{free_port()}/", "a-secret"
        for fields, says in (
            ({"url": "http://example.org/", "secret_token": secret}, "HTTPS URL"),
            ({"url": here, "secret_token": "two words"}, "unallowed characters"),
            ({"url": here, "secret_token": secret, "max_connections": 101}, "max_connections"),
        ):
            assert says in (await ask("setWebhook", **fields))["description"]
        poll = asyncio.create_task(ask("getUpdates", timeout=5))
        await until(lambda: server.calls[-1] == "getUpdates")
        await asyncio.sleep(0.05)
        assert (await ask("setWebhook", url=here, secret_token=secret))["ok"]
        assert "terminated by setWebhook" in (await poll)["description"]
        server.users[1001].says("Hello")
        await until(lambda: server.answered.count(0) > 1)  # nobody is there: again and again
        info = (await ask("getWebhookInfo"))["result"]
        assert (info["url"], info["pending_update_count"]) == (here, 1)
        assert info["last_error_message"] == "Connection refused"
        assert "webhook is active" in (await ask("getUpdates"))["description"]
        assert (await ask("deleteWebhook"))["ok"]
        assert len((await ask("getUpdates"))["result"]) == 1
        assert len(server.refusals) == 3


@on_loop
async def test_a_press_can_be_answered_once() -> None:
    async with raw() as (server, ask):
        query = server.users[1001].presses_data(3, "7:0")
        assert server.unanswered == [query]
        assert (await ask("answerCallbackQuery", callback_query_id=query))["ok"]
        assert "too old" in (await ask("answerCallbackQuery", callback_query_id=query))["description"]


def test_people_can_only_do_what_the_app_lets_them() -> None:
    server = TelegramServer()
    ana = server.user(1001)
    with pytest.raises(AssertionError):
        ana.says("  ")
    ana.says("x" * 5000)
    assert len(server.waiting) == 2
    ana.blocks()
    with pytest.raises(AssertionError):
        ana.says("Hello")


def png() -> bytes:
    """A small QR code."""
    out = io.BytesIO()
    segno.make("https://example.org/join").save(out, kind="png", scale=3)
    return out.getvalue()


def test_a_png_is_looked_at_to_the_last_byte() -> None:
    whole = png()
    width, height = png_size(whole)
    assert width == height > 60
    at = whole.index(b"IDAT") + 6
    flipped = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    start = whole.index(b"IDAT") - 4
    length = int.from_bytes(whole[start : start + 4], "big")
    data = zlib.compress(zlib.decompress(whole[start + 8 : start + 8 + length])[:-1])
    chunk = b"IDAT" + data
    short = len(data).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    for broken in (flipped, whole[:start] + short + whole[start + 12 + length :], whole[:start], b""):
        with pytest.raises(ValueError):
            png_size(broken)
