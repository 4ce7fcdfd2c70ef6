"""The door at which Telegram hands over news by itself: a small HTTP server that stands behind a proxy.

The rules are those of https://core.telegram.org/bots/api#setwebhook: a secret in a header says that it is
Telegram, any answer but 2xx brings the update again, and updates of one chat come one after the other.
"""

import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web

from bot import log as logs
from bot import port

Take = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Takes one update; returns when it is kept, raises when it could not be."""

_SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name
_LARGEST: Final = 2**20

log = logs.get("telegram")


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


@asynccontextmanager
async def served(webhook: Webhook, take: Take) -> AsyncIterator[None]:
    """Takes updates inside the block; at its end what has begun is finished, within 5 seconds. Raises
    `OSError` when the port is not to be had."""

    async def serve(request: web.Request) -> web.Response:
        return await _answer(request, webhook.secret, take)

    app = web.Application(client_max_size=_LARGEST)
    app.router.add_post(urlsplit(webhook.url).path or "/", serve)
    async with port.served(app, webhook.listen):
        yield


async def _answer(request: web.Request, secret: str, take: Take) -> web.Response:
    """200 says that the update is kept; all else has Telegram send it again, for 24 hours."""
    # As bytes: in a header there can be what `compare_digest` does not take as text.
    given = request.headers.get(_SECRET, "").encode(errors="surrogateescape")
    if not hmac.compare_digest(given, secret.encode()):
        log.warning("webhook.wrong_secret")
        return web.Response(status=403)
    try:
        update = json.loads(await request.read())
    except ValueError:
        update = None
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        log.warning("webhook.no_update")
        return web.Response(status=400)
    try:
        await take(update)
    except Exception as error:
        log.warning("update.not_kept", error=error)
        return web.Response(status=500)
    return web.Response()
