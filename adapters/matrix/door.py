"""Into which rooms we go, and out of which: whose invitations we accept, and what is tried again.

A homeserver tells of each invitation once, and may refuse the answer to it for what passes: the servers of a
room do not all know yet that we are invited. So whichever room we mean to go into is kept in a file,
`joins.json`, and tried until we are in, for three days.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from nio import AsyncClient

from adapters.matrix.files import write
from adapters.matrix.homeserver.client import NAME, Pause, call, insist, part
from adapters.matrix.homeserver.errors import Failed
from adapters.matrix.homeserver.sync import membership
from adapters.matrix.rooms import SPACE, Rooms
from bot.support import log as logs
from bot.support.backoff import Backoff

Invites = Literal["anyone", "servers", "members"]
JOINS: Final = "joins.json"
_INVITE_SECONDS: Final = 20.0
_TRIES: Final = 10
_JOIN_SECONDS: Final = 3 * 24 * 3600.0
_LONGEST_WAIT: Final = 600.0
_REFUSALS: Final = 8  # in about a minute

log = logs.get(NAME)


@dataclass(frozen=True, slots=True)
class Policy:
    """Whose invitations we accept.

    invites:  "anyone"'s, those from accounts on `servers`, or from those whom `knows` knows
    space:    the id or the address of a space whose members may invite us as well; "" for none
    refusal:  what others are told; "" to say nothing
    """

    invites: Invites
    servers: frozenset[str]
    knows: Callable[[str], Awaitable[bool]]
    space: str = ""
    refusal: str = ""


class Door:
    """Goes into rooms and out of them, beside all else that happens."""

    def __init__(self, client: AsyncClient, rooms: Rooms, policy: Policy, pause: Pause, folder: Path) -> None:
        self._client, self._rooms, self._policy, self._pause = client, rooms, policy, pause
        self._file = folder / JOINS
        self._joins = _kept(self._file)
        self._joining: set[str] = set()
        self._answering: set[str] = set()
        self._chores: set[asyncio.Task[None]] = set()
        self._space = ""

    @property
    def busy(self) -> bool:
        """Whether there are invitations that are not answered yet. A homeserver tells of each only once, so
        they must not be confirmed before."""
        return bool(self._answering)

    async def close(self) -> None:
        """Stop; an invitation that is not answered comes again at the next start."""
        tasks = list(self._chores)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def answer(self, invites: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Accept or refuse; what takes longer than a while goes on beside the next syncs."""
        tasks = [
            self.chore(self._answer(room, state))
            for room, state in invites.items()
            if room not in self._answering
        ]
        if tasks:
            await asyncio.wait(tasks, timeout=_INVITE_SECONDS)

    def open(self) -> None:
        """Go on with what was begun before."""
        for room in self._joins:
            self.chore(self._join(room))

    async def enter(self, room: str, via: Sequence[str]) -> None:
        """Go into a room, through one of the servers `via`; also after a restart. Where we are not let in, an
        invitation may still come."""
        self._remember(room, via)
        await self._join(room)

    def _remember(self, room: str, via: Sequence[str]) -> None:
        """Keep that we mean to go into a room."""
        if room not in self._joins:
            self._joins[room] = {"since": time.time(), "via": [*via]}
            write(self._file, json.dumps(self._joins))

    async def _join(self, room: str) -> None:
        """Try until we are in; nothing where somebody tries that already."""
        if room in self._joining or room not in self._joins:
            return
        self._joining.add(room)
        since, via = self._joins[room]["since"], self._joins[room]["via"]
        line = Backoff(log, longest=_LONGEST_WAIT, sleep=self._pause)
        refusals = 0
        try:
            while time.time() - since < _JOIN_SECONDS and refusals < _REFUSALS:
                try:
                    # "server_name" is what "via" was called before Matrix 1.12.
                    query = {"server_name": via, "via": via} if via else None
                    await call(self._client, "POST", ["join", room], {}, query=query)
                except Failed as failed:
                    if failed.unauthorised:
                        return
                    refusals += not failed.passing
                    await line.wait("join.later", at_least=failed.seconds or 0.0, why=str(failed))
                else:
                    break
            else:
                log.warning("join.given_up")
            del self._joins[room]
            write(self._file, json.dumps(self._joins))
        finally:
            self._joining.discard(room)

    async def leave(self, room: str, reason: str = "") -> None:
        """Go out of a room, or refuse to come in."""
        await self._patiently("leave", ["rooms", room, "leave"], {"reason": reason} if reason else {})

    def chore(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Something that nobody waits for."""
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chore_done)
        return task

    def _chore_done(self, task: asyncio.Task[None]) -> None:
        self._chores.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("chore.failed", error=error)

    # --- invitations ---------------------------------------------------------------------------------

    async def _answer(self, room: str, state: Sequence[Mapping[str, Any]]) -> None:
        ours = next(event for event in state if membership(event, self._client.user_id) == "invite")
        self._answering.add(room)
        try:
            about = {event["type"]: event["content"] for event in state if event["state_key"] == ""}
            is_space = about.get("m.room.create", {}).get("type") == SPACE
            inviter = ours["sender"]
            if not await insist("invite", lambda: self._accepts(room, is_space, inviter), self._pause):
                log.info("invite.refused")
                await self.leave(room, "" if is_space else self._policy.refusal)
                return
            if not is_space and _private(ours, about):
                await insist("direct", lambda: self._rooms.mark_direct(inviter, room), self._pause)
            self._remember(room, [server_of(inviter)])
        finally:
            self._answering.discard(room)
        await self._join(room)

    async def _accepts(self, room: str, is_space: bool, account: str) -> bool:
        if is_space:  # nobody can write there; we are in one only to see who else is
            return room == await self._own_space()
        match self._policy.invites:
            case "anyone":
                return True
            case "servers":
                allowed = server_of(account) in self._policy.servers
            case "members":
                allowed = await self._policy.knows(account)
        return allowed or await self._is_in_space(account)

    async def _is_in_space(self, account: str) -> bool:
        """Whether somebody is in the space; not, where the homeserver does not let us see it. Raises `Failed`
        where it may later."""
        space = await self._own_space()
        if not space:
            return False
        try:
            await call(self._client, "POST", ["join", self._policy.space], {})
            return await self._rooms.membership(space, account) == "join"
        except Failed as failed:
            if failed.passing or failed.unauthorised:
                raise
            log.warning("space.not_seen", why=str(failed))
            return False

    async def _own_space(self) -> str:
        """The id of the space; "" where there is none. Its address may be anybody's claim in an invitation,
        so the homeserver is asked whose it is."""
        if not self._space and self._policy.space.startswith("#"):
            try:
                found = await call(self._client, "GET", ["directory", "room", self._policy.space])
            except Failed as failed:
                if failed.passing or failed.unauthorised:
                    raise
                log.warning("space.not_found", why=str(failed))
                return ""
            self._space = part(found, "room_id", str)
        return self._space or self._policy.space

    async def _patiently(self, event: str, path: list[str], body: Mapping[str, Any]) -> None:
        line = Backoff(log, longest=60.0, sleep=self._pause)
        for _ in range(_TRIES):
            try:
                await call(self._client, "POST", path, body)
            except Failed as failed:
                if not failed.passing:
                    log.info(f"{event}.refused", why=str(failed))
                    return
                await line.wait(f"{event}.later", at_least=failed.seconds or 0.0, why=str(failed))
            else:
                return
        log.warning(f"{event}.given_up")


def server_of(account: str) -> str:
    """The server of an account, by its name."""
    return account.partition(":")[2]


def _kept(file: Path) -> dict[str, Any]:
    """The rooms into which we mean to go; none where the file says nothing, for then we are invited again."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {
        room: about
        for room, about in (found.items() if isinstance(found, dict) else ())
        if isinstance(about, dict)
        and isinstance(about.get("since"), int | float)
        and isinstance(about.get("via"), list)
    }


def _private(invitation: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    """Whether a room is meant for two. Some apps do not say so: then it has no name and is not open."""
    named = any(about.get(name) for name in ("m.room.name", "m.room.canonical_alias"))
    secret = about.get("m.room.join_rules", {}).get("join_rule", "invite") == "invite"
    return bool(invitation["content"].get("is_direct")) or (secret and not named)
