"""Whoever answers a certain message is heard so on the other side: what is answered is shown there too."""

from pathlib import Path

from bot.message import Words
from tests.adapters.test_telegram_media import ANA, BO, CY, here
from tests.support.aio import on_loop
from tests.support.whole import hears


@on_loop
async def test_an_answer_to_one_of_two_questions(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        first = place.ana.says("Shall I bring the contract?")
        question = await hears(cy, "contract")
        place.ana.says("Shall I bring the children?")
        await hears(cy, "children")
        cy.says("Yes, please", reply_to=question)
        assert (await hears(place.ana, "Yes, please")).reply_to == first
        cy.says("And the other papers")
        assert (await hears(place.ana, "other papers")).reply_to is None


@on_loop
async def test_an_answer_to_what_one_has_said_oneself(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        said = place.ana.says("Monday at nine")
        heard = await hears(cy, "Monday")
        place.ana.says("At ten, sorry", reply_to=said)
        assert (await hears(cy, "At ten")).reply_to == heard.message_id


@on_loop
async def test_an_answer_from_one_messenger_to_the_other(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        said = place.ana.says("Which office is it?")
        question = await place.matrix.sees("Ana: Which office is it?")
        await place.matrix.bo(Words("The one at the station", "m9", reply_to=question.id))
        assert (await hears(place.ana, "station")).reply_to == said


@on_loop
async def test_no_answer_leads_from_one_conversation_into_another(tmp_path: Path) -> None:
    """Who asked without a name would be known by what they answer."""
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        said = place.ana.says("I am Ana")
        await hears(cy, "I am Ana")
        cy.says("/close")
        await hears(cy, "The conversation has ended.")
        await place.talk(ANA, CY, named=False)
        place.ana.says("Nobody knows me", reply_to=said)
        assert (await hears(cy, "Nobody knows me")).reply_to is None
