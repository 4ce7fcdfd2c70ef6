"""Letters that need several messages are changed, deleted and answered as one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.message import Deleted
from tests.adapters.test_telegram_media import ANA, BO, CY, JPEG, Here, here
from tests.support.aio import on_loop
from tests.telegram_server import User

LONG = "START " + "abcd " * 816 + "Meet at 9"


@asynccontextmanager
async def talking(folder: Path) -> AsyncIterator[tuple[Here, User]]:
    """Ana on Telegram talks with Cy, who is there too."""
    async with here(folder) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        yield place, cy


def stands(place: Here, person: User) -> list[str]:
    """What of the bot stands in a person's chat, from above."""
    return [
        message.text
        for (chat, _id), message in sorted(place.server.messages.items())
        if chat == person.id and message.sender.get("from", {}).get("is_bot")
    ]


@on_loop
async def test_a_long_one_is_changed_to_a_short_one(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, cy):
        said = place.ana.says(LONG)
        await place.program.calm()
        assert len(stands(place, cy)) == 2
        place.ana.edits(said, "The meeting is off.")
        await place.program.calm()
        assert stands(place, cy) == ["Ana: The meeting is off."]
        place.ana.edits(said, "It is on again.")
        await place.program.calm()
        assert stands(place, cy) == ["Ana: It is on again."]


@on_loop
async def test_a_short_one_is_changed_to_a_long_one_and_back(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, cy):
        said = place.ana.says("Meet at 8")
        await place.program.calm()
        place.ana.edits(said, LONG)
        await place.program.calm()
        first, second = stands(place, cy)
        assert first.startswith("Ana: START")
        assert second.endswith("at 9")
        place.ana.edits(said, LONG.replace("START", "BEGIN").replace("9", "ten"))
        await place.program.calm()
        first, second = stands(place, cy)
        assert first.startswith("Ana: BEGIN")
        assert second.endswith("at ten")
        place.ana.edits(said, "Never mind")
        await place.program.calm()
        assert stands(place, cy) == ["Ana: Never mind"]


@on_loop
async def test_both_halves_are_answered_alike(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, cy):
        place.ana.says(LONG)
        await place.program.calm()
        halves = [
            id
            for (chat, id), message in place.server.messages.items()
            if chat == cy.id and message.sender.get("from", {}).get("is_bot")
        ]
        assert len(halves) == 2
        for number, half in enumerate(halves):
            cy.says(f"Yes {number}", reply_to=half)
            await place.program.calm()
            assert stands(place, place.ana)[-1] == f"Cy: Yes {number}"


@on_loop
async def test_all_of_it_is_taken_back(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        long = await place.matrix.says(LONG)
        await place.program.calm()
        assert len(stands(place, place.ana)) == 2
        await place.matrix.bo(Deleted(long))
        await place.program.calm()
        assert stands(place, place.ana) == []


@on_loop
async def test_an_album_and_its_words_are_taken_back(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        pictures = [place.matrix.file("photo", JPEG + bytes([n]), f"{n}.jpg") for n in range(3)]
        first = await place.matrix.says(LONG[-3000:], pictures[0], album="a")
        for picture in pictures[1:]:
            await place.matrix.says("", picture, album="a")
        await place.program.passes(seconds=1)
        await place.program.calm()
        assert any(
            chat == place.ana.id and message.media for (chat, _), message in place.server.messages.items()
        )
        await place.matrix.bo(Deleted(first))
        await place.program.calm()
        assert stands(place, place.ana) == ["This is your conversation with Bo."], "the way out of it stays"
