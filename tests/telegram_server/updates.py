"""What happened and waits for the bot: it is asked for by long polling, or brought to a webhook."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from aiogram import methods, types
from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.odd.shapes import on_the_wire
from tests.telegram_server.seen import Call, Refuse, Run, bad

# What a bot gets that never said what it wants.
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_KINDS = frozenset(types.Update.model_fields) - {"update_id"}


class Updates:
    """The updates of one bot.

    url:       an address that takes them, so that getUpdates is refused
    answered:  what it answered to each, in order; 0 where nobody was there
    distort:   what becomes of each on its way to the bot
    """

    def __init__(self) -> None:
        self.url = ""
        self.distort: Callable[[Mapping[str, Any]], Any] = lambda update: update
        self.answered: list[int] = []
        self._waiting: deque[dict[str, Any]] = deque()
        self._allowed: frozenset[str] = frozenset()
        self._last_id = 500_000_000
        self._poll: asyncio.Future[None] | None = None
        self._secret = ""
        self._last_failure: dict[str, Any] = {}
        self._lines = asyncio.Semaphore(40)
        self._couriers: dict[int, asyncio.Task[None]] = {}
        self.methods: list[tuple[type[Any], Run]] = [
            (methods.GetUpdates, self._get_updates),
            (methods.SetWebhook, self._set_webhook),
            (methods.DeleteWebhook, self._delete_webhook),
            (methods.GetWebhookInfo, self._get_webhook_info),
        ]

    def push(self, kind: str, body: Mapping[str, Any]) -> int:
        """Something happens; the id of the update. A kind that is newer than the Bot API we know is brought
        whatever was asked for: nobody can have said that they do not want it."""
        self._last_id += 1
        if kind not in _KINDS or self.wants(kind):
            self._waiting.append({"update_id": self._last_id, kind: body})
            self._wake()
        return self._last_id

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for this kind."""
        return kind in self._allowed if self._allowed else kind not in _NOT_BY_DEFAULT

    @property
    def waiting(self) -> list[int]:
        """Ids of the updates that the bot has not confirmed."""
        return [update["update_id"] for update in self._waiting]

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for the next one."""
        return self._poll is not None

    def close(self) -> None:
        """Nobody waits and nobody carries any more."""
        if self._poll is not None and not self._poll.done():
            self._poll.cancel()
        self._call_back_couriers()

    def _ask_for(self, kinds: Sequence[str] | None) -> None:
        # Kinds that Telegram does not know are ignored; none that it knows is the default.
        if kinds is not None:
            self._allowed = _KINDS & set(kinds)

    async def _get_updates(self, wants: methods.GetUpdates, call: Call) -> Any:
        if self.url:
            words = (
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
            raise Refuse(409, words, provoked=True)
        # Of two that ask at the same time the older one is sent away.
        self.end_poll(
            Refuse(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
                provoked=True,
            )
        )
        self._ask_for(wants.allowed_updates)
        offset = wants.offset or 0
        if offset < 0:
            offset = self._last_id + 1 + offset
        while self._waiting and self._waiting[0]["update_id"] < offset:
            self._waiting.popleft()
        if not self._waiting and wants.timeout:
            poll = self._poll = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(poll, min(wants.timeout, 50))
            except TimeoutError:
                return []
            finally:
                if self._poll is poll:
                    self._poll = None
        return [
            self.distort(update) for update in islice(self._waiting, min(max(wants.limit or 100, 1), 100))
        ]

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        if self._secret:
            for queue in {_queue(update) for update in self._waiting} - self._couriers.keys():
                self._couriers[queue] = asyncio.create_task(self._carry(queue))

    def end_poll(self, refusal: Refuse) -> None:
        """Whoever holds a poll open gets this."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(refusal)

    async def _set_webhook(self, wants: methods.SetWebhook, call: Call) -> Any:
        if not wants.url:
            return await self._delete_webhook(methods.DeleteWebhook(), call)
        # As a Bot API server with --local, which posts to this machine without TLS.
        if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", wants.url):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch("[A-Za-z0-9_-]{1,256}", wants.secret_token or ""):
            raise bad("secret token contains unallowed characters")
        if not 1 <= (wants.max_connections or 40) <= 100:
            raise bad("max_connections is out of range")
        self.end_poll(Refuse(409, "Conflict: terminated by setWebhook request", provoked=True))
        self._call_back_couriers()
        self.url, self._secret = wants.url, wants.secret_token or ""
        self._lines = asyncio.Semaphore(wants.max_connections or 40)
        self._ask_for(wants.allowed_updates)
        if wants.drop_pending_updates:
            self._waiting.clear()
        self._wake()
        return True

    async def _carry(self, queue: int) -> None:
        """Post the updates of one chat, one after the other, each again and again until it is taken."""
        async with ClientSession(timeout=ClientTimeout(60)) as session:
            while update := next((each for each in self._waiting if _queue(each) == queue), None):
                async with self._lines:
                    status = await self._post(session, update)
                self.answered.append(status)
                if status // 100 == 2:
                    self._waiting.remove(update)
                else:
                    words = f"Wrong response from the webhook: {status}" if status else "Connection refused"
                    self._last_failure = {"last_error_date": int(time.time()), "last_error_message": words}
                    await asyncio.sleep(0.02)
            del self._couriers[queue]  # before anything is awaited, so that no update falls in between

    async def _post(self, session: ClientSession, update: Mapping[str, Any]) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret, "Content-Type": "application/json"}
        body = on_the_wire(self.distort(update))
        try:
            async with session.post(self.url, data=body, headers=headers) as response:
                return response.status
        except (ClientError, OSError):
            return 0

    def _call_back_couriers(self) -> None:
        for courier in self._couriers.values():
            courier.cancel()
        self._couriers.clear()

    async def _delete_webhook(self, wants: methods.DeleteWebhook, call: Call) -> Any:
        self.url = self._secret = ""
        self._call_back_couriers()
        if wants.drop_pending_updates:
            self._waiting.clear()
        return True

    async def _get_webhook_info(self, _: methods.GetWebhookInfo, call: Call) -> Any:
        return {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._waiting),
            **self._last_failure,
        }


def _queue(update: Mapping[str, Any]) -> int:
    """What must stay in order: the updates of one chat, or of one person where there is no chat."""
    body = next(value for key, value in update.items() if key != "update_id")
    found = body.get("chat") or body.get("message", {}).get("chat") or body.get("from") or {}
    return int(found.get("id", 0))
