"""A port of this machine at which the program answers HTTP, usually behind a proxy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

_LAST_SECONDS: Final = 5.0


@asynccontextmanager
async def served(app: web.Application, listen: str) -> AsyncIterator[None]:
    """Answer at `listen` ("host:port") inside the block; at its end what has begun is finished, within 5
    seconds. Raises `OSError` when the port is not to be had."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST_SECONDS)
    await runner.setup()
    try:
        place = urlsplit(f"//{listen}")
        await web.TCPSite(runner, place.hostname, place.port).start()
        yield
    finally:
        await runner.cleanup()
