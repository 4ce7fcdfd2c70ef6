"""The reactions under a message that people only have to tap: put there, and taken away again.

They come after the message and are worth less than the next one: what cannot be put is left out, for people
can type the number as well.
"""

import asyncio
from collections import OrderedDict
from typing import Any, Final
from uuid import uuid4

from nio import AsyncClient

from adapters.matrix_client import V1, Failed, call
from adapters.matrix_content import keycap, reaction
from bot import log as logs

MOST: Final = 6
_REMEMBERED: Final = 5000
_TRIES: Final = 5
_LONGEST_WAIT: Final = 60.0

log = logs.get("matrix")


class Seeds:
    """For each message, how many digits there shall be under it."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._wanted: dict[tuple[str, str], int] = {}
        self._there: OrderedDict[str, dict[int, str]] = OrderedDict()
        self._work: dict[tuple[str, str], asyncio.Task[None]] = {}

    def want(self, room: str, message: str, count: int, *, new: bool) -> None:
        """See to it that `count` digits are under a message, at most six; a `new` one has none yet."""
        if new and not count:
            return
        if new:
            self._remember(message, {})
        place = room, message
        self._wanted[place] = min(count, MOST)
        if place not in self._work:
            self._work[place] = asyncio.create_task(self._see_to(place))

    async def close(self) -> None:
        """Stop; what is not there will not come."""
        tasks = list(self._work.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _see_to(self, place: tuple[str, str]) -> None:
        tries = 0
        try:
            while tries < _TRIES:
                try:
                    if await self._step(*place):
                        break
                except Failed as failed:
                    tries += 1
                    if not failed.passing:  # as when a digit is there that we had forgotten
                        self._there.pop(place[1], None)
                    log.debug("seeds.later", why=str(failed))
                    await asyncio.sleep(min(_LONGEST_WAIT, failed.seconds or 2.0**tries))
        finally:
            del self._wanted[place], self._work[place]

    async def _step(self, room: str, message: str) -> bool:
        """Put or take one digit; True when there is nothing left to do."""
        if message not in self._there:
            self._remember(message, await self._look(room, message))
        there, wanted = self._there[message], self._wanted[room, message]
        path = ["rooms", room]
        for slot in range(wanted):
            if slot not in there:
                put = ["send", "m.reaction", uuid4().hex]
                sent = await call(self._client, "PUT", path + put, reaction(message, slot))
                there[slot] = sent["event_id"]
                return False
        for slot in sorted(there, reverse=True):
            if slot >= wanted:
                await call(self._client, "PUT", [*path, "redact", there[slot], uuid4().hex], {})
                del there[slot]
                return False
        return True

    async def _look(self, room: str, message: str) -> dict[int, str]:
        """Our own digits under a message, as the homeserver has them."""
        found = await call(
            self._client,
            "GET",
            ["rooms", room, "relations", message, "m.annotation", "m.reaction"],
            base=V1,
            query={"limit": "100"},
        )
        return {
            slot: event["event_id"]
            for event in found.get("chunk", ())
            if event.get("sender") == self._client.user_id
            for slot in range(MOST)
            if _key(event) == keycap(slot)
        }

    def _remember(self, message: str, there: dict[int, str]) -> None:
        self._there[message] = there
        while len(self._there) > _REMEMBERED:
            self._there.popitem(last=False)


def _key(event: dict[str, Any]) -> object:
    return event.get("content", {}).get("m.relates_to", {}).get("key")
