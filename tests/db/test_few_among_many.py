"""Names are kept as they are looked for, and few among very many are found by an index of their own."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from db import people, shape, store
from db.engine import deliveries, timers, turns
from db.help import check_ins, help_requests, pulse
from db.leading import journal
from db.models import Member, Network, Person
from db.network import members, networks, roster

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEFORE = text(
    "INSERT INTO networks (id, name, time_zone, founded_at, purpose, languages, place, numbers, public) "
    "VALUES (:id, :name, 'UTC', '2026-03-02 09:00:00.000000', '', '[]', '', '{}', :no)"
)
THEN = (
    text(
        "INSERT INTO people (id, name, quiet_from, quiet_to, load, created_at) "
        "VALUES (:id, :name, '21:00:00.000000', '08:00:00.000000', 2, '2026-03-02 09:00:00.000000')"
    ),
    text(
        "INSERT INTO members (network_id, person_id, role, label, state, joined_at) "
        "VALUES (:id, :id, 'member', 'graduate', 'active', '2026-03-02 09:00:00.000000')"
    ),
)
"""Rows as version 0018 has them."""


def network_of(db: Session, *names: str) -> Network:
    network = Network(name="Neckar Mentors", time_zone="Europe/Berlin", founded_at=NOW)
    for name in names:
        members.join(db, network, Person(name=name, created_at=NOW), label="graduate", now=NOW)
    return network


def called(db: Session, network: Network, words: str) -> list[str]:
    return [member.person.name for member in roster.called(db, network, words, 10, without=())]


def test_who_changes_their_name_is_found_by_the_new_one(database: str) -> None:
    with turns.opened(database) as sessions, sessions() as db:
        network = network_of(db, "Zoë", "Bo")
        (zoe,) = roster.called(db, network, "zoe", 10, without=())
        people.rename(zoe.person, "Ángela Łuk")
        db.flush()
        assert called(db, network, "zoe") == []
        assert called(db, network, "angela") == ["Ángela Łuk"]
        assert called(db, network, "ŁUK") == ["Ángela Łuk"]
        assert [each.person.name for each in roster.page(db, network, 9)] == ["Ángela Łuk", "Bo"]


def test_whoever_is_called_so_comes_before_those_whose_name_contains_it(database: str) -> None:
    with turns.opened(database) as sessions, sessions() as db:
        network = network_of(db, "Anabel", "Ana", "Mariana", "Bo")
        assert called(db, network, "ana") == ["Ana"]
        assert called(db, network, "an") == ["Ana", "Anabel", "Mariana"]
        assert called(db, network, "...") == []


def test_a_network_has_its_name_alone_however_it_is_written(database: str) -> None:
    with turns.opened(database) as sessions, sessions() as db:
        network = network_of(db)
        db.add(network)
        db.flush()
        assert networks.by_name(db, "néckar  MENTORS") is network
        networks.change(network, "name", "Alster")
        db.flush()
        assert networks.by_name(db, "Neckar Mentors") is None
        assert networks.by_name(db, "alster") is network


def test_those_who_were_there_before_are_found(empty: str) -> None:
    with store.connected(empty) as engine:
        with store.reached(engine) as connection:
            shape.bring_to(connection, "0018")
            for n, name in enumerate(("Neckar", "NECKAR", "Elbe"), 1):
                connection.execute(BEFORE, {"id": n, "name": name, "no": False})
                for rows in THEN:
                    connection.execute(rows, {"id": n, "name": f"Zoë {name}"})
        shape.migrate(engine)
        with Session(engine) as db:
            found = networks.by_name(db, "neckar")
            assert found is not None
            assert found.id == 1
            assert called(db, found, "zoe") == ["Zoë Neckar"]
            assert networks.by_name(db, "elbe") is not None


FOUND: dict[str, Callable[[Session, Network], Any]] = {
    "ix_members_names": lambda db, network: roster.page(db, network, 20),
    "ix_members_labels": lambda db, network: roster.count_by_label(db, network),
    "ix_members_coordinators": lambda db, network: members.coordinators(db, network.id),
    "ix_members_uncontacted": lambda db, network: pulse.newcomers(db, network, NOW).many,
    "ix_members_contacted": lambda db, network: pulse.silent(db, network, NOW).many,
    "ix_people_pauses": lambda db, network: roster.count_paused(db, network, NOW),
    "ix_identities_lost": lambda db, network: roster.count_lost(db, network),
    "ix_identities_reached": lambda db, network: roster.count_lost(db, network),
    "ix_members_here": lambda db, network: roster.count(db, network),
    "ix_networks_folded": lambda db, network: networks.by_name(db, "Neckar"),
    "ix_networks_active": lambda db, network: networks.sizes(db, 20, 1001),
    "ix_networks_shown": lambda db, network: networks.public(db, 20),
    "ix_networks_waiting": lambda db, network: networks.waiting(db, 20),
    "ix_check_ins_unseen": lambda db, network: check_ins.not_well(db, network.id).many,
    "ix_check_ins_unseen_of": lambda db, network: check_ins.not_well(db, network.id).many,
    "ix_help_requests_owed": lambda db, network: pulse.has_waited(db, network.id, NOW),
    "ix_help_requests_nobodys": lambda db, network: pulse.unanswered(db, network, NOW, ()).many,
    "ix_help_requests_live": lambda db, network: pulse.figures(db, network, NOW),
    "ix_help_requests_helped": lambda db, network: help_requests.taken_by(db, Member(id=1)),
    "ix_timers_stuck": lambda db, network: timers.stuck(db),
    "ix_timers_about": lambda db, network: timers.call_off(db, "check_in_of:1:5"),
    "ix_journal_latest": lambda db, network: journal.latest(db, network, 20),
}
"""How a few are found, by the index that was made for it."""


@pytest.mark.parametrize("index", FOUND)
def test_few_are_found_by_an_index(index: str, migrated: Path) -> None:
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, values: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "DELETE", "WITH")):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(row[-1] for row in cursor.fetchall())

    with store.connected(f"sqlite:///{migrated}") as engine, Session(engine) as db:
        event.listen(engine, "before_cursor_execute", explain)
        FOUND[index](db, Network(id=1))
        db.rollback()
    assert [plan for plan in plans if f"INDEX {index}" in plan] != [], plans


@pytest.mark.parametrize("oldest", [False, True])
def test_what_waits_to_leave_is_not_sorted(oldest: bool, database: str) -> None:
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT deliveries"):
            lite = connection.dialect.name == "sqlite"
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if lite else ''}{statement}", values)
            plans.extend(row[-1] for row in cursor.fetchall())

    with store.connected(database) as engine, Session(engine) as db:
        if engine.dialect.name == "postgresql":
            db.execute(text("SET LOCAL enable_seqscan = off"))  # small tables are read whole
        event.listen(engine, "before_cursor_execute", explain)
        deliveries.waiting(db, now=NOW, shards={"telegram": range(12)}, busy=[], limit=9, oldest=oldest)
    assert f"ix_deliveries_{'oldest' if oldest else 'waiting'}" in "".join(plans)
    assert "sort" not in "".join(plans).lower()
    assert "temp b-tree" not in "".join(plans).lower()
