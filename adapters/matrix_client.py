"""Requests to a homeserver: by the library where it knows how, else as the specification has them
(https://spec.matrix.org/latest/client-server-api/), with one kind of error for both."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote, urlencode

import aiohttp
from nio import AsyncClient, EncryptionError, ErrorResponse, LocalProtocolError, SendRetryError

from bot import log as logs
from bot.adapter import Later, Refused, SendError, Unreachable
from bot.trouble import Trouble

NAME: Final = "matrix"
V1: Final = "/_matrix/client/v1"
V3: Final = "/_matrix/client/v3"

Pause = Callable[[float], Awaitable[None]]
"""What waits after failures."""
T = TypeVar("T")

log = logs.get(NAME)

# The library's own lines hold accounts, rooms and, where a message breaks its rules, what it says.
logging.getLogger("nio").setLevel(logging.CRITICAL)


class Failed(Exception):
    """A request did not succeed. `str()` is the homeserver's code of the error, never its sentence: that may
    hold names.

    status:  of HTTP; 0 where there was no answer
    body:    what the homeserver answered
    """

    def __init__(self, code: str, status: int = 0, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(code or f"HTTP {status}")
        self.code = code
        self.status = status
        self.body = body or {}

    @property
    def seconds(self) -> float | None:
        """How long the homeserver wants us to wait, where it said so."""
        wait = self.body.get("retry_after_ms")
        return wait / 1000 if isinstance(wait, int | float) else None

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status == 0 or self.status == 429 or self.status >= 500 or self.code == _TOO_FAST

    @property
    def unauthorised(self) -> bool:
        """Whether our access token is worth nothing any more."""
        return self.code in _NO_LONGER_OURS


_TOO_FAST = "M_LIMIT_EXCEEDED"
_NO_LONGER_OURS = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")
_NOBODY_THERE = ("M_FORBIDDEN", "M_NOT_FOUND", "M_NOT_JOINED", "M_UNKNOWN_ROOM")


async def ask(call: Awaitable[Any]) -> Any:
    """What a call of the library returned. Raises `Failed`."""
    try:
        response = await call
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Failed(type(error).__name__) from None
    except (LocalProtocolError, EncryptionError, SendRetryError) as error:
        # The library does not know a room or its members yet: after the next sync it may.
        raise Failed(type(error).__name__) from None
    except TypeError:
        # So the library fails on errors of some requests, among them those for keys.
        raise Failed("an error that the library cannot read") from None
    check(response)
    return response


def check(response: Any) -> None:
    """Raises `Failed` where the library gives back an error."""
    if isinstance(response, ErrorResponse):
        answer = getattr(response, "transport_response", None)
        raise Failed(
            response.status_code or "",
            answer.status if answer is not None else 0,
            {"retry_after_ms": response.retry_after_ms},
        )


async def call(
    client: AsyncClient,
    method: str,
    path: Sequence[str],
    body: Mapping[str, Any] | None = None,
    *,
    base: str = V3,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One request, and its JSON. Raises `Failed`."""
    try:
        answer = await client.send(
            method,
            address(path, base=base, query=query),
            None if body is None else json.dumps(body),
            {"Authorization": f"Bearer {client.access_token}", "Content-Type": "application/json"},
        )
        async with answer:
            told = await _json(answer)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Failed(type(error).__name__) from None
    if answer.status >= 400:
        raise Failed(str(told.get("errcode", "")), answer.status, told)
    return told


async def insist(event: str, what: Callable[[], Awaitable[T]], pause: Pause) -> T:
    """Try until it succeeds, with at most 8 seconds in between. Raises `Failed` only where our login is worth
    nothing any more."""
    line = Trouble(log, longest=8.0, sleep=pause)
    while True:
        try:
            done = await what()
        except (Failed, TimeoutError) as error:
            failed = error if isinstance(error, Failed) else Failed(type(error).__name__)
            if failed.unauthorised:
                raise failed from None
            await line.wait(f"{event}.broken", at_least=failed.seconds or 0.0, why=str(failed))
        else:
            line.over(f"{event}.works")
            return done


def address(path: Sequence[str], *, base: str = V3, query: Mapping[str, str] | None = None) -> str:
    """The path of a request, with every part of it quoted."""
    found = "/".join([base, *(quote(part, safe="") for part in path)])
    return f"{found}?{urlencode(query)}" if query else found


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """The body; nothing where it is not JSON, as from a proxy whose homeserver is away."""
    try:
        told = json.loads(await answer.read())
    except ValueError:
        return {}
    return cast(dict[str, Any], told) if isinstance(told, dict) else {}


def kind(failed: Failed) -> SendError:
    """The error as the seam knows it. Limits and outages go for all chats: Matrix counts by sender."""
    if failed.unauthorised:
        # `run` stops on it; what waits to go out must survive until the login is put right.
        return Later(60.0, everywhere=True)
    if failed.passing:
        return Later(failed.seconds, everywhere=True, too_fast=failed.seconds is not None)
    if failed.code in _NOBODY_THERE:
        return Unreachable(str(failed))
    return Refused(str(failed))
