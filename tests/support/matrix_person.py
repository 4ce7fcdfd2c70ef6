"""Somebody at the other end of Matrix: a second real client, who sees what the bot does.

    async with Person.on(server, "Ana") as ana:
        room = await ana.opens_private_chat(bot)
        await ana.writes(room, "Hello")
        shown = await ana.hears()

A `strict` one does what apps do since April 2026: gives its keys to devices that their owners signed, and
reads only what such a device wrote. The signatures are checked from the homeserver's raw answer, by a library
that the bot does not sign with.
"""

import asyncio
import io
import json
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import vodozemac
from aiohttp import ClientError
from nio import AsyncClient, AsyncClientConfig, EncryptionError, ErrorResponse, MegolmEvent
from nio.crypto import decrypt_attachment
from nio.store import SqliteMemoryStore

from adapters.matrix.account import Account
from adapters.matrix.adapter import Matrix
from bot.adapter import Adapter
from bot.message import Incoming, MessageRef
from tests.support.aio import PATIENCE
from tests.support.synapse import Synapse, homeserver

PASSWORD = "of-a-person"


@dataclass
class Shown:
    """A message of the bot in a person's app, as it is now."""

    room: str
    id: str
    source: Mapping[str, Any]
    encrypted: bool
    content: dict[str, Any]
    reactions: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What stands there; the rich form and the plain one have to say the same."""
        body = str(self.content["body"])
        if "formatted_body" in self.content:
            rich = _Rich()
            rich.feed(self.content["formatted_body"])
            assert rich.text == body, (rich.text, body)
        return body

    @property
    def digits(self) -> list[str]:
        """The reactions that wait to be tapped."""
        return sorted(self.reactions.values())


class _Rich(HTMLParser):
    """The text of HTML that is allowed in messages; a link shows its address behind its words."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"b", "i", "code", "pre", "a", "blockquote", "br"}, tag
        if tag == "br":
            self.text += "\n"
        self._address = dict(attrs).get("href") or "" if tag == "a" else self._address

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and not self.text.endswith(self._address):
            self.text += f" ({self._address})"

    def handle_data(self, data: str) -> None:
        assert "\n" not in data or self.get_starttag_text() == "<pre>", "a line break that no app shows"
        self.text += data


class Person:
    """One account with one device."""

    def __init__(self, server: Synapse, name: str, account: str, *, strict: bool = False) -> None:
        self.server = server
        self.name = name
        self.account = account
        self.strict = strict
        self.bot = ""
        self.looks_every = 0.0  # seconds between two looks, where somebody need not see all at once
        self.changes: asyncio.Queue[tuple[str, Shown]] = asyncio.Queue()
        self.others: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue()
        self.unreadable: list[str] = []
        self._late: dict[str, tuple[str, MegolmEvent]] = {}
        self._places: dict[str, int] = {}
        self._aside: list[Shown] = []
        self._messages: dict[str, Shown] = {}
        self._reactions: dict[str, Shown] = {}
        self._todo: asyncio.Queue[Callable[[], Any]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        config = AsyncClientConfig(store=SqliteMemoryStore, max_limit_exceeded=0, max_timeouts=3)
        self.client = AsyncClient(server.url, account, config=config)

    @classmethod
    @asynccontextmanager
    async def on(cls, server: Synapse, name: str, *, strict: bool = False) -> AsyncIterator["Person"]:
        """A new account, logged in."""
        account = server.register(f"{name.lower()}-{secrets.token_hex(4)}", PASSWORD)
        person = cls(server, name, account, strict=strict)
        await person.enter()
        try:
            yield person
        finally:
            await person.close()

    async def enter(self) -> None:
        """Log in with a new device, and listen."""
        _fine(await self.client.login(PASSWORD))
        _fine(await self.client.set_displayname(self.name))
        await self._sync(0)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._do())]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.close()
        self.client.store.database.close()

    # --- what they do --------------------------------------------------------------------------------

    async def opens_private_chat(self, with_: str, *, encrypted: bool = True) -> str:
        """A new private chat, to which `with_` is invited."""
        made = self.call(
            "POST",
            "createRoom",
            {
                "preset": "trusted_private_chat",
                "is_direct": True,
                "invite": [with_],
                "initial_state": [_ENCRYPTION] if encrypted else [],
            },
        )
        await self.until(lambda: made["room_id"] in self.client.rooms)
        return str(made["room_id"])

    def new_private_chat(self) -> str:
        """A new private chat in which nobody else is yet."""
        body = {"preset": "trusted_private_chat", "is_direct": True, "initial_state": [_ENCRYPTION]}
        return str(self.call("POST", "createRoom", body)["room_id"])

    async def opens_room(self, name: str, *invited: str, encrypted: bool = False, **more: Any) -> str:
        """A new community room."""
        state = [_ENCRYPTION] if encrypted else []
        body = {"name": name, "preset": "private_chat", "invite": invited, "initial_state": state, **more}
        made = self.call("POST", "createRoom", body)
        await self.until(lambda: made["room_id"] in self.client.rooms)
        return str(made["room_id"])

    async def writes(self, room: str, text: str, **more: Any) -> str:
        """Send words; the id of the event."""
        return await self.sends(room, "m.room.message", {"msgtype": "m.text", "body": text, **more})

    async def sends(self, room: str, type: str, content: Mapping[str, Any]) -> str:
        """Send an event; its id."""
        if self.strict:
            self._block_unsigned(room)
        sent = _fine(await self.client.room_send(room, type, dict(content), ignore_unverified_devices=True))
        return str(sent.event_id)

    async def changes_words(self, room: str, message: str, text: str) -> str:
        """Edit a message of theirs."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": message}
        return await self.writes(room, f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    async def sends_file(self, room: str, data: bytes, name: str, type: str, **more: Any) -> str:
        """Send a file, encrypted by the library's own means; `more` is what its content has besides, or in
        the place of what it has."""
        got, key = await self.client.upload(
            io.BytesIO(data), content_type=type, filename=name, encrypt=True, filesize=len(data)
        )
        file = {**key, "url": _fine(got).content_uri}
        info = {"mimetype": type, "size": len(data)}
        content = {"msgtype": "m.file", "body": name, "file": file, "info": info, **more}
        return await self.sends(room, "m.room.message", content)

    async def takes_back(self, room: str, message: str) -> None:
        """Delete a message."""
        self.call("PUT", f"rooms/{room}/redact/{message}/{secrets.token_hex(4)}", {})

    async def taps(self, shown: Shown, digit: str) -> str:
        """React to a message."""
        relation = {"rel_type": "m.annotation", "event_id": shown.id, "key": digit}
        return await self.sends(shown.room, "m.reaction", {"m.relates_to": relation})

    def soon(self, what: Callable[[], Any]) -> None:
        """Do something after all that was to be done before."""
        self._todo.put_nowait(what)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request as this person."""
        return self.server.call(method, f"/_matrix/client/v3/{path}", body, self.client.access_token)

    # --- what they see -------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Shown]:
        """All messages of others that can be read, as they are now, in the order in which they were sent."""
        return sorted(self._messages.values(), key=lambda shown: self._places[shown.id])

    async def hears(self, room: str = "") -> Shown:
        """The next message or edit, anywhere or in one room; what came in others is kept for later."""
        kept = [shown for shown in self._aside if not room or shown.room == room]
        if kept:
            self._aside.remove(kept[0])
            return kept[0]
        while True:
            change, shown = await asyncio.wait_for(self.changes.get(), PATIENCE)
            if change in ("message", "edit"):
                if not room or shown.room == room:
                    return shown
                self._aside.append(shown)

    def has_joined(self, room: str, account: str) -> bool:
        """Whether somebody came in after the invitation."""
        user = self.client.rooms[room].users.get(account)
        return user is not None and not user.invited

    def sees_read(self, room: str, account: str) -> str:
        """Up to which message somebody has read; "" where nothing says so."""
        receipt = self.client.rooms[room].read_receipts.get(account)
        return receipt.event_id if receipt is not None else ""

    def sees_typing(self, room: str, account: str) -> bool:
        """Whether somebody is about to write."""
        return account in self.client.rooms[room].typing_users

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so; fail when it does not come to pass."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.02)

    async def _do(self) -> None:
        while True:
            await (await self._todo.get())()

    async def _listen(self) -> None:
        while True:
            await self._sync(30_000)
            await asyncio.sleep(self.looks_every)

    async def _sync(self, timeout: int) -> None:
        client = self.client
        try:
            response = await client.sync(timeout=timeout, sync_filter=_FILTER)
        except (ClientError, TimeoutError):  # the homeserver is away
            response = None
        if response is None or isinstance(response, ErrorResponse):
            await asyncio.sleep(0.2)
            return
        if client.should_upload_keys:
            _fine(await client.keys_upload())
        if client.should_query_keys:
            _fine(await client.keys_query())
        for invited in response.rooms.invite:
            _fine(await client.join(invited))
        self._read_late()
        for room, info in response.rooms.join.items():
            for event in info.timeline.events:
                self._take(room, event)

    def _read_late(self) -> None:
        """Read what can be read now, as apps do when a key comes after what it opens."""
        for id, (room, event) in list(self._late.items()):
            try:
                opened = self.client.decrypt_event(event)
            except EncryptionError:
                continue
            del self._late[id]
            self.unreadable.remove(id)
            self._take(room, opened)

    def _take(self, room: str, event: Any) -> None:
        source = event.source
        content = source.get("content", {})
        relation = content.get("m.relates_to", {})
        if source.get("sender") == self.account:
            return
        self._places.setdefault(event.event_id, len(self._places))
        if isinstance(event, MegolmEvent):
            self.unreadable.append(event.event_id)
            self._late[event.event_id] = (room, event)
        elif source["type"] == "m.room.message" and relation.get("rel_type") == "m.replace":
            # Of no message, or of an edit, apps show nothing.
            if (shown := self._messages.get(relation["event_id"])) is not None:
                shown.content = content["m.new_content"]
                self.changes.put_nowait(("edit", shown))
        elif source["type"] == "m.room.message":
            if self.strict and event.decrypted and not self._is_signed(source["sender"], event.sender_key):
                self.unreadable.append(event.event_id)
                return
            shown = Shown(room, event.event_id, source, bool(event.decrypted), content)
            self._messages[event.event_id] = shown
            self.changes.put_nowait(("message", shown))
        elif source["type"] == "m.reaction" and relation.get("event_id") in self._messages:
            shown = self._messages[relation["event_id"]]
            if source["sender"] == shown.source["sender"]:  # others only tap
                self._reactions[event.event_id] = shown
                shown.reactions[event.event_id] = relation["key"]
        elif source["type"] == "m.room.redaction":
            redacted = source.get("redacts") or content.get("redacts")
            if redacted in self._reactions:
                shown = self._reactions[redacted]
                shown.reactions.pop(redacted, None)
                self.changes.put_nowait(("redaction", shown))
        else:
            self.others.put_nowait((room, source))

    async def picture(self, shown: Shown) -> bytes | None:
        """The picture of a message, opened."""
        if shown.content.get("msgtype") != "m.image":
            return None
        return await self.fetches(shown.content)

    async def fetches(self, content: Mapping[str, Any]) -> bytes:
        """The file of a message, opened by the library's own means."""
        file = content.get("file") or {"url": content["url"]}
        got = _fine(await self.client.download(file["url"]))
        if "key" not in file:
            return bytes(got.body)
        return bytes(decrypt_attachment(got.body, file["key"]["k"], file["hashes"]["sha256"], file["iv"]))

    def written_since(self, room: str, token: str) -> int:
        """How many messages somebody wrote in a room after the point that a sync token names."""
        found = self.call(
            "GET",
            f"rooms/{room}/messages?dir=f&limit=100&from={token}" if token else f"rooms/{room}/messages",
        )
        kinds = ("m.room.encrypted", "m.room.message")
        return sum(e["type"] in kinds and e["sender"] == self.account for e in found["chunk"])

    # --- whom they trust -----------------------------------------------------------------------------

    def _block_unsigned(self, room: str) -> None:
        """No keys for devices that their owner did not sign."""
        for user in self.client.rooms[room].users:
            for device in self.client.device_store.active_user_devices(user):
                if user != self.account and not self._is_signed(user, device.curve25519):
                    self.client.blacklist_device(device)

    def _is_signed(self, user: str, sender_key: str) -> bool:
        known = self.call("POST", "keys/query", {"device_keys": {user: []}})
        return any(
            device["keys"].get(f"curve25519:{name}") == sender_key and signed_by_owner(known, user, name)
            for name, device in known["device_keys"].get(user, {}).items()
        )


def signed_by_owner(known: Mapping[str, Any], user: str, device: str) -> bool:
    """Whether an answer of keys/query leads from the master key by valid signatures to the device."""
    try:
        master, middle = known["master_keys"][user], known["self_signing_keys"][user]
        last = known["device_keys"][user][device]
        (top,), (second,) = master["keys"].values(), middle["keys"].values()
        _verify(middle, user, top)
        _verify(last, user, second)
    except (KeyError, ValueError, vodozemac.SignatureException):
        return False
    return bool(middle["usage"] == ["self_signing"] and master["usage"] == ["master"])


@asynccontextmanager
async def acquainted(
    name: str, *, strict: bool = False, server: Synapse | None = None
) -> AsyncIterator[tuple[Person, Account, str]]:
    """Somebody who has a private chat with the bot already, the bot's account, and the chat."""
    server = server or homeserver()
    with tempfile.TemporaryDirectory() as folder:
        account = new_account(server, Path(folder))
        async with Person.on(server, name, strict=strict) as person:
            person.bot = matrix_name(account)
            async with running(account) as (_, inbox):
                room = await person.opens_private_chat(person.bot)
                await asyncio.wait_for(inbox.get(), PATIENCE)
                await person.until(lambda: person.has_joined(room, person.bot))
                # What is handled does not come again at the next start.
                await person.until(
                    lambda: account.since() != "" and not person.written_since(room, account.since())
                )
            yield person, account, room


def new_account(server: Synapse, folder: Path) -> Account:
    """A new account for the bot, which has never logged in."""
    name = f"bot-{secrets.token_hex(4)}"
    server.register(name, PASSWORD)
    return Account(server.url, name, folder / "matrix", password=PASSWORD, unsigned_devices=True)


def matrix_name(account: Account) -> str:
    """The full name of the bot."""
    return f"@{account.user}:{Synapse.name}"


@asynccontextmanager
async def running(account: Account, **options: Any) -> AsyncIterator[tuple[Matrix, asyncio.Queue[Incoming]]]:
    """The bot, and what it hands over."""
    given: dict[str, Any] = {"invites": "anyone", "servers": (), "messages_per_second": 100}
    matrix, inbox = Matrix(account, **{**given, **options}), asyncio.Queue[Incoming]()

    async def receive(incoming: Incoming) -> None:
        inbox.put_nowait(incoming)

    await matrix.start()
    listening = asyncio.create_task(matrix.run(receive))
    try:
        yield matrix, inbox
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await matrix.close()


async def marked(adapter: Adapter, message: MessageRef, count: int) -> list[int]:
    """Put or take marks until there are so many; how many steps were left after each."""
    left = [await adapter.mark(message, count)]
    while left[-1]:
        left.append(await adapter.mark(message, count))
    return left


def _verify(thing: Mapping[str, Any], user: str, key: str) -> None:
    bare = {name: value for name, value in thing.items() if name not in ("signatures", "unsigned")}
    message = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature = vodozemac.Ed25519Signature.from_base64(thing["signatures"][user][f"ed25519:{key}"])
    vodozemac.Ed25519PublicKey.from_base64(key).verify_signature(message.encode(), signature)


def numbered(text: str) -> tuple[str, Sequence[str]]:
    """A text without the numbered offers at its end, and these."""
    head, found, tail = text.rpartition("\n\n1. ")
    if not found:
        return text, []
    # Around a label in another script stand marks that nobody sees.
    lines = f"1. {tail}".translate(dict.fromkeys((0x2068, 0x2069))).split("\n")
    labels = [line.partition(". ")[2] for line in lines]
    if [line.partition(". ")[0] for line in lines] != [str(n) for n in range(1, len(lines) + 1)]:
        return text, []
    return head, labels


def _fine(response: Any) -> Any:
    assert not isinstance(response, ErrorResponse), response
    return response


_ENCRYPTION = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}
_FILTER = {"room": {"timeline": {"limit": 500}}, "presence": {"types": []}}
