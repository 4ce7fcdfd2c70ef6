"""What concerns very many is done in slices, and told in numbers that nobody has counted to the end."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

import handlers
from bot.text import AtLeast, Reader, _, from_json, render, to_json
from db.engine import timers
from db.help import digests, help_requests, pulse, queues
from db.leading import vacancies
from db.models import Asked, Identity, Member, Network, Round, Timer
from db.network import roster
from handlers.asking import routing
from handlers.asking.steps import Widen
from handlers.coordinating import cards
from handlers.handing_over.away import SILENT
from tests.growth.history import FIRST, Size, fill
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

MANY = 120


def filled(here: Lab) -> None:
    with here.database.begin() as connection:
        fill(connection, Size(MANY, letters=0), now=here.clock.now())
        connection.execute(delete(Timer))


@on_loop
async def test_a_question_is_widened_in_slices(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked twice, and nobody who named the topic is left out."""

    async def asked(at_once: int) -> set[int]:
        monkeypatch.setattr(routing, "AT_ONCE", at_once)
        with here.sessions.begin() as db:
            ana = db.get_one(Member, MANY // 2)
            request = help_requests.open_request(
                db, ana, topic="papers", need="Which office is it?", anonymous=False, now=here.clock.now()
            )
            number = request.id
        step = Widen(number)
        await here.engine.worker.call(
            lambda db: timers.schedule(db, here.clock.now(), step.name, step.to_json(), "widens")
        )
        while await here.engine.due():
            pass
        with here.session() as db:
            found = db.scalars(select(Asked.member_id).where(Asked.request_id == number)).all()
        assert len(found) == len(set(found))
        return set(found)

    async with lab(database, handlers) as here:
        filled(here)
        together = await asked(1000)
        assert len(together) > 20
        with here.sessions.begin() as db:
            db.execute(update(Member).values(last_asked_at=None))
        assert await asked(7) == together


@on_loop
async def test_a_round_is_counted_in_slices(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with lab(database, handlers) as here:
        filled(here)
        with here.session() as db:
            round_ = db.get_one(Round, 1)
            at_once, place = digests.count(db, round_, None, 0)
            assert place is None
            assert digests.figures(round_, at_once).asked > 50
            monkeypatch.setattr(digests, "COUNTED", 7)
            counted, place = digests.count(db, round_, None, 0)
            slices = 1
            while place is not None:
                counted, place = digests.count(db, round_, counted, place)
                slices += 1
            assert slices > 5
            assert digests.figures(round_, counted) == digests.figures(round_, at_once)


@on_loop
async def test_who_was_left_alone_is_found_in_the_order_of_all(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database, handlers) as here:
        filled(here)
        with here.session() as db:
            alone = pulse.silent(db, db.get_one(Network, 1), here.clock.now())
            every = alone.all()
            assert len(every) > 20
            assert [alone.at(n) for n in range(1, len(every) + 2)] == [*every, None]
            assert [alone.place(each.id, 1) for each in every[:9]] == [*range(1, 10)]
            assert alone.many == len(every)
            monkeypatch.setattr(queues, "MOST", 5)
            assert pulse.silent(db, db.get_one(Network, 1), here.clock.now()).many == 6


@on_loop
async def test_more_than_are_counted_are_told_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for where in (queues, cards):
        monkeypatch.setattr(where, "MOST", 5)
    async with lab(database, handlers) as here:
        filled(here)
        [said, *_more] = await here.says(str(FIRST), "/pulse")
        assert "5+ members have had no contact for a long time" in said


def test_so_many_or_more_are_written_with_a_plus() -> None:
    text = from_json(to_json(_("{n} people", n=AtLeast(1000))))
    assert render(text, Reader()) == "1,000+ people"
    assert render(text, Reader("de")) == "1.000+ people"


@on_loop
async def test_of_very_many_it_is_told_that_they_are_more(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An announcement says all the same to how many it goes."""
    monkeypatch.setattr(roster, "MOST", 5)
    async with lab(database, handlers) as here:
        filled(here)
        [said, *_more] = await here.says(str(FIRST), "/members")
        assert "has 15+ members: 5+ graduates, 5+ experienced mentors, and 5+ for organisations." in said
        [said, *_more] = await here.says(str(FIRST), "/members Hanna")
        assert "5+ members fit." in said
        await here.says(str(FIRST), "/announce Hello")
        [said, *_more] = await here.presses(str(FIRST), "Everybody: 15+")
        assert f"It goes to {MANY - 1 - 4 - 5} members." in said


@on_loop
async def test_all_networks_are_looked_at_in_slices(database: str) -> None:
    """Each silent one is found, however few are looked at in a turn."""
    async with lab(database, handlers) as here:
        with here.database.begin() as connection:
            fill(connection, Size(42, networks=7, letters=0), now=here.clock.now())
            connection.execute(delete(Timer))
            connection.execute(update(Identity).values(last_wrote_at=here.clock.now()))
            silent = update(Identity).where(Identity.person_id.in_([1, 3, 4, 7]))
            connection.execute(silent.values(last_wrote_at=here.clock.now() - timedelta(days=11)))
        now = here.clock.now()
        for at_once in (2, 500):
            found: list[int] = []
            place: int | None = 0
            while place is not None:
                with here.session() as db:
                    some, place = vacancies.to_look_at(db, place, at_once, now - SILENT, now)
                found += some
            assert found == [1, 3, 4, 7]
