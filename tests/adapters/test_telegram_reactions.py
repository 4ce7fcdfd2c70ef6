"""An emoji under a message on Telegram is what it would be in answer to it."""

from pathlib import Path

from tests.adapters.test_telegram_media import ANA, BO, CY, here
from tests.support.aio import on_loop
from tests.support.whole import hears


@on_loop
async def test_under_carried_words_it_is_carried_as_a_sign(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        said = place.ana.says("The office opens at nine")
        heard = await hears(cy, "opens at nine")
        cy.reacts(heard, "\U0001f44d")
        sign = await hears(place.ana, "Cy: \U0001f44d")
        assert sign.reply_to == said
        cy.reacts(heard, "", before="\U0001f44d")  # taken away: nothing more is said
        cy.reacts(heard, "\u2764", before="\U0001f44d")
        assert (await hears(place.ana)).text == "Cy: \u2764"


@on_loop
async def test_under_ones_own_words_it_is_for_the_other_side_too(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        said = place.ana.says("I have found it myself")
        await place.matrix.sees("Ana: I have found it myself")
        place.ana.reacts(said, "\U0001f389")
        await place.matrix.sees("Ana: \U0001f389")


@on_loop
async def test_under_anything_else_nothing_is_said(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        place.ana.says("/start")
        greeting = await hears(place.ana)
        place.ana.reacts(greeting, "\U0001f44d")
        await place.program.calm()
        count = len(place.ana.seen)
        place.ana.says("/start")
        await hears(place.ana)
        assert len(place.ana.seen) == count + 1
