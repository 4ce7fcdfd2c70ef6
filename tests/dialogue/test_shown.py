"""What people were shown is a condition of their answer; words after a command answer what it declares."""

from typing import Any

import pytest
from sqlalchemy import select

import handlers
from bot.dialogue.router import Router
from bot.handler import Role
from bot.program import cast
from db.engine import conversations
from db.models import MemberRole, Person
from tests.odd import deeds
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

CHANGED = "Something has changed since I asked you, so I have not used your answer."
NOT_USED = "I have not used “blue sky”: it answers nothing that I ask here."


def place(here: Lab) -> Any:
    with here.session() as db:
        return db.scalars(select(Person.place)).one()


# --- what was shown ------------------------------------------------------------------------------


@on_loop
async def test_what_was_shown_holds(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/count")
        assert await here.says("ana", "word") == ["There are 3. Sure?"]
        assert await here.presses("ana", "Yes") == ["Kept 3"]


@on_loop
async def test_what_is_no_longer_so_is_said_and_asked_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/count")
        await here.says("ana", "word")
        monkeypatch.setattr(deeds, "COLOURS", ["red", "blue"])
        again = f"{CHANGED}\n\nIt was another number.\n\nThere are 2. Sure?"
        assert await here.presses("ana", "Yes") == [again]
        assert place(here) is None
        assert await here.presses("ana", "Yes") == ["Kept 2"]


@on_loop
async def test_whoever_goes_back_is_shown_what_is_so_by_then(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/count")
        await here.says("ana", "word")
        await here.says("ana", "/back")
        monkeypatch.setattr(deeds, "COLOURS", ["red", "blue"])
        assert await here.says("ana", "other") == ["There are 2. Sure?"], "nothing was answered to the other"


@on_loop
async def test_nothing_is_done_by_an_answer_to_what_is_no_longer_asked(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/count")
        await here.says("ana", "word")
        monkeypatch.setattr(deeds, "COLOURS", ["red"])
        assert await here.presses("ana", "Yes") == [f"{CHANGED}\n\nNothing was done.\n\n/count starts again."]
        assert place(here) is None


# --- words after a command -----------------------------------------------------------------------


@on_loop
async def test_words_answer_the_question_that_the_command_declares(database: str) -> None:
    async with lab(database) as here:
        assert await here.says("ana", "/paint blue") == ["Paint what?"]
        assert await here.says("ana", "door") == ["A blue door"]


@on_loop
async def test_words_that_answer_nothing_are_named(database: str) -> None:
    async with lab(database) as here:
        assert await here.says("ana", "/start blue sky") == [f"{NOT_USED}\n\nHello"]
        await here.says("ana", "/paint blue sky")
        said = await here.says("ana", "door")
        assert said == ["I have not used “sky”: it answers nothing that I ask here.\n\nA blue door"]


PEOPLE: dict[str, MemberRole] = {"Mia": "meta_mentor", "Max": "meta_mentor", "Ana": "member"}
AFTER_COMMANDS = {
    "announce": "answer to words",
    "apply": "refused by network",
    "ask": "refused by sure",
    "card": "refused by network",
    "close": "answered",  # there is no conversation
    "cohort": "answer to group",
    "find": "answered",  # it is looked for
    "found": "answer to network",
    "join": "refused by code",
    "library": "answered",
    "link": "refused by code",
    "members": "answered",  # nobody has such a name
    "networks": "answered",  # there is only one
    "orgs": "answered",
    "pause": "refused by until",
    "schedule": "waiting behind weekday",
    "vouch": "refused by code",
}
"""Command → what becomes of two words behind it, where they are not named as not used."""


@on_loop
async def test_every_command_uses_the_words_behind_it_or_says_that_it_did_not(database: str) -> None:
    became = {}
    async with lab(database, handlers) as here:
        with here.sessions.begin() as db:
            for name, role in PEOPLE.items():
                who = cast.Character(name, "telegram", name, "en", role, None, ("papers",), ("en",))
                cast.enter(db, who, time_zone="UTC", now=here.clock.now())
        for command, handler in Router(handlers).commands.items():
            if handler.needs is not Role.OPERATOR:
                said = "\n".join(await here.says("Mia", f"/{command} blue sky"))
                with here.session() as db:
                    became[command] = _became(said, conversations.open_of(db, 1))
                await here.says("Mia", "/cancel")
    assert {command: how for command, how in became.items() if how != "not used"} == AFTER_COMMANDS


def _became(said: str, parked: Any) -> str:
    """Return what became of the words: who took them, what they wait for, or that they were not used."""
    if NOT_USED in said:
        return "not used"
    if not parked:
        return "answered"
    taken = [question for question, answer in parked[0].answers.items() if answer == "blue sky"]
    if taken:
        return f"answer to {taken[0]}"
    return f"waiting behind {parked[0].question}" if parked[0].words else f"refused by {parked[0].question}"
