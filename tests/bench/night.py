"""Row 14: what a night deletes among many members with a history, on both databases, while somebody asks the
bot something. Measured in a process of its own, without a messenger around it."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text
from sqlalchemy.orm import Session

import handlers
from bot.support.garbage import keep_what_is_there
from db.models import Letter, Utc
from handlers.protecting import retention
from tests.bench.crowd import FIRST, fill, sqlite
from tests.bench.figures import Figure
from tests.bench.many import FEW, MANY, NOW, ZONE
from tests.bench.programs import alone, folder
from tests.bench.stretches import stretches
from tests.support.lab import Lab, lab
from tests.support.postgres import Postgres

NIGHT = NOW + timedelta(hours=20)
"""When it begins, by the clock of the laboratory."""
GONE, ASKING, KEPT = 23_827, 1_000, 100_000
"""Letters that are thirty days old, as old ones that still ask something, and younger ones."""
READERS = 10_000
"""Of one more that is old."""
REQUESTS, ANNOUNCEMENTS, QUESTIONS, ENTRIES = 200_000, 24_000, 5_000, 20_000
STEP = timedelta(minutes=10)
DAY = timedelta(days=1) // STEP
OLDEST = 731 * DAY
"""Moments before the night, one each ten minutes: things happened at one of them."""
ASKER = str(FIRST + MANY - 1)
"""The account of the last member, who has no open question."""
PAUSE = 0.02
"""Seconds between an answer and the next question."""

UNCHECKED = "?options=-c%20session_replication_role%3Dreplica"
"""Does not look up what each row refers to: PostgreSQL is filled faster."""
NUMBERS = Table("numbers", MetaData(), Column("n", Integer, primary_key=True), prefixes=["TEMPORARY"])
MOMENTS = Table(
    "moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", Utc), prefixes=["TEMPORARY"]
)
OLD = GONE + ASKING
SENT = "person_id, messenger, chat, shard, thread, priority, state, message, attempts, arrived, closes"
SENT_TO = f"p, 'telegram', CAST({FIRST} - 1 + p AS TEXT), p % 12, '', 0, 'sent', CAST(n AS TEXT), 0, 1"
HISTORY = (
    f"""INSERT INTO numbers
        WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {REQUESTS})
        SELECT n FROM counted""",
    f"""INSERT INTO letters (body, offers, media, forget, made_at)
        SELECT '{{"text": "All right. Nothing was sent.", "values": {{}}}}', '[]', '[]', FALSE, at
        FROM numbers JOIN moments ON moments.id = CASE
            WHEN n <= {OLD} THEN {31 * DAY} - n * {DAY - 1} / {OLD}
            ELSE {30 * DAY - 1} - (n - {OLD}) * {30 * DAY - 1} / {KEPT} END
        WHERE n <= {OLD + KEPT} ORDER BY n""",
    f"""INSERT INTO letters (body, offers, media, forget, made_at)
        SELECT '{{"text": "We meet on Friday.", "values": {{}}}}', '[]', '[]', FALSE, at
        FROM moments WHERE id = {31 * DAY}""",
    # each to somebody; a third had buttons, which were taken off; one to many
    f"""INSERT INTO deliveries (letter_id, {SENT})
        SELECT n, {SENT_TO}, FALSE FROM (SELECT n, n * 7 % {MANY} + 1 AS p FROM numbers) AS sent
        WHERE n <= {OLD + KEPT} ORDER BY sent.n""",
    f"""INSERT INTO deliveries (letter_id, replaces, {SENT})
        SELECT n, n, {SENT_TO}, TRUE
        FROM (SELECT n, n * 7 % {MANY} + 1 AS p FROM numbers) AS sent
        WHERE n <= {OLD + KEPT} AND n % 3 = 0""",
    f"""INSERT INTO deliveries (letter_id, {SENT})
        SELECT {OLD + KEPT + 1}, {SENT_TO}, FALSE
        FROM (SELECT n, n AS p FROM numbers) AS sent WHERE n <= {READERS}""",
    f"""INSERT INTO help_requests (network_id, asker_id, topic, need, media, post_id, anonymous, state,
            opened_at, closed_at, forgotten)
        SELECT n % {MANY // FEW} + 1, n % {MANY} + 1, 'papers', 'Who translates it?', '[]',
            CASE WHEN n % 100 = 0 THEN n % {OLD + KEPT} + 1 END, FALSE, 'solved', at, at,
            moments.id > {91 * DAY}
        FROM numbers JOIN moments ON moments.id = n * {OLDEST // 1000} / {REQUESTS // 1000}""",
    f"""INSERT INTO announcements (network_id, made_by_id, letter_id, audience, readers, made_at)
        SELECT n % {MANY // FEW} + 1, n % {MANY // FEW} + 1, CASE WHEN n % 24 = 0 THEN n END, 'all', {FEW}, at
        FROM numbers JOIN moments ON moments.id = 1 WHERE n <= {ANNOUNCEMENTS}""",
    f"""INSERT INTO conversations (person_id, handler, args, answers, kept, words, question, takes, heard,
            letter_id, asked_at)
        SELECT n, 'ask', '{{}}', '{{}}', '{{}}', '', 'need', 'words', '{{}}', {GONE} + n, at
        FROM numbers JOIN moments ON moments.id = 1 WHERE n <= {QUESTIONS}""",
    f"""INSERT INTO journal (network_id, by_id, act, details, at)
        SELECT n % {MANY // FEW} + 1, n % {MANY} + 1, 'member.joined', '{{}}', at
        FROM numbers JOIN moments ON moments.id = n * {OLDEST // 1000} / {ENTRIES // 1000}
        WHERE n <= {ENTRIES}""",
    "INSERT INTO seen (event, at) SELECT 'telegram ' || id, made_at FROM letters",
)


async def deletes(runs: int) -> Sequence[Figure]:
    """Row 14."""
    nights: list[Sequence[float]] = []
    for _ in range(runs):
        with folder() as place:
            _fill(sqlite(place))
            on_sqlite = await alone(_night, sqlite(place))
        with Postgres() as server, server.database() as url:
            _fill(url + UNCHECKED)
            nights.append([*on_sqlite, *await alone(_night, url)])
    return [Figure(figures) for figures in zip(*nights, strict=True)]


def _fill(url: str) -> None:
    fill(url, MANY, networks=MANY // FEW, now=NOW, time_zone=ZONE, more=_remember)


def _remember(db: Session) -> None:
    """The history of the networks."""
    connection = db.connection()
    for table in (NUMBERS, MOMENTS):
        table.create(connection)
    connection.execute(insert(MOMENTS), [{"id": n, "at": NIGHT - n * STEP} for n in range(OLDEST + 1)])
    for statement in HISTORY:
        connection.execute(text(statement))
    for table in (NUMBERS, MOMENTS):
        table.drop(connection)


def _night(url: str) -> Sequence[float]:
    """Its seconds and those of the processor; the milliseconds of the longest transaction, those that 99 %
    needed at most, and those to the slowest answer meanwhile."""
    return asyncio.run(_whole_night(url))


async def _whole_night(url: str) -> Sequence[float]:
    async with lab(url, handlers) as here:
        await here.says(ASKER, "/help")
        keep_what_is_there()
        await here.engine.worker.call(lambda db: retention.plan(db, NOW, here.engine.installation.zone(ZONE)))
        here.clock.wind(NIGHT)
        busy, began, spent = stretches(here.database), time.perf_counter(), time.process_time()
        night = asyncio.create_task(_all_due(here))
        waits = await _asks_until(here, night)
        seconds = time.perf_counter() - began, time.process_time() - spent
        figures = 1000 * max(busy), 1000 * statistics.quantiles(busy, n=100)[-1], 1000 * max(waits)
        with here.session() as db:
            left = db.scalar(select(func.count()).where(Letter.made_at < NIGHT - timedelta(days=30)))
    assert left == ASKING, f"{left} old letters are left"
    assert len(waits) > 1, "nobody was answered meanwhile"
    return *seconds, *figures


async def _all_due(here: Lab) -> None:
    while await here.engine.due():
        pass


async def _asks_until(here: Lab, night: "asyncio.Task[None]") -> list[float]:
    """Somebody asks the bot something again and again; the seconds to each answer."""
    waits = []
    while not night.done():
        began = time.perf_counter()
        assert await here.says(ASKER, "/help"), "nothing was answered"
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE)
    await night
    return waits
