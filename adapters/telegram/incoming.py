"""Updates on their way to the engine, however they came: read, handed over in order, presses answered."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Final

from telegram.error import BadRequest, RetryAfter, TelegramError

from adapters.telegram.client import Client, log
from adapters.telegram.updates import NAME, name_of, read
from bot.adapter import Receive
from bot.message import Chat, Incoming, Unreadable

_MOST_ANSWERS: Final = 256
_NOTE_SECONDS: Final = 1.0
_LONGEST_NOTE: Final = 200
"""Characters, https://core.telegram.org/bots/api#answercallbackquery"""


class Inbox:
    """Takes updates from polling or the webhook.

    our_name:  what stands behind the @ where we are meant; "" before `getMe`
    last_heard_at:  when (`time.monotonic`) Telegram last answered or brought something; 0.0 before that
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: set[asyncio.Task[None]] = set()
        self.our_name = ""
        self.last_heard_at = 0.0

    def heard(self) -> None:
        """Note that Telegram is there."""
        self.last_heard_at = time.monotonic()

    async def close(self) -> None:
        """Drop the answers to presses that have not left yet."""
        for task in self._answers:
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def hand_over(self, updates: Sequence[Any], receive: Receive) -> tuple[int, BaseException | None]:
        """Give all updates to the engine in order, waiting for none before the next: it commits many in one
        go. Return how many come before the first that was not kept, and why it was not."""
        events: list[tuple[int, Incoming]] = []
        stored: list[asyncio.Future[str | None]] = []
        for place, update in enumerate(updates):
            incoming = self._read(update)
            if incoming is not None:
                events.append((place, incoming))
                stored.append(asyncio.ensure_future(receive(incoming)))
            match update:
                case {"callback_query": {"id": str() as query}}:
                    self._answer(query, stored[-1] if incoming is not None else None)
        if skipped := len(updates) - len(events):
            log.debug("update.skipped", count=skipped)
        results = await asyncio.gather(*stored, return_exceptions=True)
        for (place, _), result in zip(events, results, strict=True):
            if isinstance(result, BaseException):
                return place, result
        return len(updates), None

    def _read(self, update: Any) -> Incoming | None:
        """Return what happened, be it that nobody can say; None where it is nothing for us."""
        try:
            return read(update, self.our_name)
        except Exception as error:  # whatever its shape, the others of its batch go on
            return Incoming(name_of(update), Unreadable(error), Chat(NAME, ""))

    def _answer(self, query: str, stored: asyncio.Future[str | None] | None) -> None:
        """Tell the app that the press has arrived, with the note that the engine has for it. The app gives up
        within seconds, so this waits for the engine a moment at most; of too many at once the rest go
        without."""
        if len(self._answers) >= _MOST_ANSWERS:
            log.warning("press.unanswered", why="too many at once")
            return
        task = asyncio.create_task(self._answer_now(query, stored))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer_now(self, query: str, stored: asyncio.Future[str | None] | None) -> None:
        note = await self._note(stored) if stored is not None else ""
        more: dict[str, Any] = {"text": note[:_LONGEST_NOTE]} if note else {}
        for last in (False, True):
            try:
                await self._client.call("answerCallbackQuery", callback_query_id=query, **more)
            except TelegramError as error:
                # A line that broke is mostly there again at once; "query is too old" is what a redelivered
                # press gets.
                if last or isinstance(error, BadRequest | RetryAfter):
                    log.debug("press.unanswered", why=type(error).__name__)
                    return
            else:
                return

    async def _note(self, stored: asyncio.Future[str | None]) -> str:
        """Return what the engine says to a press within a moment; "" for nothing."""
        done, _ = await asyncio.wait([stored], timeout=_NOTE_SECONDS)
        return (stored.result() or "") if done and not stored.cancelled() and not stored.exception() else ""
