"""Districts: the chats of a messenger in twelve parts, so that several programs can share the sending. What
goes to one chat is sent by one program, and so stays in order."""

from typing import Any, Final
from zlib import crc32

DISTRICTS: Final = 12
"""As many as two, three, four and six programs share evenly."""


def district_of(messenger: str, chat: str) -> int:
    """The district of a chat; the same on every machine."""
    return crc32(f"{messenger} {chat}".encode()) % DISTRICTS


def of_new(context: Any) -> int:
    """The same, for the row that is about to be stored."""
    row = context.get_current_parameters()
    return district_of(row["messenger"], row["chat"])
