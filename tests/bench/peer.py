"""What it is measured against: an echo bot on python-telegram-bot as it comes, which keeps nothing.

By hand: `python -m tests.bench.peer http://127.0.0.1:8081`.
"""

import sys
from pathlib import Path

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.bench.people import People
from tests.bench.server import TOKEN


class Peer:
    """The library's own example of a bot, in its default settings."""

    name = "python-telegram-bot"
    module = "tests.bench.peer"

    def __init__(self, folder: Path) -> None:
        """It has no use for a folder."""

    def arguments(self, url: str) -> list[str]:
        """What it is started with."""
        return [url]

    def environment(self, url: str) -> dict[str, str]:
        """It has no settings."""
        return {}

    def prepare(self, people: People) -> None:
        """It knows nobody."""

    def verify(self, people: People) -> None:
        """It keeps nothing."""


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was said."""
    assert update.message is not None and update.message.text is not None
    await update.message.reply_text(update.message.text)


if __name__ == "__main__":
    application = Application.builder().token(TOKEN).base_url(f"{sys.argv[1]}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()
