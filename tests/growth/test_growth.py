"""No turn has more statements in a large network than in a small one, and none reads a whole table: every
command, button, event and timer is tried in both, and what they ask is answered.

A handler that is new is tried as soon as it is there. What its step takes, `grown.OTHERS` has to know.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.conftest import each_kind
from tests.growth.grown import Grown
from tests.growth.walk import FEW, MANY, Walk, walk

UNTRIED = {
    "bot.Meant": "it calls what an offer leads to, which is called by itself",
    "bot.Stops": "it stops a question, as /leave does here where one is open",
}
"""Handlers that are not tried → why."""
WHOLE: Mapping[str, str] = {
    "CAST(conversations.args AS TEXT)": "who is forgotten is looked for in all open questions",
    "FROM reports WHERE reports.forgotten IS 0": "people are sealed there: each that is kept is looked at",
    "SELECT forgotten.salt FROM forgotten LIMIT": "one row is read",
    "FROM reports WHERE reports.forgotten IS false": "the same on PostgreSQL",
    "WHERE 0 = 1": "nothing is read",
    "AND members.id != … AND (members.role NOT IN (": "PostgreSQL may look for a network's first among all",
    "AND members.last_asked_at IS NOT NULL ORDER BY members.last_asked_at": "PostgreSQL may sort a few",
    "ORDER BY journal.id DESC LIMIT": "PostgreSQL may look for a network's newest among the newest of all",
}
"""Parts of statements that read a table whole → what for."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """What is found on the way through both."""
    with ExitStack() as opened:
        worlds = []
        for name, size in (("few", FEW), ("many", MANY)):
            url = opened.enter_context(each_kind(request, tmp_path_factory.mktemp(name), empty=False))
            worlds.append(Grown(url, size))
            opened.callback(worlds[-1].database.dispose)
        opened.enter_context(pytest.MonkeyPatch.context()).setattr("logging.root.manager.disable", 50)
        yield walk(worlds[0], worlds[1])


def test_everything_is_tried(walked: Walk) -> None:
    assert walked.untried == UNTRIED.keys()


def test_no_turn_has_more_statements_in_a_larger_network(walked: Walk) -> None:
    assert {name: found[:3] for name, found in walked.grows.items()} == {}


def test_no_table_is_read_whole(walked: Walk) -> None:
    assert {said: tables for said, tables in walked.whole.items() if not listed(said)} == {}


def listed(said: str) -> bool:
    return any(part in said for part in WHOLE)
