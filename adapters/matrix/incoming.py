"""What a sync means: each event of a room as what happened to a person or a room, in order."""

from collections import Counter, OrderedDict
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from nio import EncryptionError, MegolmEvent, Timeline

from adapters.matrix.door import Door, server_of
from adapters.matrix.encryption import verification
from adapters.matrix.encryption.unread import WITHHELD, Unread
from adapters.matrix.events import Ourselves, read, thread_of
from adapters.matrix.homeserver import sync as matrix_sync
from adapters.matrix.homeserver.client import NAME, Pause, call, insist, part, text
from adapters.matrix.homeserver.errors import Failed
from adapters.matrix.homeserver.library import Client
from adapters.matrix.homeserver.sync import News, Odd, membership, unreadable
from adapters.matrix.homeserver.sync import events as events_of
from adapters.matrix.rooms import Rooms
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
    Reacted,
    Removed,
    Returned,
    Unsupported,
    Words,
)
from bot.support import log as logs

_PAGE: Final = 250
_MOST_PAGES: Final = 400
_REMEMBERED: Final = 10_000
_LONGEST_ID: Final = 255
"""Bytes, https://spec.matrix.org/latest/appendices/#event-ids"""
_LOOK_UPS: Final = 20

log = logs.get(NAME)


class TooMany(Exception):
    """Somebody does something to so many messages that we do not know that looking them all up would hold up
    everybody else. A sync may have us look up 20 for each sender: who was there when it was written knows
    more."""


class Inbox:
    """Reads what syncs tell. `unread` is what cannot be read yet."""

    def __init__(
        self, client: Client, us: Ourselves, rooms: Rooms, door: Door, pause: Pause, unread: Unread
    ) -> None:
        self.unread = unread
        self._client, self._us, self._rooms, self._door = client, us, rooms, door
        self._pause = pause
        self._senders: OrderedDict[str, str] = OrderedDict()
        self._looked_up: Counter[str] = Counter()
        self._nothing = 0  # events of the last sync that are no business of ours

    async def happened(self, news: News, since: str) -> list[Incoming]:
        """What a sync tells, in the order of each room. Anybody may send anything as an event: what cannot be
        read is an event of its own, and the others go their way. Raises `Failed` only where our login is
        worth nothing any more."""
        self._looked_up.clear()
        self._nothing, unread = 0, len(self.unread)
        joined, left = news.response.rooms.join, news.response.rooms.leave
        odd = [*news.odd, *(unreadable("", event.source, error) for event, error in self._client.odd)]
        self._client.odd.clear()
        for event in news.response.to_device_events:
            if event.source.get("type") == WITHHELD:
                self.unread.is_withheld(event.source.get("content", {}))
        if news.direct is not None:
            self._rooms.learn_direct(news.direct)
        for room, info in joined.items():
            for event in (*info.state, *info.timeline.events):
                self._rooms.learn(room, event.source)
        if news.invites:
            await self._door.answer(news.invites)
        happened = odd if since else []  # what was before the very first sync is not ours to answer
        for room, info in joined.items():
            if since and not self._rooms.is_space(room):
                happened += await self._in(room, self._joined(room, info.timeline, since))
        for room, info in left.items():
            happened += await self._in(room, self._gone(room, info.timeline.events if since else []))
        if happened or self._nothing:
            waiting = len(self.unread) - unread
            log.debug("sync.read", happened=len(happened), nothing=self._nothing, waiting=waiting)
        return happened + await self._opened()

    async def _in(self, room: str, reading: Awaitable[list[Incoming]]) -> list[Incoming]:
        """What happened in a room, also where that cannot be read as a whole."""
        try:
            return await reading
        except Exception as error:
            if isinstance(error, Failed) and error.unauthorised:
                raise
            return [unreadable(room, self._client.next_batch, error)]

    async def _joined(self, room: str, timeline: Timeline, since: str) -> list[Incoming]:
        """What happened in a room that we are in."""
        happened: list[Incoming] = []
        events = [*timeline.events]
        if timeline.limited:
            events = [*await self._missed(room, timeline.prev_batch, since, events, happened), *events]
        for event in self._ours_to_answer(room, events):
            happened += await self._event(room, event)
        return happened

    async def _missed(
        self, room: str, start: str, since: str, newer: Sequence[Any], odd: list[Incoming]
    ) -> list[Any]:
        """What lies between the last sync and the events of this one; what cannot be read goes into `odd`."""
        found: list[Any] = []
        for _ in range(_MOST_PAGES):
            if any(self._arrival(event.source) for event in [*found[:_PAGE], *newer]):
                break
            try:
                page = await insist(
                    "gap",
                    partial(matrix_sync.page, self._client, room, start, since, _PAGE),
                    self._pause,
                    for_ever=False,
                )
            except Failed as failed:
                if failed.unauthorised:
                    raise
                odd.append(unreadable(room, start, failed))
                break
            found[:0] = reversed(events_of(page["chunk"], room, odd))
            start = text(page.get("end"))
            if not page["chunk"] or not start:
                break
        else:
            log.warning("gap.too_large", events=len(found))
        return found

    def _arrival(self, source: Mapping[str, Any]) -> bool:
        """Whether with this event we came into a room."""
        return membership(source, self._us.account) == "join" and (
            matrix_sync.before(source).get("membership") != "join"
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
        """What one event of a room means to the engine: mostly one thing, or none. Raises `Failed` only where
        our login is worth nothing any more."""
        try:
            meant = await self._meaning(room, event)
        except Exception as error:
            if isinstance(error, Failed) and error.unauthorised:
                raise
            return [unreadable(room, event.source, error), *self._not_understood(room, event.source)]
        self._nothing += not meant and getattr(event, "event_id", "") not in self.unread
        return meant

    def _not_understood(self, room: str, source: Any) -> list[Incoming]:
        """Of what somebody did in a private chat that nobody can read, they hear it: silence would mean that
        all is well."""
        match source:
            case {"event_id": str(id), "sender": str(sender), "content": dict()}:
                if sender == self._rooms.partner(room) and "state_key" not in source:
                    said = self._incoming(source, Unsupported("odd"), self._rooms.chat(room))
                    return [replace(said, id=f"{id} odd")]
        return []

    async def _meaning(self, room: str, event: Any) -> list[Incoming]:
        if isinstance(event, MegolmEvent):
            event.room_id = room
            try:
                event = self._client.open(event)
            except EncryptionError:
                self.unread.add(event)
                return []
        source = event.source
        match source:
            case {"type": "m.room.encrypted", "content": {"algorithm": _}}:
                raise Odd("encrypted in a way that nobody knows")
            case {"type": str(), "content": dict()}:
                self._remember(source["event_id"], source["sender"])
            case _:
                raise Odd("not an event")
        if "state_key" in source:
            return await self._state_event(room, source)
        if source["sender"] == self._us.account:
            return []
        found = await self._complete(room, source)
        if found is None:
            return []
        if found == Unsupported("verification"):
            self._door.chore(verification.cancel(self._client, room, source["event_id"]))
        chat = self._rooms.chat(room, thread_of(source))
        if chat.private:
            self._rooms.spoke(room, source["event_id"], thread_of(source))
        return [self._incoming(source, found, chat)]

    async def _complete(self, room: str, source: Mapping[str, Any]) -> Event | None:
        """What somebody did, once it is known whose the message is that it is about."""
        private, by = bool(self._rooms.partner(room)), source["sender"]
        match read(source, self._us, private=private):
            case Unsupported() if not private:
                return None
            case Words(to_us=False, reply_to=answered) as words:
                to_us = answered is not None and await self._sender(room, answered, by) == self._us.account
                return replace(words, to_us=to_us)
            case Pressed(message=pressed) as press:
                return press if await self._sender(room, pressed, by) == self._us.account else None
            case Reacted() if not private:
                return None
            case (Edited(message=original) | Deleted(message=original)) as changed:
                return changed if await self._sender(room, original, by) == by else None
            case found:
                return found

    async def _opened(self) -> list[Incoming]:
        """What could not be read before: read now; or given up, which its sender hears."""
        happened: list[Incoming] = []
        for room, event in self.unread.opened():
            happened += await self._event(room, event)
        for event, why in self.unread.given_up():
            chat = self._rooms.chat(event.room_id, thread_of(event.source))
            # The message keeps its name: its key may still come.
            said = self._incoming(event.source, Unsupported(why), chat)
            happened.append(replace(said, id=f"{event.event_id} unread"))
        return happened

    def _incoming(
        self, source: Mapping[str, Any], event: Event, chat: Chat, sender: str | None = None
    ) -> Incoming:
        """`sender` where it is not the event's own."""
        who = sender if sender is not None else source["sender"]
        known = self._rooms.get(chat.id)
        user = known.users.get(who) if known is not None else None
        about = {**matrix_sync.before(source), **source["content"]} if source.get("state_key") == who else {}
        name = user.display_name if user is not None else about.get("displayname")
        return Incoming(
            id=source["event_id"],
            event=event,
            chat=chat,
            sender=Identity(NAME, who) if who else None,
            name=text(name) or who[1:].partition(":")[0],
            room="" if chat.private or known is None else text(known.named_room_name()),
            sender_is_admin=None
            if chat.private or not who or known is None
            else self._rooms.is_admin(chat.id, who),
        )

    async def _sender(self, room: str, event: str, by: str) -> str:
        """Who sent a message; "" where nobody can say. Raises `Failed`, and `TooMany` where `by` wants too
        much to be looked up."""
        if event not in self._senders:
            self._looked_up[by] += 1
            if self._looked_up[by] > _LOOK_UPS:
                raise TooMany
            look = partial(self._look_up, room, event)
            self._remember(event, await insist("message", look, self._pause, for_ever=False))
        return self._senders[event]

    async def _look_up(self, room: str, event: str) -> str:
        if not event.startswith("$") or len(event.encode(errors="replace")) > _LONGEST_ID:
            return ""  # in an address it would be something else, or break it
        try:
            found = await call(self._client, "GET", ["rooms", room, "event", event])
        except Failed as failed:
            if failed.passing or failed.unauthorised:
                raise
            return ""
        return part(found, "sender", str)

    def _remember(self, event: str, sender: str) -> None:
        self._senders[event] = sender
        self._senders.move_to_end(event)
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
                self._door.chore(self._door.enter(new, [server_of(source["sender"])]))
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
                mark = partial(self._rooms.mark_direct, partner, room)
                await insist("direct", mark, self._pause, for_ever=False)
            return [self._incoming(source, MovedTo(room), chat, "")]
        if partner := self._rooms.partner(room):
            event = Returned() if self._rooms.returned(partner, room) else Opened()
            return [self._incoming(source, event, self._rooms.chat(room), partner)]
        inviter = text(source.get("unsigned", {}).get("prev_sender"))
        return [self._incoming(source, Added(), self._rooms.chat(room), inviter)]

    async def _member(self, room: str, source: Mapping[str, Any]) -> list[Incoming]:
        """Somebody else came, went, or asks to come."""
        who, now = source["state_key"], source["content"].get("membership")
        if not isinstance(now, str):
            raise Odd("a membership that is none")
        before = matrix_sync.before(source).get("membership")
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
            return [self._incoming(source, AsksIn(await self._rooms.answerable(who)), chat, who)]
        if now != "join" or before == "join" or self._rooms.came_along(room, who):
            return []
        name = text(source["content"].get("displayname")) or who[1:].partition(":")[0]
        return [self._incoming(source, Newcomers(((Identity(NAME, who), name),)), chat, "")]

    def _power(self, room: str, source: Mapping[str, Any]) -> list[Incoming]:
        """Whether we may write changed."""
        known = self._rooms.get(room)
        if known is not None and known.replacement_room:
            return []  # nobody may write in a room that has moved
        new = self._rooms.state(room).with_levels(source["content"])
        old = self._rooms.state(room).with_levels(matrix_sync.before(source))
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
                happened += await self._event(room, event)
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
            matrix_sync.before(source).get("membership") == "join"
        )
