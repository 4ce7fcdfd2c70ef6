"""Marks under messages, for messengers where buttons are put there one by one."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.adapter import Capabilities, Later, SendError
from bot.delivery.lane import Lane, Send, log
from bot.delivery.offers import is_bare, numbered
from bot.message import Chat, MessageRef

MARKED = 5
"""How often putting or taking a mark is tried: people can type what it stands for as well."""


@dataclass(slots=True)
class Wanted:
    """How many marks a message needs, whether it has `none` yet, and how often that has failed."""

    count: int
    none: bool
    failed: int = 0


class Marks:
    """The messages that have other marks than they need; `wake` is called when a chat is free again."""

    def __init__(self, lanes: Mapping[str, Lane], wake: Callable[[], None]) -> None:
        self._lanes = lanes
        self._wake = wake
        self._wanted: dict[MessageRef, Wanted] = {}

    def want(self, row: Any, chat: Chat, can: Capabilities, message: str | None) -> None:
        """Note that a message needs as many marks as the delivery has buttons."""
        if message is None or not can.marks:
            return
        ref = MessageRef(chat, message)
        count = 0 if row.closes else _count(row.offers, can.marks)
        waits = self._wanted.pop(ref, None)
        none = row.replaces is None if waits is None else waits.none
        if count or not none:
            self._wanted[ref] = Wanted(count, none)

    def waiting(self, messengers: Collection[str]) -> Iterator[tuple[Chat, Send]]:
        """Return each chat on these messengers where a mark is missing or too many, with what puts or takes
        one."""
        for message, wanted in list(self._wanted.items()):
            if message.chat.messenger in messengers:
                yield message.chat, partial(self._mark, message, wanted)

    async def _mark(self, message: MessageRef, wanted: Wanted, chat: Chat) -> None:
        """Put one mark, or take one."""
        lane = self._lanes[chat.messenger]
        left, wanted.none = 0, False
        try:
            left = await lane.adapter.mark(message, wanted.count)
            lane.pace.taken(time.monotonic())
        except Later as later:
            lane.hold_back(chat, later, wanted.failed)
            wanted.failed += 1
            left = MARKED - wanted.failed
        except SendError as error:
            log.info("not marked", messenger=chat.messenger, error=error)
        except Exception as error:
            log.error("not marked", messenger=chat.messenger, error=error)
        if not left:
            del self._wanted[message]
        del lane.sending[chat.id]
        self._wake()


def _count(offers: Sequence[Any], most: int) -> int:
    """Return how many marks stand for the offers of a letter: none where these have no numbers. A list that
    has more lines than there are marks gets none: each mark is a message, and its other lines are typed."""
    offered = numbered(offers)
    if any(map(is_bare, offered)) or (len(offered) > most and any("line" in each for each in offered)):
        return 0
    return min(len(offered), most)
