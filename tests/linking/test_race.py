"""Two engines on one PostgreSQL, and messages that arrive in both while two become one, and two again: each
is carried once, to who that is by then, and nothing stays with somebody who is nobody any more.
`test_two_programs` tries the same between two programs."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

import handlers
from bot.message import Chat, Identity, Incoming, Words
from bot.program import cast
from db import people
from db.engine import turns
from db.help import relays
from db.models import Delivery, Letter, Merge, Network, Person, Relay
from tests.dialogue.test_races import pressed
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab
from tests.support.postgres import Postgres

START = datetime(2026, 3, 1, tzinfo=UTC)
MESSENGERS = {"telegram": "Telegram", "matrix": "Matrix"}
WORDS = 15
"""Messages of each of the two who write meanwhile."""


ACCOUNTS = {"Ana": "telegram", "Ana M": "matrix", "Bo": "telegram", "Cy": "telegram"}


@pytest.fixture
def shared(postgres: Postgres) -> Iterator[str]:
    """Bo talks with Ana, Cy with Ana M, who is the same person."""
    with postgres.database(like="migrated") as url:
        with turns.opened(url) as sessions, sessions.begin() as db:
            for name, on in ACCOUNTS.items():
                who = cast.Character(name, on, name, "en", "member", None, ("papers",), ("en",))
                cast.enter(db, who, time_zone="UTC", now=START)
            network = db.scalars(select(Network)).one()
            ana, other, bo, cy = (people.behind(db, [(on, name)])[0] for name, on in ACCOUNTS.items())
            for asker, helper in ((bo, ana), (cy, other)):
                relays.open_relay(
                    db, network, request_id=None, asker=asker, helper=helper, asker_named=True, now=START
                )
        yield url


def on_matrix(here: Lab, words: str) -> Incoming:
    made = here.incoming("Ana M", Words(words))
    return replace(made, chat=Chat("matrix", "Ana M"), sender=Identity("matrix", "Ana M"))


async def storm(programs: Sequence[Lab], part: int, *decisive: Incoming) -> None:
    """Bo and Cy write, in both programs, while something decisive happens in one of them."""
    said = [
        program.incoming(who, Words(f"{who} {part} {n}", f"{who} {part} {n}"))
        for n, program in zip(range(WORDS), itertools.cycle(programs), strict=False)
        for who in ("Bo", "Cy")
    ]
    middle = len(said) // 2
    events = [*said[:middle], *decisive, *said[middle:]]
    running = []
    for program, event in zip(itertools.cycle(programs), events, strict=False):
        running.append(asyncio.create_task(program.engine.receive(event)))
        await asyncio.sleep(0.002)
    await asyncio.gather(*running)
    for program in programs:
        program.clock.wind(program.clock.now() + timedelta(minutes=1))
    for program in programs:
        await program.engine.due()


def carried(here: Lab) -> dict[str | None, list[int | None]]:
    """For each message that was carried, to whom (by id)."""
    with here.session() as db:
        found: dict[str | None, list[int | None]] = {}
        brought = select(Letter.carries, Delivery.person_id).join(Delivery, Delivery.letter_id == Letter.id)
        for message, person_id in db.execute(brought.where(Letter.carries.is_not(None))):
            found.setdefault(message, []).append(person_id)
        return found


def helpers(here: Lab) -> list[int]:
    with here.session() as db:
        return list(db.scalars(select(Relay.helper_id).order_by(Relay.id)))


@on_loop
async def test_messages_arrive_while_two_become_one_and_two_again(shared: str) -> None:
    async with lab(shared, handlers) as here, lab(shared, handlers) as there:
        for program in (here, there):
            program.engine.installation = replace(program.engine.installation, titles=MESSENGERS)
        with here.session() as db:
            ana, other = (
                people.behind(db, [account])[0].id for account in (("telegram", "Ana"), ("matrix", "Ana M"))
            )
        code = next(line for line in "\n".join(await here.says("Ana", "/link")).split("\n") if "LINK" in line)
        await there.engine.receive(on_matrix(there, code))
        await there.engine.receive(on_matrix(there, "Yes, that is me"))
        await here.outbox.flush()

        await storm((here, there), 1, pressed(here, "Ana", "Yes, make us one"))
        await here.outbox.flush()
        assert helpers(here) == [ana, ana]
        first = carried(here)
        assert len(first) == 2 * WORDS
        assert all(whom == [ana] for whom in first.values()), "once, and to who they are"
        with here.session() as db:
            assert db.scalars(select(Merge.other_id)).all() == [other]

        await storm(
            (there, here), 2, pressed(here, "Ana", "Take it apart again"), on_matrix(there, "/networks")
        )
        assert helpers(here) == [ana, other]
        second = carried(here)
        assert len(second) == 4 * WORDS
        assert all(len(whom) == 1 for whom in second.values())
        with here.session() as db:
            assert db.scalars(select(Merge.id)).all() == []
            theirs = select(Delivery.chat, Delivery.person_id).where(Delivery.person_id.in_([ana, other]))
            assert {(row[0], row[1]) for row in db.execute(theirs)} == {("Ana", ana), ("Ana M", other)}
            assert db.get_one(Person, other).identities[0].chat == "Ana M"
