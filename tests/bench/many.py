"""Rows 7 to 9: many members. Measured in a process of its own, without a messenger around it."""

import asyncio
import random
import shutil
import statistics
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import handlers
from adapters.terminal.console import Console
from bot.installation import Installation
from bot.message import Words
from bot.program.compose import app_of
from bot.support.clock import WoundClock
from bot.support.garbage import keep_what_is_there
from db import store
from db.engine import timers, turns
from db.help import candidates, check_ins, help_requests
from db.models import Delivery, Member, Network, Schedule
from handlers.asking import routing
from handlers.checking_in.steps import AskMember
from tests.bench.crowd import FIRST, fill, sqlite
from tests.bench.figures import Figure
from tests.bench.people import SCRIPT
from tests.bench.programs import alone, folder, memory
from tests.bench.stretches import stretches
from tests.support.lab import Lab, lab

FEW, MANY = 100, 100_000
"""Members. Many are in as many networks as there are members in the few's one."""
TOGETHER = 64
"""Members who speak at the same time."""
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""When the laboratory's clock stands still: a Monday, 9:00 in the time zone of the crowd."""
ZONE = "Europe/Berlin"
LONGEST = 12.0
"""Seconds after which no more check-ins are waited for."""


# --- row 7 ---------------------------------------------------------------------------------------


async def turns_among(runs: int) -> Sequence[Figure]:
    """Row 7."""
    with folder() as place:
        few, many = f"sqlite:///{place}/few.db", f"sqlite:///{place}/many.db"
        fill(few, FEW, now=NOW, time_zone=ZONE)
        fill(many, MANY, networks=MANY // FEW, now=NOW, time_zone=ZONE)
        return [await alone(_turns, few, many, runs)]


def _turns(few: str, many: str, runs: int) -> Figure:
    """Milliseconds of the processor for a turn and its reply, in so many runs on either database."""
    return asyncio.run(_turns_in_turn(few, many, runs))


async def _turns_in_turn(few: str, many: str, runs: int) -> Figure:
    rng = random.Random(7)
    async with lab(few, handlers) as small, lab(many, handlers) as large:
        await _talk(small, rng.sample(range(FEW), TOGETHER))
        await _talk(large, rng.sample(range(MANY), TOGETHER))
        costs: tuple[list[float], list[float]] = [], []
        for _ in range(runs):
            costs[0].append(await _talk(large, rng.sample(range(MANY), TOGETHER)))
            costs[1].append(await _talk(small, rng.sample(range(FEW), TOGETHER)))
    return Figure(*costs)


async def _talk(where: Lab, members: Iterable[int]) -> float:
    """All say the script, step by step together."""
    speakers = [str(FIRST + number) for number in members]
    turns, began = 0, time.process_time()
    for words in SCRIPT:
        heard = await where.happens(*(where.incoming(who, Words(words)) for who in speakers))
        assert len(heard) == len(speakers), f"{len(heard)} replies to {len(speakers)} turns"
        turns += len(speakers)
    return 1000 * (time.process_time() - began) / turns


# --- row 8 ---------------------------------------------------------------------------------------


async def peers_among(runs: int) -> Sequence[Figure]:
    """Row 8."""
    with folder() as place:
        urls = [f"sqlite:///{place}/{name}.db" for name in ("few", "networks", "network")]
        crowds = ((FEW, 1), (MANY, MANY // FEW), (MANY, 1))
        for url, (members, networks) in zip(urls, crowds, strict=True):
            fill(url, members, networks=networks, now=NOW, time_zone=ZONE)
        one, spread, whole = await alone(_choices, urls, runs)
    return [Figure(spread, one), Figure(whole, one)]


def _choices(urls: Sequence[str], runs: int) -> list[list[float]]:
    """Milliseconds of the processor for one choice, in so many runs on each database."""
    databases = [store.connect(url) for url in urls]
    sessions = [turns.sessions(database) for database in databases]
    costs: list[list[float]] = [[] for _ in urls]
    for _ in range(runs):
        for made, side in zip(sessions, costs, strict=True):
            with made() as db:
                side.append(_choice(db))
    for database in databases:
        database.dispose()
    return costs


def _choice(db: Session) -> float:
    """Milliseconds of one: the mean of as many as take a tenth of a second."""
    asker = db.get_one(Member, 1)
    request = help_requests.open_request(db, asker, topic="papers", need="", anonymous=False, now=NOW)
    began, choices = time.process_time(), 0
    while (spent := time.process_time() - began) < 0.1:
        assert candidates.fitting(db, request, NOW, routing.LOOKED_AT), "nobody fits"
        db.expire_all()
        choices += 1
    db.rollback()
    return 1000 * spent / choices


# --- row 9 ---------------------------------------------------------------------------------------


async def check_ins_fall_due(runs: int) -> Sequence[Figure]:
    """Row 9."""
    falls = []
    with folder() as place:
        fill(sqlite(place), MANY, networks=MANY // FEW, now=NOW, time_zone=ZONE, more=_plan)
        for _ in range(runs):
            copy = place / "again"
            copy.mkdir()
            shutil.copy(place / "bench.db", copy)
            falls.append(await alone(_fall_due, sqlite(copy)))
            shutil.rmtree(copy)
    return [Figure(figures) for figures in zip(*falls, strict=True)]


def _plan(db: Session) -> None:
    """Each network has its check-in within the minute, the same moment for all its members."""
    for network in db.scalars(select(Network.id)):
        rhythm = {"weekday": NOW.weekday(), "at": time_of_day(9), "every_weeks": 1, "questions": []}
        db.execute(insert(Schedule).values(network_id=network, starts_on=NOW.date(), **rhythm))
    everybody = db.execute(select(Member.id, Member.network_id)).all()
    timers.schedule_all(
        db,
        (
            (
                NOW + timedelta(minutes=network * FEW / MANY),
                AskMember.name,
                AskMember(id_).to_json(),
                check_ins.about_member(network, id_),
            )
            for id_, network in everybody
        ),
    )


def _fall_due(url: str) -> tuple[float, ...]:
    """Letters written a second, MiB more at most, the milliseconds of the longest transaction and those that
    99 % of them needed at most, and the share of a core that it took."""
    return asyncio.run(_all_fall_due(url))


async def _all_fall_due(url: str) -> tuple[float, ...]:
    console = Console("telegram", lambda account, shown, edited: None)
    app = app_of(url, {"telegram": console}, WoundClock(NOW + timedelta(minutes=1)), Installation())
    async with app:
        keep_what_is_there()
        busy = stretches(app.database)
        before = most = memory()
        began, spent = time.perf_counter(), time.process_time()
        while await app.engine.due() and time.perf_counter() - began < LONGEST:
            most = max(most, memory())
        seconds = time.perf_counter() - began
        core = (time.process_time() - spent) / seconds
        written = await app.engine.worker.call(
            lambda db: db.scalar(select(func.count()).select_from(Delivery)) or 0
        )
    assert written, "nobody was asked"
    nearly_all = statistics.quantiles(busy, n=100)[-1]
    return written / seconds, most - before, 1000 * max(busy), 1000 * nearly_all, core
