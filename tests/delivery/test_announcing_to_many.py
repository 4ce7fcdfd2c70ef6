"""An announcement is written in slices: whatever the moment at which the program is killed, each reader has
it once, and the report adds up; who comes or goes in between is treated as the report says."""

import multiprocessing
import os
import signal
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

import handlers
from db import people
from db.engine.turns import TurnSession
from db.models import Announcement, Delivery, Identity, Member, Person
from db.network import announcements, members
from handlers.coordinating import announce
from tests.bench.crowd import FIRST, fill
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab
from tests.support.postgres import Postgres

ME = str(FIRST)
WORDS = "On Friday at six we meet at the library."
PAUSING, LOST = 25, 33
"""Every so many are on a break, or have blocked the bot."""
KILLS = 10
BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""By the clock of the laboratory."""


def some_away(db: Session) -> None:
    """Some are on a break, and some cannot be reached."""
    lite = db.connection().dialect.name == "sqlite"
    db.execute(text(f"UPDATE people SET paused_at = '2026-02-20 00:00:00' WHERE id % {PAUSING} = 7"))
    gone = f"UPDATE identities SET reachable = {0 if lite else 'FALSE'} WHERE id % {LOST} = 5"
    db.execute(text(gone))


async def sends(here: Lab, many: int) -> None:
    """Whoever coordinates announces something to all others; it is still to be written."""
    await here.says(ME, f"/announce {WORDS}")
    await here.presses(ME, f"Everybody: {many - 1:,}")
    await here.presses(ME, "Send it")


async def writes(here: Lab) -> None:
    while await here.engine.due():
        pass


def look(here: Lab) -> Announcement:
    with here.session() as db:
        return db.scalars(select(Announcement)).one()


def readers(here: Lab) -> Counter[int | None]:
    with here.session() as db:
        letter_id = look(here).letter_id
        return Counter(db.scalars(select(Delivery.person_id).where(Delivery.letter_id == letter_id)))


# --- killed ---------------------------------------------------------------------------------------


def lives(database: str, most: int, slices: int, *, committed: bool) -> None:
    """Write on until so many slices are done, and die before or after the last of them is committed."""
    announce.MOST = most
    left = slices

    def one_more(_session: TurnSession) -> None:
        nonlocal left
        wrote = any(isinstance(each, Announcement) for each in _session.info.pop("wrote", ()))
        left -= wrote
        if wrote and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def note(session: TurnSession, _context: object) -> None:
        session.info.setdefault("wrote", set()).update(session.dirty)

    event.listen(TurnSession, "before_flush", lambda session, context, _instances: note(session, context))
    event.listen(TurnSession, "after_commit" if committed else "before_commit", one_more)

    @on_loop
    async def work() -> None:
        async with lab(database, handlers) as here:
            await writes(here)

    work()


def check_kills(database: str, many: int, most: int) -> None:
    process = multiprocessing.get_context("forkserver")
    process.set_forkserver_preload([__name__])  # a life is a fork of one that has imported all

    @on_loop
    async def begin() -> None:
        async with lab(database, handlers) as here:
            await sends(here, many)

    @on_loop
    async def end() -> None:
        async with lab(database, handlers) as here:
            await writes(here)
            found, theirs = look(here), readers(here)
            with here.session() as db:
                report = announcements.report(db, found)
        pausing = sum(n % PAUSING == 7 for n in range(2, many + 1))
        lost = sum(n % LOST == 5 and n % PAUSING != 7 for n in range(2, many + 1))
        assert set(theirs.values()) == {1}, "each has it once"
        assert len(theirs) == many - 1 - pausing - lost
        assert found.written == found.readers == len(theirs) + lost
        assert report is not None
        assert (report.delivered, report.waiting) == (0, len(theirs))
        assert (report.blocked, report.failed, report.missed) == (lost, 0, 0)

    begin()
    for kill in range(KILLS):
        life = process.Process(
            target=lives, args=(database, most, 1 + kill % 3), kwargs={"committed": bool(kill % 2)}
        )
        life.start()
        life.join()
        assert life.exitcode == -signal.SIGKILL
    end()


def test_whoever_is_killed_in_between_writes_to_each_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/here.db"
    fill(database, 400, now=BEGAN, time_zone="UTC", more=some_away)
    check_kills(database, 400, 17)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whoever_is_killed_in_between_writes_to_a_hundred_thousand_once(
    kind: str, tmp_path: Path, postgres: Postgres
) -> None:
    with postgres.database() as url:
        database = url if kind == "postgresql" else f"sqlite:///{tmp_path}/here.db"
        fill(database, 100_000, now=BEGAN, time_zone="UTC", more=some_away)
        check_kills(database, 100_000, announce.MOST)


# --- who comes and goes ---------------------------------------------------------------------------

STILL = "I am still writing your announcement of Mon, Mar 2, 08:00: "
WHO_GETS_IT = "Whoever joins now, or leaves or takes a break before it comes to them, does not get it."


@on_loop
async def test_who_comes_or_goes_in_between_is_treated_as_the_report_says(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "MOST", 4)
    async with lab(database, handlers) as here:
        now = BEGAN
        fill(database, 20, now=now, time_zone="UTC", more=some_away)
        await sends(here, 20)
        (said,) = await here.presses(ME, "How many have got it?")
        assert said == f"{STILL}0 of 18 members so far.\n{WHO_GETS_IT}"
        await here.engine.due()
        await here.outbox.flush()
        here.clock.wind(now.replace(minute=1))
        with here.sessions.begin() as db:
            gone, on_a_break = db.get_one(Member, 3), db.get_one(Person, 12)
            members.end(db, gone, state="left", because=None, now=here.clock.now())
            members.end(db, db.get_one(Member, 11), state="left", because=None, now=here.clock.now())
            people.pause(db, on_a_break, None, here.clock.now())
            new = Person(id=900, name="New", created_at=now)
            account = {"messenger": "telegram", "account": "new", "chat": "new", "last_wrote_at": now}
            db.add_all([new, Identity(id=900, person=new, **account)])
            joined = {"label": "experienced", "joined_at": here.clock.now()}
            db.add(Member(id=900, network=gone.network, person=new, **joined))
        (said,) = await here.presses(ME, "How many have got it?")
        assert said == f"{STILL}3 of 18 members so far.\nOf these: 3 delivered.\n{WHO_GETS_IT}"
        await writes(here)
        await here.outbox.flush()
        theirs = readers(here)
        assert {3} <= set(theirs), "whoever has it, has it"
        assert not {7, 11, 12, new.id} & set(theirs)
        (said,) = await here.presses(ME, "How many have got it?")
        assert said == (
            "Your announcement of Mon, Mar 2, 08:00: 15 delivered, 1 blocked the bot, and 2 left or took a "
            "break before it came to them."
        )
