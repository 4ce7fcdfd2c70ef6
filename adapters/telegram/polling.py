"""Long polling: we ask Telegram for news (https://core.telegram.org/bots/api#getupdates)."""

from typing import Any, Final

from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from adapters.telegram.client import NO_ANSWER, Client, log
from adapters.telegram.errors import UNAUTHORISED, Why, is_because, seconds
from adapters.telegram.incoming import Inbox
from adapters.telegram.updates import ASKED_FOR, number_of
from bot.adapter import Alert, Receive, Unauthorised
from bot.support.backoff import Backoff

_CONFLICTS: Final = 8
"""So many in a row, in about a minute, are no program that is just being replaced."""
_CONFLICT: Final = (
    "Another program asks Telegram for the messages to this bot. Stop it, or give it a token of its own: "
    "until then each gets only a part."
)
_LONGEST_UNNUMBERED: Final = 5.0
"""Seconds that what comes after an update without a number waits at most."""


class Polling:
    """Asks for updates. `hold` is how many seconds Telegram keeps a request open while there are none; at
    most 50. `alert` is told what only an operator can mend."""

    def __init__(self, client: Client, inbox: Inbox, hold: int, alert: Alert) -> None:
        self._client = client
        self._inbox = inbox
        self._hold = hold
        self._alert = alert

    async def run(self, receive: Receive) -> None:
        """Ask for news and hand it over until cancelled. Raises `Unauthorised`.

        Asking from an offset forgets everything before it, so the offset stops before the first update
        that was not kept; the engine knows by their ids those after it that come again. An update without a
        number cannot be confirmed: it comes again, without harm, until another one after it is.
        """
        offset = conflicts = 0
        line, store, numbers = Backoff(log), Backoff(log), Backoff(log, _LONGEST_UNNUMBERED)
        while True:
            try:
                updates = await self._news(offset)
            except (InvalidToken, EndPointNotFound):
                raise Unauthorised(UNAUTHORISED) from None
            except Conflict:
                conflicts += 1
                if conflicts == _CONFLICTS:
                    await self._alert(_CONFLICT)
                await line.wait("poll.conflict", why="another program polls with this token")
                continue
            except RetryAfter as error:
                await line.wait("poll.slower", at_least=seconds(error))
                continue
            except TelegramError as error:
                await line.wait("poll.broken", why=error.message)
                continue
            conflicts = 0
            line.over("poll.works")
            self._inbox.heard()
            if not updates:
                continue
            kept, failure = await self._inbox.hand_over(updates, receive)
            newest = max(map(number_of, updates[:kept]), default=0)
            moves, offset = newest >= max(offset, 1), max(offset, newest + 1)
            if failure is not None:
                await store.wait("update.not_kept", error=failure)
            elif not moves:
                await numbers.wait("update.no_number")
            else:
                store.over("update.kept")
                numbers.over("update.numbered")

    async def _news(self, offset: int) -> list[Any]:
        """Return updates from `offset` on, up to 100, at once or as soon as there is one."""
        try:
            news = await self._client.call(
                "getUpdates",
                read_timeout=self._hold + 10,
                offset=offset,
                timeout=self._hold,
                allowed_updates=ASKED_FOR,
            )
        except Conflict as error:
            if not is_because(error, Why.WEBHOOK):
                raise
            log.warning("poll.webhook", why="a webhook took the updates; it is removed")
            await self._client.call("deleteWebhook")
            return []
        if not isinstance(news, list):
            raise TelegramError(NO_ANSWER)
        return news
