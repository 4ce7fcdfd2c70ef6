"""Somebody is on two messengers and cannot be reached on one: what is on its way goes by the other, and its
writer hears nothing of it."""

from adapters.terminal.stage import Terminal
from bot.program import demo
from bot.program.compose import MESSENGERS
from tests.support.aio import on_loop

LINKED = """
@ Ana, member on telegram, en
@ Ana M, stranger on matrix, en
@ Bo, member on telegram, en, helps with papers
@ Mia, meta-mentor on telegram, en
Ana: /link
Ana M: LINK $CODE
Ana M: [Yes, that is me]
Ana: [Yes, make us one]
Ana: /ask papers Who knows the form?
Ana: [Send it with my name]
Bo: [I can help]
"""


async def bo_writes(terminal: Terminal, words: str) -> None:
    await terminal.play([f"Bo: {words}"], ())


def seen(terminal: Terminal, who: str) -> list[str]:
    return [shown.plain for shown in terminal.seen_by(who)]


@on_loop
async def test_words_go_by_the_other_messenger_where_one_refuses_them(database: str) -> None:
    lines: list[str] = []
    async with demo.Stage(database, lines.append, tuple(MESSENGERS), None) as terminal:
        await terminal.play(LINKED.splitlines(), ())
        terminal.consoles["telegram"].blocked.add("ana")  # and nobody told us
        await bo_writes(terminal, "It is at the town hall")
        await bo_writes(terminal, "Ask for Mrs. Weber")
        assert seen(terminal, "Ana M")[-2:] == ["Bo: It is at the town hall", "Bo: Ask for Mrs. Weber"]
        assert "town hall" not in str(seen(terminal, "Ana"))
        assert "did not get" not in str(seen(terminal, "Bo")), "it is there, so its writer hears nothing"


@on_loop
async def test_who_is_reached_nowhere_is_told_of_as_before(database: str) -> None:
    lines: list[str] = []
    async with demo.Stage(database, lines.append, tuple(MESSENGERS), None) as terminal:
        await terminal.play(LINKED.splitlines(), ())
        terminal.consoles["telegram"].blocked.add("ana")
        terminal.consoles["matrix"].blocked.add("ana m")
        await bo_writes(terminal, "It is at the town hall")
        assert "Ana did not get what you wrote" in str(seen(terminal, "Bo"))
