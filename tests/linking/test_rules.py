"""Every reference to people and members has its rule: one that is new, and has none, fails here."""

from typing import get_args

import handlers
from bot.dialogue.access import OF_MEMBERSHIPS, OF_PEOPLE
from bot.dialogue.router import Router
from bot.handler import Step
from db.linking.references import MEMBERS, PEOPLE, all_to, by_name
from db.linking.rules import TAKES, everything
from db.linking.uniting import STATES
from db.models import Base, MemberState
from tests.growth.grown import KINDS


def test_every_reference_has_a_rule() -> None:
    found = {each.name for to in (PEOPLE, MEMBERS) for each in all_to(to)}
    assert set(everything()) == found


def test_what_may_be_there_only_once_has_a_rule_for_two() -> None:
    moving = {name: each for name, each in by_name().items() if everything()[name].rows == "move"}
    could_be_twice = {name for name, each in moving.items() if each.once}
    has_rule = {name for name, rule in everything().items() if rule.twice}
    # Nobody has an account twice, and of a merge the other one is never the same.
    assert could_be_twice - has_rule == set()
    assert has_rule - could_be_twice == set()


def test_what_is_taken_over_is_there() -> None:
    for name, rule in everything().items():
        assert set(rule.takes) <= set(by_name()[name].table.c.keys()), name
        assert set(rule.takes.values()) <= set(TAKES), name
        assert bool(rule.takes) == (rule.twice == "united"), name
        assert rule.why


def test_every_state_of_a_place_counts_for_something() -> None:
    assert set(STATES) == set(get_args(MemberState))


def test_every_step_that_names_somebody_goes_on_for_who_that_is_today() -> None:
    steps = [handler.takes for handler in Router(handlers).handlers.values()]
    named = {
        name
        for step in steps
        if isinstance(step, type) and issubclass(step, Step)
        for name in step.__dataclass_fields__
        if name.endswith("_id")
    }
    kinds = {name: KINDS.get(name.removesuffix("_id"), name.removesuffix("_id")) for name in named}
    assert {name for name, kind in kinds.items() if kind == "person"} == OF_PEOPLE
    assert {name for name, kind in kinds.items() if kind == "member"} == OF_MEMBERSHIPS


def test_the_tables_are_those_of_the_models() -> None:
    assert {each.table.name for each in by_name().values()} <= set(Base.metadata.tables)
