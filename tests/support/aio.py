"""Tests that wait, without a plugin: `@on_loop` runs a coroutine test on a loop of its own."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

P = ParamSpec("P")

PATIENCE = 60.0
"""Seconds in which whatever must come has come, on a machine that is slow and busy as well."""

STUCK = 150.0
"""Seconds after which a whole test is stuck; none takes a tenth of that."""


def on_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a coroutine test one that pytest runs by itself."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), STUCK))

    return run
