"""Matrix, on any homeserver: what happened there becomes an `Incoming`, an `Outgoing` an event."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from nio import AsyncClient

from adapters.matrix import checkup
from adapters.matrix import media as matrix_media
from adapters.matrix.account import SIGNING_KEYS, Account, close
from adapters.matrix.door import Door, Invites, Policy
from adapters.matrix.encryption import trust as matrix_trust
from adapters.matrix.encryption.owed import Owed
from adapters.matrix.encryption.room_keys import RoomKeys
from adapters.matrix.encryption.unread import Unread
from adapters.matrix.events import Ourselves
from adapters.matrix.homeserver.client import NAME, Pause, call, part
from adapters.matrix.homeserver.errors import Failed, kind
from adapters.matrix.homeserver.library import Client
from adapters.matrix.incoming import Inbox
from adapters.matrix.listening import Listener
from adapters.matrix.outgoing import Sender
from adapters.matrix.reactions import MOST
from adapters.matrix.rooms import Rooms
from bot.adapter import (
    Alert,
    Buttons,
    Capabilities,
    Plain,
    Receive,
    Unauthorised,
    Unreachable,
    no_alert,
)
from bot.message import Chat, Identity, Media, MessageRef, Outgoing
from bot.support.told import Told

CAN: Final = Capabilities(
    buttons=Buttons.REACTIONS, max_text=4000, max_caption=4000, max_label=100, marks=MOST, prefix="!"
)


def chat_link(account: str) -> str:
    """Return where a private chat with an account is opened; "" without one
    (https://spec.matrix.org/latest/appendices/#matrixto-navigation)."""
    return account and f"https://matrix.to/#/{account}"


async def _nobody(account: str) -> bool:
    return False


async def _name(client: AsyncClient) -> str:
    """How we are called; "" for nothing. Raises `Failed`."""
    try:
        profile = await call(client, "GET", ["profile", client.user_id])
    except Failed as failed:
        if failed.code != "M_NOT_FOUND":
            raise
        return ""
    return part(profile, "displayname", str) if profile.get("displayname") is not None else ""


class Matrix(Plain):
    """The bot's account on Matrix. See `bot.adapter.Adapter` for what each method promises. One program at a
    time has it, because the keys of encryption belong to one.

    messages_per_second:  for all rooms together; what the homeserver lets one sender do
    only_verified:        what somebody reads of whose devices none is signed; "" for nothing
    alert:                is told what only an operator can mend
    pause:                what waits after failures, for tests

    The others say whose invitations we accept, as in `Policy`.
    """

    name: Final = NAME

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
        only_verified: str = "",
        alert: Alert = no_alert,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.rate: Final = messages_per_second
        self._account = account
        self._policy = Policy(invites, frozenset(servers), knows, space, refusal)
        self._only_verified = only_verified
        self._alert = alert
        self._pause = pause
        self._synced = asyncio.Event()
        self.last_heard_at = 0.0
        self._client: Client | None = None

    @property
    def told(self) -> Told | None:
        """The time, as the homeserver last told it."""
        return self._client.told if self._client is not None else None

    async def start(self) -> None:
        """Log in, once for ever, and learn our own name; anew where there was a connection. Raises
        `Unauthorised`, or `OSError` when the homeserver cannot be reached."""
        await self.close()
        matrix_trust.look(self._account.folder / SIGNING_KEYS)
        client = await self._account.open(self._alert)
        self._rooms = Rooms(client)
        try:
            name = await _name(client)
            await self._rooms.load_direct()
        except Failed as failed:
            await close(client)
            raise ConnectionError(failed.sentence) from None
        self._us = Ourselves(client.user_id, name)
        self._door = Door(client, self._rooms, self._policy, self._pause, self._account.folder)
        unread = Unread(client, self._account.folder)
        self._inbox = Inbox(client, self._us, self._rooms, self._door, self._pause, unread)
        owed = Owed(client, self._account.folder)
        room_keys = RoomKeys(client, owed)
        self._sender = Sender(client, self._rooms, self._door, self._synced, room_keys, self._only_verified)
        self._listener = Listener(
            client,
            self._account,
            self._rooms,
            self._door,
            self._inbox,
            owed,
            self._synced,
            self._heard,
            self._pause,
        )
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

    def can(self, chat: Chat) -> Capabilities:
        """The same everywhere on Matrix. The longest text is what fits an encrypted event even where each
        character takes six bytes."""
        return CAN

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """Where a private chat with us is opened; such links carry nothing, so "" for a payload, for a room,
        and before the first login."""
        if payload or into_room:
            return ""
        return chat_link(self._us.account if self._client else self._account.name)

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

    async def is_admin(self, chat: Chat, identity: Identity) -> bool:
        """Whether this account may change the powers in a room. Raises `Unreachable` where we are not in
        it."""
        if self._rooms.get(chat.id) is None:
            raise Unreachable("not in the room")
        return self._rooms.is_admin(chat.id, identity.account)

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Invite somebody who knocks. Raises a `SendError`."""
        known = self._rooms.get(chat.id)
        if known is not None and identity.account in known.users:
            return
        try:
            await call(self._open, "POST", ["rooms", chat.id, "invite"], {"user_id": identity.account})
        except Failed as failed:
            raise kind(failed) from None

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

    def _heard(self) -> None:
        self.last_heard_at = time.monotonic()

    @property
    def _open(self) -> Client:
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
                await self._listener.run(receive)
            except Failed:
                raise Unauthorised(self._account.refused) from None
