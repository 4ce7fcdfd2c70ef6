"""Each handler, for each kind of person, by each way that leads to one, with the ids of everything that there
is: nothing crosses a network or a person. A sample of it each time, all of it with `make soak`."""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pytest

from bot.handler import Stored, leads_to
from bot.message import Chat, Event, Opened, Pressed, Words
from db.engine.turns import TurnSession
from db.models import Member, Person
from handlers.asking.steps import AnswerRequest
from handlers.coordinating.steps import Readmit, UpholdRemoval
from tests.rights.world import (
    CODES,
    INSIDE,
    INVITERS,
    NETWORKS,
    OPERATOR,
    OWN,
    ROLES,
    TABLES,
    A,
    B,
    Rows,
    World,
)

SAMPLE = 600
"""Probes of each time: about ten seconds."""
STEPS = 8
"""Questions that are answered in a probe at most."""
MANY = 10
"""Of more combinations of arguments than these, so many are tried for each person and handler."""
NO_ROW = (0, -1, 2**31, 2**63 - 1)
FORGED = {"words": "FORGED", "media": [], "message": "", "album": ""}
TYPED = ("", "1", "yes", CODES[B], "n2", NETWORKS[B], "bea", "open", "solved")
"""What is written after a command, or stands in a link."""
ROOMS = tuple(Chat("telegram", f"room{tag}", private=False) for tag in (A, B, "unbound"))
OTHERS: dict[str, Sequence[Any]] = {
    "start": (0, -5),
    "before": (10**9, -1),
    "mood": ("good", "not_good"),
    "how": ("no", "yes"),
    "number": (0, 7),
    "value": (5, 99),
    "said": (FORGED,),
    "agrees": (True, False),
    "was": (True, False),
}
"""Arguments that are no ids → what is tried for them."""


@dataclass(frozen=True)
class Probe:
    """What somebody does. `event` may need a forged row first; `how` names it where something is found."""

    who: str
    how: str
    event: Callable[[World, TurnSession], Event]
    room: Chat | None = None
    leads: bool | None = None


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path_factory.mktemp('rights')}/db")
    yield made
    made.database.dispose()


# --- what is tried -------------------------------------------------------------------------------


def probes(world: World) -> Iterator[Probe]:
    """All of them."""
    for who in ROLES.values():
        for command in world.router.commands:
            yield from by_command(who, command)
        for name in world.router.handlers.keys() | world.router.timers.keys():
            yield from by_row(world, who, name)


def by_command(who: str, command: str) -> Iterator[Probe]:
    for typed in TYPED:
        words, payload = f"/{command} {typed}".strip(), f"{command}_{typed}".rstrip("_")
        yield Probe(who, words, always(Words(words, "c1")))
        yield Probe(who, f"link {payload}", always(Opened(payload)))
    for room, leads in itertools.product(ROOMS, (True, False, None)):
        yield Probe(who, f"/{command} in {room.id}", always(Words(f"/{command}", "c1")), room, leads)
        yield Probe(who, f"link {command} in {room.id}", always(Opened(command)), room, leads)


def by_row(world: World, who: str, name: str) -> Iterator[Probe]:
    """Presses and answers whose rows name this handler."""
    for args in arguments(world, name, random.Random(name)):
        how = f"{name}{tuple(args.values())}"
        leads = {"do": name, "args": args}
        yield Probe(who, f"press {how}", pressed(who, leads))
        yield Probe(who, f"answer {how}", answered(who, leads))
        for room in ROOMS[:2]:
            yield Probe(who, f"press {how} in {room.id}", pressed(room.id, leads), room, True)
            yield Probe(who, f"answer {how} in {room.id}", answered(room.id, leads), room, True)


def arguments(world: World, name: str, chance: random.Random) -> list[dict[str, Any]]:
    """What may stand in a row: each id that there is, and some that no row has."""
    handler = (world.router.handlers | world.router.timers)[name]
    stored = isinstance(handler.takes, type) and issubclass(handler.takes, Stored)
    parameters = [each.name for each in fields(handler.takes)] if stored else []
    tried = [OTHERS.get(each) or [*ids(world, each.removesuffix("_id")), *NO_ROW] for each in parameters]
    every = [dict(zip(parameters, args, strict=True)) for args in itertools.product(*tried)]
    return every if len(every) <= MANY else chance.sample(every, MANY)


def ids(world: World, kind: str) -> list[int]:
    """The ids of all rows of a kind, as the world calls it; of a "remover", of people."""
    kind = {"remover": "person"}.get(kind, kind)
    return [number for name, number in world.ids.items() if name.startswith(f"{kind} ")]


def always(event: Event) -> Callable[[World, TurnSession], Event]:
    return lambda _world, _db: event


def pressed(chat: str, offer: dict[str, Any]) -> Callable[[World, TurnSession], Event]:
    return lambda world, db: Pressed(0, outgoing=world.letter(db, chat, offer=offer)[0])


def answered(chat: str, on_reply: dict[str, Any]) -> Callable[[World, TurnSession], Event]:
    return lambda world, db: Words("FORGED", "c1", reply_to=world.letter(db, chat, on_reply=on_reply)[1])


# --- what came of it -----------------------------------------------------------------------------


def crossed(world: World, probe: Probe) -> list[str]:
    """What a probe has found: sentences, none where all is well. Nothing of it is kept."""
    with world.sessions() as db:
        event, latest = probe.event(world, db), world.latest(db)
        room = probe.room
        for step in range(STEPS):
            told = world.acts(db, probe.who, event, room, probe.leads)
            if told.outcome != "asked":
                break
            heard = world.heard(db, latest)
            asked_in = [probe.who, room.id] if room else [probe.who]
            question = next(each for chat in asked_in for each in reversed(heard) if each.chat == chat)
            if question.chat == probe.who:
                room = None
            slots = [slot for slot, offer in enumerate(question.offers) if "conversation" in offer]
            said = Words("FORGED", f"a{step}")
            event = Pressed(slots[0], outgoing=question.delivery) if slots else said
        heard, after = world.heard(db, latest), world.rows(db)
        db.rollback()
    invited = CODES[B] in probe.how
    found = list(changes(world, probe.who, after, joins=B if invited else ""))
    for each in heard:
        words = each.words
        if NETWORKS[B] in probe.how or invited:
            words = words.replace(NETWORKS[B], "")
        if invited:  # an invitation says who invites, what to, and what everybody there signs
            for shown in (f"PURPOSE~{B}", INVITERS[B], f"AGREED~{B}", f"TALK~{B}"):
                words = words.replace(shown, "")
        if each.chat == probe.who or each.chat.startswith("room"):
            if may_not_read(probe.who, probe.room.id if probe.room else each.chat, words):
                found.append(f"read {words!r}")
        elif "FORGED" in each.words and each.chat != OPERATOR and not share(probe.who, each.chat):
            found.append(f"wrote to {each.chat}: {each.words!r}")
    return [f"{probe.who}: {probe.how}: {what}" for what in found]


def share(one: str, other: str) -> bool:
    """Whether two are in one network."""
    return bool(set(INSIDE.get(one, "")) & set(INSIDE.get(other, "")))


def may_not_read(who: str, where: str, words: str) -> bool:
    """Whether there is something in it that is not for them; where they are, they see what is there."""
    for own in OWN.get(who, ()):
        words = words.replace(own, "")
    for tag, name in NETWORKS.items():
        if tag in INSIDE.get(who, "") or where == f"room{tag}":
            continue
        # Which networks there are, operators know, and whoever was in one knows its name.
        if f"~{tag}" in words.replace(name, "") or (name in words and who not in (OPERATOR, *OWN)):
            return True
    return "NEED~A taken" in words and "ana~AN" in words and who != "ana"


def changes(world: World, who: str, after: Rows, *, joins: str = "") -> Iterator[str]:
    """Rows that are not what they were, and not theirs to change. `joins` is where they are invited to."""
    for key in world.began.keys() | after.keys():
        was, now = world.began.get(key), after.get(key)
        if was == now:
            continue
        owner = owner_of(world, key[0], now or was or ())
        if joins and owner == joins and key[0] in JOINING:
            continue
        if tells_why(world, who, key[0], was, now) or forgets_answer(world, who, key[0], was, now):
            continue
        if owner in NETWORKS and owner not in INSIDE.get(who, "") and who != OPERATOR:
            yield f"changed {key} of network {owner}: {was} to {now}"
        if owner in ROLES.values() and owner != who and who != OPERATOR and not share(who, owner):
            yield f"changed {key} of {owner}: {was} to {now}"


def tells_why(
    world: World, who: str, table: str, was: tuple[Any, ...] | None, now: tuple[Any, ...] | None
) -> bool:
    """Whether somebody who left said why, and nothing else has changed."""
    if table != "members" or was is None or now is None:
        return False
    before, after = (dict(zip(TABLES[table], row, strict=True)) for row in (was, now))
    left = before["state"] == "left" and before["person_id"] == world.ids.get(f"person {who}")
    return left and before | {"ended_because": after["ended_because"]} == after


def forgets_answer(
    world: World, who: str, table: str, was: tuple[Any, ...] | None, now: tuple[Any, ...] | None
) -> bool:
    """Whether somebody deleted an answer of their own, wherever they are a member today."""
    column = {"check_ins": "id", "check_in_answers": "check_in_id"}.get(table)
    if column is None or was is None or now is not None:
        return False
    theirs = [number for name, number in world.ids.items() if name.startswith(f"check_in {who} ")]
    return dict(zip(TABLES[table], was, strict=True))[column] in theirs


def owner_of(world: World, table: str, values: tuple[Any, ...]) -> str:
    """The network that a row belongs to, or the person, or "" for neither."""
    row = dict(zip(TABLES[table], values, strict=True))
    column, kind = OWNERS.get(table, ("network_id", "network"))
    for name, id_ in world.ids.items():
        if id_ == row.get(column) and name.startswith(f"{kind} "):
            return next((each for each in name.split() if each in NETWORKS), name.removeprefix("person "))
    return ""


JOINING = {"members", "invitations", "journal", "journal_months", "agreements", "signatures"}
"""Tables in which it is kept that somebody joined by an invitation, and signed while joining."""
OWNERS = {
    "people": ("id", "person"),
    "identities": ("person_id", "person"),
    "networks": ("id", "network"),
    "check_ins": ("round_id", "round"),
    "check_in_answers": ("check_in_id", "check_in"),
    "organisation_words": ("organisation_id", "organisation"),
    "organisation_rows": ("list_id", "list"),
    "asked": ("request_id", "request"),
}
"""Table → the column that says whose its rows are, and of what it is the id; else "network_id"."""


# --- tests ---------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """What is forged may fail; that is not what is asked here."""
    caplog.set_level("CRITICAL")


def test_nothing_crosses_a_network_or_a_person(world: World) -> None:
    chosen = random.Random().sample(list(probes(world)), SAMPLE)
    assert [what for probe in chosen for what in crossed(world, probe)] == []


@pytest.mark.soak
def test_nothing_at_all_crosses_a_network_or_a_person(world: World, tells: Callable[[str], None]) -> None:
    every = list(probes(world))
    assert [what for probe in every for what in crossed(world, probe)] == []
    tells(f"Of {len(every)} forged rows, commands, links and answers none crossed a network or a person.")


def test_what_is_forbidden_would_be_found(world: World) -> None:
    """The probes look at what they say they do."""
    assert may_not_read("bea", "bea", "NEED~A open") and not may_not_read("ana", "ana", "NEED~A open")
    assert may_not_read("hel", "hel", "ana~AN asks: NEED~A taken")
    with world.sessions() as db:
        mine, theirs = world.ids["member bea B"], world.ids["member ana A"]
        for id_ in (mine, theirs):
            db.get_one(Member, id_).last_asked_at = None
            db.get_one(Member, id_).role = "deputy"
        db.flush()
        [found] = changes(world, "bea", world.rows(db))
        db.rollback()
    assert f"changed ('members', ({theirs},)) of network A" in found


# --- rows of timers --------------------------------------------------------------------------------


def test_a_timer_calls_what_is_meant_for_timers_and_nothing_else(world: World) -> None:
    """Whatever its row names: otherwise somebody removed could be taken back in by one."""
    for name in world.router.handlers:
        for args in arguments(world, name, random.Random(name))[:5]:
            with world.sessions() as db:
                latest = world.latest(db)
                world.comes_due(db, name, args)
                assert world.heard(db, latest) == [], name
                assert world.rows(db) == world.began, name
                db.rollback()


@pytest.mark.parametrize("who", ["ana", "mia", OPERATOR])
def test_nobody_who_acts_reaches_what_is_meant_for_timers(world: World, who: str) -> None:
    for name in world.router.timers:
        for args in arguments(world, name, random.Random(name))[:5]:
            with world.sessions() as db:
                press = Pressed(0, outgoing=world.letter(db, who, offer={"do": name, "args": args})[0])
                assert world.acts(db, who, press).outcome == "dead button"
                db.rollback()


def test_nobody_takes_themselves_back_in(world: World) -> None:
    """Also not who coordinates another network, with a row that says so."""
    member_id = world.ids["member exa A"]
    for step in (Readmit, UpholdRemoval):
        with world.sessions() as db:
            press = Pressed(0, outgoing=world.letter(db, "exa", offer=leads_to(step(member_id)))[0])
            world.acts(db, "exa", press)
            assert db.get_one(Member, member_id).state == "removed"
            db.rollback()


def test_who_is_taken_back_in_stays_in_the_network_that_they_are_in(world: World) -> None:
    with world.sessions() as db:
        step = Readmit(world.ids["member exa A"])
        world.acts(db, "mia", Pressed(0, outgoing=world.letter(db, "mia", offer=leads_to(step))[0]))
        assert db.get_one(Member, step.member_id).state == "active"
        assert db.get_one(Person, world.ids["person exa"]).network_id == world.ids["network B"]
        db.rollback()


def test_who_was_removed_is_not_asked_whether_words_are_for_somebody_of_that_network(world: World) -> None:
    leads = leads_to(AnswerRequest(world.ids["request A open"]))
    assert crossed(world, Probe("exa", "press", pressed("exa", leads))) == []
