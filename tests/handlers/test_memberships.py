"""What ends together with a membership, and what does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.handler import leads_to
from bot.message import Pressed, Words
from db.engine.turns import TurnSession
from db.help import relays
from db.models import HelpRequest, Relay, Timer
from handlers.coordinating.steps import WriteTo
from tests.rights.world import NETWORKS, A, B, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path}/db")
    yield made
    made.database.dispose()


def presses(world: World, db: TurnSession, who: str, *labels: str) -> None:
    """Somebody presses these buttons, one after the other, each the newest of its label."""
    for label in labels:
        shown = [each for each in world.heard(db, 0) if each.chat == who]
        delivery, slot = next(
            (each.delivery, slot)
            for each in reversed(shown)
            for slot, offer in enumerate(each.offers)
            if offer["label"].get("text") == label
        )
        world.acts(db, who, Pressed(slot, outgoing=delivery))


def writes_to(world: World, db: TurnSession, who: str, member: str) -> Relay:
    """Somebody who coordinates opens a conversation with a member."""
    offer = leads_to(WriteTo(world.ids[f"member {member}"]))
    world.acts(db, who, Pressed(0, outgoing=world.letter(db, who, offer=offer)[0]))
    return relays.open_of(db, world.ids[f"person {who}"])[0]


def timers(db: TurnSession) -> set[str]:
    return set(db.scalars(select(Timer.about)))


def test_what_belongs_to_another_network_goes_on(world: World) -> None:
    with world.sessions() as db:
        stays = writes_to(world, db, "mia", f"two {A}").id
        ends = writes_to(world, db, "max", f"two {B}").id
        world.acts(db, "two", Words("/leave"))
        presses(world, db, "two", "Leave", "Rather not")
        assert [relay.id for relay in relays.open_of(db, world.ids["person two"])] == [stays]
        assert f"relay:{stays}" in timers(db) and f"relay:{ends}" not in timers(db)
        assert [each.words for each in world.heard(db, 0) if each.chat == "max"][-1] == (
            f"two is not a member of {NETWORKS[B]} any more, so your conversation has ended."
        )


def test_who_coordinates_and_goes_leaves_no_conversation_behind(world: World) -> None:
    """Also not one with somebody who is no member (any more)."""
    with world.sessions() as db:
        relay = writes_to(world, db, "dep", f"rem {A}").id
        world.acts(db, "dep", Words("/leave"))
        presses(world, db, "dep", "Leave", "Rather not")
        assert db.get_one(Relay, relay).closed_at is not None
        assert (
            "so your conversation has ended"
            in [each.words for each in world.heard(db, 0) if each.chat == "rem"][-1]
        )


def test_whoever_is_in_a_conversation_can_end_it(world: World) -> None:
    with world.sessions() as db:
        relay = writes_to(world, db, "mia", f"rem {A}").id
        assert world.acts(db, "rem", Words("/close")).outcome == "done"
        assert db.get_one(Relay, relay).closed_at is not None
        assert "/close" not in world.heard(db, 0)[-1].words
        world.acts(db, "rem", Words("/help"))
        assert "/close" not in world.heard(db, 0)[-1].words, "who has nothing to end is not told how"


def test_no_open_conversation_stays_with_somebody_who_goes(world: World) -> None:
    """With a request or without one, asked with a name or without."""
    with world.sessions() as db:
        for who in ("ana", "hel"):
            world.acts(db, who, Words("/leave"))
            presses(world, db, who, "Leave", "Rather not")
            assert relays.open_of(db, world.ids[f"person {who}"]) == []
        taken = db.get_one(HelpRequest, world.ids[f"request {A} taken"])
        assert taken.state == "withdrawn"
        said = " ".join(each.words for each in world.heard(db, 0) if each.chat == "hel")
        assert "NEED~A taken" not in said or "ana~AN" not in said
