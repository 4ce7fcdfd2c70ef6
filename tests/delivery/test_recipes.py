"""Files that the program makes when their letter leaves."""

from tests.support.aio import on_loop
from tests.support.lab import lab


@on_loop
async def test_a_file_is_made_of_what_is_remembered(database: str) -> None:
    async with lab(database) as here:
        await here.says("bo", "/start")
        await here.says("ana", "/file Hello")
        made = here.console.messages["ana"][-1].made
        assert made is not None
        assert (made.name, made.content) == ("greeting.txt", b"en: Hello, 2")


@on_loop
async def test_where_a_file_cannot_be_made_its_words_say_so(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/file boom")
        shown = here.console.messages["ana"][-1]
        assert shown.made is None
        assert shown.plain == "Here it is\n\nI could not make the file. Please try again."
