"""Keys on a real homeserver: what cannot be read is told, and read when its key comes, however late; and
whoever could not be given a key gets it before the next message."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from adapters.matrix.account import Account
from adapters.matrix.adapter import Matrix
from adapters.matrix.encryption import owed, unread
from bot.adapter import Later
from bot.markup import plain
from bot.message import Chat, Incoming, Outgoing, Unsupported, Words
from tests.support.aio import PATIENCE, on_loop
from tests.support.matrix_line import Line, line_to
from tests.support.matrix_person import Person, acquainted, running
from tests.support.synapse import homeserver

Inbox = asyncio.Queue[Incoming]


async def next_of(inbox: Inbox) -> Incoming:
    return await asyncio.wait_for(inbox.get(), PATIENCE)


async def said(inbox: Inbox) -> str:
    """The next words."""
    event = (await next_of(inbox)).event
    assert isinstance(event, Words)
    return event.text


async def synced(adapter: Matrix) -> None:
    async with asyncio.timeout(PATIENCE):
        await adapter._synced.wait()


# --- theirs ----------------------------------------------------------------------------------------


def withhold(ana: Person, away: bool = True) -> None:
    """Ana's app gives its keys to the bot no more, or again."""
    for device in ana.client.device_store.active_user_devices(ana.bot):
        (ana.client.blacklist_device if away else ana.client.unblacklist_device)(device)


class Late:
    """A key that Ana's app sends later than what it opens."""

    def __init__(self, ana: Person, room: str) -> None:
        self._ana, self._room, self._olm = ana, room, ana.client.olm
        self._olm.create_outbound_group_session(room)
        session = self._olm.outbound_group_sessions[room]
        session.shared = True
        self.session = session.id
        self._key = {"session_id": session.id, "session_key": session.session_key}

    def comes(self) -> None:
        (device,) = self._ana.client.device_store.active_user_devices(self._ana.bot)
        whole = {**self._key, "algorithm": "m.megolm.v1.aes-sha2", "room_id": self._room}
        session = self._olm.session_store.get(device.curve25519)
        sealed = self._olm._olm_encrypt(session, device, "m.room_key", whole)
        body = {"messages": {self._ana.bot: {device.id: sealed}}}
        self._ana.call("PUT", f"sendToDevice/m.room.encrypted/{secrets.token_hex(4)}", body)


@on_loop
async def test_what_cannot_be_read_is_told_and_told_again_of_what_comes_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unread, "_KEY_SECONDS", 0.1)
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await synced(adapter)
        withhold(ana)
        await ana.writes(room, "one")
        assert (await next_of(inbox)).event == Unsupported("undecryptable")
        await ana.writes(room, "one, once more")
        assert (await next_of(inbox)).event == Unsupported("undecryptable")
        withhold(ana, away=False)
        await ana.writes(room, "three")
        assert await said(inbox) == "three"


@on_loop
async def test_of_several_that_come_together_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "_KEY_SECONDS", 2.0)
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await synced(adapter)
        withhold(ana)
        for text in ("one", "two", "three"):
            await ana.writes(room, text)
        assert (await next_of(inbox)).event == Unsupported("undecryptable")
        await ana.until(lambda: len(adapter._inbox.unread) == 3 and not adapter._inbox.unread.soon)
        withhold(ana, away=False)
        await ana.writes(room, "four")
        assert await said(inbox) == "four"


@on_loop
async def test_a_key_that_comes_after_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words wait for it, also over a crash: they are not confirmed before they are read or given up."""
    monkeypatch.setattr(unread, "_KEY_SECONDS", 60.0)
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await synced(adapter)
        await ana.writes(room, "Read me now")
        assert await said(inbox) == "Read me now"
        await ana.until(lambda: not ana.written_since(room, account.since()))
        before = account.since()
        key = Late(ana, room)
        await ana.writes(room, "Read me later")
        await ana.until(lambda: len(adapter._inbox.unread) == 1)
        assert account.since() == before
        key.comes()
        assert await said(inbox) == "Read me later"
        await ana.until(lambda: account.since() != before)


@pytest.mark.parametrize("restarted", [False, True])
@on_loop
async def test_a_key_that_comes_after_its_words_were_given_up(
    restarted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "_KEY_SECONDS", 0.1)
    async with acquainted("Ana") as (ana, account, room):
        async with running(account) as (adapter, inbox):
            await synced(adapter)
            await ana.writes(room, "Read me now")
            assert await said(inbox) == "Read me now"
            key = Late(ana, room)
            message = await ana.writes(room, "Read me much later")
            told = await next_of(inbox)
            assert told.event == Unsupported("undecryptable")
            assert told.id != message, "an event of its own, or the words would be seen before"
            if not restarted:
                key.comes()
                words = await next_of(inbox)
        if restarted:
            async with running(account) as (adapter, inbox):
                await synced(adapter)
                key.comes()
                words = await next_of(inbox)
        assert words.id == message
        assert words.event == Words("Read me much later", message)
        assert (account.folder / unread.UNREAD).read_text() == "[]"


@on_loop
async def test_an_app_that_gives_its_key_on_purpose_to_nobody_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unread, "_KEY_SECONDS", 60.0)
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await synced(adapter)
        key = Late(ana, room)
        (device,) = ana.client.device_store.active_user_devices(ana.bot)
        withheld = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "code": "m.unverified",
            "room_id": room,
            "session_id": key.session,
            "sender_key": ana.client.olm.account.identity_keys["curve25519"],
        }
        body = {"messages": {ana.bot: {device.id: withheld}}}
        ana.call("PUT", "sendToDevice/m.room_key.withheld/one", body)
        await ana.writes(room, "one")
        assert (await next_of(inbox)).event == Unsupported("withheld")


@on_loop
async def test_a_message_that_does_not_say_which_device_encrypted_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It need not, since Matrix 1.3; and where it cannot be read, that is told as of any other."""
    monkeypatch.setattr(unread, "_KEY_SECONDS", 0.1)
    async with acquainted("Ana") as (ana, account, room), running(account) as (adapter, inbox):
        await synced(adapter)
        await ana.writes(room, "Hello")
        assert await said(inbox) == "Hello"
        inside = {"type": "m.room.message", "content": {"msgtype": "m.text", "body": "Bare"}}
        sealed: dict[str, Any] = ana.client.olm.group_encrypt(room, inside)
        bare = {name: value for name, value in sealed.items() if name not in ("sender_key", "device_id")}
        ana.call("PUT", f"rooms/{room}/send/m.room.encrypted/bare1", bare)
        assert await said(inbox) == "Bare"
        lost = {**bare, "session_id": "nobody-knows-it"}
        ana.call("PUT", f"rooms/{room}/send/m.room.encrypted/bare2", lost)
        assert (await next_of(inbox)).event == Unsupported("undecryptable")


# --- ours ------------------------------------------------------------------------------------------


def message(number: int, room: str, text: str) -> Outgoing:
    return Outgoing(number, Chat("matrix", room), text, plain(text))


def no_claim(request: web.Request) -> web.Response | None:
    """As when the homeserver of a person is away for a moment."""
    if "keys/claim" not in request.path:
        return None
    return web.json_response({"one_time_keys": {}, "failures": {"localhost": {}}})


def works(request: web.Request) -> web.Response | None:
    """Nothing is at fault."""


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Person, Matrix, Line, str]]:
    async with (
        acquainted("Ana") as (ana, account, room),
        line_to(homeserver()) as line,
        running(_over(account, line)) as (adapter, _inbox),
    ):
        await synced(adapter)
        yield ana, adapter, line, room


def _over(account: Account, line: Line) -> Account:
    return replace(account, homeserver=line.url)


@on_loop
async def test_what_nobody_could_ever_read_waits() -> None:
    async with talking() as (ana, adapter, line, room):
        line.fault = no_claim
        with pytest.raises(Later) as caught:
            await adapter.send(message(1, room, "while away"))
        assert not caught.value.everywhere, "others are reached"
        line.fault = works
        await adapter.send(message(1, room, "while away"))
        assert (await ana.hears(room)).text == "while away"
        assert not ana.unreadable


@on_loop
async def test_somebodys_devices_change_while_the_key_is_given() -> None:
    """The library drops the key then. It is tried again soon, as after any fault of a moment."""
    async with talking() as (ana, adapter, line, room):

        def devices_change(request: web.Request) -> web.Response | None:
            if "sendToDevice" in request.path:
                adapter._open.olm.outbound_group_sessions.pop(room)
                line.fault = works
            return None

        line.fault = devices_change
        with pytest.raises(Later) as caught:
            await adapter.send(message(1, room, "in between"))
        assert caught.value.seconds is None
        await adapter.send(message(1, room, "in between"))
        assert (await ana.hears(room)).text == "in between"


@asynccontextmanager
async def with_a_tablet_out_of_reach() -> AsyncIterator[tuple[Person, Person, Matrix, Line, str]]:
    """Ana has read something on her phone, and logs in on a tablet to which nothing can be given yet."""
    async with talking() as (ana, adapter, line, room):
        await adapter.send(message(1, room, "before"))
        assert (await ana.hears(room)).text == "before"
        line.fault = no_claim
        tablet = Person(ana.server, "Ana", ana.account)
        await tablet.enter()
        try:
            await ana.until(
                lambda: len([*adapter._open.olm.device_store.active_user_devices(ana.account)]) == 2
            )
            yield ana, tablet, adapter, line, room
        finally:
            await tablet.close()


async def reads(device: Person, room: str, *words: str) -> None:
    """A device shows all this in the end, in that order, after what it can never read."""
    await device.until(lambda: [shown.text for shown in device.messages if shown.room == room] == [*words])


@on_loop
async def test_a_device_that_could_not_be_reached_reads_what_was_sent_meanwhile() -> None:
    async with with_a_tablet_out_of_reach() as (ana, tablet, adapter, line, room):
        for number in (2, 3):
            await adapter.send(message(number, room, f"while away {number}"))
        await tablet.until(lambda: len(tablet.unreadable) == 3)
        line.fault = works
        await adapter.send(message(4, room, "it is back"))
        words = ("while away 2", "while away 3", "it is back")
        await reads(ana, room, "before", *words)
        await reads(tablet, room, *words)
        assert len(tablet.unreadable) == 1, "what was sent before there was a tablet"
        assert (adapter._account.folder / owed.OWED).read_text() == "[]"


@on_loop
async def test_what_is_owed_is_given_though_nothing_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owed, "_LONGEST_WAIT", 0.5)
    async with with_a_tablet_out_of_reach() as (ana, tablet, adapter, line, room):
        await adapter.send(message(2, room, "while away"))
        await reads(ana, room, "before", "while away")
        line.fault = works
        await ana.writes(room, "Are you there?")  # or the next sync would take its time
        await reads(tablet, room, "while away")


@on_loop
async def test_each_key_is_owed_of_several() -> None:
    """A key is changed after some messages, or when somebody comes or goes."""
    async with with_a_tablet_out_of_reach() as (_ana, tablet, adapter, line, room):
        for number in (2, 3, 4):
            await adapter.send(message(number, room, f"while away {number}"))
            adapter._open.olm.outbound_group_sessions.pop(room)
        line.fault = works
        await adapter.send(message(5, room, "it is back"))
        await reads(tablet, room, "while away 2", "while away 3", "while away 4", "it is back")


@on_loop
async def test_what_is_owed_outlives_the_program() -> None:
    async with acquainted("Ana") as (ana, account, room), line_to(homeserver()) as line:
        tablet = Person(ana.server, "Ana", ana.account)
        async with running(_over(account, line)) as (adapter, _inbox):
            await synced(adapter)
            await adapter.send(message(1, room, "before"))
            line.fault = no_claim
            await tablet.enter()
            devices = adapter._open.olm.device_store.active_user_devices
            await ana.until(lambda: len([*devices(ana.account)]) == 2)
            await adapter.send(message(2, room, "while away"))
        try:
            line.fault = works
            async with running(_over(account, line)):
                await reads(tablet, room, "while away")
        finally:
            await tablet.close()


@on_loop
async def test_nothing_is_owed_to_a_device_that_is_removed() -> None:
    async with with_a_tablet_out_of_reach() as (ana, tablet, adapter, _line, room):
        await adapter.send(message(2, room, "while away"))
        await tablet.until(lambda: len(tablet.unreadable) == 2)
        assert json.loads((adapter._account.folder / owed.OWED).read_text())
        tablet.call("POST", "logout")
        await ana.until(lambda: (adapter._account.folder / owed.OWED).read_text() == "[]")


@on_loop
async def test_who_comes_back_while_the_others_are_asked_for_takes_none_of_their_words() -> None:
    """Nobody could be reached for long. Then Ana's phone writes to us, which opens a way to it, at the very
    moment in which her tablet is asked for once more, in vain."""
    async with talking() as (ana, adapter, line, room):
        await adapter.send(message(1, room, "before"))
        assert (await ana.hears(room)).text == "before"
        tablet = Person(ana.server, "Ana", ana.account)
        line.fault = no_claim
        await tablet.enter()
        try:
            olm = adapter._open.olm
            await ana.until(lambda: len([*olm.device_store.active_user_devices(ana.account)]) == 2)
            phones = next(
                device
                for device in olm.device_store.active_user_devices(ana.account)
                if device.id == ana.client.device_id
            )
            session = olm.session_store._entries.pop(phones.curve25519)
            olm.outbound_group_sessions.pop(room, None)
            for _ in range(5):
                with pytest.raises(Later):
                    await adapter.send(message(2, room, "while away"))

            def comes_back(request: web.Request) -> web.Response | None:
                if (answer := no_claim(request)) is not None:
                    olm.session_store._entries[phones.curve25519] = session
                    line.fault = works
                return answer

            line.fault = comes_back
            await adapter.send(message(2, room, "while away"))
            for device in (ana, tablet):
                assert (await device.hears(room)).text == "while away"
        finally:
            await tablet.close()
