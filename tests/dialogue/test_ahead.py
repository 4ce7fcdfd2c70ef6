"""What takes long of somebody's words is worked out before their turn and beside all others: the engine never
waits for it, and the order of what one person sends stays."""

import asyncio
import hashlib
import random
import threading
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.terminal.console import Console
from bot.adapter import SendError
from bot.installation import Installation
from bot.message import Chat, Event, Identity, Incoming, Opened, Words
from bot.program.compose import app_of
from bot.support.clock import WoundClock
from bot.support.fetching import Fetching
from db.models import Network
from db.network import invitations
from tests.support.aio import on_loop
from tests.support.ready import ready

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
CODE = "7KQ2M9XD"
SLOW = hashlib.scrypt


def says(event: Event, id_: str = "1") -> Incoming:
    return Incoming(id_, event, Chat("telegram", "ana"), Identity("telegram", "ana"))


@pytest.mark.parametrize("event", [Words("My code is 7kq2-m9xd."), Opened(f"join_{CODE}")])
@on_loop
async def test_the_hash_of_a_code_is_made_beside_the_engine(
    event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    console = Console("telegram", lambda to, shown, edited: heard.append(shown.plain))
    app = app_of(ready(f"sqlite:///{tmp_path}/db"), {"telegram": console}, WoundClock(NOW), Installation())
    async with app:

        def invite(db: Any) -> None:
            network = Network(name="Mentors", time_zone="UTC", founded_at=NOW)
            db.add(network)
            db.flush()
            until = NOW + timedelta(days=9)
            invitations.make(db, network, CODE, by=None, label="graduate", uses=1, expires_at=until, now=NOW)

        await app.engine.worker.call(invite)
        invitations.hash_of.cache_clear()
        where: list[str] = []

        def counted(code: bytes, **how: Any) -> bytes:
            where.append(threading.current_thread().name)
            return SLOW(code, **how)

        monkeypatch.setattr(hashlib, "scrypt", counted)
        await app.receive(says(event))
        await app.settle()
        assert any("Mentors" in words for words in heard), heard
        assert len(where) == 1
        assert where[0].startswith("asyncio_"), "a worker of the loop, not the engine"


@on_loop
async def test_what_comes_after_it_waits_and_others_do_not() -> None:
    done: list[str] = []
    goes_on = threading.Event()

    async def awaited(sender: Identity, media: Any) -> None:
        raise SendError("nothing is awaited")

    def ahead(words: str) -> Any:
        return (lambda: goes_on.wait(9)) if words == "slow" else None

    fetching = Fetching({}, awaited, ahead)

    async def comes(words: str, who: str = "ana") -> None:
        await fetching.brought(
            Incoming(words, Words(words), Chat("telegram", who), Identity("telegram", who))
        )
        done.append(words)

    first = asyncio.create_task(comes("slow"))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(comes("second"))
    await comes("another", "bo")
    await asyncio.sleep(0.05)
    assert done == ["another"]
    goes_on.set()
    await asyncio.gather(first, second)
    assert done == ["another", "slow", "second"]


def test_a_code_that_is_given_out_has_its_hash_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as a course group has members; and where chance is predictable it stays so."""
    monkeypatch.setattr(invitations, "_stock", deque())
    chance = random.SystemRandom()
    rounds = 0
    while len(invitations._stock) < invitations.STOCK:
        invitations.stock(chance)
        rounds += 1
    assert rounds == invitations.STOCK
    monkeypatch.setattr(hashlib, "scrypt", lambda code, **how: pytest.fail("it is made in the turn"))
    codes = [invitations.new_code(chance) for _ in range(invitations.STOCK)]
    assert len({invitations.hash_of(code) for code in codes}) == len(codes)
    monkeypatch.undo()
    invitations.stock(random.Random(5))
    assert invitations.new_code(random.Random(5)) == invitations.new_code(random.Random(5))
