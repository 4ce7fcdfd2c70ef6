"""Turns of one person are serial, also those of several processes; and an event is handled once by all."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from bot.delivery.letters import Priority
from db import people, store
from db.engine import actors, letters, seen, turns
from db.engine.turns import TurnSession
from db.models import Conversation
from tests.support.postgres import Postgres

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANA, BO = ("telegram", "ana"), ("matrix", "bo")


@contextmanager
def sessions(url: str) -> Iterator[sessionmaker[TurnSession]]:
    """Sessions on a database that knows Ana and Bo."""
    engine = store.connect(url)
    made = turns.sessions(engine)
    with made.begin() as db:
        for account in (ANA, BO):
            people.meet(db, *account, chat=account[1], name=account[1], language=None, now=NOW)
    try:
        yield made
    finally:
        engine.dispose()


@pytest.fixture
def served(postgres: Postgres) -> Iterator[sessionmaker[TurnSession]]:
    """The same on PostgreSQL, where several can write."""
    with postgres.database("migrated") as url, sessions(url) as made:
        yield made


def park(db: Session, person_id: int) -> None:
    db.add(
        Conversation(
            person_id=person_id,
            handler="ask",
            args={},
            answers={},
            words="",
            question="topic",
            asked_at=NOW,
        )
    )


def somebody_waits(db: Session) -> bool:
    return bool(db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_the_next_turn_of_a_person_waits_for_the_first_and_sees_what_it_wrote(
    served: sessionmaker[TurnSession],
) -> None:
    def second_turn() -> list[str]:
        with served.begin() as db:
            actors.lock(db, [ANA])
            found = actors.known(db, [ANA]).get(ANA)
            assert found is not None
            return [row.question for row in found[1]]

    with ThreadPoolExecutor(1) as other, served() as look:
        with served.begin() as db:
            actors.lock(db, [ANA])
            found = actors.known(db, [ANA]).get(ANA)
            assert found is not None
            assert found[1] == []
            second = other.submit(second_turn)
            while not (second.done() or somebody_waits(look)):
                time.sleep(0.01)
            assert not second.done()
            park(db, found[0].person_id)
        assert second.result() == ["topic"]


def test_nobody_else_waits_and_they_can_be_written_to_meanwhile(served: sessionmaker[TurnSession]) -> None:
    with served.begin() as first:
        actors.lock(first, [ANA])
        with served.begin() as second:
            second.execute(text("SET LOCAL lock_timeout = 1"))  # milliseconds: to wait is an error
            actors.lock(second, [BO])
            found = actors.known(second, [ANA]).get(ANA)
            assert found is not None
            letter_id = letters.write(second, body=None, offers=[], now=NOW)
            letters.post(
                second,
                letter_id,
                person_id=found[0].person_id,
                messenger="telegram",
                chat="ana",
                priority=Priority.CARRIED,
            )


def test_two_who_lock_the_same_people_never_wait_for_each_other(served: sessionmaker[TurnSession]) -> None:
    def lock(accounts: list[tuple[str, str]]) -> None:
        for _ in range(50):
            with served.begin() as db:
                actors.lock(db, accounts)

    with ThreadPoolExecutor(2) as several:
        list(several.map(lock, [[ANA, BO], [BO, ANA]]))


def test_of_events_that_come_together_each_counts_once(database: str) -> None:
    with sessions(database) as made:
        with made.begin() as db:
            assert seen.first_times(db, ["b", "a", "b"], NOW) == {"a", "b"}
            assert seen.first_times(db, [], NOW) == set()
        with made.begin() as db:
            assert seen.first_times(db, ["c", "a"], NOW) == {"c"}
            assert not seen.first_time(db, "c", NOW)
