"""The two pages for whoever watches over the program: whether it is well, and its figures."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from bot.delivery.letters import Priority
from bot.dialogue.engine import Engine
from bot.installation import is_there
from bot.support.metrics import Waiting
from bot.support.port import served
from db.engine import deliveries

PATIENCE = 5.0
"""Seconds within which the database has to answer."""


@asynccontextmanager
async def watched(engine: Engine, listen: str, early: Collection[str] = ()) -> AsyncIterator[None]:
    """Answer `/healthz` and `/metrics` at `listen` ("host:port", "" for nowhere) inside the block. `early`
    are the messengers that confirm before we have stored. Raises OSError when the port cannot be had."""
    if not listen:
        yield
        return

    async def healthz(_: web.Request) -> web.Response:
        well, report = health(engine, await _waiting(engine), early)
        return web.json_response(report, status=200 if well else 503)

    async def metrics(_: web.Request) -> web.Response:
        page = engine.metrics.page(_connected(engine), await _waiting(engine))
        return web.Response(body=page, content_type="text/plain", charset="utf-8")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", metrics)
    async with served(app, listen):
        yield


def health(
    engine: Engine, waiting: list[Waiting] | None, early: Collection[str] = ()
) -> tuple[bool, dict[str, Any]]:
    """Return whether each messenger of this program was heard in the last two minutes, the database answers
    (`waiting` is None where it does not) and nothing in the outbox is overdue; and all of that one by one,
    for JSON."""
    messengers: dict[str, dict[str, Any]] = {
        name: {"well": is_there(ago), "heard_seconds_ago": ago and round(ago.total_seconds(), 1)}
        for name, ago in engine.installation.last_heard().items()
    }
    for name in messengers.keys() & early:
        messengers[name]["confirms_early"] = True
    overdue = [
        {
            "messenger": each.messenger,
            "priority": each.priority,
            "waiting": each.letters,
            "oldest_seconds": round(each.oldest.total_seconds()),
        }
        for each in waiting or ()
        if each.oldest > Priority[each.priority.upper()].overdue
    ]
    report: dict[str, Any] = {"messengers": messengers, "database": {"well": waiting is not None}}
    if waiting is not None:
        report["outbox"] = {"well": not overdue, "waiting": sum(each.letters for each in waiting)}
        if overdue:
            report["outbox"]["overdue"] = overdue
    well = waiting is not None and not overdue and all(each["well"] for each in messengers.values())
    return well, {"well": well, **report}


def _connected(engine: Engine) -> dict[str, bool]:
    return {name: is_there(ago) for name, ago in engine.installation.last_heard().items()}


async def _waiting(engine: Engine) -> list[Waiting] | None:
    """What could leave and has not; None when the database does not say so in time."""
    now = engine.clock.now()
    try:
        async with asyncio.timeout(PATIENCE):
            return await engine.worker.call(lambda db: _backlog(db, now))
    except Exception:  # the engine has logged why, where it is not only late
        return None


def _backlog(db: Session, now: datetime) -> list[Waiting]:
    return [
        Waiting(row.messenger, Priority(row.priority).name.lower(), row.count_, now - row.oldest)
        for row in deliveries.backlog(db, now)
    ]
