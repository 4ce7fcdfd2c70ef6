"""The bot on Matrix, against a real homeserver and real clients."""

import asyncio
import contextlib
import json
import os
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.orm import Session

from adapters.matrix import adapter as matrix
from adapters.matrix import content as matrix_content
from adapters.matrix import door as matrix_door
from adapters.matrix import events as matrix_events
from adapters.matrix import incoming as matrix_in
from adapters.matrix import listening
from adapters.matrix.account import Account
from adapters.matrix.adapter import Matrix
from adapters.matrix.homeserver.sync import Odd
from bot.adapter import Later, Moved, Refused, Unauthorised, Unreachable
from bot.installation import Installation
from bot.making.pictures import Qr
from bot.markup import plain
from bot.message import (
    Added,
    AsksIn,
    Carried,
    Chat,
    Deleted,
    Edited,
    Event,
    Identity,
    Incoming,
    Left,
    Media,
    MessageRef,
    MovedTo,
    Newcomers,
    Opened,
    Outgoing,
    Pressed,
    Reacted,
    Removed,
    Unsupported,
    Words,
)
from bot.program import cast
from bot.program.compose import SETTINGS, real
from bot.program.state import placed
from bot.text import Reader, Verbatim
from db import people
from tests.support.aio import PATIENCE, on_loop
from tests.support.matrix_line import Fault, away, line_to, refusing
from tests.support.matrix_person import (
    PASSWORD,
    Person,
    acquainted,
    marked,
    matrix_name,
    new_account,
    running,
    signed_by_owner,
)
from tests.support.synapse import SynapseError, homeserver

Inbox = asyncio.Queue[Incoming]


async def next_of(inbox: Inbox) -> Incoming:
    return await asyncio.wait_for(inbox.get(), PATIENCE)


def message(number: int, chat: Chat, html: str = "Hello", **more: Any) -> Outgoing:
    return Outgoing(number, chat, html, plain(html), **more)


def private(room: str) -> Chat:
    return Chat("matrix", room)


async def refused_start(account: Account) -> str:
    """What is said when the bot does not start."""
    adapter = Matrix(account, invites="anyone", servers=(), messages_per_second=1)
    with pytest.raises(Unauthorised) as caught:
        await adapter.start()
    return str(caught.value)


# --- the login -------------------------------------------------------------------------------------


@on_loop
async def test_one_login_for_ever_in_a_folder_for_us_alone(tmp_path: Path) -> None:
    account = new_account(homeserver(), tmp_path)
    kept = []
    for _ in range(2):
        async with running(account) as (adapter, _):
            await _synced(adapter)
        kept.append(json.loads((account.folder / "login.json").read_text()))
    assert kept[0] == kept[1]
    async with running(replace(account, password="")):
        pass  # the token is enough
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in account.folder.iterdir()}
    assert stat.S_IMODE(account.folder.stat().st_mode) == 0o700
    assert set(modes) >= {"login.json", "crypto.db", "sync", "cross-signing.json"}
    assert {mode & 0o077 for mode in modes.values()} == {0}


@on_loop
async def test_a_login_that_was_cut_off_is_taken_up(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    account.folder.mkdir()
    cut = {"asked": account.user, "user": "", "device": "CUTOFF", "token": ""}
    (account.folder / "login.json").write_text(json.dumps(cut))
    async with running(account):
        assert json.loads((account.folder / "login.json").read_text())["device"] == "CUTOFF"


@on_loop
async def test_a_given_access_token(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    token = server.login(account.user, PASSWORD)["access_token"]
    given = replace(account, password="", access_token=token)
    async with running(given):
        pass
    other = server.login(account.user, PASSWORD)["access_token"]
    assert "belongs to another device" in await refused_start(replace(given, access_token=other))


@on_loop
async def test_what_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    server = homeserver()
    account, stranger = new_account(server, tmp_path), new_account(server, tmp_path / "stranger")
    assert "matrix.password" in await refused_start(replace(account, password=""))
    assert "refuses the bot's login" in await refused_start(replace(account, password="wrong"))
    async with running(account) as (adapter, _):
        await _synced(adapter)
    assert "another user" in await refused_start(replace(account, user=stranger.user))
    keys = account.folder / "crypto.db"
    aside = tmp_path / "aside"
    keys.rename(aside)
    assert "are gone" in await refused_start(account)
    # A file of the same device with other keys: what an old or foreign backup is.
    shutil.copy(aside, keys)
    async with running(replace(account, folder=tmp_path / "copy")) as (adapter, _):
        await _synced(adapter)
    login = account.folder / "login.json"
    login.write_text(login.read_text().replace(_device(account), _device_of(tmp_path / "copy")))
    said = await refused_start(account)
    assert "not those of the bot's device" in said or "another device" in said or "refuses" in said


@on_loop
async def test_a_second_program_is_kept_off(tmp_path: Path) -> None:
    account = new_account(homeserver(), tmp_path)
    async with running(account) as (adapter, _):
        await _synced(adapter)
        second = Matrix(account, invites="anyone", servers=(), messages_per_second=1)
        await second.start()  # looking is allowed: `check` does so
        with pytest.raises(Unauthorised, match="Another program"):
            await second.run(_nobody)
        await second.close()


@on_loop
async def test_a_login_that_is_taken_away_ends_it(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    adapter = Matrix(account, invites="anyone", servers=(), messages_per_second=1)
    await adapter.start()
    listening = asyncio.create_task(adapter.run(_nobody))
    await _synced(adapter)
    token = json.loads((account.folder / "login.json").read_text())["token"]
    server.call("POST", "/_matrix/client/v3/logout", {}, token)
    with pytest.raises(Unauthorised, match=r"start again with matrix\.password"):
        await asyncio.wait_for(listening, PATIENCE)
    await adapter.close()
    assert "refuses the bot's login" in await refused_start(account)


def test_the_program_is_on_matrix_once_it_has_an_account(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret")
    environ = {
        "MENTORNET_DATABASE__URL": f"sqlite:///{tmp_path}/bot.db",
        "MENTORNET_MATRIX__USER": "@mentornet:example.org",
        "MENTORNET_MATRIX__PASSWORD_FILE": str(password),
        "MENTORNET_MATRIX__INVITES": "servers",
        "MENTORNET_MATRIX__SERVERS": "example.org, example.com:8448",
    }
    app = real(SETTINGS.load(None, environ))
    app.database.dispose()
    assert list(app.adapters) == ["matrix"]
    assert "secret" not in repr(vars(app.adapters["matrix"]))


@on_loop
async def test_whom_the_program_knows(tmp_path: Path) -> None:
    environ = {
        "MENTORNET_DATABASE__URL": f"sqlite:///{tmp_path}/bot.db",
        "MENTORNET_OPERATORS__ACCOUNTS": "matrix:@boss:example.org",
        "MENTORNET_MATRIX__USER": "@mentornet:example.org",
        "MENTORNET_MATRIX__INVITES": "members",
        "MENTORNET_MATRIX__SPACE": "#mentors:example.org",
    }
    app = real(placed(SETTINGS.load(None, environ), tmp_path))
    adapter = app.adapters["matrix"]
    assert isinstance(adapter, Matrix)
    policy = adapter._policy
    ana = cast.Character("Ana", "matrix", "@ana:example.org", "en", "member", None, (), ())
    async with app:
        now = app.clock.now()
        await app.engine.worker.call(lambda db: cast.enter(db, ana, time_zone="Europe/Berlin", now=now))
        await app.engine.worker.call(
            lambda db: people.meet(
                db, "matrix", "@bo:example.org", chat="!bo", name="Bo", language=None, now=now
            )
        )
        for account, known in (("ana", True), ("boss", True), ("bo", False), ("carl", False)):
            assert await policy.knows(f"@{account}:example.org") is known
    assert policy.space == "#mentors:example.org"
    assert policy.refusal.startswith("I only join chats of people I know.")
    silent = real(SETTINGS.load(None, {**environ, "MENTORNET_MATRIX__REFUSE_SILENTLY": "true"}))
    silent.database.dispose()
    adapter = silent.adapters["matrix"]
    assert isinstance(adapter, Matrix)
    assert adapter._policy.refusal == ""


# --- trust -----------------------------------------------------------------------------------------


def _device(account: Account) -> str:
    return _device_of(account.folder)


def _device_of(folder: Path) -> str:
    return str(json.loads((folder / "login.json").read_text())["device"])


def trusted(ana: Person, account: Account) -> bool:
    """Whether others see the bot's device signed, by the homeserver's own answer."""
    known = ana.call("POST", "keys/query", {"device_keys": {ana.bot: []}})
    return signed_by_owner(known, ana.bot, _device(account))


@on_loop
async def test_the_device_is_signed_also_after_a_restart_and_when_it_was_replaced() -> None:
    async with acquainted("Ana", strict=True) as (ana, account, room):
        seeds = (account.folder / "cross-signing.json").read_text()
        first = _device(account)
        assert trusted(ana, account)
        async with running(replace(account, password="")) as (adapter, inbox):
            await _synced(adapter)
            assert await _well(adapter)
        assert trusted(ana, account)
        for lost in ("login.json", "crypto.db"):
            (account.folder / lost).unlink()
        async with running(account) as (adapter, inbox):
            await _synced(adapter)
            assert await _well(adapter)
            assert _device(account) != first
            assert trusted(ana, account)
            await ana.until(lambda: _device(account) in _devices(ana, ana.bot))
            await ana.writes(room, "Can you read me?")
            assert _text(await next_of(inbox)) == "Can you read me?"
            await adapter.send(message(1, private(room), "I can"))
            assert (await ana.hears()).text == "I can"
        assert (account.folder / "cross-signing.json").read_text() == seeds


@on_loop
async def test_a_device_that_is_not_signed_is_seen_as_such(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    token = server.login(account.user, PASSWORD)["access_token"]
    server.call("POST", "/_matrix/client/v3/keys/device_signing/upload", _foreign_keys(account), token)
    async with running(replace(account, password="", access_token=token)) as (adapter, _):
        await _synced(adapter)
        bad = [said for well, said in await adapter.check() if not well]
        assert any("matrix.password" in said for said in bad)  # replacing that identity takes it
    async with running(replace(account, access_token=token)) as (adapter, _):
        await _synced(adapter)
        assert await _well(adapter)


def _foreign_keys(account: Account) -> dict[str, Any]:
    key = "A" * 42 + "E"
    master = {"user_id": matrix_name(account), "usage": ["master"], "keys": {f"ed25519:{key}": key}}
    return {"master_key": master}


@on_loop
async def test_one_time_keys_that_ran_out_while_the_bot_was_away() -> None:
    server = homeserver()
    async with acquainted("Ana") as (ana, account, _room):
        device, bot = _device(account), matrix_name(account)
        claim = {"one_time_keys": {bot: {device: "signed_curve25519"}}}
        taken = [ana.call("POST", "keys/claim", claim)["one_time_keys"][bot][device] for _ in range(60)]
        assert taken[-1] == taken[-2], "all are gone, and the one of last resort is left"
        async with Person.on(server, "Bo") as bo:
            words = await bo.opens_private_chat(bot)
            await bo.writes(words, "Written by a new device")
            async with running(account) as (_, inbox):
                await bo.until(lambda: bo.has_joined(words, bot))
                assert (await next_of(inbox)).event == Opened()
                await bo.writes(words, "And again")
                texts = [_text(await next_of(inbox)) for _ in range(2)]
                assert texts == ["Written by a new device", "And again"]
                await ana.until(lambda: _uploaded(ana, bot, device))


def _uploaded(ana: Person, user: str, device: str) -> bool:
    """Whether there are one-time keys again; takes one."""
    claim = {"one_time_keys": {user: {device: "signed_curve25519"}}}
    (key,) = ana.call("POST", "keys/claim", claim)["one_time_keys"][user][device].values()
    return not key.get("fallback")


# --- nothing lost ----------------------------------------------------------------------------------


@on_loop
async def test_the_first_start_answers_nothing_older() -> None:
    async with acquainted("Ana") as (ana, account, room):
        await ana.writes(room, "Older than the first start")
        (account.folder / "sync").unlink()
        async with running(account) as (adapter, inbox):
            await _synced(adapter)
            await ana.writes(room, "Newer")
            assert _text(await next_of(inbox)) == "Newer"


@on_loop
async def test_all_that_was_written_meanwhile_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    small = {**listening._FILTER, "room": {**listening._FILTER["room"], "timeline": {"limit": 5}}}
    monkeypatch.setattr(listening, "_FILTER", small)
    monkeypatch.setattr(matrix_in, "_PAGE", 7)
    async with acquainted("Ana") as (ana, account, room):
        for number in range(40):
            await ana.writes(room, f"word {number}")
        async with running(account) as (_, inbox):
            texts = [_text(await next_of(inbox)) for _ in range(40)]
            assert texts == [f"word {number}" for number in range(40)]
            await asyncio.sleep(0.2)
            assert inbox.empty()


@on_loop
async def test_what_was_not_kept_at_a_crash_comes_again() -> None:
    async with acquainted("Ana") as (ana, account, room):
        came: list[str] = []
        for _ in range(2):
            adapter = Matrix(account, invites="anyone", servers=(), messages_per_second=100)
            stuck = asyncio.Event()

            async def receive(incoming: Incoming, stuck: asyncio.Event = stuck) -> None:
                came.append(incoming.id)
                stuck.set()
                await asyncio.sleep(3600)

            await adapter.start()
            listening = asyncio.create_task(adapter.run(receive))
            await _synced(adapter)
            if not came:
                await ana.writes(room, "Do not lose me")
            await asyncio.wait_for(stuck.wait(), PATIENCE)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await adapter.close()
        assert len(came) == 2
        assert len(set(came)) == 1


@on_loop
async def test_a_repeated_send_is_no_second_message() -> None:
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, _):
        first = await adapter.send(message(7, private(room), "Once"))
        assert await adapter.send(message(7, private(room), "Once")) == first
        second_part = await adapter.send(message(7, private(room), "The rest of a long text", part=1))
        assert second_part != first
        assert [(await ana.hears()).text for _ in range(2)] == ["Once", "The rest of a long text"]


# --- what goes wrong -------------------------------------------------------------------------------


@on_loop
async def test_a_homeserver_that_is_away_is_asked_seldom_and_found_again() -> None:
    async with acquainted("Ana") as (ana, account, room), line_to(homeserver()) as line:
        waited: list[float] = []

        async def pause(seconds: float) -> None:
            waited.append(seconds)
            if sum(waited) > 60:
                line.fault = lambda request: None
            await asyncio.sleep(0)

        there = replace(account, homeserver=line.url)
        async with running(there, pause=pause) as (adapter, inbox):
            await _synced(adapter)
            line.fault = away
            before = len(line.requests)
            await ana.writes(room, "Are you there?")  # ends the sync that still hangs
            await ana.until(lambda: sum(waited) > 60)
            asked = len(line.requests) - before
            assert asked < sum(waited), "less than one request a second"
            assert max(waited) <= 8, "back within ten seconds"
            assert _text(await next_of(inbox)) == "Are you there?"


@on_loop
async def test_events_that_break_every_rule_stop_nothing() -> None:
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await _synced(adapter)
        contents: tuple[dict[str, Any], ...] = (
            {"msgtype": ["m.text"], "body": {"a": 1}},
            {"msgtype": "m.image", "file": [], "info": 7},
            {"m.relates_to": {"rel_type": "m.replace", "event_id": {}}, "m.new_content": []},
            {"m.relates_to": {"rel_type": "m.thread", "m.in_reply_to": 5}, "msgtype": "m.text"},
            {"m.mentions": "everybody", "m.relates_to": [], "msgtype": "m.location", "geo_uri": None},
        )
        for content in contents:
            for type in ("m.room.message", "m.reaction", "m.poll.start", "m.room.encrypted"):
                with contextlib.suppress(SynapseError):  # some of it even a homeserver refuses
                    ana.call("PUT", f"rooms/{room}/send/{type}/{hash(str(content) + type)}", content)
        for type in ("m.room.name", "m.room.topic", "m.room.pinned_events"):
            with contextlib.suppress(SynapseError):
                ana.call("PUT", f"rooms/{room}/state/{type}", {"name": 5, "topic": [], "pinned": {}})
        await ana.writes(room, "The last one")
        while (came := await next_of(inbox)).event != Words("The last one", came.id):
            pass


@on_loop
async def test_the_homeserver_crashes_and_comes_back() -> None:
    server = homeserver()
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await _synced(adapter)
        server.crash()
        with pytest.raises(Later) as later:
            await adapter.send(message(1, private(room)))
        assert later.value.everywhere
        server.restart()
        await adapter.send(message(1, private(room)))
        await ana.writes(room, "Back again")
        assert _text(await next_of(inbox)) == "Back again"
        assert (await ana.hears()).text == "Hello"


@on_loop
async def test_errors_of_a_send_by_kind() -> None:
    async with acquainted("Ana") as (ana, account, room), line_to(homeserver()) as line:
        there = replace(account, homeserver=line.url)
        async with running(there) as (adapter, _):
            await _synced(adapter)
            chat = private(room)
            # Where the room's key is shared it fails first, and the next send must not hang.
            for part in ("/keys/claim", "/sendToDevice/", "/send/"):
                line.fault = refusing(part, "M_LIMIT_EXCEEDED", 429, retry_after_ms=1500)
                with pytest.raises(Later) as later:
                    await asyncio.wait_for(adapter.send(message(1, chat)), PATIENCE)
                assert later.value.everywhere
                if part == "/send/":
                    assert later.value.seconds == 1.5
            line.fault = refusing("/send/", "M_TOO_LARGE", 413)
            with pytest.raises(Refused, match="M_TOO_LARGE"):
                await adapter.send(message(1, chat))
            line.fault = refusing("/send/", "M_FORBIDDEN", 403)
            with pytest.raises(Unreachable):
                await adapter.send(message(1, chat))
            line.fault = lambda request: None
            sending = asyncio.create_task(adapter.send(message(1, chat, "At last")))
            await asyncio.sleep(0)
            sending.cancel()  # from outside: the send goes on
            assert (await ana.hears()).text == "At last"
            await adapter.send(message(2, chat, "And on"))
            assert (await ana.hears()).text == "And on"
            with pytest.raises(Unreachable):
                await adapter.send(message(3, private("!nowhere:localhost")))


# --- private chats ---------------------------------------------------------------------------------


@on_loop
async def test_the_bot_opens_a_private_chat_when_it_must_write_first(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    async with Person.on(server, "Ana", strict=True) as ana, running(account) as (adapter, inbox):
        ana.bot = matrix_name(account)
        opening = [adapter._rooms.open_direct(ana.account) for _ in range(2)]
        opened, again = await asyncio.gather(*opening)
        assert opened == again
        chat = Chat("matrix", opened)
        await ana.until(lambda: chat.id in ana.client.rooms)
        await _patiently(adapter, message(1, chat, "Good morning"))
        shown = await ana.hears()
        assert shown.encrypted
        assert shown.text == "Good morning"
        await ana.writes(chat.id, "Good evening")
        assert _text(incoming := await next_of(inbox)) == "Good evening"
        assert incoming.chat == chat
    async with running(account) as (adapter, _):
        assert await adapter._rooms.open_direct(ana.account) == opened, "also before the first sync"


@on_loop
async def test_a_second_private_chat_and_leaving_one() -> None:
    async with acquainted("Ana") as (ana, account, room), running(account) as (_, inbox):
        second = await ana.opens_private_chat(ana.bot)
        assert (came := await next_of(inbox)).event == Opened()
        assert came.chat == private(second)
        ana.call("POST", f"rooms/{room}/leave", {})
        assert (came := await next_of(inbox)).event == MovedTo(second)
        assert (came.chat, came.sender) == (private(room), None)
        await ana.writes(second, "Still here")
        assert _text(await next_of(inbox)) == "Still here", "one of two is not leaving"
        ana.call("POST", f"rooms/{second}/leave", {})
        assert (await next_of(inbox)).event == Left()


@on_loop
async def test_a_third_person_makes_a_private_chat_a_room() -> None:
    server = homeserver()
    async with acquainted("Ana") as (ana, account, room), Person.on(server, "Bo") as bo:
        bot = running(account)
        async with bot as (adapter, inbox):
            await _synced(adapter)
            ana.call("POST", f"rooms/{room}/invite", {"user_id": bo.account})
            await ana.until(lambda: ana.has_joined(room, bo.account))
            await ana.writes(room, "Hello you two")
            while not isinstance((came := await next_of(inbox)).event, Words):
                pass
            assert came.chat is not None
            assert not came.chat.private
            with pytest.raises(Moved) as moved:
                await adapter.send(message(1, private(room), "For Ana alone"))
            assert moved.value.to.private
            assert moved.value.to.id != room


@on_loop
async def test_invitations_from_elsewhere_are_refused(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    async with Person.on(server, "Ana") as ana:
        bot = matrix_name(account)
        async with running(account, invites="servers", servers=("example.org",)):
            room = await ana.opens_private_chat(bot)
            await ana.until(lambda: bot not in ana.client.rooms[room].users)
        async with running(account, invites="servers", servers=("localhost",)) as (_, inbox):
            ana.call("POST", f"rooms/{room}/invite", {"user_id": bot})
            await next_of(inbox)
            assert ana.has_joined(room, bot)


@on_loop
async def test_members_and_those_of_a_space_may_invite(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    bot = matrix_name(account)
    async with Person.on(server, "Ana") as ana, Person.on(server, "Bo") as bo:

        async def knows(somebody: str) -> bool:
            return somebody == ana.account

        address = f"space-{account.user}"
        space = await ana.opens_room(
            "All", creation_content={"type": "m.space"}, room_alias_name=address, preset="public_chat"
        )
        options = {"invites": "members", "knows": knows, "refusal": "Not for you."}
        async with running(account, **options) as (_, inbox):
            await ana.opens_private_chat(bot)
            assert (await next_of(inbox)).sender == Identity("matrix", ana.account)
            room = await bo.opens_private_chat(bot)
            await bo.until(lambda: _reason(bo, room, bot) == "Not for you.")
            other = await ana.opens_room("Not ours", bot, creation_content={"type": "m.space"})
            await ana.until(lambda: bot not in ana.client.rooms[other].users)
        async with running(account, **options, space=f"#{address}:localhost") as (_, inbox):
            bo.call("POST", f"rooms/{room}/invite", {"user_id": bot})
            await bo.until(lambda: _reason(bo, room, bot) == "Not for you.")
            bo.call("POST", f"join/{space}", {})
            bo.call("POST", f"rooms/{room}/invite", {"user_id": bot})
            assert (came := await next_of(inbox)).sender == Identity("matrix", bo.account)
            assert came.chat == private(room), "and of the space itself nothing is said"
            assert ana.has_joined(space, bot)


@on_loop
async def test_the_bot_may_be_invited_into_its_own_space(tmp_path: Path) -> None:
    server = homeserver()
    account = new_account(server, tmp_path)
    bot = matrix_name(account)
    async with Person.on(server, "Ana") as ana:
        space = await ana.opens_room("All", creation_content={"type": "m.space"})
        async with running(account, invites="servers", space=space) as (_, inbox):
            room = await ana.opens_private_chat(bot)
            await ana.until(lambda: _place(ana, room, bot)["membership"] == "leave")
            ana.call("POST", f"rooms/{space}/invite", {"user_id": bot})
            await ana.until(lambda: ana.has_joined(space, bot))
            ana.call("POST", f"rooms/{room}/invite", {"user_id": bot})
            assert (await next_of(inbox)).chat == private(room)


def _place(person: Person, room: str, account: str) -> dict[str, Any]:
    """What the homeserver says about somebody in a room."""
    state = person.call("GET", f"rooms/{room}/state/m.room.member/{account}?format=event")
    content: dict[str, Any] = state["content"]
    return content


def _reason(person: Person, room: str, account: str) -> object:
    """Why somebody is not in a room."""
    return _place(person, room, account).get("reason")


@on_loop
async def test_an_invitation_that_could_not_be_accepted_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A homeserver tells of it once, also to one who asks for everything anew."""
    monkeypatch.setattr(matrix_door, "_INVITE_SECONDS", 0.1)
    async with acquainted("Ana") as (ana, account, room), line_to(homeserver()) as line:
        async with running(replace(account, homeserver=line.url)) as (adapter, inbox):
            await _synced(adapter)
            line.fault = refusing("/join/", "M_UNKNOWN", 502)
            second = await ana.opens_private_chat(ana.bot)
            await ana.until(lambda: any("/join/" in request for request in line.requests))
            await ana.writes(room, "Meanwhile")
            assert _text(await next_of(inbox)) == "Meanwhile"
            await ana.writes(room, "And on")
            assert _text(await next_of(inbox)) == "And on"
        async with running(account):
            await ana.until(lambda: ana.has_joined(second, ana.bot))


# --- rooms -----------------------------------------------------------------------------------------


@asynccontextmanager
async def community(tmp_path: Path, **more: Any) -> AsyncIterator[tuple[Person, Matrix, Inbox, Chat]]:
    """A room named "Mentors" that Ana made and brought the bot into."""
    server = homeserver()
    account = new_account(server, tmp_path)
    async with Person.on(server, "Ana") as ana, running(account) as (adapter, inbox):
        ana.bot = matrix_name(account)
        await adapter.introduce("", name="mentorNET", description="", short="")
        room = await ana.opens_room("Mentors", ana.bot, **more)
        came = await next_of(inbox)
        assert came.event == Added()
        assert came.sender == Identity("matrix", ana.account)
        assert (came.room, came.sender_is_admin) == ("Mentors", True)
        await ana.until(lambda: ana.has_joined(room, ana.bot))
        yield ana, adapter, inbox, Chat("matrix", room, private=False)


@on_loop
async def test_what_is_said_to_us_in_a_room(tmp_path: Path) -> None:
    async with community(tmp_path) as (ana, adapter, inbox, chat):
        ours = await adapter.send(message(1, chat, "A request"))
        shown = await ana.hears()
        assert shown.content["m.mentions"] == {}
        theirs = await ana.writes(chat.id, "Good morning all")
        assert (await next_of(inbox)).event == Words("Good morning all", theirs, to_us=False)
        for text, more, expected, to_us in (
            ("!help", {}, "!help", True),
            ("mentorNET: help", {}, "help", True),
            ("mentorNETwork is nice", {}, "mentorNETwork is nice", False),
            ("Hello you", {"m.mentions": {"user_ids": [ana.bot]}}, "Hello you", True),
            ("I can", {"m.relates_to": {"m.in_reply_to": {"event_id": ours.id}}}, "I can", True),
            ("Yes", {"m.relates_to": {"m.in_reply_to": {"event_id": theirs}}}, "Yes", False),
        ):
            await ana.writes(chat.id, text, **more)
            event = (await next_of(inbox)).event
            assert isinstance(event, Words)
            assert (event.text, event.to_us) == (expected, to_us)
        in_thread = {"rel_type": "m.thread", "event_id": ours.id, "is_falling_back": True}
        in_thread["m.in_reply_to"] = {"event_id": theirs}
        await ana.writes(chat.id, "In the thread", **{"m.relates_to": in_thread})
        came = await next_of(inbox)
        assert came.chat == replace(chat, thread=ours.id)
        assert isinstance(came.event, Words)
        assert came.event.reply_to is None
        await adapter.send(message(2, replace(chat, thread=ours.id), "<i>Here</i> too", wakes=False))
        shown = await ana.hears()
        assert shown.content["msgtype"] == "m.notice"
        assert shown.content["m.relates_to"]["event_id"] == ours.id
        assert shown.content["m.relates_to"]["rel_type"] == "m.thread"


@on_loop
async def test_notices_of_other_bots_edits_and_taps_of_others(tmp_path: Path) -> None:
    async with community(tmp_path) as (ana, adapter, inbox, chat):
        mine = await ana.writes(chat.id, "!ask papers")
        assert _text(await next_of(inbox)) == "!ask papers"
        await ana.sends(chat.id, "m.room.message", {"msgtype": "m.notice", "body": "!help"})
        await ana.sends(chat.id, "m.reaction", matrix_content.reaction(mine, 0))
        ours = await adapter.send(message(1, chat, "Who can?", buttons=[["I can", "Not now"]]))
        shown = await ana.hears()
        await ana.sends(chat.id, "m.room.message", _edit(ours.id, "forged"))
        assert await marked(adapter, ours, 2) == [1, 0]
        await ana.until(lambda: len(shown.reactions) == 2)
        await ana.taps(shown, "2\ufe0f\u20e3")
        assert (await next_of(inbox)).event == Pressed(1, ours.id)
        await ana.sends(chat.id, "m.room.message", _edit(mine, "!ask school"))
        assert (await next_of(inbox)).event == Edited("!ask school", mine)
        ana.call("PUT", f"rooms/{chat.id}/redact/{mine}/away", {})
        assert (await next_of(inbox)).event == Deleted(mine)
        await adapter.delete(ours)
        await adapter.delete(replace(ours, id="$nothing"))
        assert await marked(adapter, ours, 0) == [1, 0]
        with pytest.raises(Refused):
            await adapter.mark(replace(ours, id="$nothing"), 0)
        await ana.until(lambda: not shown.reactions and not _content(ana, ours))


def _content(ana: Person, ref: MessageRef) -> object:
    """What is left of a message."""
    return ana.call("GET", f"rooms/{ref.chat.id}/event/{ref.id}")["content"]


def _edit(original: str, text: str) -> dict[str, Any]:
    new = {"msgtype": "m.text", "body": text}
    relation = {"rel_type": "m.replace", "event_id": original}
    return {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}


@on_loop
async def test_who_comes_asks_and_leads(tmp_path: Path) -> None:
    server = homeserver()
    async with community(tmp_path) as (ana, adapter, inbox, chat), Person.on(server, "Bo") as bo:
        somebody = Identity("matrix", bo.account)
        assert await adapter.is_admin(chat, Identity("matrix", ana.account)), "whoever made it, in version 12"
        assert not await adapter.is_admin(chat, somebody)
        ana.call("PUT", f"rooms/{chat.id}/state/m.room.join_rules", {"join_rule": "knock"})
        _give(ana, chat, ana.bot, 50)
        await ana.until(lambda: adapter._rooms.state(chat.id).may(ana.bot, 50))
        bo.call("POST", f"knock/{chat.id}", {})
        asked = await next_of(inbox)
        assert asked.sender == somebody
        assert isinstance(asked.event, AsksIn)
        assert asked.event.private == await adapter._rooms.open_direct(bo.account)
        await adapter.admit(chat, somebody)
        came = await next_of(inbox)
        assert came.event == Newcomers(((somebody, "Bo"),))
        await adapter.admit(chat, somebody)
        _give(ana, chat, bo.account, 100)
        await ana.until(lambda: adapter._rooms.state(chat.id).may(bo.account, 100))
        assert await adapter.is_admin(chat, somebody)


def _give(ana: Person, chat: Chat, account: str, level: int) -> None:
    levels = ana.call("GET", f"rooms/{chat.id}/state/m.room.power_levels")
    levels.setdefault("users", {})[account] = level
    ana.call("PUT", f"rooms/{chat.id}/state/m.room.power_levels", levels)


@on_loop
async def test_silenced_and_taken_out(tmp_path: Path) -> None:
    async with community(tmp_path) as (ana, adapter, inbox, chat):
        levels = ana.call("GET", f"rooms/{chat.id}/state/m.room.power_levels")
        ana.call("PUT", f"rooms/{chat.id}/state/m.room.power_levels", {**levels, "events_default": 30})
        assert (await next_of(inbox)).event == Removed(silenced=True)
        with pytest.raises(Unreachable) as silenced:
            await adapter.send(message(1, chat))
        assert silenced.value.silenced
        ana.call("PUT", f"rooms/{chat.id}/state/m.room.power_levels", levels)
        assert (await next_of(inbox)).event == Added()
        ana.call("POST", f"rooms/{chat.id}/kick", {"user_id": ana.bot})
        gone = await next_of(inbox)
        assert (gone.event, gone.chat) == (Removed(), chat)
        with pytest.raises(Unreachable):
            await adapter.send(message(2, chat))


@on_loop
async def test_a_room_that_is_upgraded_is_followed(tmp_path: Path) -> None:
    async with community(tmp_path) as (ana, adapter, inbox, chat):
        new = ana.call("POST", f"rooms/{chat.id}/upgrade", {"new_version": "11"})["replacement_room"]
        ana.call("POST", f"rooms/{new}/invite", {"user_id": ana.bot})
        moved = await next_of(inbox)
        assert (moved.event, moved.chat) == (MovedTo(new), chat)
        with pytest.raises(Moved) as told:
            await adapter.send(message(1, chat))
        assert told.value.to == Chat("matrix", new, private=False)
        await ana.writes(new, "!help")
        assert _text(await next_of(inbox)) == "!help"


@on_loop
async def test_an_answer_to_a_command_is_in_a_thread_of_it(tmp_path: Path) -> None:
    async with community(tmp_path) as (ana, adapter, inbox, chat):
        asked = await ana.writes(chat.id, "!help")
        await next_of(inbox)
        await adapter.send(message(1, chat, "I can help", reply_to=asked, wakes=False))
        answer = await ana.hears()
        assert answer.content["msgtype"] == "m.notice"
        in_thread = {"rel_type": "m.thread", "event_id": asked, "m.in_reply_to": {"event_id": asked}}
        assert answer.content["m.relates_to"] == {**in_thread, "is_falling_back": True}
        inside = await ana.writes(chat.id, "!help", **{"m.relates_to": in_thread})
        thread = (await next_of(inbox)).chat
        assert thread == replace(chat, thread=asked)
        await adapter.send(message(2, thread, "Again", reply_to=inside))
        relation = {**in_thread, "m.in_reply_to": {"event_id": inside}, "is_falling_back": False}
        assert (await ana.hears()).content["m.relates_to"] == relation
        await adapter.send(message(3, chat, "A post"))
        assert "m.relates_to" not in (await ana.hears()).content


@on_loop
async def test_an_answer_in_a_private_chat_is_no_thread() -> None:
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, _):
        asked = await ana.writes(room, "Hello")
        await adapter.send(message(1, private(room), "Hello Ana", reply_to=asked))
        assert (await ana.hears()).source["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}


@on_loop
@pytest.mark.parametrize("encrypted", [True, False])
async def test_the_last_words_before_the_bot_is_taken_out(tmp_path: Path, encrypted: bool) -> None:
    account = new_account(homeserver(), tmp_path)
    bot = matrix_name(account)
    async with Person.on(homeserver(), "Ana") as ana:
        async with running(account) as (_, inbox):
            room = await ana.opens_room("Mentors", bot, encrypted=encrypted)
            chat = Chat("matrix", room, private=False)
            await next_of(inbox)
            await ana.until(lambda: account.since() != "" and ana.has_joined(room, bot))
        await ana.writes(room, "!help")
        ana.call("POST", f"rooms/{room}/kick", {"user_id": bot})
        await ana.writes(room, "Not for the bot")
        async with running(account) as (_, inbox):
            while not isinstance((words := await next_of(inbox)).event, Words):
                pass
            assert (_text(words), words.chat) == ("!help", chat)
            removed = await next_of(inbox)
            assert (removed.event, removed.chat) == (Removed(), chat)
            assert inbox.empty()


# --- manners ---------------------------------------------------------------------------------------


@on_loop
async def test_what_is_kept_is_marked_read_once_a_room_and_sync() -> None:
    async with acquainted("Ana") as (ana, account, room), line_to(homeserver()) as line:
        for text in ("one", "two", "three"):
            last = await ana.writes(room, text)
        async with running(replace(account, homeserver=line.url)) as (_, inbox):
            for _ in range(3):
                await next_of(inbox)
            await ana.until(lambda: ana.sees_read(room, ana.bot) == last)
            assert len([request for request in line.requests if "/receipt/" in request]) == 1
            line.fault = refusing("/receipt/", "M_UNKNOWN", 502)
            for text in ("four", "five"):  # that it cannot be shown stops nothing
                await ana.writes(room, text)
                assert _text(await next_of(inbox)) == text
            await ana.until(lambda: ana.written_since(room, account.since()) == 0)


@on_loop
async def test_what_was_not_kept_is_not_marked_read() -> None:
    async with acquainted("Ana") as (ana, account, room):
        adapter = Matrix(account, invites="anyone", servers=(), messages_per_second=100)
        stuck, kept = asyncio.Event(), asyncio.Event()

        async def receive(incoming: Incoming) -> None:
            stuck.set()
            await kept.wait()

        await adapter.start()
        listening = asyncio.create_task(adapter.run(receive))
        await _synced(adapter)
        wrote = await ana.writes(room, "Have you read this?")
        await asyncio.wait_for(stuck.wait(), PATIENCE)
        await asyncio.sleep(0.2)
        assert ana.sees_read(room, ana.bot) != wrote
        kept.set()
        await ana.until(lambda: ana.sees_read(room, ana.bot) == wrote)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await adapter.close()


@on_loop
async def test_the_bot_types_while_it_prepares_a_file() -> None:
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, _):

        async def read() -> AsyncIterator[bytes]:
            await ana.until(lambda: ana.sees_typing(room, ana.bot))
            yield b"a page"

        page = Carried(Media("telegram", "document", "x", "page.pdf", "application/pdf", 6), read)
        await adapter.send(message(1, private(room), carried=[page]))
        assert await ana.fetches((await ana.hears()).content) == b"a page"
        await ana.until(lambda: not ana.sees_typing(room, ana.bot))


@on_loop
async def test_an_edit_keeps_the_picture_above_the_words() -> None:
    async with acquainted("Ana", strict=True) as (ana, account, room):
        picture = Qr("https://example.org", Verbatim("A code")).make(Session(), Installation(), Reader())
        async with running(account) as (adapter, _):
            sent = await adapter.send(
                message(1, private(room), "Your <b>code</b>", made=picture, buttons=[["Done"]])
            )
            shown = await ana.hears()
            assert await ana.picture(shown) == picture.content
            await marked(adapter, sent, 1)
            await ana.until(lambda: len(shown.digits) == 1)
            await adapter.send(message(2, private(room), "Used", replaces=sent))
            assert (await ana.hears()).text == "Used"
            assert await ana.picture(shown) == picture.content
        async with running(account) as (adapter, _):  # which has forgotten what it sent
            await _synced(adapter)
            assert await marked(adapter, sent, 0) == [0]
            await ana.until(lambda: not shown.digits)
            await adapter.send(message(3, private(room), "Used <i>twice</i>", replaces=sent))
            assert (await ana.hears()).text == "Used twice"
            assert await ana.picture(shown) == picture.content
            await adapter.send(message(4, private(room), "", replaces=sent))
            await adapter.send(message(5, private(room), "The next"))
            assert (await ana.hears()).text == "The next"
            assert await ana.picture(shown) == picture.content


# --- what an operator is told ----------------------------------------------------------------------


@on_loop
async def test_check_tells_how_it_stands(tmp_path: Path) -> None:
    server = homeserver()
    async with line_to(server) as line:
        account = replace(new_account(server, tmp_path), homeserver=line.url)
        async with running(account) as (adapter, _):
            await _synced(adapter)
            known, signed, kept, limit = await adapter.check()
            assert known[0]
            assert matrix_name(account) in known[1]
            assert signed == (True, "The bot's device on Matrix is signed: strict apps trust it.")
            assert kept[0]
            assert "backup" in kept[1]
            assert limit[0], "what nobody tells us is no fault"
            assert f"POST /_synapse/admin/v1/users/{matrix_name(account)}/override_ratelimit" in limit[1]
            seeds = account.folder / "cross-signing.json"
            seeds.chmod(0o644)
            assert (await adapter.check())[2] == (
                False,
                f"Others on this computer may read the bot's keys: chmod go= {seeds}",
            )
            seeds.unlink()
            assert "there is no cross-signing.json" in (await adapter.check())[2][1]
            for told, well, said in (
                ({"messages_per_second": 0, "burst_count": 0}, True, "does not limit"),
                ({"messages_per_second": 200, "burst_count": 9}, True, "200 messages a second"),
                ({"messages_per_second": 5, "burst_count": 9}, False, "5 messages a second; who runs it"),
                ({}, False, "makes no exception"),
            ):
                line.fault = _answering("/override_ratelimit", told)
                limit = (await adapter.check())[3]
                assert limit[0] is well
                assert said in limit[1]
            line.fault = _answering("/versions", {"versions": ["v1.1", "v1.10"]})
            assert "too old" in (await adapter.check())[0][1]
            for odd in ({}, {"versions": "v1.11"}, {"versions": None}, {"versions": ["<html>"]}):
                line.fault = _answering("/versions", odd)
                assert (await adapter.check())[0] == (
                    False,
                    "What answers at matrix.homeserver answers like no homeserver: look at that address.",
                )
            line.fault = _answering("/whoami", {"user_id": "@other:example.org"})
            assert not (await adapter.check())[0][0]
            line.fault = away
            with pytest.raises(Later):
                await adapter.check()


def _answering(part: str, told: dict[str, Any]) -> Fault:
    """Requests whose path holds `part` are answered like that."""
    return lambda request: web.json_response(told) if part in request.path else None


# --- media -----------------------------------------------------------------------------------------


@on_loop
async def test_a_file_in_an_encrypted_chat_and_back() -> None:
    async with acquainted("Ana", strict=True) as (ana, account, room), running(account) as (adapter, inbox):
        await _synced(adapter)
        sent = os.urandom(300_000)

        async def read() -> AsyncIterator[bytes]:
            for start in range(0, len(sent), 50_000):
                yield sent[start : start + 50_000]

        for number, size in enumerate((len(sent), None)):
            media = Media("telegram", "voice", "elsewhere", "talk.ogg", "audio/ogg", size, 12)
            media = replace(media, waveform="0 9 1024")
            carried = [Carried(media, read)]
            await adapter.send(message(number, private(room), "<b>Listen</b>", carried=carried))
            shown = await ana.hears()
            assert shown.text == "Listen"
            assert shown.content["filename"] == "talk.ogg"
            assert "url" not in shown.content, "encrypted in an encrypted room"
            assert await ana.fetches(shown.content) == sent
            content = {**shown.content, "body": "talk.ogg"}
            await ana.sends(room, "m.room.message", content)
            event = (await next_of(inbox)).event
            assert isinstance(event, Words)
            assert event.text == ""
            assert event.media is not None
            assert (event.media.kind, event.media.seconds, event.media.type) == ("voice", 12, "audio/ogg")
            assert event.media.waveform == media.waveform
            other = Matrix(account, invites="anyone", servers=(), messages_per_second=1)
            for each in (adapter, other):  # the other one as in a program that does not have the account
                assert b"".join([piece async for piece in each.fetch(event.media)]) == sent
            assert other.link("") == adapter.link("") != ""
        assert isinstance(event, Words)
        assert event.media is not None
        changed = json.loads(event.media.file)
        changed["hashes"]["sha256"] = "A" * 43
        with pytest.raises(Refused, match="changed on its way"):
            [piece async for piece in adapter.fetch(replace(event.media, file=json.dumps(changed)))]
        short = Carried(replace(media, size=len(sent) + 1), read)
        with pytest.raises(Refused, match="not as large"):
            await adapter.send(message(9, private(room), carried=[short]))
        # Of what tells nothing of its sender something may have been taken away.
        unnamed = replace(short.media, name="recording.ogg", unnamed=True)
        await adapter.send(message(10, private(room), carried=[Carried(unnamed, read)]))
        assert await ana.fetches((await ana.hears()).content) == sent
        for file in ("", "{}", '{"url":"https://example.org/x"}'):
            with pytest.raises(Refused):
                [piece async for piece in adapter.fetch(replace(media, file=file))]


@pytest.mark.parametrize("kind", ["photo", "video", "video_note"])
@on_loop
async def test_how_large_and_how_long_it_is_stays_with_it(kind: str) -> None:
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await _synced(adapter)

        async def read() -> AsyncIterator[bytes]:
            yield b"seen"

        media = Media("telegram", kind, "elsewhere", size=4, seconds=7, width=640, height=480)
        await adapter.send(message(1, private(room), carried=[Carried(media, read)]))
        content = (await ana.hears()).content
        assert (content["info"]["w"], content["info"]["h"]) == (640, 480)
        assert content["info"]["duration"] == 7000
        await ana.sends(room, "m.room.message", content)
        back = (await next_of(inbox)).event
        assert isinstance(back, Words)
        assert back.media is not None
        assert (back.media.width, back.media.height, back.media.seconds) == (640, 480, 7)


@on_loop
async def test_an_album_in_a_room(tmp_path: Path) -> None:
    async with community(tmp_path) as (ana, adapter, inbox, chat):

        async def read() -> AsyncIterator[bytes]:
            yield b"a page"

        pages = [
            Carried(Media("telegram", "document", "x", f"page{n}.pdf", "application/pdf", 6), read)
            for n in range(2)
        ]
        await adapter.send(message(1, chat, "Two pages", carried=pages))
        first, second = await ana.hears(), await ana.hears()
        assert [first.content["body"], second.content["body"]] == ["Two pages", "page1.pdf"]
        assert await ana.fetches(second.content) == b"a page"
        await ana.sends(chat.id, "m.room.message", {**second.content, "body": "mentorNET: look"})
        event = (await next_of(inbox)).event
        assert isinstance(event, Words)
        assert (event.text, event.to_us) == ("look", True)
        assert event.media is not None
        assert b"".join([piece async for piece in adapter.fetch(event.media)]) == b"a page"


# --- reading and writing, without a homeserver -------------------------------------------------------

US = matrix_events.Ourselves("@mentornet:example.org", "mentorNET bot")


def read(type: str, **content: Any) -> Event | None:
    source = {"type": type, "event_id": "$it", "sender": "@ana:example.org", "content": content}
    return matrix_events.read(source, US, private=True)


@pytest.mark.parametrize("key", ["3", "3\u20e3", "3\ufe0f\u20e3"])
def test_digits_in_every_spelling(key: str) -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$ours", "key": key}
    assert read("m.reaction", **{"m.relates_to": relation}) == Pressed(2, "$ours")


@pytest.mark.parametrize("key", ["0\ufe0f\u20e3", "10", "👍", "3x"])
def test_other_reactions_are_signs(key: str) -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$ours", "key": key}
    assert read("m.reaction", **{"m.relates_to": relation}) == Reacted(key, "$ours")


@pytest.mark.parametrize("key", ["", None, 3.5, "a whole sentence is none"])
def test_odd_reactions_are_nothing(key: object) -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$ours", "key": key}
    assert read("m.reaction", **{"m.relates_to": relation}) is None


@pytest.mark.parametrize(
    ("type", "content", "expected"),
    [
        ("m.sticker", {"body": "a cat", "url": "mxc://x/y"}, Unsupported("sticker")),
        (
            "m.room.message",
            {"msgtype": "m.location", "body": "Here", "geo_uri": "geo:49.4,8.7"},
            Unsupported("location", "49.4,8.7"),
        ),
        (
            "m.poll.start",
            {"m.poll.start": {"question": {"m.text": [{"body": "When?"}]}}},
            Unsupported("poll", "When?"),
        ),
        (
            "m.poll.start",
            {
                "m.poll.start": {
                    "question": {"m.text": [{"body": "When?"}]},
                    "answers": [{"m.id": "a", "m.text": [{"body": "Monday"}]}, {}],
                }
            },
            Unsupported("poll", "When?\n– Monday"),
        ),
        (
            "org.matrix.msc3381.poll.start",
            {
                "org.matrix.msc3381.poll.start": {
                    "question": {"org.matrix.msc1767.text": "Which day?"},
                    "answers": [{"id": "a", "org.matrix.msc1767.text": "Tuesday"}],
                }
            },
            Unsupported("poll", "Which day?\n– Tuesday"),
        ),
        (
            "m.poll.start",
            {
                "m.new_content": {"m.poll.start": {"question": {"m.text": [{"body": "Where?"}]}}},
                "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"},
            },
            Unsupported("poll", "Where?"),
        ),
        ("m.poll.response", {"m.selections": ["a"]}, None),
        (
            "m.room.message",
            {"msgtype": "m.notice", "body": "I am a bot"},
            Unsupported("notice", "I am a bot"),
        ),
        (
            "m.room.message",
            {"msgtype": "m.key.verification.request", "body": "x"},
            Unsupported("verification"),
        ),
        ("m.room.message", {"msgtype": "dm.filament.gallery", "body": "Two"}, Unsupported("files", "Two")),
        (
            "m.room.message",
            {"msgtype": "org.example.new", "body": "Of a newer app"},
            Words("Of a newer app", "$it"),
        ),
        ("m.message", {"m.text": [{"body": "Of the next one"}]}, Words("Of the next one", "$it")),
        ("m.message", {"m.file": {}}, Unsupported("new")),
        ("org.example.drawing", {"body": "a tree"}, Unsupported("new", "a tree")),
        ("m.room.message", {}, None),
        ("m.call.invite", {"call_id": "1"}, Unsupported("call")),
        ("m.call.candidates", {"call_id": "1"}, None),
        ("m.reaction", {"m.relates_to": "nonsense"}, None),
        (
            "m.room.message",
            {
                "msgtype": "m.text",
                "body": "> <@bo:example.org> Old words\n> and more\n\nNew words",
                "m.relates_to": {"m.in_reply_to": {"event_id": "$old"}},
            },
            Words("New words", "$it", "$old"),
        ),
    ],
)
def test_events_of_many_kinds(type: str, content: dict[str, Any], expected: Event | None) -> None:
    assert read(type, **content) == expected


@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": "m.text", "body": None},
        {"msgtype": "m.text", "body": {"body": "words"}},
        {"msgtype": "m.text"},
        {"msgtype": None, "body": "words"},
        {"body": "words"},
        {"msgtype": "m.image", "body": "x", "url": 5},
        {"msgtype": "m.image", "body": "x", "file": []},
        {"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}},
    ],
)
def test_a_message_that_nobody_can_read(content: dict[str, Any]) -> None:
    with pytest.raises(Odd):
        read("m.room.message", **content)


@pytest.mark.parametrize("odd", [-1, True, 2**53, 10**400, "5", [5], {}, None, 0.5])
def test_what_is_told_about_a_file_may_be_nonsense(odd: Any) -> None:
    info = {"size": odd, "duration": odd, "mimetype": 5, "w": odd, "h": odd}
    words = read("m.room.message", msgtype="m.audio", body="a", url="mxc://a/b", info=info)
    assert isinstance(words, Words)
    assert words.media == Media("matrix", "audio", '{"url":"mxc://a/b"}', name="a")
    audio = {"waveform": [0, odd]}
    more = {"org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": audio}
    words = read("m.room.message", msgtype="m.audio", body="a", url="mxc://a/b", **more)
    assert isinstance(words, Words)
    assert words.media == Media("matrix", "voice", '{"url":"mxc://a/b"}', name="a")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("mentorNET bot: help", "help"),
        ("@mentornet help", "help"),
        ("MENTORNET, help", "help"),
        ("@mentornet:example.org: help", "help"),
        ("mentorNET bot", ""),
        ("mentorNETs", None),
        ("help mentornet", None),
    ],
)
def test_how_people_address_us(text: str, rest: str | None) -> None:
    assert US.without_address(text) == rest


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("mentorNET bot: !close", "!close"),
        ("mentornet !help", "!help"),
        ("@mentornet:example.org, help", "help"),
        ("mentornet is what I looked for", "mentornet is what I looked for"),
        ("mentorNET bot", "mentorNET bot"),
    ],
)
def test_in_private_our_name_before_a_command_is_no_part_of_it(said: str, heard: str) -> None:
    assert read("m.room.message", msgtype="m.text", body=said) == Words(heard, "$it")


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ({"msgtype": "m.image", "body": "Our flat", "filename": "flat.png", "url": "mxc://x/y"}, "Our flat"),
        ({"msgtype": "m.notice", "body": "Changed"}, "Changed"),
        ({"msgtype": "org.example.new", "body": "Changed"}, "Changed"),
    ],
)
def test_captions_and_all_that_has_words_can_be_changed(new: dict[str, Any], words: str) -> None:
    relation = {"rel_type": "m.replace", "event_id": "$old"}
    content = {"msgtype": "m.text", "body": "*", "m.new_content": new, "m.relates_to": relation}
    assert read("m.room.message", **content) == Edited(words, "$old")


@pytest.mark.parametrize("letter", ["a", "ж", "ם", "&amp;", "😀", "<b>é</b>"])
def test_the_longest_text_fits_an_encrypted_event(letter: str) -> None:
    count = matrix.CAN.max_text // (2 if letter == "😀" else 1)
    outgoing = Outgoing(1, private("!x"), letter * count, plain(letter * count))
    for content in (matrix_content.words(outgoing), matrix_content.edit(outgoing, "$first", {})):
        encrypted = len(json.dumps(content)) * 4 / 3
        assert encrypted < 62_000


def test_line_breaks_are_tags_but_not_in_pre() -> None:
    content = matrix_content.words(message(1, private("!x"), "<b>a</b>\nb\n<pre>c\nd</pre>\ne"))
    assert content["formatted_body"] == "<b>a</b><br>b<br><pre>c\nd</pre><br>e"


async def _well(adapter: Matrix) -> bool:
    """Whether `check` finds everything in order."""
    return all(well for well, _ in await adapter.check())


async def _nobody(incoming: Incoming) -> None:
    raise AssertionError(incoming)


async def _synced(adapter: Matrix) -> None:
    await asyncio.wait_for(adapter._synced.wait(), PATIENCE)


async def _patiently(adapter: Matrix, outgoing: Outgoing) -> None:
    """As the outbox sends."""
    for _ in range(10):
        try:
            await adapter.send(outgoing)
        except Later as later:
            await asyncio.sleep(later.seconds or 0.5)
        else:
            return
    raise AssertionError("it never left")


def _text(incoming: Incoming) -> str:
    assert isinstance(incoming.event, Words), incoming.event
    return incoming.event.text


def _devices(ana: Person, user: str) -> list[str]:
    return [device.id for device in ana.client.device_store.active_user_devices(user)]
