"""Plays written conversations on the real engine and a real database; only the messengers are a stage.

A transcript is a file of `tests/transcripts`. Its unindented lines are people's, everything indented is the
bot's. `pytest --rewrite` writes the bot's lines anew, to be read and then kept.
"""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from bot.handler import Handler
from bot.messenger import Messenger
from bot.program import demo
from bot.program.compose import MESSENGERS
from db.seal import Key

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"


REST = "    |  …"
"""Stands for the rest of a message."""


def transcripts() -> list[Path]:
    """All transcripts, by area and name."""
    return sorted(TRANSCRIPTS.rglob("*.txt"))


def name(path: Path) -> str:
    """What a transcript is called: its area and its file's name, "asking/ask_fair"."""
    return path.relative_to(TRANSCRIPTS).with_suffix("").as_posix()


def blocks(page: str) -> Iterator[list[str]]:
    """Each line of a transcript that is people's, and each message, line by line."""
    block: list[str] = []
    for line in page.splitlines():
        if block and not line.startswith("    |"):
            yield block
            block = []
        block.append(line)
    yield block


def play(
    script: str,
    database: str,
    messengers: Sequence[Messenger[Any]] = tuple(MESSENGERS),
    reached: set[str] | None = None,
    key: Key | None = None,
) -> str:
    """Return the transcript of a script: its lines, and what the bot says to each. `database` is its address;
    people are on `messengers`; the names of the handlers that are called go into `reached`. What is secret is
    sealed with the `key`, if there is one."""
    lines: list[str] = []
    names = reached if reached is not None else set()

    def call(handler: Handler, *given: Any) -> None:
        names.add(handler.name)
        called(handler, *given)

    async def run() -> None:
        async with demo.Stage(database, lines.append, messengers, key) as terminal:
            await terminal.play(script.splitlines(), demo.CAST)

    called = Handler.call
    with mock.patch.object(Handler, "call", call):
        asyncio.run(run())
    return abbreviated("\n".join(lines), script)


def abbreviated(page: str, script: str) -> str:
    """Return a transcript in which a message is cut short that the script cuts short: its first line is
    followed by nothing but `REST`."""
    short = {block[0] for block in blocks(script) if block[1:] == [REST]}
    cut = ([block[0], REST] if block[0] in short else block for block in blocks(page))
    return "\n".join(line for block in cut for line in block) + "\n"
