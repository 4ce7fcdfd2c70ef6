"""Many are forgotten among very many, while others go on asking: nothing of them is found then, neither in
a column, nor in a backup that is restored, nor in what the program logged."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

import handlers
from bot.message import Words
from db import backup
from db.engine import turns
from db.models import Member, Person
from db.models.sealed import Seal, give
from db.privacy import forgetting, forgotten
from tests.bench.crowd import FIRST, fill
from tests.privacy.test_forgetting import cells
from tests.support.lab import Lab, lab

MARK = "zqx"
"""What all that is theirs begins with, and nothing else."""
SEAL = Seal("k" * 40)
"""Messages and open questions are sealed, as they are where the bot runs, and searched as they are read."""
LONGEST = 3000.0
"""Seconds after which the whole is stuck."""
STEPS = (
    "/ask papers",
    MARK + "need{n} of mine",
    "Send it with my name",
    "/forget",
    "Everything",
    "Forget me now",
)
"""What each of them says. Their question reaches somebody before they are forgotten."""


def marked(db: Session, people: range) -> None:
    """Let all that these people say of themselves hold a mark."""
    for n in people:
        who = Person.id == n + 1
        db.execute(update(Person).where(who).values(name=f"{MARK}name{n}", place=f"{MARK}place{n}"))
        mine = Member.person_id == n + 1
        db.execute(update(Member).where(mine).values(ended_because=f"{MARK}reason{n}"))


def found(database: str, gone: range) -> Iterator[str]:
    """Yield where a mark or an account of theirs stands."""
    accounts = {str(FIRST + n) for n in gone}
    for place, said in cells(database, SEAL):
        if MARK in said or (place in ("identities.account", "identities.chat") and said in accounts):
            yield place


async def says(here: Lab, gone: range, others: range, words: str) -> None:
    """Let all of them say the next, and somebody else ask something beside each."""
    events = [here.incoming(str(FIRST + n), Words(words.format(n=n))) for n in gone]
    events += [here.incoming(str(FIRST + n), Words("/requests")) for n in others]
    await here.happens(*events)


@pytest.mark.parametrize(
    ("many", "go"), [(300, 10), pytest.param(100_000, 1000, marks=pytest.mark.soak)], ids=["few", "many"]
)
def test_nothing_is_found_of_those_who_were_forgotten(
    many: int, go: int, tmp_path: Path, capfd: pytest.CaptureFixture[str], tells: Callable[[str], None]
) -> None:
    database, saved = f"sqlite:///{tmp_path}/here.db", tmp_path / "saved.db"
    gone, others = range(10, 10 + go), range(10 + go, 10 + 2 * go)
    listed, took = asyncio.run(asyncio.wait_for(forgets(database, saved, many, gone, others), LONGEST))
    assert len(listed) == go
    there = f"sqlite:///{tmp_path}/there.db"
    backup.restore(saved, there, datetime.now(UTC))
    assert {"help_requests.need", "letters.body"} <= set(found(there, gone))
    with turns.opened(there) as sessions, sessions.begin() as db:
        give(db.get_bind().engine, SEAL)
        forgetting.forget_at_once(db, [*forgotten.returned(db, listed)])
    assert list(found(there, gone)) == []
    logged = "".join(capfd.readouterr())
    assert MARK not in logged
    tells(f"forgotten: {go} of {many:,}; nothing found; {took / go * 1000:.0f} ms each")


async def forgets(
    database: str, saved: Path, many: int, gone: range, others: range
) -> tuple[Sequence[forgotten.Entry], float]:
    """Let all of these ask, and be forgotten while others are at work; before that, make a backup. Return the
    list of who was forgotten, and how many seconds it took until nothing was left."""
    async with lab(database, handlers, whole=False) as here:
        give(here.database, SEAL)
        fill(database, many, now=here.clock.now(), time_zone="UTC", more=lambda db: marked(db, gone))
        assert set(found(database, gone)) >= {"people.name", "people.place", "identities.account"}
        here.clock.wind(here.clock.now() + timedelta(hours=2))
        for words in STEPS[:3]:
            await says(here, gone, others, words)
        assert {"help_requests.need", "letters.body"} <= set(found(database, gone))
        backup.save(database, saved)
        for words in STEPS[3:]:
            await says(here, gone, others, words)
        began = time.perf_counter()
        for _minute in range(5):
            here.clock.wind(here.clock.now() + timedelta(minutes=1))
            while await here.engine.due():
                await here.outbox.flush()
        took = time.perf_counter() - began
        assert list(found(database, gone)) == []
        with here.session() as db:
            listed = forgotten.entries(db)
        return listed, took
