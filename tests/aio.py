"""Tests that wait, without a plugin: `@on_loop` runs a coroutine test on a loop of its own."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

P = ParamSpec("P")

STUCK = 30.0
"""Seconds after which a test is stuck; none takes a tenth of that."""


def on_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a coroutine test one that pytest runs by itself."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), STUCK))

    return run
