"""The program as it runs on real messengers, until a signal stops it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Collection

from bot.adapter import Unauthorised
from bot.program.app import App
from bot.program.compose import MESSENGERS, enabled, needed, real
from bot.program.config import Config
from bot.program.team import CLOCK, SENDER
from bot.program.watch.pages import watched
from bot.support.log import get
from db import faults
from db.seal import WrongSeal
from db.single_program import InUse, single_program

log = get("app")

PARTS = (*(each.name for each in MESSENGERS), SENDER, CLOCK)
"""What a program can be, where several share the work."""
NO_PART = '--only: "{part}" is none of {parts}.'
NOT_SET_UP = "--only: {part} is not set up: {needed}."
NO_MESSENGER = "No messenger is set up: {needed}."
NO_PORT = "watch.listen: nobody can listen at {place}: {why}."


async def run(config: Config, parts: Collection[str] = ()) -> int:
    """Run on the messengers of the config until a signal stops it; return the exit status. `parts` are what
    this program does of it, as for `App.run`."""
    for part in parts:
        if part not in PARTS:
            print(NO_PART.format(part=part, parts=", ".join(PARTS)), file=sys.stderr)
            return os.EX_USAGE
    ready = enabled(config)
    if not ready:
        print(NO_MESSENGER.format(needed=needed(MESSENGERS)), file=sys.stderr)
        return os.EX_CONFIG
    for each in MESSENGERS:
        if each.name in parts and each not in ready:
            print(NOT_SET_UP.format(part=each.name, needed=needed([each])), file=sys.stderr)
            return os.EX_CONFIG
    try:
        app = real(config)
        with single_program(app.database):
            return await _until_stopped(app, config.watch.listen, parts)
    except (faults.DatabaseTooNew, faults.NotOurs, InUse, WrongSeal) as error:
        log.error("database", says=str(error))
        return os.EX_CONFIG
    except faults.Unavailable as error:
        log.error("database", says=str(error))
        return os.EX_TEMPFAIL


async def _until_stopped(app: App, listen: str, parts: Collection[str]) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, _stop, stopping)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        loop.add_signal_handler(signal.SIGHUP, stopping.set)  # a closed terminal sends it more than once
    early = [each.name for each in app.adapters.values() if each.confirms_early]
    async with contextlib.AsyncExitStack() as around:
        await around.enter_async_context(app)
        try:
            await around.enter_async_context(watched(app.engine, listen, early))
        except OSError as error:
            log.error("not watched", says=NO_PORT.format(place=listen, why=error.strerror))
            return os.EX_TEMPFAIL
        running = asyncio.create_task(app.run(parts))
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        running.cancel()
        try:
            await running
        except asyncio.CancelledError:
            return os.EX_OK
        except Unauthorised as error:
            log.error("unauthorised", says=str(error))
            return os.EX_CONFIG
        return os.EX_OK


def _stop(stopping: asyncio.Event) -> None:
    """The first signal lets the program finish what it does; a second one ends it at once."""
    if stopping.is_set():
        os._exit(1)
    stopping.set()
