"""Into which rooms we go, and out of which: whose invitations we accept, and what is tried again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from nio import AsyncClient

from adapters.matrix_client import NAME, Failed, Pause, call, insist
from adapters.matrix_rooms import SPACE, Rooms
from bot import log as logs
from bot.trouble import Trouble

Invites = Literal["anyone", "servers", "members"]
_INVITE_SECONDS: Final = 20.0
_TRIES: Final = 10

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

    def __init__(self, client: AsyncClient, rooms: Rooms, policy: Policy, pause: Pause) -> None:
        self._client, self._rooms, self._policy, self._pause = client, rooms, policy, pause
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

    async def answer(self, invites: Mapping[str, Any]) -> None:
        """Accept or refuse; what takes longer than a while goes on beside the next syncs."""
        tasks = [
            self.chore(self._answer(room, info.get("invite_state", {}).get("events", ())))
            for room, info in invites.items()
            if room not in self._answering
        ]
        if tasks:
            await asyncio.wait(tasks, timeout=_INVITE_SECONDS)

    async def enter(self, room: str) -> None:
        """Go into a room; where we are not let in, an invitation may still come."""
        await self._patiently("join", ["join", room], {})

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
        ours = next((e for e in state if membership(e, self._client.user_id) == "invite"), None)
        if ours is None:
            return
        self._answering.add(room)
        try:
            about = {str(e.get("type")): e.get("content", {}) for e in state if e.get("state_key") == ""}
            is_space = about.get("m.room.create", {}).get("type") == SPACE
            inviter = str(ours["sender"])
            if not await insist("invite", lambda: self._accepts(room, is_space, inviter), self._pause):
                log.info("invite.refused")
                await self.leave(room, "" if is_space else self._policy.refusal)
                return
            if not is_space and _private(ours, about):
                await insist("direct", lambda: self._rooms.mark_direct(inviter, room), self._pause)
            await self.enter(room)
        finally:
            self._answering.discard(room)

    async def _accepts(self, room: str, is_space: bool, account: str) -> bool:
        if is_space:  # nobody can write there; we are in one only to see who else is
            return room == await self._own_space()
        match self._policy.invites:
            case "anyone":
                return True
            case "servers":
                allowed = account.partition(":")[2] in self._policy.servers
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
            self._space = str(found["room_id"])
        return self._space or self._policy.space

    async def _patiently(self, event: str, path: list[str], body: Mapping[str, Any]) -> None:
        line = Trouble(log, longest=60.0, sleep=self._pause)
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


def membership(source: Mapping[str, Any], account: str) -> str:
    """What an event says about somebody's being in a room; "" for nothing."""
    if source.get("type") != "m.room.member" or source.get("state_key") != account:
        return ""
    content = source.get("content")
    return str(content.get("membership", "")) if isinstance(content, dict) else ""


def _private(invitation: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    """Whether a room is meant for two. Some apps do not say so: then it has no name and is not open."""
    named = any(about.get(name) for name in ("m.room.name", "m.room.canonical_alias"))
    secret = about.get("m.room.join_rules", {}).get("join_rule", "invite") == "invite"
    return bool(invitation["content"].get("is_direct")) or (secret and not named)
