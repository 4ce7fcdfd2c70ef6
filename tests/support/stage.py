"""Plays written conversations on the real engine and a real database; only the messengers are a stage.

A transcript is a file of `tests/transcripts`. Its unindented lines are people's, everything indented is the
bot's. `pytest --rewrite` writes the bot's lines anew, to be read and then kept.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from adapters.terminal.script import Passes, Reaches, read
from bot.handler import Handler, Role
from bot.messenger import Messenger
from bot.program import demo
from bot.program.compose import MESSENGERS
from db.seal import Key
from tests.support.ready import ready

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"


CHANGES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
OURS = {"letters", "deliveries", "timers", "conversations", "seen", "used", "tallies", "duties"}
"""Tables of the engine, and what is counted: what changes there is nothing that was decided."""
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


def beginning(script: str, span: timedelta) -> str:
    """Return what of a conversation happens within a time."""
    lines = script.splitlines(keepends=True)
    begun = now = demo.DEMO_START.replace(tzinfo=None)
    for line in read(lines):
        match line.step:
            case Passes(more):
                now += more
            case Reaches(local):
                now = local
        if now - begun > span:
            return "".join(lines[: line.number - 1])
    return script


def play(
    script: str,
    database: str,
    messengers: Sequence[Messenger[Any]] = tuple(MESSENGERS),
    reached: set[str] | None = None,
    key: Key | None = None,
    unwritten: dict[str, set[str]] | None = None,
) -> str:
    """Return the transcript of a script: its lines, and what the bot says to each. `database` is its address;
    people are on `messengers`; the names of the handlers that are called go into `reached`. What is secret is
    sealed with the `key`, if there is one. Into `unwritten` go the handlers for those who coordinate that
    change a row of the network's and write nothing into its journal, with the tables."""
    lines: list[str] = []
    names = reached if reached is not None else set()

    def call(handler: Handler, ctx: Any, *given: Any) -> None:
        names.add(handler.name)
        wrote.clear()
        called(handler, ctx, *given)
        ctx.db.flush()
        if (
            handler.needs is Role.META_MENTOR
            and unwritten is not None
            and wrote - OURS
            and "journal" not in wrote
        ):
            unwritten.setdefault(handler.name, set()).update(wrote - OURS)

    def writes(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if (changed := CHANGES.match(statement)) is not None:
            wrote.add(changed[1])

    async def run() -> None:
        async with demo.Stage(ready(database), lines.append, messengers, key) as terminal:
            await terminal.play(script.splitlines(), demo.CAST)

    called, wrote = Handler.call, set[str]()
    event.listen(Engine, "before_cursor_execute", writes)
    try:
        with mock.patch.object(Handler, "call", call):
            asyncio.run(run())
    finally:
        event.remove(Engine, "before_cursor_execute", writes)
    return abbreviated("\n".join(lines), script)


def abbreviated(page: str, script: str) -> str:
    """Return a transcript in which a message is cut short that the script cuts short: its first line is
    followed by nothing but `REST`."""
    short = {block[0] for block in blocks(script) if block[1:] == [REST]}
    cut = ([block[0], REST] if block[0] in short else block for block in blocks(page))
    return "\n".join(line for block in cut for line in block) + "\n"
