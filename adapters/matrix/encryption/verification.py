"""Verification by emoji: a program compares none, and says so, so that no app waits for it. Its device is
signed by its owner instead (trust.py).

https://spec.matrix.org/latest/client-server-api/#key-verification-framework
"""

from typing import Final

from nio import AsyncClient

from adapters.matrix.homeserver.client import NAME, call
from adapters.matrix.homeserver.errors import Failed
from bot.support import log as logs

_REFUSED: Final = "m.user"

log = logs.get(NAME)


async def cancel(client: AsyncClient, room: str, request: str) -> None:
    """End a verification that somebody asks for in a room; where that fails, their app stops waiting by
    itself."""
    body = {
        "code": _REFUSED,
        "reason": "A program cannot compare emoji.",
        "m.relates_to": {"rel_type": "m.reference", "event_id": request},
    }
    try:
        path = ["rooms", room, "send", "m.key.verification.cancel", f"v{request}"]
        await call(client, "PUT", path, body)
    except Failed as failed:
        log.info("verification.not_cancelled", why=str(failed))
