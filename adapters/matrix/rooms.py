"""What we know about rooms: which are private chats, who may do what in them, and which one became which."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nio import AsyncClient, MatrixRoom

from adapters.matrix.homeserver.client import NAME, call, part, text
from adapters.matrix.homeserver.errors import Failed
from bot.message import Chat
from bot.support import log as logs

SPACE: Final = "m.space"
_REMEMBERED: Final = 5000
_THREAD_SECONDS: Final = 600.0
_DIRECT: Final = "m.direct"
_CREATORS_RULE_FROM: Final = 12  # the room version from which those who made a room stand above all numbers
_ENCRYPTED: Final = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}

log = logs.get(NAME)


@dataclass(slots=True)
class State:
    """Of a room's state, what the library does not keep or gets wrong. What is of an odd shape is read as if
    it were not there."""

    create: Mapping[str, Any] = field(default_factory=dict)
    levels: Mapping[str, Any] = field(default_factory=dict)
    closed_by: str = ""  # who said that another room has taken its place

    def may(self, account: str, level: int) -> bool:
        """Whether somebody has this much power."""
        content = self.create.get("content", {})
        if _number(content.get("room_version", "1"), 0) >= _CREATORS_RULE_FROM and account in (
            self.create.get("sender"),
            *_list(content.get("additional_creators")),
        ):
            return True
        default = _number(self.levels.get("users_default"), 0)
        return _number(_map(self.levels, "users").get(account), default) >= level

    def needs(self, event: str, *, state: bool) -> int:
        """The power that an event of this type takes."""
        default = _number(self.levels.get("state_default" if state else "events_default"), 50 if state else 0)
        return _number(_map(self.levels, "events").get(event), default)

    def with_levels(self, levels: Mapping[str, Any]) -> "State":
        """The same room under other levels."""
        return State(self.create, levels, self.closed_by)

    @property
    def predecessor(self) -> str:
        """The room that this one says it replaces; "" for none."""
        before = self.create.get("content", {}).get("predecessor")
        return text(before.get("room_id")) if isinstance(before, dict) else ""


class Rooms:
    """The rooms we are in, by their ids."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._state: defaultdict[str, State] = defaultdict(State)
        self._direct: dict[str, list[str]] = {}
        self._opening: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._threads: OrderedDict[str, str] = OrderedDict()  # of events in private chats
        self._speaks_in: dict[str, tuple[str, float]] = {}

    # --- what is so ----------------------------------------------------------------------------------

    def get(self, room: str) -> MatrixRoom | None:
        """The library's view of a room that we are in."""
        return self._client.rooms.get(room)

    def state(self, room: str) -> State:
        """What else we know of its state."""
        return self._state[room]

    def is_admin(self, room: str, account: str) -> bool:
        """Whether somebody may change who may do what in a room."""
        state = self._state[room]
        return state.may(account, state.needs("m.room.power_levels", state=True))

    def is_space(self, room: str) -> bool:
        """Whether it is a room of rooms, in which nobody writes."""
        return bool(self._state[room].create.get("content", {}).get("type") == SPACE)

    def learn(self, room: str, event: Mapping[str, Any]) -> None:
        """Take in an event of a room's state."""
        match event:
            case {"type": "m.room.create", "state_key": "", "content": dict()}:
                self._state[room].create = event
            case {"type": "m.room.power_levels", "state_key": "", "content": dict(levels)}:
                self._state[room].levels = levels
            case {"type": "m.room.tombstone", "state_key": "", "sender": str(sender)}:
                self._state[room].closed_by = sender

    def forget(self, room: str) -> None:
        """We are not in it any more."""
        self._client.rooms.pop(room, None)
        self._state.pop(room, None)

    def partner(self, room: str) -> str:
        """Who is alone with us in a private chat; "" where it is none. A private chat that a third person
        enters is a room: what is personal must not go there."""
        known = self.get(room)
        return self.belongs_to(room) if known is None or len(known.users) <= 2 else ""

    def belongs_to(self, room: str) -> str:
        """With whom a room was opened as a private chat; "" where it never was one."""
        return next((account for account, rooms in self._direct.items() if room in rooms), "")

    def chat(self, room: str, thread: str = "") -> Chat:
        """A room as the seam knows it; of threads in private chats only we know."""
        private = bool(self.partner(room))
        return Chat(NAME, room, private, "" if private else thread)

    def spoke(self, room: str, event: str, thread: str) -> None:
        """Note in which thread of a private chat somebody wrote an event; "" outside of threads."""
        self.wrote(event, thread)
        self._speaks_in[room] = (thread, time.monotonic())

    def wrote(self, event: str, thread: str) -> None:
        """Note in which thread of a private chat an event is, ours or theirs."""
        self._threads[event] = thread
        while len(self._threads) > _REMEMBERED:
            self._threads.popitem(last=False)

    def thread_for(self, room: str, answered: str | None) -> str:
        """The thread of a private chat into which our next words belong: that of the message they answer, or
        the one in which was written last, some minutes ago at most."""
        if answered is not None:
            return self._threads.get(answered, "")
        thread, at = self._speaks_in.get(room, ("", 0.0))
        return thread if time.monotonic() - at < _THREAD_SECONDS else ""

    def shared_with(self, account: str) -> str:
        """The private chat in which somebody hears us; "" where there is none."""
        for room in reversed(self._direct.get(account, [])):
            if (known := self.get(room)) is not None and account in known.users and len(known.users) <= 2:
                return room
        return ""

    def returned(self, account: str, room: str) -> bool:
        """Whether somebody who opens this private chat had one before and left it."""
        others = [other for other in self._direct.get(account, []) if other != room]
        known = [there for other in others if (there := self.get(other)) is not None]
        return bool(others) and not any(account in there.users for there in known)

    def came_along(self, room: str, account: str) -> bool:
        """Whether somebody who comes into a room was in the one that it replaces."""
        old = self.get(self._state[room].predecessor)
        return old is not None and old.replacement_room == room and account in old.users

    def replaced(self, room: str) -> str:
        """The room that took the place of this one, and says so too; "" for none."""
        known = self.get(room)
        new = known.replacement_room if known is not None else None
        return new if new and self._state[new].predecessor == room and self.get(new) else ""

    # --- private chats -------------------------------------------------------------------------------

    async def load_direct(self) -> None:
        """Which rooms are private chats, as the homeserver keeps it for us. Raises `Failed`."""
        self.learn_direct(await self._kept_direct())

    def learn_direct(self, content: Mapping[str, Any]) -> None:
        """Take in what the homeserver says about private chats. What once was one stays one, for what is
        personal must not go elsewhere because an answer leaves it out."""
        for account, rooms in content.items():
            for room in _list(rooms):
                if isinstance(room, str) and room not in self._direct.setdefault(account, []):
                    self._direct[account].append(room)

    async def mark_direct(self, account: str, room: str) -> None:
        """Keep that a room is the private chat with somebody, beside all else that is kept there. Raises
        `Failed`."""
        self.learn_direct({account: [room]})
        kept = await self._kept_direct()
        self.learn_direct(kept)
        if room in _list(kept.get(account)):
            return
        whole = dict(kept)
        for each, rooms in self._direct.items():
            there = _list(kept.get(each))
            whole[each] = [*there, *(room for room in rooms if room not in there)]
        await call(self._client, "PUT", self._direct_path(), whole)

    async def _kept_direct(self) -> dict[str, Any]:
        try:
            return await call(self._client, "GET", self._direct_path())
        except Failed as failed:
            if failed.code != "M_NOT_FOUND":
                raise
            return {}

    def _direct_path(self) -> list[str]:
        return ["user", self._client.user_id, "account_data", _DIRECT]

    async def open_direct(self, account: str) -> str:
        """The private chat with somebody, made and encrypted where there is none. Raises `Failed`."""
        async with self._opening[account]:
            if room := self.shared_with(account):
                return room
            # Of one that was made a moment ago, the next sync brings at first only a part.
            for room in reversed(self._direct.get(account, [])):
                known = self.get(room)
                if (known is None or len(known.users) < 2) and await self.is_there(room, account):
                    return room
            made = await call(
                self._client,
                "POST",
                ["createRoom"],
                {
                    "preset": "trusted_private_chat",
                    "visibility": "private",
                    "is_direct": True,
                    "invite": [account],
                    "initial_state": [_ENCRYPTED],
                },
            )
            room = part(made, "room_id", str)
            await self.mark_direct(account, room)
            return room

    async def answerable(self, account: str) -> str:
        """The private chat with somebody who may have none yet; "" where none can be made now."""
        try:
            return await self.open_direct(account)
        except Failed as failed:
            log.warning("direct.not_made", why=str(failed))
            return ""

    async def is_there(self, room: str, account: str) -> bool:
        """Whether somebody is in a room or invited to it; False where we are not in it ourselves."""
        return await self.membership(room, account) in ("join", "invite")

    async def membership(self, room: str, account: str) -> str:
        """How somebody stands to a room, as the homeserver has it now; "" where it does not tell us."""
        try:
            member = await call(self._client, "GET", ["rooms", room, "state", "m.room.member", account])
        except Failed as failed:
            if failed.passing:
                raise
            return ""
        return part(member, "membership", str)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _map(levels: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = levels.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: Any, default: int) -> int:
    """Return a level or a version, which old rooms may have as text; what is no number is the default."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return default
