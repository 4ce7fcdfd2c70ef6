"""What a sync means: each event of a room as what happened to a person or a room, in order."""

import contextlib
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from nio import AsyncClient, EncryptionError, MegolmEvent

from adapters.matrix_client import NAME, Failed, Pause, ask, call, insist
from adapters.matrix_door import Door, membership
from adapters.matrix_events import Ourselves, read, thread_of
from adapters.matrix_rooms import Rooms
from bot import log as logs
from bot.message import (
    Added,
    AsksIn,
    Chat,
    Deleted,
    Edited,
    Event,
    Identity,
    Incoming,
    Left,
    MovedTo,
    Newcomers,
    Opened,
    Pressed,
    Removed,
    Returned,
    Unsupported,
    Words,
)

_PAGE: Final = 250
_MOST_PAGES: Final = 400
_KEY_SECONDS: Final = 10.0  # a key may come after what it opens
_SAID_AGAIN: Final = 3600.0
_REMEMBERED: Final = 10_000

log = logs.get(NAME)


class Inbox:
    """Reads syncs. `unread` is what cannot be read yet, until when we wait for its key."""

    def __init__(self, client: AsyncClient, us: Ourselves, rooms: Rooms, door: Door, pause: Pause) -> None:
        self.unread: dict[str, tuple[float, MegolmEvent]] = {}
        self._client, self._us, self._rooms, self._door = client, us, rooms, door
        self._pause = pause
        self._senders: OrderedDict[str, str] = OrderedDict()
        self._told: dict[str, float] = {}

    async def happened(self, response: Any, since: str) -> list[Incoming]:
        """What a sync tells, in the order of each room."""
        happened: list[Incoming] = []
        for room, info in response.rooms.join.items():
            for event in (*info.state, *info.timeline.events):
                self._rooms.learn(room, event.source)
        if response.rooms.invite:
            # Of an invitation the library tells too little to see what kind of room it is.
            raw = await response.transport_response.json()
            await self._door.answer(raw["rooms"]["invite"])
        for room, info in response.rooms.join.items():
            if self._rooms.is_space(room):
                continue
            events = [*info.timeline.events]
            if info.timeline.limited and since:
                events = [*await self._missed(room, info.timeline.prev_batch, since, events), *events]
            for event in self._ours_to_answer(room, events) if since else []:
                event.room_id = room
                happened += await self._event(room, event)
        for room, info in response.rooms.leave.items():
            happened += await self._gone(room, info.timeline.events if since else [])
        return happened + await self._opened()

    async def _missed(self, room: str, start: str, since: str, newer: Sequence[Any]) -> list[Any]:
        """What lies between the last sync and the events of this one."""
        found: list[Any] = []
        for _ in range(_MOST_PAGES):
            if any(self._arrival(event.source) for event in [*found[:_PAGE], *newer]):
                break
            page = await insist("gap", partial(self._page, room, start, since), self._pause)
            found[:0] = reversed(page.chunk)
            if not page.chunk or not page.end:
                break
            start = page.end
        else:
            log.warning("gap.too_large", events=len(found))
        return found

    async def _page(self, room: str, start: str, since: str) -> Any:
        return await ask(self._client.room_messages(room, start=start, end=since, limit=_PAGE))

    def _arrival(self, source: Mapping[str, Any]) -> bool:
        """Whether with this event we came into a room."""
        return membership(source, self._us.account) == "join" and (
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
                if membership(event.source, self._us.account) == "invite"
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
            self.unread.setdefault(event.event_id, (time.monotonic() + _KEY_SECONDS, event))
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
        for key, (until, event) in list(self.unread.items()):
            try:
                happened += await self._event(event.room_id, self._client.decrypt_event(event))
            except EncryptionError:
                if now < until:
                    continue
                log.warning("event.unreadable")
                if self._told.get(event.sender, 0.0) <= now:
                    self._told = {who: again for who, again in self._told.items() if again > now}
                    self._told[event.sender] = now + _SAID_AGAIN
                    chat = self._rooms.chat(event.room_id, thread_of(event.source))
                    happened.append(self._incoming(event.source, Unsupported("undecryptable"), chat))
            del self.unread[key]
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
            leads=None if chat.private or not who or known is None else self._rooms.leads(chat.id, who),
        )

    async def _sender(self, room: str, event: str) -> str:
        """Who sent a message; "" where nobody can say."""
        if event not in self._senders:
            try:
                found = await call(self._client, "GET", ["rooms", room, "event", event])
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
                self._door.chore(self._door.enter(new))
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
                await insist("direct", lambda: self._rooms.mark_direct(partner, room), self._pause)
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
                if other := self._rooms.shared_with(who):
                    return [self._incoming(source, MovedTo(other), chat, "")]
                return [self._incoming(source, Left(), chat, who)]
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

    async def _gone(self, room: str, events: Sequence[Any]) -> list[Incoming]:
        """We are not in a room any more: what was written before that, and that it is so, where somebody else
        did it."""
        chat = self._rooms.chat(room)
        partner = self._rooms.partner(room)
        happened: list[Incoming] = []
        end = next((n for n, event in enumerate(events) if self._departure(event.source)), None)
        for event in events[:end] if end is not None else ():
            if "state_key" not in event.source:
                event.room_id = room
                happened += await self._event(room, self._opened_now(event))
        is_space = self._rooms.is_space(room)
        self._rooms.forget(room)
        source = events[end].source if end is not None else {}
        if is_space or source.get("sender", self._us.account) == self._us.account:
            return happened
        if not partner:
            return [*happened, self._incoming(source, Removed(), chat)]
        if other := self._rooms.shared_with(partner):
            return [*happened, self._incoming(source, MovedTo(other), chat, "")]
        return [*happened, self._incoming(source, Left(), chat, partner)]

    def _departure(self, source: Mapping[str, Any]) -> bool:
        """Whether with this event we, who were in a room, are so no more."""
        return membership(source, self._us.account) in ("leave", "ban") and (
            _before(source).get("membership") == "join"
        )

    def _opened_now(self, event: Any) -> Any:
        """The library opens only what is in rooms that we are still in."""
        if isinstance(event, MegolmEvent):
            with contextlib.suppress(EncryptionError):
                return self._client.decrypt_event(event)
        return event


def _before(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the state was that an event changed."""
    unsigned = source.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
    return before if isinstance(before, dict) else {}
