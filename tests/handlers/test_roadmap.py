"""A network that has all that the roadmap asks for: no conversation is long enough for that."""

from collections.abc import Callable

import pytest

from bot.lists import Condition, Listing
from handlers.growing import looking
from handlers.network import conditions
from tests.support.stage import play

SCRIPT = """\
@ Mia, meta-mentor on telegram, en
@ Ana, member on matrix, en
@ Neckar, room on telegram, led by Mia
Mia in Neckar: /bind
Ana: /roadmap
Mia in Neckar: /roadmap
+ 1 day
"""


def test_who_has_all_of_it_is_told_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few: Listing[Callable[[], Condition]] = Listing()
    few.add(conditions.network_confirmed, 10)
    few.add(conditions.meta_mentor_named, 20)
    monkeypatch.setattr(looking, "RoadmapConditions", few)
    played = play(SCRIPT, database)
    has_all = "Neckar Mentors has all that the roadmap asks for. Now it is about keeping it so."
    assert f"> Ana: {has_all}\n    |   [All conditions]" in played
    assert f"> Neckar: {has_all}\n+ 1 day\n    > Mia: {has_all}" in played
