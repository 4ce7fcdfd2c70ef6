"""The conversation engine. From here come the words that a handler needs."""

from bot.access import Role
from bot.context import Context, heading
from bot.dialogue import Unclear
from bot.letters import Button, Priority
from bot.message import Left, Opened, Returned, Unsupported, Words
from bot.router import action, command, on
from bot.text import AnyText, Command, Text, Verbatim, _, _n, form, lines, paragraphs

__all__ = [
    "AnyText",
    "Button",
    "Command",
    "Context",
    "Left",
    "Opened",
    "Priority",
    "Returned",
    "Role",
    "Text",
    "Unclear",
    "Unsupported",
    "Verbatim",
    "Words",
    "_",
    "_n",
    "action",
    "command",
    "form",
    "heading",
    "lines",
    "on",
    "paragraphs",
]
