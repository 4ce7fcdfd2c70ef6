"""PostgreSQL goes down and comes back while people talk: the program waits and goes on by itself, and nothing
is lost; on Telegram nothing but what was under way comes twice."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from adapters.telegram.adapter import Telegram
from bot.adapter import Unreachable
from bot.installation import Installation
from bot.message import MessageRef, Outgoing, Words
from bot.program.compose import app_of
from bot.support.clock import RealClock
from db import faults
from db.engine import timers
from db.models import DeadLetter, Delivery, Timer
from tests.support.aio import on_loop
from tests.support.lab import lab
from tests.support.postgres import Postgres
from tests.telegram_server import TelegramServer, User

ROUNDS = 30
CRASHES = 3


async def counts(user: User) -> None:
    """Say numbers, however the other side is, and wait until all are answered."""
    for said in range(ROUNDS):
        user.says(f"/n{said}x")
        await asyncio.sleep(0.1)
    while not any(f"/n{ROUNDS - 1}x" in shown.text for shown in user.seen):
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("way_down", [signal.SIGQUIT, signal.SIGINT], ids=["crash", "restart"])
@on_loop
async def test_the_program_goes_on_when_postgresql_is_back(
    way_down: signal.Signals, caplog: pytest.LogCaptureFixture, tells: Callable[[str], None]
) -> None:
    caplog.set_level(logging.INFO, "mentornet")
    with Postgres() as server:
        async with TelegramServer() as telegram:
            everybody = [telegram.user(n, f"P{n}", "en") for n in range(1, 11)]
            app = app_of(
                server.url("postgres"),
                {
                    "telegram": Telegram(
                        telegram.token, api_url=telegram.url, poll_seconds=1, messages_per_second=1000
                    )
                },
                RealClock(),
                Installation(),
            )
            async with app:
                running = asyncio.create_task(app.run())
                talking = asyncio.gather(*(counts(user) for user in everybody))
                for _ in range(CRASHES):
                    await asyncio.sleep(0.5)
                    await asyncio.to_thread(server.stop, way_down)
                    await asyncio.sleep(0.5)
                    await asyncio.to_thread(server.start)
                await talking
                await app.engine.worker.call(lambda db: db.execute(select(1)))
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                aside = await app.engine.worker.call(
                    lambda db: db.scalar(select(func.count()).select_from(DeadLetter))
                )
            assert aside == 0, "what cannot be stored is nobody's fault"
            doubled = 0
            for user in everybody:
                heard = [shown.text.split("/n")[1].split("x")[0] for shown in user.seen if "/n" in shown.text]
                doubled += len(heard) - len(set(heard))
                assert sorted(set(heard), key=int) == [str(n) for n in range(ROUNDS)]
            tells(f"PostgreSQL {CRASHES} times away, {10 * ROUNDS} messages: 0 lost, {doubled} doubled")
            assert doubled == 0, "the program itself was never down"
            assert telegram.refusals == []
    said = [record.getMessage() for record in caplog.records]
    assert 1 <= said.count("database is away") <= CRASHES
    assert said.count("database is back") == said.count("database is away")
    assert {record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR} == {
        "database is away"
    }


@on_loop
async def test_a_line_that_was_cut_between_two_turns_costs_none(
    postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    with postgres.database(like="migrated") as url:
        async with lab(url) as here:
            await here.says("ana", "/start")
            backend = await here.engine.worker.call(lambda db: db.scalar(select(func.pg_backend_pid())))
            postgres.execute(f"SELECT pg_terminate_backend({backend})")
            assert await here.says("ana", "one") == ["You said one"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@on_loop
async def test_a_line_that_was_cut_after_the_commit_has_nobody_answered_twice(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.database(like="migrated") as url:
        async with lab(url) as here:
            await here.says("ana", "/start")
            here.heard.clear()
            commit = here.database.dialect.do_commit
            cut: list[bool] = []

            def is_cut(connection: Any) -> None:
                commit(connection)
                if not cut:
                    cut.append(True)
                    connection.close()
                    raise psycopg.OperationalError("the answer to the commit is lost")

            monkeypatch.setattr(here.database.dialect, "do_commit", is_cut)
            await here.engine.receive(here.incoming("ana", Words("one")))
            await here.outbox.flush()
            assert cut
            assert here.heard == [("ana", "You said one")]


@on_loop
async def test_an_outbox_and_a_timer_wait_for_the_database(caplog: pytest.LogCaptureFixture) -> None:
    """A send ends while the database is away: it is written down once it is back, the departure too."""
    with Postgres() as server:
        async with lab(server.url("postgres")) as here:
            await here.says("ana", "/start")
            await here.engine.worker.call(
                lambda db: timers.schedule(db, here.clock.now(), "nobody.knows", {}, "x")
            )
            await here.engine.receive(here.incoming("ana", Words("one")))

            async def fails(message: Outgoing) -> MessageRef:
                server.stop(signal.SIGQUIT)
                raise Unreachable

            here.console.send = fails  # type: ignore[method-assign]  # both are down
            flushing = asyncio.create_task(here.outbox.flush())
            await asyncio.sleep(0.5)
            began = time.monotonic()
            with pytest.raises(DBAPIError) as away:
                await here.engine.due()
            assert faults.is_away(away.value)
            assert time.monotonic() - began < 5
            await asyncio.to_thread(server.start)
            await flushing
            assert await here.engine.due() == 1
            with here.session() as db:
                assert db.scalars(select(Delivery.state).order_by(Delivery.id)).all() == [
                    "sent",
                    "unreachable",
                ]
                assert db.scalar(select(func.count()).select_from(Timer)) == 0
    assert "nothing sent" in [record.getMessage() for record in caplog.records]
