"""Listening: one sync after the other, each handed over whole before the next is asked for.

The library (matrix-nio) reads syncs and keeps the keys. The loop around it is ours, for the library confirms
what it has not handed over yet: here the sync token is stored only when all before it is committed.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from adapters.matrix.account import SIGNING_KEYS, Account
from adapters.matrix.door import Door
from adapters.matrix.encryption import keys
from adapters.matrix.encryption import trust as matrix_trust
from adapters.matrix.encryption.owed import Owed
from adapters.matrix.homeserver import sync as matrix_sync
from adapters.matrix.homeserver.client import NAME, Pause, ask, call, insist, mistake, part
from adapters.matrix.homeserver.errors import Failed
from adapters.matrix.homeserver.library import Client
from adapters.matrix.homeserver.sync import News
from adapters.matrix.incoming import Inbox
from adapters.matrix.rooms import Rooms
from bot.adapter import Receive
from bot.message import Incoming, Left
from bot.support import log as logs
from bot.support.backoff import Backoff

_FILTER: Final[dict[str, Any]] = {
    "presence": {"types": []},
    "account_data": {"types": ["m.direct"]},
    "room": {
        "timeline": {"limit": 500},  # the default is 10
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
}
_POLL_SECONDS: Final = 30
_OWING_SECONDS: Final = 5  # where something about keys is left to be done
_FIRST_SECONDS: Final = 300
_COUNT_SECONDS: Final = 60.0

log = logs.get(NAME)


class Listener:
    """One connection's ear. It sets `synced` once the rooms and the keys are known, and calls `heard` at each
    sign of life from the homeserver."""

    def __init__(
        self,
        client: Client,
        account: Account,
        rooms: Rooms,
        door: Door,
        inbox: Inbox,
        owed: Owed,
        synced: asyncio.Event,
        heard: Callable[[], None],
        pause: Pause,
    ) -> None:
        self._client = client
        self._account = account
        self._rooms = rooms
        self._door = door
        self._inbox = inbox
        self._owed = owed
        self._synced = synced
        self._heard = heard
        self._pause = pause
        self._owes_keys = self._owes_trust = True
        self._count_at = 0.0  # when a homeserver that does not tell how many keys it has is asked again

    async def run(self, receive: Receive) -> None:
        """Hand over what happens until cancelled. Raises `Failed` when our login is taken from us."""
        since = self._account.since()
        store = Backoff(log, sleep=self._pause)
        self._door.open()
        while True:
            news = await insist("sync", partial(self._sync, since), self._pause)
            self._heard()
            happened = await self._inbox.happened(news, since)
            await self._between(news)
            failed: Sequence[Incoming] = happened
            while failed:
                # All are given in order, and none is waited for before the next: it commits many in one go.
                results = await asyncio.gather(*map(receive, failed), return_exceptions=True)
                errors = [error for error in results if isinstance(error, BaseException)]
                failed = [
                    incoming
                    for incoming, error in zip(failed, results, strict=True)
                    if isinstance(error, BaseException)
                ]
                if failed:
                    await store.wait("event.not_kept", error=errors[0])
            store.over("event.kept")
            self._after(happened)
            since = news.next_batch
            if not self._inbox.unread.soon and not self._door.busy:
                self._account.handled(since)

    def _after(self, happened: Iterable[Incoming]) -> None:
        """What the other side may see now that all is committed: it is read, and who left is left."""
        read: dict[str, str] = {}
        for incoming in happened:
            assert incoming.chat is not None
            room = incoming.chat.id
            if isinstance(incoming.event, Left):
                self._door.chore(self._door.leave(room))
            elif self._rooms.get(room) is not None:
                read[room] = incoming.id.partition(" ")[0]
        for room, last in read.items():
            self._door.chore(self._mark_read(room, last))

    async def _mark_read(self, room: str, event: str) -> None:
        """Mark a room as read up to an event. It is worth nothing by itself, so it may fail."""
        try:
            await call(self._client, "POST", ["rooms", room, "receipt", "m.read", event], {})
        except Failed as failed:
            log.debug("read.not_shown", why=str(failed))

    async def _sync(self, since: str) -> News:
        """What is new, as soon as there is something, taken in by the library. Raises `Failed`."""
        first = not self._synced.is_set()
        owes = self._owes_keys or self._owes_trust or self._owed.soon
        seconds = 1 if self._inbox.unread.soon else _OWING_SECONDS if owes else _POLL_SECONDS
        query = {"filter": json.dumps(_FILTER), "timeout": "0" if first else str(int(seconds * 1000))}
        query |= {"since": since} if since else {}
        query |= {"full_state": "true"} if first else {}
        client, longest = self._client, _FIRST_SECONDS if first else seconds + 30
        answer = await call(client, "GET", ["sync"], query=query, seconds=longest)
        news = matrix_sync.read(answer, self._client.user_id)
        if first and not news.response.rooms.join:
            await self._must_be_nowhere()
        await ask(client.receive_response(news.response))
        return news

    async def _must_be_nowhere(self) -> None:
        """The first sync has to tell of all rooms that we are in. Raises `Failed` where it told of none, and
        there are some."""
        answer = await call(self._client, "GET", ["joined_rooms"])
        if part(answer, "joined_rooms", list):
            raise Failed("", 200, answer)

    async def _between(self, news: News) -> None:
        """What has to be done between two syncs; what does not succeed is done after the next one."""
        self._owes_keys = not await self._succeeds("keys.later", self._care_for_keys(news))
        if self._owes_trust:
            self._owes_trust = not await self._succeeds("trust.later", self._be_trusted())
        self._synced.set()

    async def _succeeds(self, otherwise: str, work: Awaitable[None]) -> bool:
        """Whether something is done now. Raises `Failed` only where our login is worth nothing any more."""
        try:
            await work
        except Failed as failed:
            if failed.unauthorised:
                raise
            log.warning(otherwise, why=str(failed), **mistake(failed))
            return False
        return True

    async def _care_for_keys(self, news: News) -> None:
        """Have keys that others can take, and give them those that we owe. Raises `Failed`."""
        client, now, first = self._client, time.monotonic(), not self._synced.is_set()
        if news.keys is not None or now >= self._count_at:
            left = await keys.count(client, news.keys)
            self._count_at = now + _COUNT_SECONDS
            if self._account.restored:
                await ask(keys.renew(client))
                self._account.renewed()
            elif (first or not left) and news.spare is False:
                await keys.upload_fallback(client)
        await ask(keys.keep_up(client))
        await ask(self._owed.give())

    async def _be_trusted(self) -> None:
        """Have our device signed, where that needs no password that we have not. Raises `Failed`."""
        seeds = self._account.folder / SIGNING_KEYS
        try:
            if await matrix_trust.sign(self._client, seeds, self._account.password):
                log.info("trust.signed")
        except matrix_trust.NoPassword:
            log.warning("trust.no_password", why="put matrix.password into the config for one start")
