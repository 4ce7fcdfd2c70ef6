"""Matrix, on any homeserver: what happened there becomes an `Incoming`, an `Outgoing` an event.

The library (matrix-nio) reads syncs and keeps the keys. The loop around it is ours, for the library confirms
what it has not handed over yet: here the sync token is stored only when all before it is committed.
"""

import asyncio
import contextlib
import mimetypes
import time
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal, TypeVar
from uuid import uuid4

from nio import AsyncClient, EncryptionError, MegolmEvent

from adapters import matrix_content as content
from adapters import matrix_keys as keys
from adapters import matrix_media, matrix_trust
from adapters.matrix_account import Account, close
from adapters.matrix_client import NAME, Failed, ask, call, kind
from adapters.matrix_events import Ourselves, read, thread_of
from adapters.matrix_rooms import Rooms
from adapters.matrix_seeds import Seeds
from bot import log as logs
from bot.adapter import (
    Buttons,
    Capabilities,
    Everywhere,
    Later,
    MenuEntry,
    Moved,
    Receive,
    Unauthorised,
    Unreachable,
)
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
    Picture,
    Pressed,
    Removed,
    Returned,
    Unsupported,
    Words,
)
from bot.trouble import Trouble

Invites = Literal["anyone", "servers"]
T = TypeVar("T")

_CAN: Final = Capabilities(
    buttons=Buttons.REACTIONS, max_text=4000, max_caption=4000, max_label=100, prefix="!"
)
_NOT_SIGNED: Final = (
    "The bot's device on Matrix is not signed, so strict apps keep their messages from it: run the bot once "
    "with matrix.password in the config."
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
_PAGE: Final = 250
_MOST_PAGES: Final = 400
_KEY_SECONDS: Final = 10.0  # a key may come after what it opens
_SAID_AGAIN: Final = 3600.0
_READY_SECONDS: Final = 20.0
_INVITE_SECONDS: Final = 20.0
_LAST_SECONDS: Final = 5.0
_REMEMBERED: Final = 10_000
_KINDS: Final = {"photo": "m.image", "video": "m.video", "audio": "m.audio", "voice": "m.audio"}

log = logs.get(NAME)


class Matrix:
    """The bot's account on Matrix. See `bot.adapter.Adapter` for what each method promises.

    invites:              whose invitations we accept: "anyone"'s, or only from accounts on `servers`
    messages_per_second:  for all rooms together; what the homeserver lets one sender do
    pause:                what waits after failures, for tests
    """

    name: Final = NAME

    def __init__(
        self,
        account: Account,
        *,
        invites: Invites,
        servers: Sequence[str],
        messages_per_second: float,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.rate: Final = messages_per_second
        self._account = account
        self._invites, self._servers = invites, frozenset(servers)
        self._pause = pause
        self._synced = asyncio.Event()
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._sending: set[asyncio.Task[MessageRef]] = set()
        self._chores: set[asyncio.Task[None]] = set()
        self._senders: OrderedDict[str, str] = OrderedDict()
        self._unread: dict[str, tuple[float, MegolmEvent]] = {}
        self._told: dict[str, float] = {}
        self._client: AsyncClient | None = None

    async def start(self) -> None:
        """Log in, once for ever, and learn our own name. Raises `Unauthorised`, or `OSError` when the
        homeserver cannot be reached."""
        client = await self._account.open()
        self._rooms, self._seeds = Rooms(client), Seeds(client)
        try:
            profile = await call(client, "GET", ["profile", client.user_id])
            await self._rooms.load_direct()
        except Failed as failed:
            await close(client)
            raise ConnectionError(f"The homeserver cannot be used ({failed}).") from None
        self._us = Ourselves(client.user_id, str(profile.get("displayname") or ""))
        self._client = client

    async def close(self) -> None:
        """Finish the sends that have begun, within 5 seconds, and let go of the connection."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=_LAST_SECONDS)
        for task in [*self._chores, *self._sending]:
            task.cancel()
        await asyncio.gather(*self._chores, *self._sending, return_exceptions=True)
        if self._client is not None:
            await self._seeds.close()
            await close(self._client)
            self._client = None

    async def check(self) -> Sequence[tuple[bool, str]]:
        """Whether strict apps give us keys and read us. Raises a `SendError`."""
        try:
            if await matrix_trust.is_signed(self._open):
                return [(True, "The bot's device on Matrix is signed: strict apps trust it.")]
        except Failed as failed:
            raise kind(failed) from None
        return [(False, _NOT_SIGNED)]

    async def delete(self, message: MessageRef) -> None:
        """Take a message of ours back, with its digits. Raises a `SendError`."""
        self._seeds.want(message.chat.id, message.id, 0, new=False)
        path = ["rooms", message.chat.id, "redact", message.id, uuid4().hex]
        try:
            await call(self._open, "PUT", path, {})
        except Failed as failed:
            if failed.passing or failed.unauthorised:
                raise kind(failed) from None
            log.debug("delete.nothing_left", why=str(failed))

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
        """ "": links to Matrix accounts carry nothing."""
        return ""

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file, readable. Raises a `SendError`."""
        return matrix_media.fetch(self._open, media)

    async def leads(self, chat: Chat, identity: Identity) -> bool:
        """Whether this account may change the powers in a room. Raises `Unreachable` where we are not in
        it."""
        if self._rooms.get(chat.id) is None:
            raise Unreachable("not in the room")
        return self._leads(chat.id, identity.account)

    def _leads(self, room: str, account: str) -> bool:
        state = self._rooms.state(room)
        return state.may(account, state.needs("m.room.power_levels", state=True))

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
        self._us = replace(self._us, name=name)

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
        with self._account.alone():
            try:
                await self._listen(receive)
            except Failed:
                raise Unauthorised(self._account.refused) from None
            finally:
                self._synced.clear()

    async def _listen(self, receive: Receive) -> None:
        since = self._account.since()
        store = Trouble(log, sleep=self._pause)
        while True:
            response = await self._for_ever("sync", partial(self._sync, since))
            happened = await self._happened(response, since)
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
            for incoming in happened:
                if isinstance(incoming.event, Left) and incoming.chat is not None:
                    self._chore(self._leave(incoming.chat.id))
            since = response.next_batch
            if not self._unread:
                self._account.handled(since)

    async def _sync(self, since: str) -> Any:
        """What is new, as soon as there is something."""
        first = not self._synced.is_set()
        seconds = 1 if self._unread else _POLL_SECONDS
        async with asyncio.timeout(_FIRST_SECONDS if first else seconds + 30):
            return await ask(
                self._open.sync(
                    timeout=0 if first else seconds * 1000,
                    sync_filter=_FILTER,
                    since=since or None,
                    full_state=first,
                )
            )

    async def _for_ever(self, event: str, what: Callable[[], Awaitable[T]]) -> T:
        """Try until it succeeds, with at most 8 seconds in between. Raises `Failed` only where our login is
        worth nothing any more."""
        line = Trouble(log, longest=8.0, sleep=self._pause)
        while True:
            try:
                done = await what()
            except (Failed, TimeoutError) as error:
                failed = error if isinstance(error, Failed) else Failed(type(error).__name__)
                if failed.unauthorised:
                    raise failed from None
                await line.wait(f"{event}.broken", at_least=failed.seconds or 0.0, why=str(failed))
            else:
                line.over(f"{event}.works")
                return done

    async def _between(self, response: Any) -> None:
        """What has to be done between two syncs, and once after the first one."""
        first = not self._synced.is_set()
        left = keys.count(self._open, response)
        try:
            if first or not left:
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
            if await matrix_trust.sign(self._open, folder / matrix_trust.SEEDS, self._account.password):
                log.info("trust.signed")
        except matrix_trust.NoPassword:
            log.warning("trust.no_password", why="put matrix.password into the config for one start")
        except Failed as failed:
            if failed.unauthorised:
                raise
            log.warning("trust.not_signed", why=str(failed))

    async def _happened(self, response: Any, since: str) -> list[Incoming]:
        """What a sync tells, in the order of each room."""
        happened: list[Incoming] = []
        for room, info in response.rooms.join.items():
            for event in (*info.state, *info.timeline.events):
                self._rooms.learn(room, event.source)
        if response.rooms.invite:
            # Of an invitation the library tells too little to see what kind of room it is.
            raw = await response.transport_response.json()
            await self._answer_invites(raw["rooms"]["invite"])
        for room, info in response.rooms.join.items():
            events = [*info.timeline.events]
            if info.timeline.limited and since:
                events = [*await self._missed(room, info.timeline.prev_batch, since, events), *events]
            for event in self._ours_to_answer(room, events) if since else []:
                event.room_id = room
                happened += await self._event(room, event)
        for room, info in response.rooms.leave.items():
            happened += self._gone(room, [event.source for event in info.timeline.events] if since else [])
        return happened + await self._opened()

    async def _missed(self, room: str, start: str, since: str, newer: Sequence[Any]) -> list[Any]:
        """What lies between the last sync and the events of this one."""
        found: list[Any] = []
        for _ in range(_MOST_PAGES):
            if any(self._arrival(event.source) for event in [*found[:_PAGE], *newer]):
                break
            page = await self._for_ever(
                "gap",
                partial(self._page, room, start, since),
            )
            found[:0] = reversed(page.chunk)
            if not page.chunk or not page.end:
                break
            start = page.end
        else:
            log.warning("gap.too_large", events=len(found))
        return found

    async def _page(self, room: str, start: str, since: str) -> Any:
        return await ask(self._open.room_messages(room, start=start, end=since, limit=_PAGE))

    def _arrival(self, source: Mapping[str, Any]) -> bool:
        """Whether with this event we came into a room."""
        return _membership(source, self._us.account) == "join" and (
            _before(source).get("membership") != "join"
        )

    def _ours_to_answer(self, room: str, events: Sequence[Any]) -> Sequence[Any]:
        """Events from our arrival on; in a private chat, what was written to us since our invitation too."""
        arrived = max((n for n, event in enumerate(events) if self._arrival(event.source)), default=None)
        if arrived is None:
            return events
        start = arrived
        if self._rooms.partner(room):
            invited = (
                n
                for n, event in enumerate(events[:arrived])
                if _membership(event.source, self._us.account) == "invite"
            )
            start = max(invited, default=arrived)
        return [events[arrived], *events[start:arrived], *events[arrived + 1 :]]

    async def _event(self, room: str, event: Any) -> list[Incoming]:
        """What one event of a room we are in means to the engine: mostly one thing, or none. Anybody may
        send anything as an event, so one that breaks us is left out."""
        try:
            return await self._meaning(room, event)
        except Failed:
            raise
        except Exception as error:
            log.error("event.not_understood", error=error)
            return []

    async def _meaning(self, room: str, event: Any) -> list[Incoming]:
        source = event.source
        if "state_key" in source:
            return await self._state_event(room, source)
        if source.get("sender") == self._us.account:
            self._remember(str(source.get("event_id")), self._us.account)
            return []
        if isinstance(event, MegolmEvent):
            self._unread.setdefault(event.event_id, (time.monotonic() + _KEY_SECONDS, event))
            return []
        found = await self._complete(room, source)
        if found is None:
            return []
        return [self._incoming(source, found, self._rooms.chat(room, thread_of(source)))]

    async def _complete(self, room: str, source: Mapping[str, Any]) -> Event | None:
        """What somebody did, once it is known whose the message is that it is about."""
        private = bool(self._rooms.partner(room))
        match read(source, self._us, private=private):
            case Words(to_us=False, reply_to=answered) as words:
                to_us = answered is not None and await self._sender(room, answered) == self._us.account
                return replace(words, to_us=to_us)
            case Pressed(message=pressed) as press:
                return press if await self._sender(room, pressed) == self._us.account else None
            case (Edited(message=original) | Deleted(message=original)) as changed:
                return changed if await self._sender(room, original) == source["sender"] else None
            case found:
                return found

    async def _opened(self) -> list[Incoming]:
        """What could not be read before: read now, or given up, which each sender hears once an hour."""
        happened: list[Incoming] = []
        now = time.monotonic()
        for key, (until, event) in list(self._unread.items()):
            try:
                happened += await self._event(event.room_id, self._open.decrypt_event(event))
            except EncryptionError:
                if now < until:
                    continue
                log.warning("event.unreadable")
                if self._told.get(event.sender, 0.0) <= now:
                    self._told = {who: again for who, again in self._told.items() if again > now}
                    self._told[event.sender] = now + _SAID_AGAIN
                    chat = self._rooms.chat(event.room_id, thread_of(event.source))
                    happened.append(self._incoming(event.source, Unsupported("undecryptable"), chat))
            del self._unread[key]
        return happened

    def _incoming(
        self, source: Mapping[str, Any], event: Event, chat: Chat, sender: str | None = None
    ) -> Incoming:
        """`sender` where it is not the event's own."""
        who = sender if sender is not None else str(source["sender"])
        known = self._rooms.get(chat.id)
        user = known.users.get(who) if known is not None else None
        about = {**_before(source), **source["content"]} if source.get("state_key") == who else {}
        name = user.display_name if user is not None else about.get("displayname")
        return Incoming(
            id=str(source["event_id"]),
            event=event,
            chat=chat,
            sender=Identity(NAME, who) if who else None,
            name=str(name or who[1:].partition(":")[0]),
            room="" if chat.private or known is None else known.named_room_name() or "",
            leads=None if chat.private or not who or known is None else self._leads(chat.id, who),
        )

    async def _sender(self, room: str, event: str) -> str:
        """Who sent a message; "" where nobody can say."""
        if event not in self._senders:
            try:
                found = await call(self._open, "GET", ["rooms", room, "event", event])
            except Failed:
                return ""
            self._remember(event, str(found.get("sender", "")))
        return self._senders[event]

    def _remember(self, event: str, sender: str) -> None:
        self._senders[event] = sender
        while len(self._senders) > _REMEMBERED:
            self._senders.popitem(last=False)

    # --- what happens to rooms -----------------------------------------------------------------------

    async def _state_event(self, room: str, source: Mapping[str, Any]) -> list[Incoming]:
        match source:
            case {"type": "m.room.member", "state_key": self._us.account}:
                return await self._arrived(room, source) if self._arrival(source) else []
            case {"type": "m.room.member"}:
                return await self._member(room, source)
            case {"type": "m.room.tombstone", "content": {"replacement_room": str(new)}}:
                self._chore(self._join(new))
            case {"type": "m.room.power_levels"} if not self._rooms.partner(room):
                return self._power(room, source)
        return []

    async def _arrived(self, room: str, source: Mapping[str, Any]) -> list[Incoming]:
        """We came into a room: one that takes another's place, a private chat, or one that somebody brought
        us into."""
        state = self._rooms.state(room)
        if state.create.get("sender") == self._us.account:
            return []  # we made it
        old = state.predecessor
        if old and self._rooms.replaced(old) == room:
            chat = self._rooms.chat(old)
            if partner := self._rooms.partner(old):
                await self._for_ever("direct", lambda: self._rooms.mark_direct(partner, room))
            return [self._incoming(source, MovedTo(room), chat, "")]
        if partner := self._rooms.partner(room):
            event = Returned() if self._rooms.returned(partner, room) else Opened()
            return [self._incoming(source, event, self._rooms.chat(room), partner)]
        inviter = str(source.get("unsigned", {}).get("prev_sender", ""))
        return [self._incoming(source, Added(), self._rooms.chat(room), inviter)]

    async def _member(self, room: str, source: Mapping[str, Any]) -> list[Incoming]:
        """Somebody else came, went, or asks to come."""
        who, now = str(source["state_key"]), source["content"].get("membership")
        before = _before(source).get("membership")
        chat = self._rooms.chat(room)
        if chat.private:
            if who != self._rooms.partner(room):
                return []
            if now in ("leave", "ban"):
                return [] if self._rooms.shared_with(who) else [self._incoming(source, Left(), chat, who)]
            if now == "join" and before in ("leave", "ban"):
                return [self._incoming(source, Returned(), chat, who)]
            return []
        if now == "knock" and before != "knock":
            return [self._incoming(source, AsksIn(await self._answerable(who)), chat, who)]
        if now != "join" or before == "join" or self._rooms.came_along(room, who):
            return []
        name = str(source["content"].get("displayname") or who[1:].partition(":")[0])
        return [self._incoming(source, Newcomers(((Identity(NAME, who), name),)), chat, "")]

    async def _answerable(self, account: str) -> str:
        """The private chat with somebody who may have none yet; "" where none can be made now."""
        try:
            return await self._rooms.open_direct(account)
        except Failed as failed:
            log.warning("direct.not_made", why=str(failed))
            return ""

    def _power(self, room: str, source: Mapping[str, Any]) -> list[Incoming]:
        """Whether we may write changed."""
        known = self._rooms.get(room)
        if known is not None and known.replacement_room:
            return []  # nobody may write in a room that has moved
        new = self._rooms.state(room).with_levels(source["content"])
        old = self._rooms.state(room).with_levels(_before(source))
        could, can = (
            state.may(self._us.account, state.needs("m.room.message", state=False)) for state in (old, new)
        )
        if could == can:
            return []
        event = Added() if can else Removed(silenced=True)
        return [self._incoming(source, event, self._rooms.chat(room))]

    def _gone(self, room: str, sources: Iterable[Mapping[str, Any]]) -> list[Incoming]:
        """We are not in a room any more; told where somebody else did that."""
        chat = self._rooms.chat(room)
        partner = self._rooms.partner(room)
        self._rooms.forget(room)
        happened = []
        for source in sources:
            taken_out = (
                _membership(source, self._us.account) in ("leave", "ban")
                and source.get("sender") != self._us.account
                and _before(source).get("membership") == "join"
            )
            if taken_out and not partner:
                happened.append(self._incoming(source, Removed(), chat))
            elif taken_out and not self._rooms.shared_with(partner):
                happened.append(self._incoming(source, Left(), chat, partner))
        return happened

    async def _answer_invites(self, invites: Mapping[str, Any]) -> None:
        """Accept or refuse; what takes longer than a while goes on beside the next syncs."""
        tasks = [
            self._chore(self._answer_invite(room, info.get("invite_state", {}).get("events", ())))
            for room, info in invites.items()
        ]
        if tasks:
            await asyncio.wait(tasks, timeout=_INVITE_SECONDS)

    async def _answer_invite(self, room: str, state: Sequence[Mapping[str, Any]]) -> None:
        ours = next((e for e in state if _membership(e, self._us.account) == "invite"), None)
        if ours is None:
            return
        inviter = str(ours["sender"])
        if self._invites == "servers" and inviter.partition(":")[2] not in self._servers:
            log.info("invite.refused")
            await self._leave(room)
            return
        about = {str(e.get("type")): e.get("content", {}) for e in state if e.get("state_key") == ""}
        if about.get("m.room.create", {}).get("type") == "m.space":
            await self._leave(room)
            return
        named = any(about.get(name) for name in ("m.room.name", "m.room.canonical_alias"))
        secret = about.get("m.room.join_rules", {}).get("join_rule", "invite") == "invite"
        if ours["content"].get("is_direct") or (secret and not named):
            await self._for_ever("direct", lambda: self._rooms.mark_direct(inviter, room))
        await self._join(room)

    async def _join(self, room: str) -> None:
        """Go into a room; where we are not let in, an invitation may still come."""
        await self._patiently("join", ["join", room])

    async def _leave(self, room: str) -> None:
        await self._patiently("leave", ["rooms", room, "leave"])

    async def _patiently(self, event: str, path: list[str]) -> None:
        line = Trouble(log, longest=60.0, sleep=self._pause)
        for _ in range(10):
            try:
                await call(self._open, "POST", path, {})
            except Failed as failed:
                if not failed.passing:
                    log.info(f"{event}.refused", why=str(failed))
                    return
                await line.wait(f"{event}.later", at_least=failed.seconds or 0.0, why=str(failed))
            else:
                return

    def _chore(self, work: Any) -> asyncio.Task[None]:
        """Something that nobody waits for."""
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chore_done)
        return task

    def _chore_done(self, task: asyncio.Task[None]) -> None:
        self._chores.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("chore.failed", error=error)

    # --- what goes out -------------------------------------------------------------------------------

    async def send(self, message: Outgoing) -> MessageRef:
        """Send or edit. Raises a `SendError`. Cancelled, the send itself goes on: where the library is
        stopped in the middle, nothing more leaves for that room."""
        task = asyncio.create_task(self._send(message))
        self._sending.add(task)
        task.add_done_callback(self._sent)
        return await asyncio.shield(task)

    def _sent(self, task: asyncio.Task[MessageRef]) -> None:
        self._sending.discard(task)
        if not task.cancelled():
            task.exception()  # where the caller is gone, nobody else looks at it

    async def _send(self, message: Outgoing) -> MessageRef:
        try:
            async with self._lines[message.chat.id]:
                await self._ready(message.chat)
                if message.replaces is not None:
                    return await self._edit(message, message.replaces)
                event = await self._post(message)
        except Failed as failed:
            raise kind(failed) from None
        self._remember(event, self._us.account)
        self._seeds.want(message.chat.id, event, sum(map(len, message.buttons)), new=True)
        return MessageRef(message.chat, event)

    async def _ready(self, chat: Chat) -> None:
        """Make sure that the room is there and the right people are in it. Raises a `SendError` or
        `Failed`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READY_SECONDS):
                await self._synced.wait()
        if not self._synced.is_set():
            raise Later(everywhere=True)
        known = self._rooms.get(chat.id)
        if known is None:
            if await self._rooms.is_there(chat.id, self._us.account):
                raise Later(1.0)  # the next sync brings it
            raise Unreachable("not in the room")
        if known.replacement_room:
            if new := self._rooms.replaced(chat.id):
                raise Moved(self._rooms.chat(new))
            await call(self._open, "POST", ["join", known.replacement_room], {})
            raise Later(1.0)
        state = self._rooms.state(chat.id)
        if state.create and not state.may(self._us.account, state.needs("m.room.message", state=False)):
            raise Unreachable("may not write", silenced=True)
        if chat.private:
            partner = self._rooms.belongs_to(chat.id)
            if partner not in known.users:
                raise Unreachable("they left")
            if len(known.users) > 2:
                raise Moved(Chat(NAME, await self._rooms.open_direct(partner)))

    async def _edit(self, message: Outgoing, old: MessageRef) -> MessageRef:
        if message.html:
            await self._put(old.chat.id, content.edit(message, old.id), _transaction(message))
        self._seeds.want(old.chat.id, old.id, sum(map(len, message.buttons)), new=False)
        return old

    async def _post(self, message: Outgoing) -> str:
        """The id of the event, the first one where there are several."""
        first = ""
        files: list[Picture | Carried] = [*([message.picture] if message.picture else []), *message.carried]
        for number, file in enumerate(files):
            event = await self._file(message, file, number)
            first = first or event
        return first or await self._put(message.chat.id, content.words(message), _transaction(message))

    async def _file(self, message: Outgoing, file: Picture | Carried, number: int) -> str:
        """Upload and send one file; the text goes below the first."""
        info: dict[str, Any]
        if isinstance(file, Picture):
            png, name, form = file.png, file.name, "m.image"
            info = {"mimetype": "image/png", "size": len(png), "w": _at(png, 16), "h": _at(png, 20)}
            size: int | None = len(png)

            def read() -> AsyncIterator[bytes]:
                return _once(png)

        else:
            media, read = file.media, file.read
            form, size = _KINDS.get(media.kind, "m.file"), media.size
            name = media.name or media.kind + (mimetypes.guess_extension(media.type) or "")
            info = {"mimetype": media.type or "application/octet-stream"}
            info |= {"size": size} if size is not None else {}
            info |= {"duration": media.seconds * 1000} if media.seconds is not None else {}
        room = self._open.rooms[message.chat.id]
        where = await matrix_media.upload(
            self._open, read, type=info["mimetype"], name=name, size=size, encrypted=room.encrypted
        )
        event = content.file(message, form, name, info, where, caption=number == 0)
        if isinstance(file, Carried) and file.media.kind == "voice":
            event |= {
                "org.matrix.msc3245.voice": {},
                "org.matrix.msc1767.audio": {"duration": info.get("duration", 0)},
            }
        return await self._put(message.chat.id, event, f"{_transaction(message)}.file{number}")

    async def _put(self, room: str, event: dict[str, Any], transaction: str) -> str:
        """Send a message event, encrypted where the room is. Raises `Failed`."""
        client = self._open
        try:
            if client.rooms[room].encrypted:
                await keys.share(client, room)
            sent = await ask(
                client.room_send(
                    room, "m.room.message", event, tx_id=transaction, ignore_unverified_devices=True
                )
            )
        except BaseException:
            keys.unlock(client, room)
            raise
        return str(sent.event_id)


def _transaction(message: Outgoing) -> str:
    """The same at every attempt."""
    return f"m{message.id}.{message.part}"


def _membership(source: Mapping[str, Any], account: str) -> str:
    """What an event says about somebody's being in a room; "" for nothing."""
    if source.get("type") != "m.room.member" or source.get("state_key") != account:
        return ""
    content = source.get("content")
    return str(content.get("membership", "")) if isinstance(content, dict) else ""


def _before(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the state was that an event changed."""
    unsigned = source.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
    return before if isinstance(before, dict) else {}


def _at(png: bytes, place: int) -> int:
    """Width (16) or height (20) of a PNG."""
    return int.from_bytes(png[place : place + 4], "big")


async def _once(whole: bytes) -> AsyncIterator[bytes]:
    yield whole
