"""Work in a thread of its own, beside the engine, which goes on meanwhile."""

import asyncio
from collections.abc import Callable

from bot.support.log import get

log = get("app")


async def beside(failed: str, work: Callable[[], None]) -> None:
    """Do `work` now. What goes wrong is logged as `failed`, and left to the next time."""
    try:
        await asyncio.to_thread(work)
    except Exception as error:
        log.warning(failed, error=error)
