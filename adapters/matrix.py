"""Matrix, on any homeserver: what happened there becomes an `Incoming`, an `Outgoing` an event.

The library (matrix-nio) reads syncs and keeps the keys. The loop around it is ours, for the library confirms
what it has not handed over yet: here the sync token is stored only when all before it is committed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from nio import AsyncClient

from adapters import matrix_checkup as checkup
from adapters import matrix_keys as keys
from adapters import matrix_media, matrix_trust
from adapters.matrix_account import SEEDS, Account, close
from adapters.matrix_client import NAME, Failed, Pause, ask, call, insist, kind
from adapters.matrix_door import Door, Invites, Policy
from adapters.matrix_events import Ourselves
from adapters.matrix_in import Inbox
from adapters.matrix_out import Sender
from adapters.matrix_rooms import Rooms
from adapters.matrix_seeds import MOST
from bot import log as logs
from bot.adapter import (
    Buttons,
    Capabilities,
    Everywhere,
    MenuEntry,
    Receive,
    Sharing,
    Unauthorised,
    Unreachable,
)
from bot.message import Chat, Identity, Incoming, Left, Media, MessageRef, Outgoing
from bot.trouble import Trouble

_CAN: Final = Capabilities(
    buttons=Buttons.REACTIONS, max_text=4000, max_caption=4000, max_label=100, marks=MOST, prefix="!"
)
_FILTER: Final[dict[str, Any]] = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "timeline": {"limit": 500},  # the default is 10
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
}
_POLL_SECONDS: Final = 30
_FIRST_SECONDS: Final = 300

log = logs.get(NAME)


async def _nobody(account: str) -> bool:
    return False


class Matrix:
    """The bot's account on Matrix. See `bot.adapter.Adapter` for what each method promises.

    messages_per_second:  for all rooms together; what the homeserver lets one sender do
    pause:                what waits after failures, for tests

    The others say whose invitations we accept, as in `Policy`.
    """

    name: Final = NAME
    sharing: Final = Sharing.NOTHING  # the keys of encryption belong to one program

    def __init__(
        self,
        account: Account,
        *,
        invites: Invites,
        servers: Sequence[str],
        messages_per_second: float,
        knows: Callable[[str], Awaitable[bool]] = _nobody,
        space: str = "",
        refusal: str = "",
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.rate: Final = messages_per_second
        self._account = account
        self._policy = Policy(invites, frozenset(servers), knows, space, refusal)
        self._pause = pause
        self._synced = asyncio.Event()
        self.heard_at = 0.0
        self._client: AsyncClient | None = None

    async def start(self) -> None:
        """Log in, once for ever, and learn our own name; anew where there was a connection. Raises
        `Unauthorised`, or `OSError` when the homeserver cannot be reached."""
        await self.close()
        client = await self._account.open()
        self._rooms = Rooms(client)
        try:
            profile = await call(client, "GET", ["profile", client.user_id])
            await self._rooms.load_direct()
        except Failed as failed:
            await close(client)
            raise ConnectionError(f"The homeserver cannot be used ({failed}).") from None
        self._us = Ourselves(client.user_id, str(profile.get("displayname") or ""))
        self._door = Door(client, self._rooms, self._policy, self._pause)
        self._inbox = Inbox(client, self._us, self._rooms, self._door, self._pause)
        self._sender = Sender(client, self._rooms, self._synced)
        self._client = client

    async def close(self) -> None:
        """Finish the sends that have begun, within 5 seconds, and let go of the connection."""
        if self._client is not None:
            await self._sender.close()
            await self._door.close()
            await close(self._client)
            self._client = None

    async def check(self) -> Sequence[tuple[bool, str]]:
        """What an operator should know. Raises a `SendError`."""
        try:
            return await checkup.findings(self._open, self._account, self.rate)
        except Failed as failed:
            raise kind(failed) from None

    async def send(self, message: Outgoing) -> MessageRef:
        """Send or edit. Raises a `SendError`."""
        return await self._sender.send(message)

    async def delete(self, message: MessageRef) -> None:
        """Take a message of ours back. Raises a `SendError`."""
        await self._sender.delete(message)

    async def mark(self, message: MessageRef, count: int) -> int:
        """Put or take one digit under a message. Raises a `SendError`."""
        return await self._sender.mark(message, count)

    async def private_chat(self, identity: Identity) -> Chat:
        """The chat with this person, made and encrypted where there is none. Raises a `SendError`."""
        try:
            return Chat(NAME, await self._rooms.open_direct(identity.account))
        except Failed as failed:
            raise kind(failed) from None

    def can(self, chat: Chat) -> Capabilities:
        """The same everywhere on Matrix. The longest text is what fits an encrypted event even where each
        character takes six bytes."""
        return _CAN

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """Where a private chat with us is opened
        (https://spec.matrix.org/latest/appendices/#matrixto-navigation); such links carry nothing, so "" for
        a payload, for a room, and before the first login."""
        account = "" if payload or into_room else self._us.account if self._client else self._account.name
        return account and f"https://matrix.to/#/{account}"

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file, readable; also where another program has the account. Raises a
        `SendError`."""
        client = self._client or self._account.visit()
        try:
            async for piece in matrix_media.fetch(client, media):
                yield piece
        finally:
            if client is not self._client:
                await client.close()

    async def leads(self, chat: Chat, identity: Identity) -> bool:
        """Whether this account may change the powers in a room. Raises `Unreachable` where we are not in
        it."""
        if self._rooms.get(chat.id) is None:
            raise Unreachable("not in the room")
        return self._rooms.leads(chat.id, identity.account)

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Invite somebody who knocks. Raises a `SendError`."""
        known = self._rooms.get(chat.id)
        if known is not None and identity.account in known.users:
            return
        try:
            await call(self._open, "POST", ["rooms", chat.id, "invite"], {"user_id": identity.account})
        except Failed as failed:
            raise kind(failed) from None

    async def show_menu(self, where: Everywhere | Chat, locale: str, menu: Sequence[MenuEntry]) -> None:
        """Matrix has no menus of commands: `!help` lists them."""

    async def introduce(self, locale: str, *, name: str, description: str, short: str) -> None:
        """Set our name; Matrix shows neither description nor languages. Raises a `SendError`."""
        if locale or not name or name == self._us.name:
            return
        path = ["profile", self._us.account, "displayname"]
        try:
            await call(self._open, "PUT", path, {"displayname": name})
        except Failed as failed:
            raise kind(failed) from None
        self._us.name = name

    @property
    def _open(self) -> AsyncClient:
        if self._client is None:
            raise RuntimeError("the connection is not open")
        return self._client

    # --- what comes in -----------------------------------------------------------------------------

    async def run(self, receive: Receive) -> None:
        """Hand over what happens until cancelled. Raises `Unauthorised` when our login is taken from us, or
        another program uses it.

        What happened before the very first sync is not ours to answer.
        """
        self._synced.clear()  # not at the end: what waits when the program stops can still leave
        with self._account.alone():
            try:
                await self._listen(receive)
            except Failed:
                raise Unauthorised(self._account.refused) from None

    async def _listen(self, receive: Receive) -> None:
        since = self._account.since()
        store = Trouble(log, sleep=self._pause)
        while True:
            response = await insist("sync", partial(self._sync, since), self._pause)
            self.heard_at = time.monotonic()
            happened = await self._inbox.happened(response, since)
            await self._between(response)
            failed: Sequence[Incoming] = happened
            while failed:
                # All are given in order, and none is waited for before the next: it commits many in one go.
                results = await asyncio.gather(*map(receive, failed), return_exceptions=True)
                errors = [error for error in results if isinstance(error, BaseException)]
                failed = [
                    incoming
                    for incoming, error in zip(failed, results, strict=True)
                    if isinstance(error, BaseException)
                ]
                if failed:
                    await store.wait("event.not_kept", error=errors[0])
            store.over("event.kept")
            self._after(happened)
            since = response.next_batch
            if not self._inbox.unread and not self._door.busy:
                self._account.handled(since)

    def _after(self, happened: Iterable[Incoming]) -> None:
        """What the other side may see now that all is committed: it is read, and who left is left."""
        read: dict[str, str] = {}
        for incoming in happened:
            assert incoming.chat is not None
            room = incoming.chat.id
            if isinstance(incoming.event, Left):
                self._door.chore(self._door.leave(room))
            elif self._rooms.get(room) is not None:
                read[room] = incoming.id
        for room, last in read.items():
            self._door.chore(self._mark_read(room, last))

    async def _mark_read(self, room: str, event: str) -> None:
        """Mark a room as read up to an event. It is worth nothing by itself, so it may fail."""
        try:
            await call(self._open, "POST", ["rooms", room, "receipt", "m.read", event], {})
        except Failed as failed:
            log.debug("read.not_shown", why=str(failed))

    async def _sync(self, since: str) -> Any:
        """What is new, as soon as there is something."""
        first = not self._synced.is_set()
        seconds = 1 if self._inbox.unread else _POLL_SECONDS
        async with asyncio.timeout(_FIRST_SECONDS if first else seconds + 30):
            return await ask(
                self._open.sync(
                    timeout=0 if first else seconds * 1000,
                    sync_filter=_FILTER,
                    since=since or None,
                    full_state=first,
                )
            )

    async def _between(self, response: Any) -> None:
        """What has to be done between two syncs, and once after the first one."""
        first = not self._synced.is_set()
        left = keys.count(self._open, response)
        try:
            if self._account.restored:
                await keys.renew(self._open)
                self._account.renewed()
            elif first or not left:
                await self._fall_back(response)
            await keys.keep_up(self._open)
        except Failed as failed:
            if failed.unauthorised:
                raise
            log.warning("keys.later", why=str(failed))
        if first:
            await self._be_trusted()
        self._synced.set()

    async def _fall_back(self, response: Any) -> None:
        """Have a key of last resort that nobody has used yet. The library does not tell: the raw answer
        does."""
        raw = await response.transport_response.json()
        if "signed_curve25519" not in raw.get("device_unused_fallback_key_types", ()):
            await keys.upload_fallback(self._open)

    async def _be_trusted(self) -> None:
        try:
            folder = self._account.folder
            if await matrix_trust.sign(self._open, folder / SEEDS, self._account.password):
                log.info("trust.signed")
        except matrix_trust.NoPassword:
            log.warning("trust.no_password", why="put matrix.password into the config for one start")
        except Failed as failed:
            if failed.unauthorised:
                raise
            log.warning("trust.not_signed", why=str(failed))
