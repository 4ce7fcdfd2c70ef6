"""An echo bot on python-telegram-bot as it comes, which keeps nothing: the library's own example, and nothing
else in its memory. By hand: `python -m tests.bench.echo TOKEN http://127.0.0.1:8081`."""

import sys
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was said."""
    assert update.message is not None and update.message.text is not None
    await update.message.reply_text(update.message.text)


def run(builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any], token: str, url: str) -> None:
    """Echo until stopped."""
    application = builder.token(token).base_url(f"{url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    run(Application.builder(), *sys.argv[1:])
