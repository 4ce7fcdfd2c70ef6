"""The digits under a message that people only have to tap: reactions of ours, put there and taken away again
one by one."""

from collections import OrderedDict
from typing import Final
from uuid import uuid4

from nio import AsyncClient

from adapters.matrix.content import keycap, reaction
from adapters.matrix.homeserver.client import V1, call, part
from adapters.matrix.homeserver.errors import Failed

MOST: Final = 6
_REMEMBERED: Final = 5000


class Reactions:
    """Which digits are under our messages: those of some thousand are remembered, others are looked up."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._there: OrderedDict[str, dict[int, str]] = OrderedDict()

    def none_yet(self, message: str) -> None:
        """A message is new."""
        self._remember(message, {})

    async def step(self, room: str, message: str, count: int) -> int:
        """Put or take one digit, where there are not the first `count` under a message; how many such steps
        are left. Raises `Failed`."""
        try:
            if message not in self._there:
                self._remember(message, await self._look(room, message))
            there = self._there[message]
            missing = [slot for slot in range(count) if slot not in there]
            too_many = [slot for slot in sorted(there, reverse=True) if slot >= count]
            if missing:
                path = ["rooms", room, "send", "m.reaction", uuid4().hex]
                sent = await call(self._client, "PUT", path, reaction(message, missing[0]))
                there[missing[0]] = part(sent, "event_id", str)
            elif too_many:
                path = ["rooms", room, "redact", there[too_many[0]], uuid4().hex]
                await call(self._client, "PUT", path, {})
                del there[too_many[0]]
        except Failed:
            self._there.pop(message, None)  # it may have been done all the same
            raise
        return max(0, len(missing) + len(too_many) - 1)

    async def _look(self, room: str, message: str) -> dict[int, str]:
        """Our own digits under a message, as the homeserver has them."""
        found = await call(
            self._client,
            "GET",
            ["rooms", room, "relations", message, "m.annotation", "m.reaction"],
            base=V1,
            query={"limit": "100"},
        )
        there: dict[int, str] = {}
        for event in part(found, "chunk", list):
            match event:
                case {
                    "sender": self._client.user_id,
                    "event_id": str(id),
                    "content": {"m.relates_to": {"key": str(key)}},
                }:
                    there |= {slot: id for slot in range(MOST) if key == keycap(slot)}
        return there

    def _remember(self, message: str, there: dict[int, str]) -> None:
        self._there[message] = there
        while len(self._there) > _REMEMBERED:
            self._there.popitem(last=False)
