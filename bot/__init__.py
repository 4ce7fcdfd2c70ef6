"""The conversation engine. From here come the words that a handler needs."""

from bot.access import Role
from bot.context import SILENT, Context, heading
from bot.dialogue import Unclear
from bot.letters import Button, Priority
from bot.message import (
    Added,
    AsksIn,
    Deleted,
    Edited,
    Left,
    MovedTo,
    Newcomers,
    Opened,
    Removed,
    Returned,
    Unsupported,
    Words,
)
from bot.note import Note
from bot.router import Place, action, command, on
from bot.text import AnyText, Command, Text, Verbatim, _, _n, form, lines, paragraphs

__all__ = [
    "SILENT",
    "Added",
    "AnyText",
    "AsksIn",
    "Button",
    "Command",
    "Context",
    "Deleted",
    "Edited",
    "Left",
    "MovedTo",
    "Newcomers",
    "Note",
    "Opened",
    "Place",
    "Priority",
    "Removed",
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
