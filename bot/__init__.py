"""The conversation engine. From here come the words that a handler needs: those of `bot.facade`.

They are loaded when the first of them is wanted: a command that asks only whether the bot is alive, twice a
minute and for years, needs none.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.facade import *  # noqa: F403  # these very names, and no others: it lists them
else:

    def __getattr__(name: str) -> object:
        """Return a word of the facade; those that begin with two underscores are Python's own."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module("bot.facade"), name)
