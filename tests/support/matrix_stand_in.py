"""A homeserver that hands out what a real one would refuse, over a real socket: for answers and events that
are at fault. What it is not told to break, it does as the specification says; it knows no more than the bot
asks for."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from multidict import MultiMapping

from tests.odd.shapes import on_the_wire
from tests.support.aio import PATIENCE

BOT = "@mentornet:stand-in"
PASSWORD = "of-the-bot"

Answer = tuple[int, Any] | None
"""A status and a body: bytes as they are, all else as JSON. None lets the request through."""
Fault = Callable[[str], Answer]


class StandIn:
    """One homeserver with one account, the bot's.

    faults:   asked for each request, as "POST keys/query", in order
    asked:    how often something was asked for
    sent:     the events that the bot sent, as (room, type, content)
    ids:      what these are called, by room
    direct:   its account data of that name
    devices:  its devices' keys, as it uploaded them; `identity` what signs them
    one_time: its one-time keys, and in `uploads` how many of them came each time
    spare:    its key of last resort
    """

    def __init__(self) -> None:
        self.url = ""
        self.faults: list[Fault] = []
        self.asked: Counter[str] = Counter()
        self.sent: list[tuple[str, str, Any]] = []
        self.ids: defaultdict[str, list[str]] = defaultdict(list)
        self.direct: dict[str, Any] = {}
        self.devices: dict[str, Any] = {}
        self.identity: dict[str, Any] = {}
        self.one_time: dict[str, Any] = {}
        self.spare: dict[str, Any] = {}
        self.uploads: list[int] = []
        self.tells_counts = True
        self.flows = ["m.login.password"]
        self.joined_through: list[tuple[str, list[str]]] = []
        self.rooms: dict[str, Any] = {}
        self._numbers = count(1)
        self._answers: dict[int, Any] = {}
        self._news = asyncio.Condition()
        self._device = ""
        self._read = 0
        self.place = 0

    # --- what the tests do -------------------------------------------------------------------------

    def makes_room(self, room: str, *people: str, private: bool = False, **content: Any) -> None:
        """A room that the bot is in from the beginning."""
        first = people[0]
        if private:
            self.direct.setdefault(first, []).append(room)
        state = [self.event(first, "m.room.create", {"room_version": "10"}, state_key="")]
        state += [
            self.event(
                each, "m.room.member", {"membership": "join", "displayname": each[1:3]}, state_key=each
            )
            for each in (*people, BOT)
        ]
        levels = {"users": {first: 100}, **content}
        state += [self.event(first, "m.room.power_levels", levels, state_key="")]
        self.rooms[room] = {"state": {"events": state}, "timeline": {"events": [], "limited": False}}

    def event(self, by: str, type: str, content: Any, **more: Any) -> dict[str, Any]:
        """An event as a homeserver tells it."""
        return {
            "type": type,
            "sender": by,
            "event_id": f"$e{next(self._numbers)}",
            "origin_server_ts": 1_700_000_000_000,
            "content": content,
            "unsigned": {"age": 5},
            **more,
        }

    def words(self, by: str, body: str, **more: Any) -> dict[str, Any]:
        """Somebody's plain words."""
        return self.event(by, "m.room.message", {"msgtype": "m.text", "body": body, **more})

    async def tells(self, joined: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Tell in a sync what happened in rooms: a list of events, or all of what stands there. `more` are
        other parts of the answer, or of its rooms: `invite`, `leave`."""
        rooms: dict[str, Any] = {name: more.pop(name) for name in ("invite", "leave") if name in more}
        rooms["join"] = {
            room: {"timeline": {"events": what, "limited": False}} if isinstance(what, list) else what
            for room, what in (joined or {}).items()
        }
        self.place += 1
        self._answers[self.place] = {**self._frame(), "rooms": rooms, **more}
        async with self._news:
            self._news.notify_all()

    async def read(self, seconds: float = PATIENCE) -> None:
        """Wait until the bot asks for what comes after all that was told."""
        async with asyncio.timeout(seconds):
            while self._read < self.place:
                await asyncio.sleep(0.01)

    def breaks(self, what: str, *answers: Any, status: int = 200) -> None:
        """Answer the next requests of this name with these, one after the other."""
        left = [*answers]

        def fault(request: str) -> Answer:
            return (status, left.pop(0)) if request.startswith(what) and left else None

        self.faults.append(fault)

    # --- what the bot asks -------------------------------------------------------------------------

    def _frame(self) -> dict[str, Any]:
        counts = {"device_one_time_keys_count": {"signed_curve25519": len(self.one_time)}}
        return {
            "next_batch": f"s{self.place}",
            "device_unused_fallback_key_types": ["signed_curve25519"] if self.spare else [],
            **(counts if self.tells_counts else {}),
        }

    async def _serve(self, request: web.Request) -> web.Response:
        path = unquote(request.raw_path.partition("?")[0]).partition("/_matrix/client/")[2].partition("/")[2]
        name = f"{request.method} {path}"
        self.asked[name] += 1
        raw = await request.read()
        for fault in self.faults:
            if (answer := fault(name)) is not None:
                return _response(*answer)
        try:
            body = json.loads(raw) if raw and request.content_type == "application/json" else {}
        except ValueError:
            return _response(400, {"errcode": "M_NOT_JSON", "error": "of the stand-in"})
        return _response(*await self._answer(name, path.split("/"), request.query, body))

    async def _answer(
        self, name: str, path: Sequence[str], query: MultiMapping[str], body: Any
    ) -> tuple[int, Any]:
        number = next(self._numbers)
        match name.split()[0], path:
            case "GET", ["sync"]:
                return 200, await self._sync(query)
            case "GET", ["login"]:
                return 200, {"flows": [{"type": each} for each in self.flows]}
            case "POST", ["login"]:
                self._device = body["device_id"]
                return 200, {"user_id": BOT, "access_token": "a-token", "device_id": self._device}
            case "GET", ["account", "whoami"]:
                return 200, {"user_id": BOT, "device_id": self._device}
            case "GET", ["profile", _]:
                return 200, {"displayname": "mentorNET"}
            case "GET", ["joined_rooms"]:
                return 200, {"joined_rooms": [*self.rooms]}
            case "GET", ["rooms", room, "joined_members"]:
                members = [e["state_key"] for e in self.rooms[room]["state"]["events"] if _is_member(e)]
                return 200, {"joined": {account: {} for account in members}}
            case "GET", ["rooms", room, "messages"]:
                return 200, {"chunk": [], "start": query["from"]}
            case "GET", ["rooms", _, "event", _]:
                return 404, {"errcode": "M_NOT_FOUND", "error": "of the stand-in"}
            case "GET", ["rooms", _, "state", "m.room.member", _]:
                return 200, {"membership": "join"}
            case method, ["user", _, "account_data", "m.direct"]:
                self.direct = body if method == "PUT" else self.direct
                return 200, {} if method == "PUT" else self.direct
            case "PUT", ["rooms", room, "send", type, _]:
                self.sent.append((room, type, body))
                self.ids[room].append(f"$b{number}")
                return 200, {"event_id": f"$b{number}"}
            case "PUT", ["rooms", room, "redact", _, _]:
                return 200, {"event_id": f"$b{number}"}
            case "GET", ["rooms", _, "relations", *_]:
                return 200, {"chunk": []}
            case "POST", ["createRoom"]:
                return 200, {"room_id": f"!made{number}:stand-in"}
            case "POST", ["keys", *what]:
                return 200, self._keys("/".join(what), body)
            case "POST", ["join", room]:
                self.joined_through.append((room, query.getall("via", [])))
                return 200, {"room_id": room}
            case "POST", ["rooms", *_]:
                return 200, {}
            case "PUT", ["rooms" | "sendToDevice" | "profile", *_]:
                return 200, {}
        return 404, {"errcode": "M_UNRECOGNIZED", "error": "of the stand-in"}

    async def _sync(self, query: MultiMapping[str]) -> Any:
        since = query.get("since", "")
        if not since or query.get("full_state") == "true":
            kept = [{"type": "m.direct", "content": self.direct}]
            told = {"rooms": {"join": self.rooms}, "account_data": {"events": kept}}
            return {**self._frame(), **told, "next_batch": since or "s0"}
        here = int(since[1:])
        self._read = here
        async with self._news:
            try:
                async with asyncio.timeout(int(query["timeout"]) / 1000):
                    await self._news.wait_for(lambda: here < self.place)
            except TimeoutError:
                return {**self._frame(), "next_batch": since}
        return self._answers[here + 1]

    def _keys(self, what: str, body: Any) -> Any:
        match what:
            case "query":
                told = {kind: {BOT: key} for kind, key in self.identity.items()}
                asked: dict[str, Any] = {account: {} for account in body["device_keys"]}
                return {"device_keys": asked | {BOT: self.devices}, "failures": {}, **told}
            case "claim":
                return {"one_time_keys": {}, "failures": {}}
            case "device_signing/upload":
                self.identity = {f"{name}s": key for name, key in body.items() if name.endswith("_key")}
                return {}
            case "signatures/upload":
                for device, signed in body[BOT].items():
                    theirs = self.devices[device]["signatures"].setdefault(BOT, {})
                    theirs |= signed["signatures"][BOT]
                return {"failures": {}}
        if "device_keys" in body:
            self.devices[body["device_keys"]["device_id"]] = body["device_keys"]
        self.uploads.append(len(body.get("one_time_keys", {})))
        self.one_time |= body.get("one_time_keys", {})
        self.spare = body.get("fallback_keys", self.spare)
        return {"one_time_key_counts": {"signed_curve25519": len(self.one_time)}}


def _is_member(event: Any) -> bool:
    return bool(event["type"] == "m.room.member" and event["content"]["membership"] == "join")


def _response(status: int, body: Any) -> web.Response:
    if isinstance(body, bytes):
        return web.Response(status=status, body=body, content_type="text/html")
    return web.Response(status=status, body=on_the_wire(body), content_type="application/json")


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """A homeserver that runs."""
    made = StandIn()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", made._serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
