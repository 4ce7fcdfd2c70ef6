"""Shards: the chats of a messenger in twelve parts, so that several programs can share the sending. One
program sends what goes to one chat, so it stays in order."""

from typing import Any, Final
from zlib import crc32

SHARDS: Final = 12
"""As many as two, three, four and six programs share evenly."""


def shard_of(messenger: str, chat: str) -> int:
    """Return the shard of a chat; the same on every machine."""
    return crc32(f"{messenger} {chat}".encode()) % SHARDS


def of_new(context: Any) -> int:
    """Return the same for a row that is about to be stored."""
    row = context.get_current_parameters()
    return shard_of(row["messenger"], row["chat"])
