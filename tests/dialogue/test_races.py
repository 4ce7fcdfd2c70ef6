"""Two programs on one PostgreSQL decide about the same at the same moment: one of them is first, and nothing
is decided twice or by halves.

Each is an engine of its own. What both are about to change is locked by a third transaction until both wait
for it; so they are as close together as two can be.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

import handlers
from bot.message import Incoming, Pressed, Words
from bot.program import cast
from db import holds
from db.engine import letters, turns
from db.models import Asked, Delivery, HelpRequest, Letter, Member, MemberRole, Network, Person, Relay, Timer
from handlers.checking_in.steps import AskMember
from tests.support.aio import PATIENCE, on_loop
from tests.support.lab import Lab, lab
from tests.support.postgres import Postgres

PEOPLE: dict[MemberRole, tuple[str, ...]] = {"member": ("Ana", "Bo", "Cy"), "meta_mentor": ("Mia", "Max")}
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.fixture
def shared(postgres: Postgres) -> Iterator[str]:
    """A database with a network of three members and two meta-mentors."""
    with postgres.database(like="migrated") as url:
        with turns.opened(url) as sessions, sessions.begin() as db:
            for role, names in PEOPLE.items():
                for name in names:
                    who = cast.Character(name, "telegram", name, "en", role, None, ("papers",), ("en",))
                    cast.enter(db, who, time_zone="UTC", now=datetime(2026, 3, 1, tzinfo=UTC))
        yield url


async def both(here: Lab, subject: type[Any], *turns: Coroutine[Any, Any, Any]) -> None:
    """Have turns in several programs decide about the only row of a kind, as closely together as can be."""
    with here.database.connect() as gate, gate.begin():
        gate.execute(select(subject.id).with_for_update())
        running = [asyncio.create_task(turn) for turn in turns]
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(_waiting, here.database) < len(turns):
                await asyncio.sleep(0.01)
    await asyncio.gather(*running)


def _waiting(database: Engine) -> int:
    with database.connect() as look:
        return int(look.execute(WAITING).scalar_one())


def pressed(here: Lab, who: str, label: str) -> Incoming:
    """Somebody presses a button that they saw by this program, whichever hears of it."""
    shown = next(each for each in reversed(here.console.messages[who]) if label in each.labels)
    return here.incoming(who, Pressed(shown.labels.index(label), shown.id, shown.outgoing))


async def asks(here: Lab) -> None:
    """Ana has a request, and Bo was asked."""
    await here.says("Ana", "/ask papers Who knows the form?")
    await here.presses("Ana", "Send it with my name")


def one(here: Lab, statement: Any) -> Any:
    """The first value of what is in the database."""
    with here.session() as db:
        return db.scalar(statement)


META_MENTORS = select(func.count(Member.id)).where(Member.role == "meta_mentor", Member.state == "active")


# --- requests ------------------------------------------------------------------------------------


@on_loop
async def test_somebody_helps_at_the_moment_when_it_is_handed_over(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        await asks(here)
        helps = pressed(here, "Bo", "I can help")
        there.clock.wind(there.clock.now() + timedelta(hours=25))
        await both(here, HelpRequest, here.engine.receive(helps), there.engine.due())
        assert one(here, select(HelpRequest.state)) == "taken"
        assert one(here, select(Relay.request_id).where(Relay.closed_at.is_(None)))


@on_loop
async def test_two_help_at_the_same_moment(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        await asks(here)
        here.clock.wind(here.clock.now() + timedelta(hours=3))
        await here.engine.due()
        await here.outbox.flush()
        bo, cy = pressed(here, "Bo", "I can help"), pressed(here, "Cy", "I can help")
        await both(here, HelpRequest, here.engine.receive(bo), there.engine.receive(cy))
        assert one(here, select(func.count(Relay.id))) == 1
        with here.session() as db:
            assert set(db.scalars(select(Asked.answer))) == {"late", "yes"}


@on_loop
async def test_it_is_solved_at_the_moment_when_the_helper_ends_it(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        await asks(here)
        await here.presses("Bo", "I can help")
        solves, ends = pressed(here, "Ana", "It is settled"), here.incoming("Bo", Words("/close"))
        await both(here, HelpRequest, here.engine.receive(solves), there.engine.receive(ends))
        assert one(here, select(HelpRequest.state)) == "solved"
        assert one(here, select(func.count(Relay.id)).where(Relay.closed_at.is_(None))) == 0
        asked = one(here, select(func.count(Asked.id)).where(Asked.answer.is_(None)))
        open_ = one(here, select(func.count(HelpRequest.id)).where(HelpRequest.closed_at.is_(None)))
        assert open_ == 0, "nobody is asked any more"
        assert asked <= 1


@on_loop
async def test_a_helper_pauses_at_the_moment_when_it_is_solved(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        await asks(here)
        await here.presses("Bo", "I can help")
        await here.says("Bo", "/pause")
        solves, pauses = pressed(here, "Ana", "It is settled"), pressed(here, "Bo", "A week")
        await both(here, HelpRequest, here.engine.receive(solves), there.engine.receive(pauses))
        assert one(here, select(HelpRequest.state)) == "solved"
        assert one(here, select(HelpRequest.closed_at)) is not None


# --- roles ---------------------------------------------------------------------------------------


@on_loop
async def test_both_meta_mentors_give_their_role_back_at_the_same_moment(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        for who in PEOPLE["meta_mentor"]:
            await here.says(who, f"/members {who}")
        mia, max_ = (pressed(here, who, "Step down") for who in PEOPLE["meta_mentor"])
        await both(here, Network, here.engine.receive(mia), there.engine.receive(max_))
        assert one(here, META_MENTORS) == 1


@on_loop
async def test_both_meta_mentors_leave_at_the_same_moment(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        for who in PEOPLE["meta_mentor"]:
            await here.says(who, "/leave")
        mia, max_ = (pressed(here, who, "Leave") for who in PEOPLE["meta_mentor"])
        await both(here, Network, here.engine.receive(mia), there.engine.receive(max_))
        assert one(here, META_MENTORS) == 1


@on_loop
async def test_two_take_each_others_role_back(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        for who, whom in (("Mia", "Max"), ("Max", "Mia")):
            await here.says(who, f"/members {whom}")
            await here.presses(who, "End this role")
        mia, max_ = (pressed(here, who, "End this role") for who in PEOPLE["meta_mentor"])
        await both(here, Network, here.engine.receive(mia), there.engine.receive(max_))
        assert one(here, META_MENTORS) == 1
        await here.outbox.flush()
        refusals = [words for _who, words in here.heard if words.startswith("You no longer coordinate")]
        assert len(refusals) == 1, "the slower one hears why not"


@on_loop
async def test_two_plan_the_check_ins_at_the_same_moment(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        for who in PEOPLE["meta_mentor"]:
            for words in ("/schedule tuesday", "9", "1", "No question of our own"):
                await here.says(who, words)
        mia, max_ = (pressed(here, who, "Plan it like this") for who in PEOPLE["meta_mentor"])
        await both(here, Network, here.engine.receive(mia), there.engine.receive(max_))
        while await here.engine.due():  # members are planned in slices
            pass
        asked = select(func.count(Timer.id)).where(Timer.handler == AskMember.name)
        assert one(here, asked) == one(here, select(func.count(Member.id)))


# --- how it works --------------------------------------------------------------------------------


@on_loop
async def test_no_turn_waits_until_another_program_has_written_down_what_it_sent(shared: str) -> None:
    async with lab(shared, handlers) as here:
        await here.says("Ana", "/ask papers Who knows the form?")
        with here.database.begin() as there:
            there.execute(select(Delivery.id).with_for_update(key_share=True))
            async with asyncio.timeout(PATIENCE):
                await here.engine.receive(pressed(here, "Ana", "It is urgent"))
        assert one(here, select(func.count(Delivery.id)).where(Delivery.closes)) == 1


@on_loop
async def test_two_who_close_a_message_at_the_same_moment_close_it_once(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        await here.says("Ana", "/ask papers Who knows the form?")
        asks = one(here, select(func.max(Letter.id)))
        before = threading.Barrier(2, timeout=PATIENCE)

        def close(db: Session) -> None:
            closings = letters.closings(db.connection(), {asks: None})
            assert closings, "it is open for both"
            before.wait()
            letters.post_each(db.connection(), closings)

        await asyncio.gather(here.engine.worker.call(close), there.engine.worker.call(close))
        assert one(here, select(func.count(Delivery.id)).where(Delivery.closes)) == 1


@on_loop
async def test_who_waits_for_each_other_is_tried_again(shared: str) -> None:
    meet = threading.Barrier(2, timeout=PATIENCE)
    tried: list[tuple[int, ...]] = []

    def in_order(db: Session, *keys: int) -> None:
        tried.append(keys)
        first, second = keys
        holds.lock_row(db, Person, first)
        if tried.count(keys) == 1:
            meet.wait()
        holds.lock_row(db, Person, second)

    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        await asyncio.gather(
            here.engine.worker.call(lambda db: in_order(db, 1, 2)),
            there.engine.worker.call(lambda db: in_order(db, 2, 1)),
        )
        assert len(tried) >= 3, "at least one of the two began again"
