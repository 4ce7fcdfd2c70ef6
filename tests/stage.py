"""Plays written conversations on the real engine and a real database; only the messengers are a stage.

A transcript is a file of `tests/transcripts`. Its unindented lines are people's, everything indented is the
bot's. `pytest --rewrite` writes the bot's lines anew, to be read and then kept.
"""

import asyncio
from pathlib import Path

from bot import app

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def transcripts() -> list[Path]:
    """All transcripts, by name."""
    return sorted(TRANSCRIPTS.glob("*.txt"))


def play(script: str, database: str) -> str:
    """The transcript of a script: its lines, and what the bot says to each. `database` is its address."""
    lines: list[str] = []
    asyncio.run(app.play(script.splitlines(), database, lines.append))
    return "\n".join(lines) + "\n"
