"""The webhook: Telegram brings news by itself, to a small HTTP server that stands behind a proxy.

The rules are those of https://core.telegram.org/bots/api#setwebhook: a secret in a header says that it is
Telegram, any answer but 2xx brings the update again, and updates of one chat come one after the other.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web
from telegram.error import EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from adapters.telegram import client as bot_api
from adapters.telegram.client import Client
from adapters.telegram.errors import UNAUTHORISED, seconds, webhook_failure
from adapters.telegram.incoming import Inbox
from adapters.telegram.json import loads
from adapters.telegram.updates import ASKED_FOR
from bot.adapter import Receive, Unauthorised
from bot.support import port
from bot.support.backoff import Backoff

Take = Callable[[Any], Awaitable[None]]
"""Takes one update, whatever its shape; returns when it is kept, raises when it could not be."""

_SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name
# Several times what a message of 4096 characters needs, with another that it answers and all their marks.
_LARGEST: Final = 2**20
_BODY_SECONDS: Final = 10.0
_CONNECTIONS: Final = 100
"""At which Telegram posts at once, the most it offers: what comes together is stored together."""
_LOOK_SECONDS: Final = 60.0

log = port.log_of("telegram.webhook")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram finds us.

    url:     the public address; its path is the only one that is served
    listen:  host and port of our side of it, as in "127.0.0.1:8080"
    secret:  1 to 256 of `A-Za-z0-9_-`, known to Telegram and us
    """

    url: str
    listen: str
    secret: str = field(repr=False)


class Listener:
    """Takes what Telegram brings. At the end the webhook stays set: what finds nobody there waits at
    Telegram."""

    def __init__(self, client: Client, inbox: Inbox, webhook: Webhook) -> None:
        self._client = client
        self._inbox = inbox
        self._webhook = webhook

    async def run(self, receive: Receive) -> None:
        """Serve the webhook until cancelled. Raises `Unauthorised`."""

        async def take(update: Any) -> None:
            self._inbox.heard()
            _, failure = await self._inbox.hand_over([update], receive)
            if failure is not None:
                raise failure

        door = Backoff(bot_api.log)
        while True:
            try:
                async with served(self._webhook, take):
                    door.over("webhook.serves")
                    await self._keep_set()
            except OSError as error:  # the program before us may still be finishing
                await door.wait("webhook.no_port", why=error.strerror)

    async def _keep_set(self) -> None:
        """Set the webhook, and look every minute whether all is well: nobody else tells that the token is
        no longer valid, that another program took the updates, or that Telegram cannot reach us."""
        line = Backoff(bot_api.log)
        ours, last_failure = False, datetime.now(UTC)
        while True:
            try:
                if not ours:
                    await self._client.call(
                        "setWebhook",
                        url=self._webhook.url,
                        secret_token=self._webhook.secret,
                        allowed_updates=ASKED_FOR,
                        max_connections=_CONNECTIONS,
                    )
                info = await self._client.call("getWebhookInfo")
                url = bot_api.field(info, "url", str)
            except (InvalidToken, EndPointNotFound):
                raise Unauthorised(UNAUTHORISED) from None
            except TelegramError as error:
                at_least = seconds(error) if isinstance(error, RetryAfter) else 0.0
                event = "webhook.not_seen" if ours else "webhook.not_set"
                await line.wait(event, at_least=at_least, why=error.message)
                continue
            ours = url == self._webhook.url
            if not ours:
                await line.wait("webhook.lost", why="another program removed it or set its own")
                continue
            line.over("webhook.set")
            self._inbox.heard()
            if (failed := failed_at(info)) and failed > last_failure:
                bot_api.log.warning(
                    "webhook.not_reached", why=webhook_failure(info.get("last_error_message"))
                )
                last_failure = failed
            await asyncio.sleep(_LOOK_SECONDS)


def failed_at(info: Mapping[str, Any]) -> datetime | None:
    """Return when Telegram last could not reach the webhook, by its getWebhookInfo; None for never."""
    try:
        return datetime.fromtimestamp(bot_api.field(info, "last_error_date", int), UTC)
    except (TelegramError, OverflowError, OSError, ValueError):
        return None


@asynccontextmanager
async def served(webhook: Webhook, take: Take) -> AsyncIterator[None]:
    """Take updates inside the block; at its end what has begun is finished, within 5 seconds. Raises
    `OSError` when the port cannot be had."""

    async def serve(request: web.Request) -> web.Response:
        return await _answer(request, webhook.secret, take)

    app = web.Application(client_max_size=_LARGEST)
    app.router.add_post(urlsplit(webhook.url).path or "/", serve)
    async with port.served(app, webhook.listen):
        yield


async def _answer(request: web.Request, secret: str, take: Take) -> web.Response:
    """Answer 200 when the update is kept; any other status has Telegram send it again, for 24 hours."""
    # As bytes: in a header there can be what `compare_digest` does not take as text.
    given = request.headers.get(_SECRET, "").encode(errors="surrogateescape")
    if not hmac.compare_digest(given, secret.encode()):
        log.warning("webhook.wrong_secret")
        return web.Response(status=403)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await request.read()
    except TimeoutError:
        log.warning("webhook.too_slow")
        return web.Response(status=408)
    try:
        update = loads(body)
    except ValueError:
        log.warning("webhook.no_update")
        return web.Response(status=400)
    try:
        await take(update)
    except Exception as error:
        log.warning("update.not_kept", error=error)
        return web.Response(status=500)
    return web.Response()
