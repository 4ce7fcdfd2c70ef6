"""A port of this machine at which the program answers HTTP, usually behind a proxy.

Whoever reaches it can open connections and send nothing, or the same nonsense again and again. So connections
are few and short, a new one always gets in, and what is wrong with them is said once a minute.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final, cast
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.support.log import ROOT, Events, get
from bot.support.seldom import say_seldom

CONNECTIONS: Final = 200
"""Connections at a time: twice as many as Telegram has, and far fewer than the files a program may open."""
_IDLE_SECONDS: Final = 20.0
_REST_SECONDS: Final = 2.0
_LAST_SECONDS: Final = 5.0

say_seldom("aiohttp.server", "asyncio")


def log_of(part: str) -> Events:
    """Return the log of a part of the program that writes what others do at a port: each event once a
    minute."""
    say_seldom(f"{ROOT}.{part}")
    return get(part)


@asynccontextmanager
async def served(app: web.Application, listen: str) -> AsyncIterator[None]:
    """Answer at `listen` ("host:port") inside the block; at its end what has begun is finished, within 5
    seconds. Raises `OSError` when the port is not to be had.

    A connection that does not bring the whole head of a request within 20 seconds is closed. How long a body
    may take is up to whoever reads it.
    """
    lines = _Lines()
    app.middlewares.append(lines.answer)
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_LAST_SECONDS,
        keepalive_timeout=_IDLE_SECONDS,  # it runs from the first moment of a connection
        lingering_time=_REST_SECONDS,
    )
    await runner.setup()
    lines.server = cast(web.Server, runner.server)
    try:
        place = urlsplit(f"//{listen}")
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lines.connect, place.hostname, place.port or 0)
        try:
            yield
        finally:
            listening.close()
    finally:
        await runner.cleanup()


class _Lines:
    """The connections of a port: those on which a request is being answered, and those that had an answer
    which was no refusal. Where there are too many, a new one takes the place of another."""

    server: web.Server

    def __init__(self) -> None:
        self._answering: set[asyncio.BaseProtocol] = set()
        self._proven: set[asyncio.BaseProtocol] = set()

    @web.middleware
    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, whichever it is, and remember on which connection."""
        self._answering.add(request.protocol)
        try:
            response = await handler(request)
        finally:
            self._answering.discard(request.protocol)
        if response.status < HTTPStatus.BAD_REQUEST:
            self._proven.add(request.protocol)
        return response

    def connect(self) -> asyncio.BaseProtocol:
        """Return what serves a new connection."""
        there = [each for each in self.server.connections if each.transport is not None]
        self._proven.intersection_update(there)
        if len(there) >= CONNECTIONS:
            idle = [each for each in there if each not in self._answering]
            if not idle:
                return _Closed()
            # The oldest of those that have not shown yet that they mean well.
            min(idle, key=self._proven.__contains__).force_close()
        return self.server()


class _Closed(asyncio.Protocol):
    """Is closed before it says anything."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
