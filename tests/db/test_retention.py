"""What is kept no longer than the operator says: letters, words of closed requests, marks, the journal. It
goes at night, some at a time, each time in a turn of its own: whoever comes in between is answered, and a
night that is interrupted goes on where it was."""

import asyncio
import logging
import re
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.orm import Session

import handlers
from bot.lists import Retention
from bot.message import Words
from bot.program import cast
from db import people
from db.help import help_requests, relays
from db.leading import journal
from db.models import (
    Announcement,
    Conversation,
    DeadLetter,
    Delivery,
    HelpRequest,
    Identity,
    JournalEntry,
    Letter,
    Member,
    Network,
    Person,
    Seen,
    Tally,
    Timer,
)
from db.network import members, networks, tallies
from db.old import Old
from db.privacy import strangers
from handlers.protecting import retention
from handlers.protecting.steps import GoOn
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)
AT_ONCE = 7
"""Rows that are looked at together here."""


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST", AT_ONCE)


@pytest.fixture
def deleted(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, int]]]:
    """What the log says of each night."""
    caplog.set_level(logging.INFO, "mentornet.retention")
    return lambda: [
        record.__dict__["fields"] for record in caplog.records if record.getMessage() == "deleted"
    ]


async def plan(here: Lab) -> None:
    """What the program does at its start."""
    now, zone = here.clock.now(), here.engine.installation.zone()
    await here.engine.worker.call(lambda db: retention.plan(db, now, zone))


async def night(here: Lab) -> None:
    """Do what is due, until nothing is."""
    while await here.engine.due():
        pass


def count(here: Lab, kind: type[Any]) -> int:
    with here.session() as db:
        return db.scalar(select(func.count()).select_from(kind)) or 0


def write(db: Session, many: int, made_at: datetime, **delivery: Any) -> list[int]:
    """So many letters of one moment, each delivered to somebody; their ids."""
    letters = [{"body": {"text": "Hello"}, "made_at": made_at} for _ in range(many)]
    ids = list(db.scalars(insert(Letter).returning(Letter.id), letters))
    deliver(db, ids, **delivery)
    return ids


def deliver(db: Session, letter_ids: list[int], **more: Any) -> None:
    sent = {"messenger": "telegram", "chat": "1", "priority": 0, "state": "sent"}
    db.execute(insert(Delivery), [{**sent, "letter_id": each, **more} for each in letter_ids])


@on_loop
async def test_a_night_removes_what_is_old_and_nothing_else(database: str) -> None:
    async with lab(database, handlers) as here:
        start = here.clock.now()
        ana = cast.Character("Ana", "telegram", "ana", "en", "member", None, (), ())
        await here.engine.worker.call(lambda db: cast.enter(db, ana, time_zone="UTC", now=start))
        await plan(here)
        await here.says("ana", "/help")
        await here.says("ana", "/ask papers")
        with here.sessions.begin() as db:
            network = networks.by_name(db, cast.NETWORK)
            assert network is not None
            member = db.scalars(select(Member).where(Member.network_id == network.id)).all()[0]
            for closed_at in (start, start + 60 * DAY):
                request = help_requests.open_request(
                    db, member, topic="papers", need="words", anonymous=False, now=start
                )
                help_requests.close(db, request, "solved", closed_at)
            journal.record(db, network, "member.joined", by=None, now=start - 700 * DAY)

        here.clock.wind(start + 100 * DAY)
        await here.engine.receive(here.incoming("ana", Words("/language")))
        await night(here)
        await here.outbox.flush()

        with here.session() as db:
            needs = db.scalars(select(HelpRequest.need).order_by(HelpRequest.id)).all()
            assert needs == ["", "words"], "the words of the older one are gone, its figures stay"
            assert db.scalar(select(func.count()).select_from(JournalEntry)) == 0
            assert db.scalar(select(func.count()).select_from(Seen)) == 1
            kept = db.scalars(select(Letter.id)).all()
            asked = db.scalars(select(Conversation.letter_id)).all()
            assert set(asked) <= set(kept), "an open question keeps its letter"
            handlers_left = db.scalars(select(Conversation.handler)).all()
            assert handlers_left == ["language"], "what nobody answered for two weeks is given up"
            assert not db.scalars(select(Delivery.id).where(Delivery.letter_id.not_in(kept))).all()
            assert len(kept) < 4


@on_loop
async def test_many_are_deleted_some_at_a_time_and_the_log_says_how_many_it_was(
    database: str, few_at_once: None, deleted: Callable[[], list[dict[str, int]]]
) -> None:
    async with lab(database, handlers) as here:
        now = here.clock.now()
        old, young = now - 31 * DAY, now - 29 * DAY
        with here.sessions.begin() as db:
            network = Network(name="Mentors", time_zone="UTC", founded_at=old)
            person = Person(name="Ana", created_at=old)
            db.add_all([network, person])
            db.flush()
            waits, asks, announced, *_ = write(db, 5 * AT_ONCE, old)  # all at the same moment
            deliver(db, [waits], state="waiting", not_before=now + 9 * DAY)
            deliver(db, [announced] * 10 * AT_ONCE)
            question = {"handler": "x.x", "args": {}, "answers": {}, "words": "", "question": "q"}
            for at in (now - 12 * DAY, now - 15 * DAY):
                db.add(Conversation(person_id=person.id, letter_id=asks, asked_at=at, **question))
            db.add(
                Announcement(
                    network_id=network.id, letter_id=announced, audience="all", readers=1, made_at=old
                )
            )
            kept = {waits, asks, *write(db, 3 * AT_ONCE, young)}
            for at in (old, young):
                db.execute(insert(Seen), [{"event": f"{at} {n}", "at": at} for n in range(2 * AT_ONCE)])
                db.add(DeadLetter(event="x", at=at, error="KeyError", number="1"))
            for age in (729, 731):
                journal.record(db, network, "member.joined", by=None, now=now - age * DAY)
        await plan(here)
        here.clock.wind(now + DAY)
        letters = [count(here, Letter)]
        deliveries = [count(here, Delivery)]
        while await here.engine.due():
            letters.append(count(here, Letter))
            deliveries.append(count(here, Delivery))
        assert max(before - after for before, after in pairwise(letters)) <= AT_ONCE
        assert max(before - after for before, after in pairwise(deliveries)) <= 2 * AT_ONCE
        with here.session() as db:
            assert set(db.scalars(select(Letter.id))) == kept
            assert set(db.scalars(select(Delivery.letter_id))) == kept
            assert db.scalars(select(Announcement.letter_id)).all() == [None]
            assert set(db.scalars(select(Seen.at))) == set(db.scalars(select(DeadLetter.at))) == {young}
            assert db.scalars(select(JournalEntry.at)).all() == [now - 729 * DAY]
        gone = 5 * AT_ONCE - 2
        done = {
            "letters": gone,
            "seen": 2 * AT_ONCE,
            "set_aside": 1,
            "journal": 1,
            "drafts": 1,
            "strangers": 1,
        }
        assert deleted() == [dict.fromkeys(Retention.named(), 0) | done]


@on_loop
async def test_a_long_night_tells_once_a_minute_how_far_it_is(
    database: str, few_at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    async with lab(database, handlers) as here:
        await with_letters(here, 8 * AT_ONCE)
        caplog.set_level(logging.INFO, "mentornet.retention")
        while await here.engine.due():
            here.clock.wind(here.clock.now() + timedelta(seconds=25))
    told = [each.__dict__["fields"] for each in caplog.records if each.getMessage() == "deleting"]
    assert [each["minutes"] for each in told] == [1, 2, 3]
    assert [each["now"] for each in told] == ["letters"] * 3
    assert told[0]["letters"] < told[1]["letters"] < told[2]["letters"] == 8 * AT_ONCE


@on_loop
async def test_a_night_reads_no_table_whole(database: str, few_at_once: None) -> None:
    async with lab(database, handlers) as here:
        await with_letters(here, 2 * AT_ONCE)
        said: list[tuple[str, Any]] = []
        event.listen(
            here.database,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, values, *_: said.append((statement, values)),
        )
        await night(here)
        verbs = ("SELECT", "UPDATE", "DELETE")
        asked = [each for each in said if each[0].startswith(verbs) and " IN (NULL)" not in each[0]]
        assert any("DELETE FROM letters" in statement for statement, _ in asked)
        lite = here.database.dialect.name == "sqlite"
        with here.database.connect() as look:
            if not lite:
                look.execute(text("SET enable_seqscan = off"))  # small tables are read whole
            for statement, values in asked:
                plan = look.exec_driver_sql(f"EXPLAIN {'QUERY PLAN' if lite else ''} {statement}", values)
                steps = [row[-1] for row in plan]
                whole = [step for step in steps if "Seq Scan" in step or re.match("SCAN [a-z]", step)]
                assert whole == [], statement


# --- what is kept beside the main tables ----------------------------------------------------------


@on_loop
async def test_people_who_agreed_to_nothing_are_forgotten_and_nobody_else(database: str) -> None:
    async with lab(database, handlers) as here:
        start = here.clock.now()
        with here.sessions.begin() as db:
            network = Network(name="Mentors", time_zone="UTC", founded_at=start)
            db.add(network)

            def meets(name: str) -> Person:
                return people.meet(
                    db, "telegram", name, chat=name, name=name, language="en", now=start
                ).person

            for name in ("stranger", "operator"):
                meets(name)
            members.join(db, network, meets("member"), label="experienced", now=start)
            people.consent(meets("agreed"), start)
            talks, other = meets("talks"), meets("other")
            people.consent(other, start)
            relays.open_relay(
                db, network, request_id=None, asker=talks, helper=other, asker_named=True, now=start
            )
            writes = people.meet(db, "telegram", "writes", chat="w", name="", language=None, now=start)
            writes.last_wrote_at = start + 9 * DAY
            db.flush()
            spared = [("telegram", "operator")]
            old = Old(start + DAY, None, 2)
            many = 0
            while not (done := strangers.forget_all(db, old, spared)).all:
                many, old = many + done.many, Old(old.before, done.place, 2)
            assert many + done.many == 1
            left = set(db.scalars(select(Identity.account)))
            assert left == {"operator", "member", "agreed", "talks", "other", "writes"}


@on_loop
async def test_why_somebody_left_and_how_often_somebody_did_something_is_forgotten(database: str) -> None:
    async with lab(database, handlers) as here:
        start = here.clock.now()
        with here.sessions.begin() as db:
            network = Network(name="Mentors", time_zone="UTC", founded_at=start)
            db.add(network)
            for name, days in (("Ana", 0), ("Bo", 5)):
                person = people.meet(
                    db, "telegram", name, chat=name, name=name, language=None, now=start
                ).person
                member = members.join(db, network, person, label="experienced", now=start)
                ended = start + days * DAY
                members.end(db, member, state="removed", because=f"why {name} went", now=ended)
                for what in ("words", "questions"):
                    tallies.take(db, person, what, most=1, within=DAY, now=ended)
            old = Old(start + DAY, None, 50)
            assert [members.forget_reasons(db, old).many, tallies.forget(db, old).many] == [1, 2]
            assert db.scalars(select(Member.ended_because).order_by(Member.id)).all() == [None, "why Bo went"]
            assert db.scalar(select(func.count()).select_from(Tally)) == 2


# --- in between ----------------------------------------------------------------------------------


async def with_letters(here: Lab, many: int) -> None:
    """So many letters that are too old by the next morning, which has come; the night has not begun."""
    with here.sessions.begin() as db:
        write(db, many, here.clock.now() - 31 * DAY)
    await plan(here)
    here.clock.wind(here.clock.now() + DAY)


def at_work(here: Lab) -> list[GoOn]:
    """What is still to be done of a night: its next turn."""
    with here.session() as db:
        return [
            GoOn.from_json(timer.args)
            for timer in db.scalars(select(Timer).where(Timer.about == retention.WORK))
        ]


@on_loop
async def test_whoever_comes_in_between_is_answered(database: str, few_at_once: None) -> None:
    async with lab(database, handlers) as here:
        await with_letters(here, 60 * AT_ONCE)
        at_night = asyncio.create_task(night(here))
        for _ in range(3):
            assert await here.says("ana", "/help")
            assert not at_night.done()
        assert count(here, Letter) > 30 * AT_ONCE
        await at_night
        assert count(here, Letter) == 3, "the answers"


@on_loop
async def test_a_night_that_is_still_at_work_when_the_next_begins_does_no_harm(
    database: str, few_at_once: None, deleted: Callable[[], list[dict[str, int]]]
) -> None:
    async with lab(database, handlers) as here:
        await with_letters(here, 10 * AT_ONCE)
        for _ in range(5):
            assert await here.engine.due()
        left = count(here, Letter)
        assert 0 < left < 10 * AT_ONCE
        here.clock.wind(here.clock.now() + DAY)
        while await here.engine.due():
            assert len(at_work(here)) <= 1, "only one is at work"
        assert count(here, Letter) == 0
        assert [each["letters"] for each in deleted()] == [left]


@on_loop
async def test_a_night_in_which_the_program_was_not_there_is_made_up_for(database: str) -> None:
    async with lab(database, handlers) as here:
        await with_letters(here, 1)
        await night(here)
        await with_letters(here, 1)
    async with lab(database, handlers) as here:
        here.clock.wind(here.clock.now() + 3 * DAY)
        await plan(here)
        await night(here)
        assert count(here, Letter) == 0
        with here.session() as db:
            (planned,) = db.scalars(select(Timer.due_at))
        assert planned == datetime.combine(here.clock.now() + DAY, retention.AT, planned.tzinfo)


ALONE = """
import asyncio, sys
from datetime import timedelta
import handlers
from handlers.protecting import retention
from tests.support.lab import lab

async def night():
    async with lab(sys.argv[1], handlers) as here:
        here.clock.wind(here.clock.now() + timedelta(days=1))
        while await here.engine.due():
            pass

retention.MOST = 5
asyncio.run(night())
"""
"""A program that does what is due at night."""


@on_loop
async def test_a_night_in_whose_middle_the_program_is_killed_goes_on_where_it_was(
    database: str, deleted: Callable[[], list[dict[str, int]]]
) -> None:
    many = 2000  # so many that it is at work for a while
    async with lab(database, handlers) as here:
        await with_letters(here, many)
        program = await asyncio.create_subprocess_exec(sys.executable, "-c", ALONE, database, cwd=ROOT)
        try:
            while count(here, Letter) == many:
                assert program.returncode is None
                await asyncio.sleep(0.01)
        finally:
            program.kill()
        assert await program.wait() == -signal.SIGKILL
        left = count(here, Letter)
        assert 0 < left < many
        (next_,) = at_work(here)
        assert (next_.left[0], next_.so_far["letters"]) == ("letters", many - left)
        assert next_.place
    async with lab(database, handlers) as here:
        here.clock.wind(here.clock.now() + DAY)
        await plan(here)
        await night(here)
        assert count(here, Letter) == 0
        assert [each["letters"] for each in deleted()] == [many], "what was before the kill is counted"


@on_loop
async def test_two_programs_share_a_night(
    postgres: Postgres, few_at_once: None, deleted: Callable[[], list[dict[str, int]]]
) -> None:
    with postgres.database(like="migrated") as url:
        async with lab(url, handlers) as here, lab(url, handlers) as there:
            await with_letters(here, 30 * AT_ONCE)
            there.clock.wind(here.clock.now())
            done = [0, 0]

            async def work(which: int, program: Lab) -> None:
                while not deleted():
                    done[which] += await program.engine.due()

            await asyncio.gather(work(0, here), work(1, there))
            assert count(here, Letter) == 0
            assert [each["letters"] for each in deleted()] == [30 * AT_ONCE]
            assert at_work(here) == []
            with here.session() as db:
                assert len(db.scalars(select(Timer.id)).all()) == 1, "the next night is planned once"
            assert min(done) > 0, "both were at it"
