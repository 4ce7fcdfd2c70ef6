"""What is done before a turn and beside all others, because a turn waits for nobody: a file is brought for
which an open question waits, and what takes long of somebody's words is worked out."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import replace
from weakref import WeakValueDictionary

from bot.adapter import Adapter, Later, SendError
from bot.message import Event, Identity, Incoming, Media, Opened, Words
from bot.support import backoff
from bot.support.log import get

log = get("engine")

LONGEST = 10.0
"""Seconds in which a file has to come: some messengers bring nothing new while an event is on its way."""
LONGEST_WAIT = 2.0
"""Seconds between two tries at most."""


def _nothing(_words: str) -> None:
    """Nothing is to be done ahead."""


def _words(event: Event) -> str:
    match event:
        case Words(text):
            return text
        case Opened(payload):
            return payload
    return ""


class Fetching:
    """Brings files. `awaited` says how many bytes one may have for which a question of its sender waits, None
    for none; `ahead` what else is to be done before the turn of these words, beside the engine. What comes
    after that in the same chat waits for it, so that the order stays."""

    def __init__(
        self,
        adapters: Mapping[str, Adapter],
        awaited: Callable[[Identity, Media], Awaitable[int | None]],
        ahead: Callable[[str], Callable[[], object] | None] = _nothing,
    ) -> None:
        self._adapters = adapters
        self._awaited = awaited
        self._ahead = ahead
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def brought(self, incoming: Incoming) -> Incoming:
        """Return an event with the bytes of its file, where a question waits for them and they came; any
        other as it is. Bytes beyond those that the file may have are cut off. Raises what `awaited`
        raises."""
        chat, event = incoming.chat, incoming.event
        if chat is None or not chat.private:
            return incoming
        is_file = isinstance(event, Words) and event.media is not None and event.media.kind == "document"
        work = self._ahead(_words(event))
        key = chat.messenger, chat.id
        lock = self._locks.get(key)
        if lock is None:
            if not is_file and work is None:
                return incoming
            lock = self._locks[key] = asyncio.Lock()
        async with lock:  # it is fair: whoever came first goes first
            if work is not None:
                await asyncio.to_thread(work)
            return await self._with_file(incoming) if is_file else incoming

    async def _with_file(self, incoming: Incoming) -> Incoming:
        event, sender = incoming.event, incoming.sender
        assert isinstance(event, Words) and event.media is not None
        most = await self._awaited(sender, event.media) if sender is not None else None
        if most is None:
            return incoming
        return replace(incoming, event=replace(event, content=await self._fetched(event.media, most)))

    async def _fetched(self, media: Media, most: int) -> bytes | None:
        """Return a file, or a byte more than it may have of a larger one; None where it does not come."""
        failures, why = 0, "too slow"
        try:
            async with asyncio.timeout(LONGEST):
                while True:
                    try:
                        return await self._read(media, most)
                    except Later as later:
                        why = type(later).__name__
                        await asyncio.sleep(later.seconds or backoff.delay(failures, LONGEST_WAIT))
                        failures += 1
        except (SendError, TimeoutError) as error:
            why = type(error).__name__ if isinstance(error, SendError) else why
            log.warning("file not fetched", messenger=media.messenger, why=why)
            return None

    async def _read(self, media: Media, most: int) -> bytes:
        found, pieces = bytearray(), self._adapters[media.messenger].fetch(media)
        try:
            async for piece in pieces:
                found += piece
                if len(found) > most:
                    break
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()  # the rest is not read
        return bytes(found[: most + 1])
