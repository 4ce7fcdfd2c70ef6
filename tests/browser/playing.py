"""A stage at a port of this machine, for tests."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from adapters.browser.performance import Performance
from adapters.browser.server import open_to_browsers
from bot.program import demo
from tests.support.around import free_port
from tests.support.ready import ready


def stages(folder: Path) -> Callable[[Callable[[str], None]], demo.Stage]:
    """Return what makes stages, with databases in this folder."""
    numbers = count(1)
    return lambda write: demo.Stage(ready(f"sqlite:///{folder}/{next(numbers)}.db"), write)


@asynccontextmanager
async def performance(folder: Path, script: str | None = None) -> AsyncIterator[Performance]:
    """Yield a performance without any page, with the demo's people or a script."""
    played = Performance(stages(folder), demo.CAST)
    try:
        await played.begin(None if script is None else script.splitlines())
        yield played
    finally:
        await played.close()


@asynccontextmanager
async def theatre(folder: Path) -> AsyncIterator[str]:
    """Yield the address of a stage that browsers can open."""
    port = free_port()
    async with open_to_browsers(stages(folder), demo.CAST, demo.LANGUAGES, port) as address:
        yield address
