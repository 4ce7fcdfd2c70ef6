"""The answer to a sync, taken apart before the library sees it.

Above the rooms it is the homeserver's own: where that is not what was asked, the whole is no answer. What
stands in rooms anybody may have written: an event, or all that is said of one room, is left out where nobody
can read it, becomes an `Unreadable`, and the others go their way
(https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3sync).
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nio import (
    AsyncClient,
    DeviceList,
    DeviceOneTimeKeyCount,
    Event,
    RoomInfo,
    Rooms,
    SyncResponse,
    Timeline,
    ToDeviceEvent,
    UnknownBadEvent,
)

from adapters.matrix.homeserver.client import NAME, call, optional, part, text
from adapters.matrix.homeserver.errors import Failed
from bot.message import Chat, Incoming, Unreadable

_TOKEN: Final = re.compile("[!-~]+")
_EVENT: Final = re.compile(r"\$[!-~]{1,254}")
_ROOM: Final = re.compile(r"![!-~]{1,254}")
_ACCOUNT: Final = re.compile(r"@[^\x00-\x20\x7f\ud800-\udfff]*:[!-~]+")
_LONGEST: Final = 255
_KEYS: Final = "signed_curve25519"
# Of an event, what the library wants to be right, and nobody needs.
_OF_MEMBERS: Final = ("displayname", "avatar_url", "reason")
_MEGOLM: Final = "m.megolm.v1.aes-sha2"
_OF_DEVICES: Final = ("sender_key", "device_id")
"""What an encrypted event may leave out (https://spec.matrix.org/v1.3/client-server-api/#mmegolmv1aes-sha2)."""


class Odd(Exception):
    """Something of a shape that the specification does not know."""


@dataclass
class News:
    """What a sync tells.

    response:  for the library, and by it: what it can decrypt it puts in the place of what was encrypted
    invites:   the rooms we are invited to, with what is told of their state
    direct:    which rooms are private chats, where that is told
    keys:      how many one-time keys the homeserver has; None where it does not tell
    spare:     whether it has a key of last resort that nobody used; None where it does not tell
    odd:       what cannot be read
    """

    response: SyncResponse
    invites: dict[str, list[Mapping[str, Any]]]
    direct: Mapping[str, Any] | None
    keys: int | None
    spare: bool | None
    odd: list[Incoming] = field(default_factory=list)

    @property
    def next_batch(self) -> str:
        """Up to where it tells."""
        return str(self.response.next_batch)


def read(answer: Mapping[str, Any], us: str) -> News:
    """Take an answer to the account `us` apart. Raises `Failed` where it is not one to a sync."""
    token = part(answer, "next_batch", str)
    if not _TOKEN.fullmatch(token):
        raise Failed("", 200)
    told, changed = optional(answer, "rooms", dict), optional(answer, "device_lists", dict)
    counts = optional(answer, "device_one_time_keys_count", dict)
    news = News(
        SyncResponse(
            token,
            Rooms({}, {}, {}),
            DeviceOneTimeKeyCount(None, None),
            DeviceList(*(_accounts(optional(changed, name, list)) for name in ("changed", "left"))),
            [],
            [],
        ),
        invites={},
        direct=_direct(optional(optional(answer, "account_data", dict), "events", list)),
        keys=_count(counts.get(_KEYS, 0)) if "device_one_time_keys_count" in answer else None,
        spare=(
            _KEYS in part(answer, "device_unused_fallback_key_types", list)
            if "device_unused_fallback_key_types" in answer
            else None
        ),
    )
    for event in optional(optional(answer, "to_device", dict), "events", list):
        _for_our_device(news, event)
    for room, about in optional(told, "join", dict).items():
        _room(news, news.response.rooms.join, room, about)
    for room, about in optional(told, "leave", dict).items():
        _room(news, news.response.rooms.leave, room, about)
    for room, about in optional(told, "invite", dict).items():
        _invitation(news, room, about, us)
    return news


async def page(client: AsyncClient, room: str, start: str, end: str, events: int) -> dict[str, Any]:
    """One more page of what a sync left out of a room, from `start` back to `end`; its "chunk" is a list.
    Raises `Failed`."""
    query = {"dir": "b", "from": start, "to": end, "limit": str(events)}
    told = await call(client, "GET", ["rooms", room, "messages"], query=query)
    part(told, "chunk", list)
    return told


def unreadable(room: str, what: Any, error: Exception) -> Incoming:
    """What nobody can read, as an event: it has the same id when it comes again."""
    id = what.get("event_id") if isinstance(what, dict) else None
    if not isinstance(id, str) or not _EVENT.fullmatch(id):
        whole = json.dumps([room, what], sort_keys=True, default=str)
        id = f"odd {hashlib.sha256(whole.encode()).hexdigest()}"
    return Incoming(id, Unreadable(error), Chat(NAME, "", private=False))


def events(found: Sequence[Any], room: str, odd: list[Incoming]) -> list[Any]:
    """Events of a room as the library has them; those that nobody can read are put into `odd`."""
    kept = []
    for event in found:
        try:
            kept.append(_event(event))
        except Odd as error:
            odd.append(unreadable(room, event, error))
    return kept


def _event(event: Any) -> Any:
    """An event that says what, where and by whom. Raises `Odd`."""
    match event:
        case {"event_id": str(id), "sender": str(sender), "type": str(), "content": dict()}:
            if not _EVENT.fullmatch(id):
                raise Odd("an id that is none")
            if not _ACCOUNT.fullmatch(sender) or len(sender) > _LONGEST:
                raise Odd("a sender that is none")
        case _:
            raise Odd("not an event")
    if not isinstance(event.get("state_key", ""), str):
        raise Odd("a key of a state that is none")
    event = _fitted(event)
    try:
        return Event.parse_event(event) or UnknownBadEvent(event)
    except Exception:
        return UnknownBadEvent(event)  # we may read it all the same


def _fitted(event: Mapping[str, Any]) -> dict[str, Any]:
    """The same event without what nobody needs and the library would break on: somebody with an odd name is
    in the room all the same."""
    time, unsigned, content = event.get("origin_server_ts"), event.get("unsigned"), event["content"]
    fitted = {name: value for name, value in event.items() if name != "prev_content"}
    if not isinstance(time, int) or time < 0:
        fitted["origin_server_ts"] = 0
    if not isinstance(unsigned, dict) or not isinstance(unsigned.get("transaction_id", ""), str):
        fitted.pop("unsigned", None)
    if event["type"] == "m.room.member":
        fitted["content"] = {
            name: value
            for name, value in content.items()
            if name not in _OF_MEMBERS or isinstance(value, str)
        }
    if event["type"] == "m.room.encrypted" and content.get("algorithm") == _MEGOLM:
        fitted["content"] = {**dict.fromkeys(_OF_DEVICES, ""), **content}
    return fitted


def _room(news: News, rooms: dict[str, RoomInfo], room: str, about: Any) -> None:
    """Take in what is told of one room."""
    try:
        if not _ROOM.fullmatch(room) or not isinstance(about, dict):
            raise Odd("not a room")
        state = optional(optional(about, "state", dict), "events", list)
        timeline = optional(about, "timeline", dict)
        happened = optional(timeline, "events", list)
        limited = optional(timeline, "limited", bool)
    except (Failed, Odd) as error:
        news.odd.append(unreadable(room, about, error))
        return
    start = text(timeline.get("prev_batch"))
    if limited and not start:
        news.odd.append(unreadable(room, [news.next_batch], Odd("a gap that begins nowhere")))
    rooms[room] = RoomInfo(
        Timeline(events(happened, room, news.odd), limited and bool(start), start or None),
        events(state, room, news.odd),
        [],
        [],
    )


def _invitation(news: News, room: str, about: Any, us: str) -> None:
    """Take in an invitation. Its events are stripped: they have no ids, and each is only worth looking at
    where it is whole."""
    try:
        if not _ROOM.fullmatch(room) or not isinstance(about, dict):
            raise Odd("not a room")
        told = optional(optional(about, "invite_state", dict), "events", list)
        state = [event for event in told if _is_stripped(event)]
        if not any(membership(event, us) == "invite" for event in state):
            raise Odd("an invitation by nobody")
    except (Failed, Odd) as error:
        news.odd.append(unreadable(room, about, error))
        return
    news.invites[room] = state


def membership(source: Mapping[str, Any], account: str) -> str:
    """What an event says about somebody's being in a room; "" for nothing."""
    if source.get("type") != "m.room.member" or source.get("state_key") != account:
        return ""
    return text(source["content"].get("membership"))


def before(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the state was that an event changed."""
    unsigned = source.get("unsigned")
    previous = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
    return previous if isinstance(previous, dict) else {}


def _is_stripped(event: Any) -> bool:
    match event:
        case {"type": str(), "state_key": str(), "content": dict(), "sender": str(sender)}:
            return bool(_ACCOUNT.fullmatch(sender))
    return False


def _for_our_device(news: News, event: Any) -> None:
    """Take in what is for our device alone, such as keys."""
    try:
        if not isinstance(event, dict) or not isinstance(event.get("sender"), str):
            raise Odd("not an event")
        found = ToDeviceEvent.parse_event(event)
    except Exception as error:
        news.odd.append(unreadable("", event, error))
        return
    if found is not None:  # of what the library knows too little to say, it says nothing
        news.response.to_device_events.append(found)


def _accounts(found: list[Any]) -> list[str]:
    return [account for account in found if isinstance(account, str)]


def _count(found: Any) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise Failed("", 200)
    return found


def _direct(found: list[Any]) -> Mapping[str, Any] | None:
    for event in found:
        match event:
            case {"type": "m.direct", "content": dict(content)}:
                return content
    return None
