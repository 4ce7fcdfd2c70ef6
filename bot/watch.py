"""The two pages for whoever watches over the program: whether it is well, and its figures."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from bot.context import SILENT
from bot.engine import Engine
from bot.letters import Priority
from bot.metrics import Waiting
from bot.port import served
from db import deliveries

OVERDUE = {
    Priority.ANSWER: timedelta(minutes=2),
    Priority.CARRIED: timedelta(minutes=2),
    Priority.HELP_REQUEST: timedelta(minutes=10),
    Priority.CHECK_IN: timedelta(minutes=30),
    Priority.ANNOUNCEMENT: timedelta(minutes=30),
}
"""How long what could leave may wait. At Telegram's 30 a second, half an hour is 54,000 messages."""
PATIENCE = 5.0
"""Seconds within which the database has to answer."""


@asynccontextmanager
async def watched(engine: Engine, listen: str) -> AsyncIterator[None]:
    """Answer `/healthz` and `/metrics` at `listen` ("host:port", "" for nowhere) inside the block. Raises
    OSError when the port is not to be had."""
    if not listen:
        yield
        return

    async def healthz(_: web.Request) -> web.Response:
        well, report = health(engine, await _waiting(engine))
        return web.json_response(report, status=200 if well else 503)

    async def metrics(_: web.Request) -> web.Response:
        page = engine.metrics.page(_connected(engine), await _waiting(engine))
        return web.Response(body=page, content_type="text/plain", charset="utf-8")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", metrics)
    async with served(app, listen):
        yield


def health(engine: Engine, waiting: list[Waiting] | None) -> tuple[bool, dict[str, Any]]:
    """Whether each messenger was heard in the last two minutes, the database answers (`waiting` is None where
    it does not) and nothing in the outbox is overdue; and all of that one by one, for JSON."""
    heard = engine.installation.heard()
    messengers = {
        name: {"well": there, "heard_seconds_ago": round(heard[name].total_seconds(), 1)}
        for name, there in _connected(engine).items()
    }
    overdue = [
        {
            "messenger": each.messenger,
            "priority": each.priority,
            "waiting": each.letters,
            "oldest_seconds": round(each.oldest.total_seconds()),
        }
        for each in waiting or ()
        if each.oldest > OVERDUE[Priority[each.priority.upper()]]
    ]
    report: dict[str, Any] = {"messengers": messengers, "database": {"well": waiting is not None}}
    if waiting is not None:
        report["outbox"] = {"well": not overdue, "waiting": sum(each.letters for each in waiting)}
        if overdue:
            report["outbox"]["overdue"] = overdue
    well = waiting is not None and not overdue and all(each["well"] for each in messengers.values())
    return well, {"well": well, **report}


def _connected(engine: Engine) -> dict[str, bool]:
    return {name: ago <= SILENT for name, ago in engine.installation.heard().items()}


async def _waiting(engine: Engine) -> list[Waiting] | None:
    """What could leave and has not; None when the database does not say so in time."""
    now = engine.clock.now()
    try:
        async with asyncio.timeout(PATIENCE):
            return await engine.call(lambda db: _backlog(db, now))
    except Exception:  # the engine has logged why, where it is not only late
        return None


def _backlog(db: Session, now: datetime) -> list[Waiting]:
    return [
        Waiting(row.messenger, Priority(row.priority).name.lower(), row.count_, now - row.oldest)
        for row in deliveries.backlog(db, now)
    ]
