"""What an adapter says of itself, and what its driver says that its messenger lacks."""

from collections.abc import Callable

import pytest

from bot.adapter import MenuEntry, MenuScope
from tests.contract.driver import WANTS
from tests.contract.drivers import MESSENGERS
from tests.contract.promise import promise, promises
from tests.contract.talk import Talk


@promise()
async def test_what_it_says_of_itself(here: Talk) -> None:
    adapter = here.adapter
    assert adapter.name == here.driver.chat.messenger == here.driver.sender.messenger
    assert adapter.rate > 0
    assert here.can.max_text >= 1000
    assert here.can.prefix


@promise()
async def test_menus_and_introductions_are_taken(here: Talk) -> None:
    adapter = here.adapter
    await adapter.show_menu(MenuScope.PRIVATE, "", [MenuEntry("help", "What I can do")])
    await adapter.show_menu(MenuScope.PRIVATE, "de", [MenuEntry("help", "Was ich kann")])
    await adapter.show_menu(MenuScope.ROOMS, "", [MenuEntry("help", "What I can do here")])
    for menu in ([MenuEntry("pulse", "See what is owed")], [], []):
        await adapter.show_menu(here.driver.chat, "", menu)
    await adapter.introduce("", name="Mentors", description="I carry words.", short="Words")


@promise()
async def test_what_an_operator_is_told_is_well_where_all_is_well(here: Talk) -> None:
    for well, sentence in await here.adapter.check():
        assert well, sentence
        assert sentence.endswith(".")


def test_all_that_may_be_lacking_is_needed_for_a_promise() -> None:
    assert {need for each in promises().values() for need in each.needs} == WANTS.keys()


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_what_a_messenger_lacks_has_a_reason(messenger: str, tells: Callable[[str], None]) -> None:
    for what, why in MESSENGERS[messenger].lacks.items():
        assert what in WANTS
        tells(f"{messenger} lacks that {WANTS[what]}: {why}")
