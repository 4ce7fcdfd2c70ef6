"""Places that rest because nothing is heard: what becomes of them after two years, and who keeps theirs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.message import Words
from db.engine.turns import TurnSession
from db.help import silences
from db.models import Identity, Member, Person, Silence, Timer
from db.network import members, networks, trusted
from handlers.checking_in.steps import Climb
from handlers.staying.steps import ForgetRested
from tests.rights.world import B, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path}/db")
    yield made
    made.database.dispose()


def silent(world: World, db: TurnSession, who: str, silence: Silence, *, days: int = 1) -> Member:
    """Somebody of whom nothing is heard, about whom this was done so long ago; where it is that, they
    rest."""
    member = db.get_one(Member, world.ids[f"member {who}"])
    if silence in ("rests", "goes"):
        members.rest(db, member)
    silences.note(member, silence, world.now - timedelta(days=days))
    heard(db, member, world.now - timedelta(days=days + 200))
    return member


def heard(db: TurnSession, member: Member, at: datetime) -> None:
    """Somebody wrote for the last time then."""
    db.execute(update(Identity).where(Identity.person_id == member.person_id).values(last_wrote_at=at))
    db.flush()


def climbs(world: World, db: TurnSession, member: Member) -> list[str]:
    """What somebody hears when the next is done about their silence."""
    before, chat = world.latest(db), member.person.identities[0].chat
    world.comes_due(db, Climb.name, {"member_id": member.id})
    db.expire_all()
    return [each.words for each in world.heard(db, before, chat)]


def planned(db: TurnSession, handler: str) -> list[int]:
    return [row["member_id"] for row in db.scalars(select(Timer.args).where(Timer.handler == handler))]


def test_whoever_rests_for_two_years_hears_of_the_end_and_is_forgotten_with_everything(world: World) -> None:
    with world.sessions() as db:
        member = silent(world, db, "ana A", "rests", days=716)
        person = member.person_id
        (said,) = climbs(world, db, member)
        assert "has rested for very long. On" in said and said.endswith("I am back")
        assert member.silence == "goes" and planned(db, ForgetRested.name) == [member.id]
        world.comes_due(db, ForgetRested.name, {"member_id": member.id})
        assert "privacy.Clear" in db.scalars(select(Timer.handler)).all(), "their rows go, as with /forget"
        assert db.scalar(select(Identity.id).where(Identity.person_id == person)) is None


def test_whoever_wrote_since_is_not_forgotten_though_their_place_rests_on(world: World) -> None:
    with world.sessions() as db:
        member = silent(world, db, "ana A", "goes", days=14)
        heard(db, member, world.now - timedelta(days=1))
        world.comes_due(db, ForgetRested.name, {"member_id": member.id})
        db.expire_all()
        assert (member.state, member.silence) == ("resting", "rests")
        assert member.id in planned(db, Climb.name), "it is counted from that word"


@pytest.mark.parametrize("besides", ["a member elsewhere", "a trusted person"])
def test_whoever_has_another_part_here_loses_only_their_place(world: World, besides: str) -> None:
    with world.sessions() as db:
        who = "two" if besides == "a member elsewhere" else "ana"
        member = silent(world, db, f"{who} A", "goes", days=14)
        if besides == "a trusted person":
            trusted.ask(db, member.network, member.person, world.now, agrees=True)
        world.comes_due(db, ForgetRested.name, {"member_id": member.id})
        db.expire_all()
        assert member.state == "left"
        assert db.get(Person, member.person_id) is not None


def test_whoever_coordinates_keeps_their_place(world: World) -> None:
    with world.sessions() as db:
        member = silent(world, db, "mia A", "asked", days=300)
        assert climbs(world, db, member) == []
        assert (member.state, member.silence) == ("active", "asked")
        assert member.id in planned(db, Climb.name), "they may have stepped down by then"


def test_a_place_that_a_report_lets_rest_is_not_woken_by_its_person(world: World) -> None:
    with world.sessions() as db:
        member = db.get_one(Member, world.ids["member ana A"])
        members.rest(db, member)
        world.acts(db, "ana", Words("/resume"))
        assert member.state == "resting" and member.is_held and not member.may_wake
        said = [each.words for each in world.heard(db, 0, "ana")][-1]
        assert "rests while something is looked at" in said


def test_words_in_another_network_wake_nothing_but_show_the_way(world: World) -> None:
    with world.sessions() as db:
        member = silent(world, db, "two A", "rests")
        world.acts(db, "two", Words("/networks"))
        said = " ".join(each.words for each in world.heard(db, 0, "two"))
        assert f"Your place in {networks.name_of(db, member.network_id)} rests." in said
        assert member.state == "resting"
        assert members.memberships(db, member.person)[0].network_id == world.ids[f"network {B}"]
