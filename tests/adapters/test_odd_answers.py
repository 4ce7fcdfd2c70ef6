"""What Telegram, or whatever stands before it, can answer that is no answer: nothing of that is taken for an
empty one, ends anything, counts as delivered, or is written down."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import adapters.telegram.webhook
from adapters.telegram.errors import LONGEST_WAIT, UNKNOWN, webhook_failure
from adapters.telegram.webhook import Webhook
from bot.adapter import Later, Moved, Refused, SendError, Unauthorised, Unreachable
from bot.message import Chat, Identity, Made, Media, MessageRef, Words
from tests.adapters.test_telegram import CHAT, at_a_port, here, outgoing, png, stands_alone, telegram, until
from tests.adapters.test_telegram import lines as lines
from tests.adapters.test_telegram import quick as quick
from tests.support.aio import on_loop
from tests.telegram_server import Call, Fault, TelegramServer

PAGE = b"<html>Down for maintenance: my own words, Ana, 1001</html>"
NO_RESULTS = [None, True, 5, "abc", {}, {"a": 1}, [], [None], [1], {"message_id": "5"}, {"message_id": True}]


def ok(result: Any) -> Fault:
    return Fault(200, says={"ok": True, "result": result})


def refusal(code: int, description: str, **parameters: Any) -> Fault:
    more = {"parameters": parameters} if parameters else {}
    return Fault(code, says={"ok": False, "error_code": code, "description": description, **more})


NOT_THE_BOT_APIS = [
    *(Fault(code, says=PAGE) for code in (200, 301, 400, 401, 403, 404, 409, 413, 429, 500, 502, 599)),
    *(
        Fault(code, says={"message": "my own words", "code": code})
        for code in (200, 400, 401, 403, 404, 409, 413)
    ),
    Fault(200, says=b"null"),
    Fault(200, says=b""),
    Fault(200, says=b"\xff\xfe"),
    Fault(200, says={"ok": True}),
    Fault(200, says={"ok": False, "result": {"message_id": 5}}),
    Fault(200, says={"ok": "true", "result": {"message_id": 5}}),
    Fault(404, says={"ok": False, "error_code": 400, "description": "Not Found"}),
    Fault(401, says={"ok": False, "error_code": 401}),
    Fault(403, says={"ok": False, "error_code": 403, "description": ["bot was blocked by the user"]}),
]


# --- a connection at the start ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [*NOT_THE_BOT_APIS, *map(ok, NO_RESULTS), ok({"id": 1}), ok({"username": 5})], ids=repr
)
@on_loop
async def test_whatever_stands_before_telegram_at_the_start_is_waited_for(fault: Fault) -> None:
    async with TelegramServer() as server:
        adapter = telegram(server)
        server.fails("getMe", fault)
        with pytest.raises(OSError, match="cannot be reached") as caught:
            await adapter.start()
        assert stands_alone(caught.value)
        await adapter.start()
        assert adapter.link("") == "https://t.me/mentor_test_bot"
        await adapter.close()


@pytest.mark.parametrize("fault", [refusal(401, "Unauthorized"), refusal(404, "Not Found")], ids=repr)
@on_loop
async def test_only_the_bot_api_refuses_a_token(fault: Fault) -> None:
    async with here() as place:
        await until(lambda: "getUpdates" in place.server.calls)
        for page in (401, 404, 403):
            place.server.fails("getUpdates", Fault(page, says=PAGE))
        place.ana.says("Hello")
        assert isinstance(await place.event(), Words)
        place.server.fails("getUpdates", fault)
        place.ana.says("Hello again")
        assert place.listening is not None
        with pytest.raises(Unauthorised, match="BotFather"):
            await place.listening


# --- news ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [*NOT_THE_BOT_APIS, *(ok(each) for each in NO_RESULTS if not isinstance(each, list))],
    ids=repr,
)
@on_loop
async def test_no_answer_is_no_empty_one(fault: Fault, lines: Callable[[], str]) -> None:
    async with here(listening=False) as place:
        place.ana.says("Hello")
        place.server.fails("getUpdates", fault, times=4)
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        event = await place.event()
        assert isinstance(event, Words)
        await until(lambda: not place.server.waiting)
        assert lines().count("poll.broken") == 1
        assert "poll.works failures=4" in lines()
        assert "own words" not in lines()


@pytest.mark.parametrize("seconds", [-5, 0, 10**9, "soon", None, [], {}, True, 0.001])
@on_loop
async def test_an_odd_time_to_wait_stops_nothing(seconds: Any) -> None:
    async with here() as place:
        await until(lambda: "getUpdates" in place.server.calls)
        fault = refusal(429, "Too Many Requests", retry_after=seconds)
        if seconds == 10**9:  # an hour at most, which no test waits for
            place.server.fails("sendMessage", fault)
            with pytest.raises(Later) as caught:
                await place.send()
            assert caught.value.seconds == LONGEST_WAIT
            return
        place.server.fails("sendMessage", fault)
        with pytest.raises(Later) as caught:
            await place.send()
        assert caught.value.too_fast
        assert caught.value.seconds is None or 0 < caught.value.seconds <= 1
        if seconds is not True:
            place.server.fails("getUpdates", fault, times=2)
            place.ana.says("Hello")
            assert isinstance(await place.event(), Words)


# --- what is sent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*NOT_THE_BOT_APIS, *map(ok, NO_RESULTS)], ids=repr)
@on_loop
async def test_what_is_no_answer_delivers_nothing_and_refuses_nothing(
    fault: Fault, lines: Callable[[], str]
) -> None:
    async with here(listening=False) as place:
        place.server.fails("sendMessage", fault)
        with pytest.raises(Later) as caught:
            await place.send("my own words")
        assert not caught.value.everywhere
        assert stands_alone(caught.value)
        place.server.fails("sendPhoto", fault)
        with pytest.raises((Later, Refused)) as refused:
            await place.send(made=Made(png(), "code.png", "A QR code"))
        # That there is too much of it can only be because of the file, whoever says so.
        assert isinstance(refused.value, Refused) == (fault.status == 413)
        await place.sees("my own words")
        assert "own words" not in lines() + str(caught.value) + str(refused.value)


@pytest.mark.parametrize("result", [None, True, {}, [], {"status": 5}, {"status": None}, "creator"], ids=repr)
@on_loop
async def test_nobody_leads_a_group_by_an_odd_answer(result: Any) -> None:
    async with here(listening=False) as place:
        group = Chat("telegram", "-1007", private=False)
        place.server.fails("getChatMember", ok(result))
        with pytest.raises(Later):
            await place.adapter.is_admin(group, Identity("telegram", "1001"))


@pytest.mark.parametrize("result", [None, True, {}, [], {"file_path": 5}, {"file_path": None}], ids=repr)
@on_loop
async def test_a_file_whose_place_is_not_told_is_fetched_later(result: Any) -> None:
    async with here(listening=False) as place:
        place.server.fails("getFile", ok(result))
        with pytest.raises(Later):
            async for _ in place.adapter.fetch(Media("telegram", "document", "f")):
                pass


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(404, says=PAGE), Later),
        (Fault(404, says={"error": "not found"}), Later),
        (Fault(403, says=PAGE), Later),
        (Fault(301, says=PAGE), Later),
        (refusal(404, "Not Found"), Refused),
    ],
    ids=repr,
)
@on_loop
async def test_only_the_bot_api_says_that_a_file_is_gone(fault: Fault, kind: type[SendError]) -> None:
    async with here(listening=False) as place:
        message = place.ana.sends("document", data=b"x")
        media = place.server.messages[1001, message].media
        assert media is not None
        place.server.fails("file", fault)
        with pytest.raises(kind):
            async for _ in place.adapter.fetch(Media("telegram", "document", media.json["file_id"])):
                pass


@pytest.mark.parametrize("to", ["abc", None, True, 0.5, [], {"id": 5}], ids=repr)
@on_loop
async def test_a_group_moves_only_to_a_number(to: Any) -> None:
    async with here(listening=False) as place:
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        place.server.fails("sendMessage", refusal(400, words, migrate_to_chat_id=to))
        with pytest.raises(Later):
            await place.send()
        place.server.fails("sendMessage", refusal(400, words, migrate_to_chat_id=-100500))
        with pytest.raises(Moved):
            await place.send()


@on_loop
async def test_a_method_that_an_old_server_does_not_have_says_nothing_about_the_token() -> None:
    async with here(listening=False) as place:
        place.server.fails("getMyName", refusal(404, "Not Found: method not found"))
        with pytest.raises(Refused, match=r"^404: the server does not know the method$"):
            await place.adapter.introduce("de", name="M", description="", short="")


# --- what is written down --------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 500])
@pytest.mark.parametrize("page", [True, False], ids=["a proxy", "the Bot API"])
@on_loop
async def test_a_server_that_quotes_what_was_sent_leaves_none_of_it(
    code: int, page: bool, lines: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with here(listening=False) as place:

        def echo(call: Call) -> Fault:
            quoted = f"blocked by policy: {call.fields}"
            return Fault(code, says=f"<html>{quoted}</html>".encode()) if page else refusal(code, quoted)

        place.server.rules.append(echo)
        said = ""
        for message in (
            outgoing("my own words"),
            outgoing("my own words", made=Made(png(), "code.png", "own")),
            outgoing("my own words", replaces=MessageRef(CHAT, "5")),
        ):
            with pytest.raises(SendError) as caught:
                await place.adapter.send(message)
            said += repr(caught.value) + repr(caught.value.__cause__)
        assert "own words" not in said + lines() + caplog.text
        assert "1001" not in said + lines()
        assert "blocked" not in said
        if not page and code == 400:
            assert "400, for a reason that I do not know" in said


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Wrong response from the webhook: 500 Internal Server Error", "it answers 500"),
        ("Wrong response from the webhook: 502 my own words", "it answers 502"),
        ("Connection refused", "nobody answers there"),
        ("SSL error {error:0A000086:certificate verify failed}", "its certificate is not trusted"),
        ("Failed to resolve host: own.words.example", "the name of the host is not known"),
        ("my own words", "for a reason that I do not know"),
        (None, "for a reason that I do not know"),
        (["Connection refused"], "for a reason that I do not know"),
    ],
)
def test_why_a_webhook_was_not_reached_is_said_in_our_words(said: Any, why: str) -> None:
    assert webhook_failure(said) == why


@pytest.mark.parametrize(
    "result", [None, [], {}, True, "x", {"url": 5}, {"url": None, "last_error_date": "yesterday"}], ids=repr
)
@on_loop
async def test_an_odd_answer_about_the_webhook_is_asked_again(
    result: Any, monkeypatch: pytest.MonkeyPatch, lines: Callable[[], str]
) -> None:
    monkeypatch.setattr(adapters.telegram.webhook, "_LOOK_SECONDS", 0.02)
    async with here(listening=False, webhook=at_a_port()) as place:
        place.server.fails("getWebhookInfo", ok(result), times=3)
        with pytest.raises(Later):
            await place.adapter.check()
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        await until(lambda: "webhook.set failures=2" in lines())
        place.ana.says("Hello")
        assert isinstance(await place.event(), Words)


@pytest.mark.parametrize("date", [-1, 0, 2**62, 10**30, "yesterday", None, [], True])
@on_loop
async def test_an_odd_date_of_a_failure_is_none(
    date: Any, monkeypatch: pytest.MonkeyPatch, lines: Callable[[], str]
) -> None:
    monkeypatch.setattr(adapters.telegram.webhook, "_LOOK_SECONDS", 0.02)
    webhook: Webhook = at_a_port()
    async with here(listening=False, webhook=webhook) as place:
        said = {"url": webhook.url, "last_error_date": date, "last_error_message": "my own words"}
        place.server.rules.append(lambda call: ok(said) if call.method == "getWebhookInfo" else None)
        found = await place.adapter.check()
        assert "own words" not in str(found)
        place.listening = asyncio.create_task(place.adapter.run(place.receive))
        await until(lambda: place.server.calls.count("getWebhookInfo") > 3)
        assert "own words" not in lines()
        assert not place.listening.done()


@on_loop
async def test_a_failure_of_the_webhook_is_told_without_the_servers_words() -> None:
    webhook = at_a_port()
    async with here(listening=False, webhook=webhook) as place:
        failed = int(time.time())
        said = {"url": webhook.url, "last_error_date": failed, "last_error_message": "my own words"}
        place.server.fails("getWebhookInfo", ok(said))
        when = datetime.fromtimestamp(failed, UTC)
        assert (await place.adapter.check())[-1] == (
            False,
            f"Telegram could not reach the webhook at {when:%Y-%m-%d %H:%M} UTC: {UNKNOWN}.",
        )


@on_loop
async def test_who_is_not_there_is_still_known(lines: Callable[[], str]) -> None:
    async with here(listening=False) as place:
        for words, why in (
            ("Forbidden: bot was blocked by the user", "403: they have blocked the bot"),
            ("Forbidden: my own words", "403, for a reason that I do not know"),
        ):
            place.server.fails("sendMessage", refusal(403, words))
            with pytest.raises(Unreachable) as caught:
                await place.send(chat=CHAT)
            assert str(caught.value) == why
        place.server.fails("sendMessage", refusal(400, "Bad Request: TOPIC_CLOSED"))
        with pytest.raises(Unreachable) as caught:
            await place.send()
        assert caught.value.silenced
