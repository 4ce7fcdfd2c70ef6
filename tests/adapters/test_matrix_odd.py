"""Answers and events at fault, over a real socket, at the real reader of Matrix: nothing of that ends the
program, is taken for an empty answer, or has anything written over."""

import asyncio
import json
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from nio.crypto import Olm, OutboundGroupSession
from nio.store import SqliteMemoryStore, SqliteStore
from sqlalchemy import text as sql

from adapters.matrix.account import Account
from adapters.matrix.adapter import Matrix
from adapters.matrix.encryption import keys as matrix_keys
from adapters.matrix.encryption import unread
from adapters.matrix.homeserver import client as matrix_client
from adapters.matrix.homeserver.errors import Failed, kind
from adapters.matrix.rooms import State
from bot.adapter import Later, Refused, Unauthorised, Unreachable
from bot.installation import Installation
from bot.message import (
    Chat,
    Identity,
    Incoming,
    Newcomers,
    Outgoing,
    Pressed,
    Unreadable,
    Unsupported,
    Words,
)
from bot.program.compose import app_of
from bot.support.clock import RealClock
from tests.odd.shapes import broken
from tests.support.aio import PATIENCE, on_loop
from tests.support.around import where_it_is_day
from tests.support.matrix_stand_in import BOT, PASSWORD, StandIn, stand_in

ANA, BO, CY = "@ana:stand-in", "@bo:stand-in", "@cy:stand-in"
HERS, GROUP = "!hers:stand-in", "!group:stand-in"
PAGE = b"<html>We are back soon. You asked for: SECRET words of @ana:stand-in</html>"

NO_ANSWERS: list[Any] = [PAGE, {}, None, [], "yes", 5, b"", b"\xff\xfe", b'{"next_batch": "s1", "rooms": {']
"""What no request gets from a homeserver, with status 200."""


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0.001)


def account(server: StandIn, folder: Path) -> Account:
    return Account(server.url, BOT, folder / "matrix", password=PASSWORD, unsigned_devices=True)


def adapter_of(account: Account) -> Matrix:
    return Matrix(account, invites="anyone", servers=(), messages_per_second=1000, pause=_at_once)


@asynccontextmanager
async def listening(
    server: StandIn, folder: Path, *, privately: bool = True
) -> AsyncIterator[tuple[Matrix, asyncio.Queue[Incoming]]]:
    """The bot, at work, and what it hands over."""
    if HERS not in server.rooms:
        server.makes_room(HERS, ANA, private=privately)
        server.makes_room(GROUP, ANA, BO, CY)
    matrix, inbox = adapter_of(account(server, folder)), asyncio.Queue[Incoming]()

    async def receive(incoming: Incoming) -> None:
        inbox.put_nowait(incoming)

    while True:
        try:
            await matrix.start()
        except OSError:
            continue
        break
    running = asyncio.create_task(matrix.run(receive))
    try:
        await _until(lambda: matrix.last_heard_at > 0 and matrix._synced.is_set(), running)
        yield matrix, inbox
    finally:
        assert not running.done(), "nothing ends it"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await matrix.close()


async def _until(done: Callable[[], bool], running: asyncio.Task[None] | None = None) -> None:
    async with asyncio.timeout(PATIENCE):
        while not done():
            if running is not None and running.done():
                running.result()
            await asyncio.sleep(0.005)


async def next_of(inbox: asyncio.Queue[Incoming]) -> Incoming:
    return await asyncio.wait_for(inbox.get(), PATIENCE)


async def heard(inbox: asyncio.Queue[Incoming], server: StandIn, body: str = "And now?") -> None:
    """Make sure that the bot still hears, and that nothing else happened meanwhile."""
    said = server.words(ANA, body)
    await server.tells({HERS: [said]})
    assert (await next_of(inbox)).event == Words(body, said["event_id"])


# --- answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        "POST login",
        "POST keys/query",
        "POST keys/upload",
        "GET profile",
        "GET user",
        "GET sync",
    ],
)
@on_loop
async def test_what_is_no_answer_is_asked_again_and_nothing_is_written_over(
    request_: str, tmp_path: Path
) -> None:
    async with stand_in() as server:
        server.makes_room(HERS, ANA, private=True)
        direct = {**server.direct}
        server.breaks(request_, *NO_ANSWERS)
        async with listening(server, tmp_path) as (matrix, inbox):
            await heard(inbox, server)
            assert server.direct == direct
            assert (await matrix.send(message())).chat.id == HERS
        # And after the first login:
        identity = server.identity
        assert identity
        server.breaks(request_, *NO_ANSWERS)
        server.breaks("GET account/whoami", *NO_ANSWERS)
        async with listening(server, tmp_path) as (matrix, inbox):
            await heard(inbox, server)
            assert server.direct == direct
        assert server.identity == identity
        assert server.asked["POST keys/device_signing/upload"] == 1


def message(body: str = "Hello", room: str = HERS, number: int = 1) -> Outgoing:
    return Outgoing(number, Chat("matrix", room, private=room == HERS), body, body)


@on_loop
async def test_a_sync_that_is_none_is_never_handled(tmp_path: Path) -> None:
    frames: list[Any] = [
        {"next_batch": 5},
        {"next_batch": ""},
        {"next_batch": "two words"},
        {"next_batch": ["s9"]},
        {"rooms": {"join": {}}},
        {"next_batch": "s9", "rooms": []},
        {"next_batch": "s9", "rooms": None},
        {"next_batch": "s9", "rooms": {"join": []}},
        {"next_batch": "s9", "rooms": {"leave": "none"}},
        {"next_batch": "s9", "to_device": {"events": {}}},
        {"next_batch": "s9", "device_lists": []},
        {"next_batch": "s9", "device_one_time_keys_count": {"signed_curve25519": "many"}},
        {"next_batch": "s9", "device_unused_fallback_key_types": None},
        {"next_batch": "s9", "account_data": 5},
    ]
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        server.breaks("GET sync", *frames, *NO_ANSWERS)
        await heard(inbox, server)
        await server.read()
        await _until(lambda: account(server, tmp_path).since() == f"s{server.place}")
        assert server.asked["GET sync"] > len(frames)


@on_loop
async def test_a_first_sync_without_the_rooms_is_none(tmp_path: Path) -> None:
    async with stand_in() as server:
        server.breaks("GET sync", {"next_batch": "s0"}, {"next_batch": "s0", "rooms": {"join": {}}})
        async with listening(server, tmp_path) as (_, inbox):
            assert server.asked["GET joined_rooms"] == 2
            await heard(inbox, server)


@on_loop
async def test_what_is_kept_of_private_chats_outlives_an_empty_answer(tmp_path: Path) -> None:
    async with stand_in() as server:
        server.makes_room(HERS, ANA, private=True)
        server.direct |= {CY: "not a list", BO: ["!old:stand-in", 5]}
        before = {**server.direct}
        server.breaks("GET user", {})
        async with listening(server, tmp_path) as (_, inbox):
            invitation = {
                "type": "m.room.member",
                "state_key": BOT,
                "sender": BO,
                "content": {"membership": "invite", "is_direct": True},
            }
            await server.tells(invite={"!his:stand-in": {"invite_state": {"events": [invitation]}}})
            await _until(lambda: "!his:stand-in" in server.direct[BO])
            assert server.direct == {**before, BO: ["!old:stand-in", 5, "!his:stand-in"]}
            await heard(inbox, server)


@on_loop
async def test_a_sync_tells_as_well_which_chats_are_private(tmp_path: Path) -> None:
    async with stand_in() as server:
        server.makes_room(HERS, ANA)
        async with listening(server, tmp_path) as (_, inbox):
            event = {"type": "m.direct", "content": {ANA: [HERS]}}
            await server.tells({HERS: [server.words(ANA, "Hello")]}, account_data={"events": [event]})
            assert (await next_of(inbox)).chat == Chat("matrix", HERS)


@pytest.mark.parametrize(
    "answer",
    [
        lambda server: {"device_keys": {}},
        lambda server: {"device_keys": {BOT: {}}},
        lambda server: {"device_keys": {BOT: server.devices}, "master_keys": []},
        lambda server: {"device_keys": {BOT: server.devices}, "master_keys": {BOT: {"keys": {}}}},
        lambda server: {"device_keys": {BOT: server.devices}, "master_keys": {BOT: {"keys": {"a": 5}}}},
        lambda server: {"device_keys": {BOT: {name: {"keys": {}} for name in server.devices}}},
    ],
)
@on_loop
async def test_an_odd_answer_about_keys_makes_no_new_identity(
    answer: Callable[[StandIn], Any], tmp_path: Path
) -> None:
    async with stand_in() as server:
        async with listening(server, tmp_path):
            identity = server.identity
        (tmp_path / "matrix" / "cross-signing.json").unlink()  # so that one would be made
        told = server._keys("query", {"device_keys": {BOT: []}})
        server.breaks("POST keys/query", told, answer(server))
        async with listening(server, tmp_path) as (_, inbox):
            await heard(inbox, server)
        assert server.identity == identity
        assert not (tmp_path / "matrix" / "cross-signing.json").exists()


@on_loop
async def test_keys_that_were_not_taken_are_offered_again(tmp_path: Path) -> None:
    async with stand_in() as server:
        offered: list[set[str]] = []

        def fault(request: str) -> tuple[int, Any] | None:
            return (503, PAGE) if request == "POST keys/upload" and len(offered) < 12 else None

        server.faults.append(fault)
        upload = matrix_client.call

        async def call(client: Any, method: str, path: Any, body: Any = None, **more: Any) -> Any:
            if list(path) == ["keys", "upload"]:
                offered.append({*(body or {}).get("one_time_keys", {})})
            return await upload(client, method, path, body, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(matrix_keys, "call", call)
            async with listening(server, tmp_path) as (_, inbox):
                await heard(inbox, server)
        kept = [keys for keys in offered if keys]
        assert len(offered) > 12
        assert all(keys == kept[0] for keys in kept)
        assert len(server.one_time) == 50


@on_loop
async def test_a_homeserver_that_never_tells_how_many_keys_it_has_gets_no_more(tmp_path: Path) -> None:
    async with stand_in() as server:
        server.tells_counts = False
        async with listening(server, tmp_path) as (_, inbox):
            for n in range(5):
                await heard(inbox, server, f"{n}")
        async with listening(server, tmp_path) as (_, inbox):
            await heard(inbox, server)
        assert len(server.one_time) == 50
        assert len(server.spare) == 1


@pytest.mark.parametrize("status", [200, 403, 404, 405, 413, 502])
@on_loop
async def test_what_a_proxy_says_holds_words_back_and_loses_none(
    status: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with stand_in() as server, listening(server, tmp_path) as (matrix, _):
        for answer in (PAGE, {}, {"event_id": 5}, {"error": "SECRET"}, {"errcode": "SECRET words"}):
            server.breaks("PUT rooms/!hers:stand-in/send", answer, status=status)
            with pytest.raises(Later) as caught:
                await matrix.send(message())
            assert "SECRET" not in str(caught.value)
        assert (await matrix.send(message())).chat.id == HERS
        assert len(server.sent) == 1
    assert not [record for record in caplog.records if "SECRET" in str(vars(record))]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("M_FORBIDDEN", Unreachable),
        ("M_TOO_LARGE", Refused),
        ("M_USER_SUSPENDED", Later),
        ("M_USER_LOCKED", Later),
        ("M_LIMIT_EXCEEDED", Later),
    ],
)
@on_loop
async def test_of_what_a_homeserver_says_only_its_code_is_kept(
    code: str, error: type[Exception], tmp_path: Path
) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, _):
        server.breaks("PUT rooms", {"errcode": code, "error": "SECRET words of Ana"}, status=403)
        with pytest.raises(error) as caught:
            await matrix.send(message())
        assert str(caught.value) == (code if error is not Later else "later")


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        (1500, 1.5), (0, 0.0), (-5, None), (True, None), ("1500", None), (None, None), ([1], None),
        (10**400, 3600.0), (float("inf"), 3600.0), (float("nan"), None),
    ],
)  # fmt: skip
def test_how_long_a_homeserver_lets_us_wait(wait: Any, seconds: float | None) -> None:
    later = kind(Failed("M_LIMIT_EXCEEDED", 429, {"retry_after_ms": wait}))
    assert isinstance(later, Later)
    assert later.seconds == seconds


@pytest.mark.parametrize("request_", ["GET sync", "PUT rooms", "POST rooms", "GET rooms"])
@on_loop
async def test_an_error_that_says_soft_logout_takes_no_login(request_: str, tmp_path: Path) -> None:
    locked = {"errcode": "M_USER_LOCKED", "error": "Locked", "soft_logout": True}
    async with stand_in() as server, listening(server, tmp_path) as (matrix, inbox):
        server.breaks(request_, locked, locked, status=401)
        for _ in range(2 * (request_ == "PUT rooms")):
            with pytest.raises(Later):
                await matrix.send(message())
        await heard(inbox, server)
        assert matrix._open.access_token == "a-token"
        assert (await matrix.send(message())).chat.id == HERS


@on_loop
async def test_where_the_file_of_keys_takes_nothing_the_same_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    save, failures = SqliteStore.save_encrypted_rooms, [sqlite3.OperationalError("disk I/O error")] * 3

    def failing(self: Any, rooms: Any) -> None:
        if rooms and failures:
            raise failures.pop()
        save(self, rooms)

    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        monkeypatch.setattr(SqliteStore, "save_encrypted_rooms", failing)
        encrypted = server.event(
            ANA, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}, state_key=""
        )
        await server.tells({GROUP: [encrypted], HERS: [server.words(ANA, "Hello")]})
        assert (await next_of(inbox)).event == Words("Hello", f"$e{int(encrypted['event_id'][2:]) + 1}")
        await heard(inbox, server)
        assert not failures
    broken_lines = [record for record in caplog.records if record.msg == "sync.broken"]
    assert len(broken_lines) == 1, "said once"


# --- events ----------------------------------------------------------------------------------------


def odd_events(server: StandIn) -> list[Any]:
    """Events that nobody can read, one for each way that one can be at fault."""
    good = server.words(ANA, "Hello")
    encrypted = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": 5, "session_id": "abc"}
    return [
        None,
        5,
        "event",
        [good],
        {},
        {**good, "event_id": None},
        {**good, "event_id": "no id"},
        {**good, "event_id": "$" + "x" * 300},
        {**good, "sender": 5},
        {**good, "sender": "@ana\ud83d:stand-in"},
        {**good, "sender": "ana"},
        {**good, "type": ["m.room.message"]},
        {**good, "content": "Hello"},
        {**good, "content": None},
        {**good, "state_key": 5},
        server.event(ANA, "m.room.message", {"msgtype": "m.text", "body": 5}),
        server.event(ANA, "m.room.message", {"msgtype": {}, "body": "Hello"}),
        server.event(ANA, "m.room.member", {"membership": ["join"]}, state_key=CY),
        server.event(ANA, "m.room.redaction", {"redacts": {}}),
        server.event(ANA, "m.room.encrypted", encrypted),
        server.event(ANA, "m.room.encrypted", {"algorithm": 5}),
    ]


@on_loop
async def test_an_event_that_nobody_can_read_is_set_aside_and_the_others_are_heard(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        for room in (HERS, GROUP):
            odd = odd_events(server)
            first, last = server.words(ANA, "!first"), server.words(ANA, "!last")
            await server.tells({room: [first, *odd, last]})
            happened: list[Incoming] = []
            while not happened or happened[-1].event != Words("!last", last["event_id"]):
                happened.append(await next_of(inbox))
            words = [each.event.text for each in happened if isinstance(each.event, Words)]
            assert words == ["!first", "!last"]
            unread = [each for each in happened if isinstance(each.event, Unreadable)]
            assert len(unread) == len(odd)
            assert {each.chat for each in unread} == {Chat("matrix", "", private=False)}
            told = [each for each in happened if each.event == Unsupported("odd")]
            assert {each.sender for each in told} <= {Identity("matrix", ANA)}
            assert bool(told) == (room == HERS), "in private, its writer hears that nobody could read it"
            assert all(each.id.isascii() and each.id.isprintable() for each in unread)
        await heard(inbox, server)


@on_loop
async def test_what_cannot_be_read_has_the_same_name_when_it_comes_again(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        odd = odd_events(server)
        names: list[list[str]] = []
        for _ in range(2):
            await server.tells({HERS: odd})
            last = server.words(ANA, "Hello")
            await server.tells({HERS: [last]})
            names.append([])
            while (name := (await next_of(inbox)).id) != last["event_id"]:
                names[-1].append(name)
        assert names[0] == names[1]
        await server.tells({HERS: [{**odd[5], "content": {"body": "other"}}]})
        assert (await next_of(inbox)).id not in names[0]


@on_loop
async def test_of_a_room_that_is_told_badly_the_others_are_heard(tmp_path: Path) -> None:
    rooms: list[Any] = [
        None, "none", 5, {"timeline": []}, {"timeline": {"events": {}}}, {"state": {"events": None}},
        {"timeline": {"events": [], "limited": "yes"}}, {"timeline": {"limited": True, "prev_batch": 5}},
    ]  # fmt: skip
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        for room in rooms:
            for kind_ in ("join", "leave", "invite"):
                told = {"!odd:stand-in": room}
                if kind_ == "join":
                    await server.tells(told)
                else:
                    await server.tells(**{kind_: told})
                if kind_ != "leave" or "limited" not in str(room):
                    assert isinstance((await next_of(inbox)).event, Unreadable)
        await server.tells({"no room": {}, "!\ud83d:stand-in": {}})
        assert [type((await next_of(inbox)).event) for _ in range(2)] == [Unreadable] * 2
        await server.tells(to_device={"events": [5, {"type": "m.room_key"}, {"type": 5, "sender": ANA}]})
        await heard_after(inbox, server)


async def heard_after(inbox: asyncio.Queue[Incoming], server: StandIn) -> None:
    """Make sure that the bot still hears, whatever it could not read."""
    said = server.words(ANA, "And now?")
    await server.tells({HERS: [said]})
    while isinstance((got := await next_of(inbox)).event, Unreadable):
        pass
    assert got.event == Words("And now?", said["event_id"])


@on_loop
async def test_what_nobody_needs_of_an_event_may_be_nonsense(tmp_path: Path) -> None:
    nonsense: list[dict[str, Any]] = [
        {"origin_server_ts": "yesterday"},
        {"origin_server_ts": -5},
        {"unsigned": []},
        {"unsigned": {"transaction_id": 5}},
        {"unsigned": {"redacted_because": 5}},
        {"room_id": 5},
        {"user_id": {}},
        {"prev_content": 5},
        {"extra": float("nan")},
        {"extra": 10**300},
    ]
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        said = [{**server.words(ANA, f"{n}"), **each} for n, each in enumerate(nonsense)]
        await server.tells({HERS: said})
        heard_ = [await next_of(inbox) for _ in said]
        assert [each.event for each in heard_] == [
            Words(f"{n}", each["event_id"]) for n, each in enumerate(said)
        ]
        said_ = server.words(ANA, "half \ud83d and \0 none")
        await server.tells({HERS: [said_]})
        assert (await next_of(inbox)).event == Words("half \ufffd and \ufffd none", said_["event_id"])


@on_loop
async def test_somebody_with_an_odd_name_is_in_the_room_all_the_same(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, inbox):
        assert matrix._rooms.partner(HERS) == ANA
        comes = server.event(
            BO, "m.room.member", {"membership": "join", "displayname": ["x"], "avatar_url": 5}, state_key=BO
        )
        await server.tells({HERS: [{**comes, "unsigned": 5, "origin_server_ts": "now"}]})
        await server.read()
        assert matrix._rooms.partner(HERS) == "", "what is personal must not go where a third person is"
        assert isinstance((await next_of(inbox)).event, Newcomers)


@pytest.mark.parametrize("content", [{}, {"algorithm": 5}, {"algorithm": "m.unknown"}, {"algorithm": None}])
@on_loop
async def test_a_room_stays_encrypted_however_oddly_it_is_said(content: Any, tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, inbox):
        await server.tells({HERS: [server.event(ANA, "m.room.encryption", content, state_key="")]})
        await heard(inbox, server)
        room = matrix._rooms.get(HERS)
        assert room is not None
        assert room.encrypted
        await matrix.send(message())
        assert [type_ for _, type_, _ in server.sent] == ["m.room.encrypted"]


@pytest.mark.parametrize(
    "levels",
    [
        {"users": [ANA]},
        {"users": 5, "events": []},
        {"users": {ANA: {}}, "events": {"m.room.message": []}},
        {"users": {ANA: "a hundred"}, "users_default": float("inf"), "events_default": None},
        {"state_default": [], "events_default": "0"},
        {},
    ],
)
@on_loop
async def test_power_levels_of_an_odd_shape_are_read_as_absent(levels: Any, tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, inbox):
        levelled = server.event(ANA, "m.room.power_levels", levels, state_key="")
        await server.tells({GROUP: [levelled, server.words(BO, "!help")]})
        got = await next_of(inbox)
        assert isinstance(got.event, Words)
        assert got.sender_is_admin is False
        assert (await matrix.send(message(room=GROUP))).chat.id == GROUP


def test_a_room_that_says_odd_things_about_who_made_it() -> None:
    for create in (
        {"content": {"room_version": "12", "additional_creators": 5}, "sender": ANA},
        {"content": {"room_version": {}, "additional_creators": [ANA]}, "sender": BO},
        {"content": {"predecessor": ["!old:x"]}},
    ):
        state = State(create, {})
        assert state.may(BO, 50) is False
        assert state.predecessor == ""
    assert State({"content": {"room_version": "12"}, "sender": ANA}, {"users": []}).may(ANA, 100)


@on_loop
async def test_who_presses_on_very_much_holds_up_nobody(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        looked_up: Counter[str] = Counter()

        def watch(request: str) -> None:
            looked_up[request.partition("/event/")[0]] += "/event/" in request

        server.faults.append(watch)
        relation = {"rel_type": "m.annotation", "key": "1\ufe0f\u20e3"}
        presses = [
            server.event(CY, "m.reaction", {"m.relates_to": {**relation, "event_id": f"$none{n}"}})
            for n in range(300)
        ]
        ours = server.event(BOT, "m.room.message", {"msgtype": "m.text", "body": "1. Yes"})
        press = server.event(ANA, "m.reaction", {"m.relates_to": {**relation, "event_id": ours["event_id"]}})
        await server.tells({GROUP: [ours, *presses, press]})
        happened = [await next_of(inbox) for _ in range(281)]
        assert happened[-1].event == Pressed(0, ours["event_id"])
        assert {type(each.event) for each in happened[:-1]} == {Unreadable}
        assert looked_up.total() == 20


@on_loop
async def test_where_it_cannot_be_known_whose_message_it_was_it_is_asked_again(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        relation = {"rel_type": "m.annotation", "key": "1\ufe0f\u20e3", "event_id": "$ours"}
        press = server.event(ANA, "m.reaction", {"m.relates_to": relation})
        server.breaks("GET rooms/!hers:stand-in/event", PAGE, {"sender": 5}, {}, {"sender": BOT})
        await server.tells({HERS: [press]})
        assert (await next_of(inbox)).event == Pressed(0, "$ours")
        # One that is always told badly is set aside.
        relation = {**relation, "event_id": "$odd"}
        press = server.event(ANA, "m.reaction", {"m.relates_to": relation})
        server.breaks("GET rooms/!hers:stand-in/event", *[{"sender": 5}] * 20)
        await server.tells({HERS: [press, server.words(ANA, "after")]})
        happened = [await next_of(inbox) for _ in range(3)]
        assert [type(each.event) for each in happened] == [Unreadable, Unsupported, Words]


@pytest.mark.parametrize(
    ("answers", "status"),
    [([{"errcode": "M_FORBIDDEN", "error": "No"}], 403), ([{"chunk": 5}] * 10, 200)],
)
@on_loop
async def test_a_gap_that_nobody_fills_holds_up_nobody(
    answers: list[Any], status: int, tmp_path: Path
) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        server.breaks("GET rooms/!hers:stand-in/messages", *answers, status=status)
        after = server.words(ANA, "after")
        gap = {"timeline": {"events": [after], "limited": True, "prev_batch": "p1"}}
        await server.tells({HERS: gap})
        happened = [await next_of(inbox), await next_of(inbox)]
        assert [type(each.event) for each in happened] == [Unreadable, Words]


@on_loop
async def test_a_gap_is_filled_with_what_can_be_read(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        missed = [server.words(ANA, "one"), {"odd": 1}, server.words(ANA, "two")]
        server.breaks("GET rooms/!hers:stand-in/messages", PAGE, {}, {"chunk": missed[::-1], "end": 5})
        gap = {"timeline": {"events": [server.words(ANA, "three")], "limited": True, "prev_batch": "p1"}}
        await server.tells({HERS: gap})
        happened = [(await next_of(inbox)).event for _ in range(4)]
        assert [each.text for each in happened if isinstance(each, Words)] == ["one", "two", "three"]
        assert sum(isinstance(each, Unreadable) for each in happened) == 1


# --- keys ------------------------------------------------------------------------------------------


def device_of(account: str, name: str) -> tuple[Olm, dict[str, Any]]:
    """Somebody's device, and its keys as they are published."""
    olm = Olm(account, name, SqliteMemoryStore(account, name))
    return olm, olm.share_keys()["device_keys"]


@on_loop
async def test_a_device_that_is_none_hides_no_other(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, inbox):
        client = matrix._open
        _, first = device_of(ANA, "FIRST")
        _, second = device_of(BO, "SECOND")
        keys = first["keys"]
        odd: list[Any] = [
            None, 5, [], {}, {**first, "keys": []}, {**first, "keys": {**keys, "curve25519:FIRST": "short"}},
            {**first, "keys": {**keys, "ed25519:FIRST": 5}}, {**first, "user_id": 5},
            {**first, "signatures": []}, {**first, "signatures": {ANA: {"ed25519:FIRST": "no signature"}}},
            {**first, "signatures": {ANA: {"ed25519:FIRST": {}}}}, {**first, "unsigned": 5},
        ]  # fmt: skip
        for answer in (first, *odd):
            client.olm.users_for_key_query |= {ANA, BO}
            told = {"device_keys": {ANA: {"FIRST": answer}, BO: {"SECOND": second}}}
            server.breaks("POST keys/query", told)
            await client.keys_query()
            known = [*map(client.device_store.active_user_devices, (ANA, BO))]
            assert [[device.id for device in devices] for devices in known] == [["FIRST"], ["SECOND"]], answer
            assert not client.olm.users_for_key_query
        no_answers: list[Any] = [PAGE, {}, {"device_keys": []}, {"device_keys": {ANA: []}}]
        for no_answer in no_answers:
            client.olm.users_for_key_query |= {ANA}
            server.breaks("POST keys/query", no_answer)
            with pytest.raises(Failed):
                await client.keys_query()
            assert client.olm.users_for_key_query == {ANA}, "it is asked again"
        await heard(inbox, server)


@on_loop
async def test_a_one_time_key_that_is_none_hinders_no_other(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, _):
        client = matrix._open
        theirs = {name: device_of(ANA, name) for name in ("ODD", "GOOD")}
        client.olm.users_for_key_query |= {ANA}
        devices = {name: published for name, (_, published) in theirs.items()}
        server.breaks("POST keys/query", {"device_keys": {ANA: devices}})
        await client.keys_query()
        good = theirs["GOOD"][0].share_keys()["one_time_keys"]
        key = dict([next(iter(good.items()))])
        for odd in (None, 5, {}, {"signed_curve25519:A": 5}, {"signed_curve25519:A": {"key": 5}}, key):
            server.breaks("POST keys/claim", {"one_time_keys": {ANA: {"ODD": odd, "GOOD": key}}})
            await client.keys_claim({ANA: ["ODD", "GOOD"]})
            sessions = client.olm.session_store
            assert sessions.get(theirs["GOOD"][1]["keys"]["curve25519:GOOD"])
            assert not sessions.get(theirs["ODD"][1]["keys"]["curve25519:ODD"])
        no_answers: list[Any] = [PAGE, {}, {"one_time_keys": []}, {"one_time_keys": {ANA: []}}]
        for no_answer in no_answers:
            server.breaks("POST keys/claim", no_answer)
            with pytest.raises(Failed):
                await client.keys_claim({ANA: ["GOOD"]})


@on_loop
async def test_who_is_missing_in_an_odd_answer_has_not_left(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, _):
        client = matrix._open
        odd: list[Any] = [[], {}, {ANA: {}}, {BOT: 5}]
        no_answers: list[Any] = [PAGE, {}, *({"joined": each} for each in odd)]
        for no_answer in no_answers:
            server.breaks("GET rooms", no_answer)
            with pytest.raises(Failed):
                await client.joined_members(HERS)
            assert set(client.rooms[HERS].users) == {ANA, BOT}


@on_loop
async def test_a_page_is_not_taken_for_a_key_that_was_given(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, inbox):
        client = matrix._open
        hers, published = device_of(ANA, "FIRST")
        one_time = dict([next(iter(hers.share_keys()["one_time_keys"].items()))])
        server.breaks("POST keys/query", {"device_keys": {ANA: {"FIRST": published}}})
        server.breaks("POST keys/claim", {"one_time_keys": {ANA: {"FIRST": one_time}}})
        algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
        await server.tells({HERS: [server.event(ANA, "m.room.encryption", algorithm, state_key="")]})
        await heard(inbox, server)
        for answer, status in ((PAGE, 200), (PAGE, 502), ({"errcode": "M_UNKNOWN", "error": "x"}, 500)):
            server.breaks("PUT sendToDevice", answer, status=status)
            with pytest.raises(Later):
                await matrix.send(message())
            assert server.sent == [], "nobody could read it"
        await matrix.send(message())
        assert [type_ for _, type_, _ in server.sent] == ["m.room.encrypted"]
        assert client.olm.outbound_group_sessions[HERS].users_shared_with == {(ANA, "FIRST")}


@pytest.mark.parametrize(
    "inside",
    [
        {"type": "m.room.member", "state_key": BO, "content": {"membership": "leave"}},
        {"type": "m.room.tombstone", "state_key": "", "content": {"body": "x", "replacement_room": "!x:y"}},
        {
            "type": "m.room.power_levels",
            "state_key": "",
            "content": {"users": {BOT: -1}, "events_default": 50},
        },
        {"type": "m.room.message", "content": 5},
        {"type": 5, "content": {}},
        {"content": {}},
        {"type": "m.room.message", "content": {"msgtype": "m.text", "body": "x"}, "event_id": "$of-others"},
        [],
        5,
    ],
)
@on_loop
async def test_what_was_encrypted_is_never_a_state_nor_somebody_elses(inside: Any, tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (matrix, inbox):
        client = matrix._open
        session = OutboundGroupSession()
        identity = {"sender_key": "curve-of-ana", "device_id": "FIRST", "session_id": session.id}
        client.olm.create_group_session("curve-of-ana", "ed-of-ana", GROUP, session.id, session.session_key)
        session.shared = True
        ciphertext = session.encrypt(json.dumps(inside))
        content = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": ciphertext, **identity}
        sealed = server.event(ANA, "m.room.encrypted", content)
        after = server.words(BO, "!after")
        await server.tells({GROUP: [sealed, after]})
        happened = [await next_of(inbox)]
        if happened[0].id != after["event_id"]:
            assert isinstance(happened[0].event, Unreadable | Words)
            assert happened[0].id == sealed["event_id"]
            happened.append(await next_of(inbox))
        assert happened[-1].event == Words("!after", after["event_id"])
        room = client.rooms[GROUP]
        assert set(room.users) == {ANA, BO, CY, BOT}
        assert room.replacement_room is None
        assert matrix._rooms.state(GROUP).needs("m.room.message", state=False) == 0


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["login.json", "crypto.db", "cross-signing.json", "sync"])
@pytest.mark.parametrize(
    "garbage", [b"", b"\x00\xff" * 4000, b"[]", b"{}", b'{"asked": "@mentornet:stand-in"}', b"null", b"\0\0"]
)
@on_loop
async def test_of_a_file_that_is_damaged_a_sentence_says_what_to_do(
    name: str, garbage: bytes, tmp_path: Path
) -> None:
    async with stand_in() as server:
        async with listening(server, tmp_path) as (_, inbox):
            await heard(inbox, server)
            await server.read()
        if name == "sync" and garbage.decode("latin-1").isprintable() and garbage:
            return  # it may be a place
        asked = server.asked.copy()
        damaged = tmp_path / "matrix" / name
        damaged.write_bytes(garbage)
        matrix = adapter_of(account(server, tmp_path))
        with pytest.raises(Unauthorised) as caught:
            await matrix.start()
            await matrix.run(_nobody)
        await matrix.close()
        assert name in str(caught.value)
        assert "backup" in str(caught.value)
        assert damaged.read_bytes() == garbage, "nothing is written over it"
        for what in ("POST keys/upload", "POST login", "POST keys/device_signing/upload"):
            assert server.asked[what] == asked[what]


async def _nobody(incoming: Incoming) -> None:
    raise AssertionError("nothing happens")


# --- many of them ----------------------------------------------------------------------------------

PEOPLE = [f"@p{n}:stand-in" for n in range(40)]


def some_event(server: StandIn, rng: Random, by: str) -> dict[str, Any]:
    """An event as people's apps make them."""
    relation = {"rel_type": "m.annotation", "event_id": f"$b{rng.randint(1, 500)}", "key": "1\ufe0f\u20e3"}
    edit = {"rel_type": "m.replace", "event_id": f"$e{rng.randint(1, 500)}"}
    reply = {"m.in_reply_to": {"event_id": f"$b{rng.randint(1, 500)}"}}
    file = {"url": "mxc://stand-in/abc", "info": {"size": 5, "mimetype": "image/png", "duration": 900}}
    encrypted = {"ciphertext": "AwgA", "session_id": "s", "sender_key": "k", "device_id": "D"}
    words = rng.choice(["Hello", "/help", "!ask papers", "1", "/language", "Thank you!", "x" * 3000])
    type_, content, more = rng.choice(
        [
            *[("m.room.message", {"msgtype": "m.text", "body": words}, {})] * 6,
            ("m.room.message", {"msgtype": "m.image", "body": "a.png", **file}, {}),
            ("m.room.message", {"msgtype": "m.audio", "body": "a", "file": {**file, "key": {}}}, {}),
            ("m.room.message", {"msgtype": "m.location", "body": "here", "geo_uri": "geo:1,2"}, {}),
            ("m.room.message", {"msgtype": "m.text", "body": words, "m.relates_to": reply}, {}),
            (
                "m.room.message",
                {"msgtype": "m.text", "body": words, "m.new_content": {"msgtype": "m.text", "body": "new"}}
                | {"m.relates_to": edit},
                {},
            ),
            ("m.reaction", {"m.relates_to": relation}, {}),
            ("m.room.redaction", {"redacts": f"$e{rng.randint(1, 500)}"}, {}),
            ("m.sticker", {"body": "a cat", **file}, {}),
            ("m.poll.start", {"m.poll.start": {"question": {"m.text": [{"body": "When?"}]}}}, {}),
            ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", **encrypted}, {}),
            ("m.room.member", {"membership": "join", "displayname": "P"}, {"state_key": by}),
            ("m.room.member", {"membership": "knock"}, {"state_key": rng.choice(PEOPLE)}),
            ("m.room.power_levels", {"users": {by: 100}, "events": {"m.room.name": 50}}, {"state_key": ""}),
            ("m.room.name", {"name": "A room"}, {"state_key": ""}),
            ("m.room.create", {"room_version": "12", "additional_creators": [by]}, {"state_key": ""}),
            ("m.room.canonical_alias", {"alias": "#a:stand-in"}, {"state_key": ""}),
            ("m.call.invite", {"call_id": "c", "version": 0, "lifetime": 1, "offer": {}}, {}),
        ]
    )
    return server.event(by, type_, content, **more)


@pytest.mark.parametrize(
    "inputs", [pytest.param(1_000, id="1000"), pytest.param(50_000, id="50000", marks=pytest.mark.soak)]
)
def test_each_input_of_a_broken_shape_ends_stored_answered_or_counted(
    inputs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tells: Callable[[str], None]
) -> None:
    monkeypatch.setattr(unread, "_KEY_SECONDS", 0.0)
    asyncio.run(asyncio.wait_for(_many(inputs, tmp_path, tells), 60 + inputs / 20))


async def _many(inputs: int, folder: Path, tells: Callable[[str], None]) -> None:
    rng, counted, handed = Random(18), Counter[str](), list[Incoming]()
    logger = logging.getLogger("mentornet.matrix")

    def count(record: logging.LogRecord) -> bool:
        if record.msg == "sync.read":
            counted.update(record.__dict__["fields"])
        return True

    async with stand_in() as server:
        for n, person in enumerate(PEOPLE):
            server.makes_room(f"!r{n}:stand-in", person, private=True)
        server.makes_room(GROUP, *PEOPLE[:10])
        matrix = adapter_of(account(server, folder))
        app = app_of(
            f"sqlite:///{folder}/mentornet.db",
            {"matrix": matrix},
            RealClock(),
            Installation(time_zone=where_it_is_day()),
        )
        receive = app.receive

        async def watched(incoming: Incoming) -> None:
            handed.append(incoming)
            await receive(incoming)

        app.receive = watched  # type: ignore[method-assign]  # in the test's hands
        logger.addFilter(count)
        logger.setLevel(logging.DEBUG)
        began = time.perf_counter()
        try:
            async with app:
                running = asyncio.create_task(app.run())
                await _until(lambda: matrix._client is not None, running)
                await _until(matrix._synced.is_set, running)
                sent = 0
                while sent < inputs:
                    told: dict[str, list[Any]] = {}
                    for _ in range(100):
                        n = rng.randrange(len(PEOPLE) + 5)
                        room = GROUP if n >= len(PEOPLE) else f"!r{n}:stand-in"
                        by = PEOPLE[n] if n < len(PEOPLE) else rng.choice(PEOPLE[:10])
                        told.setdefault(room, []).append(broken(some_event(server, rng, by), rng))
                    await server.tells(told)
                    await server.read()
                    sent += 100
                await _until(lambda: account(server, folder).since() == f"s{server.place}", running)
                told_of = counted["happened"] + counted["nothing"] + counted["waiting"]
                also_told = sum(each.id.endswith(" odd") for each in handed)  # to whom wrote it, in private
                assert told_of - also_told == sent, counted
                # What is at fault above the events is asked again, and ends nothing either.
                frame = {"next_batch": f"s{server.place}", "rooms": {"join": {GROUP: {}}}, "to_device": {}}
                server.breaks("GET sync", *(broken(frame, rng) for _ in range(50)))
                last = server.words(PEOPLE[0], "And now?")
                await server.tells({"!r0:stand-in": [last]})
                await _until(lambda: last["event_id"] in {each.id for each in handed}, running)
                await server.read()
                await _until(lambda: account(server, folder).since() == f"s{server.place}", running)
                seconds = time.perf_counter() - began
                seen, aside = await app.engine.worker.call(
                    lambda db: (
                        {*db.scalars(sql("SELECT event FROM seen WHERE event LIKE 'matrix %'"))},
                        {*db.scalars(sql("SELECT event FROM dead_letters"))},
                    )
                )
                assert not running.done()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
        finally:
            logger.removeFilter(count)
    assert seen >= {f"matrix {each.id}" for each in handed}
    unread = {f"matrix {each.id}" for each in handed if isinstance(each.event, Unreadable)}
    read = {f"matrix {each.id}" for each in handed if not isinstance(each.event, Unreadable)}
    assert aside >= unread - read, "of two with one id, the second was seen before"
    assert len(unread) > inputs / 10
    assert server.sent
    tells(
        f"{sent} inputs in {seconds:.1f} s: {counted['happened']} handed over, of these {len(unread)} set "
        f"aside unread and {len(aside - unread)} by the engine; {counted['nothing']} none of ours, "
        f"{counted['waiting']} without a key; {len(server.sent)} answers"
    )
