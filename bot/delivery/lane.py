"""One messenger as the outbox sees it: how fast it takes messages, and to whom one is on its way."""

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from bot.adapter import Adapter, Later
from bot.delivery.pace import Pace
from bot.message import Chat, MessageRef, Outgoing
from bot.support import backoff
from bot.support.log import get
from db.models import DeliveryState
from db.shards import SHARDS, shard_of

log = get("outbox")

LONGEST_WAIT: Final = 5.0
"""Upper bound on the seconds between two tries: however long a line was away, when it comes back nobody waits
for another ten."""

_EXTRA: Final = -100
"""The place of what came together with one message, apart from those that show a file by themselves."""

Send = Callable[[Chat], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Sent:
    """How a try ended: `state` as in Delivery, or "waiting" to be tried again; `arrived` is how many of the
    delivery's messages are there. With `only_words`, its files were refused and it went without them.
    `message` is the one by which it is known from now on, `parts` are others that belong to it, by their
    places (db/models/engine.py), and `end` is the place of the last, once that has arrived. `missing`: files
    were looked for, and the messenger no longer has one of them."""

    row: Any
    state: DeliveryState
    arrived: int
    message: str | None = None
    reason: str | None = None
    moved_to: Chat | None = None
    silenced: bool = False
    no_topic: bool = False
    only_words: bool = False
    missing: bool = False
    parts: dict[int, str] = field(default_factory=dict)
    end: int | None = None

    def note(self, arrived: MessageRef, message: Outgoing, *, last: bool) -> None:
        """Note that one of its messages has arrived, the last one or not."""
        self.arrived += 1
        for number, extra in enumerate(arrived.more):
            self.parts[_EXTRA - number] = extra
        if last:
            self.message, self.end = arrived.id, message.part
        else:
            self.parts[message.part if message.html else -1 - message.part] = arrived.id


@dataclass(slots=True)
class Lane:
    """A messenger. `shards` are the parts of its chats that this program sends to; `sending` is what is on
    its way, by chat."""

    adapter: Adapter
    pace: Pace
    shards: Collection[int] = range(SHARDS)
    sending: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def assign(self, shards: Collection[int]) -> None:
        """Send to these shards only. What is on its way to others is not stopped; see `is_busy`."""
        self.shards = shards
        self.pace.share = len(shards) / SHARDS

    def is_busy(self, shard: int | None = None) -> bool:
        """Whether something is on its way, to one of the shards or at all."""
        return any(shard in (None, shard_of(self.adapter.name, chat)) for chat in self.sending)

    def start(self, chat: Chat, send: Send) -> bool:
        """Start a send, unless one is in flight for this chat or the rate limit forbids it. Return whether it
        has begun."""
        now = time.monotonic()
        if chat.id in self.sending or not self.pace.allows(now, chat.id):
            return False
        self.pace.sent(now, chat.id, self.adapter.can(chat).a_minute)
        self.sending[chat.id] = asyncio.create_task(send(chat))
        return True

    def hold_back(self, chat: Chat, later: Later, tries: int) -> None:
        """Wait as the messenger said, after this many tries before."""
        now = time.monotonic()
        pause = backoff.delay(tries, LONGEST_WAIT) if later.seconds is None else later.seconds
        if later.too_fast:
            self.pace.throttled(now, pause, chat.id, everywhere=later.everywhere)
        else:
            self.pace.pause(now, pause, None if later.everywhere else chat.id)
        log.warning("later", messenger=chat.messenger, seconds=round(pause, 1), everywhere=later.everywhere)
