"""Requests to a homeserver: by the library where it knows how, else as the specification has them
(https://spec.matrix.org/latest/client-server-api/), with one kind of error for both."""

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
from nio import AsyncClient, ErrorResponse

from adapters.matrix.homeserver.errors import Failed
from bot.support import log as logs
from bot.support.backoff import Backoff

NAME: Final = "matrix"
V1: Final = "/_matrix/client/v1"
V3: Final = "/_matrix/client/v3"

Pause = Callable[[float], Awaitable[None]]
"""What waits after failures."""
T = TypeVar("T")

log = logs.get(NAME)

# The library's own lines hold accounts, rooms and, where a message breaks its rules, what it says.
logging.getLogger("nio").setLevel(logging.CRITICAL)


LONGEST_WAIT: Final = 5.0
"""Seconds between two tries at most: when the homeserver is back, nobody waits for another ten."""
_CODE: Final = re.compile(r"[A-Z][A-Z0-9]*(?:[._][A-Z0-9]+)+")
_LONGEST_CODE: Final = 64
_ODD_ANSWERS: Final = 3
_MOST_DIGITS: Final = 100
_DEEPEST: Final = 100
_PIECES: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^"\[\]{}]+|"')
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")


async def ask(call: Awaitable[T]) -> T:
    """What a call of the library returned. Raises `Failed`, also where the library itself breaks on what it
    was answered."""
    try:
        response = await call
    except Failed:
        raise
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Failed(type(error).__name__) from None
    except Exception as error:
        raise Failed(type(error).__name__) from error
    check(response)
    return response


def check(response: Any) -> None:
    """Raises `Failed` where the library found that an answer is not what was asked."""
    if isinstance(response, ErrorResponse):
        raise Failed("", 200)


async def call(
    client: AsyncClient,
    method: str,
    path: Sequence[str],
    body: Mapping[str, Any] | None = None,
    *,
    base: str = V3,
    query: Mapping[str, str | Sequence[str]] | None = None,
    seconds: float | None = None,
) -> dict[str, Any]:
    """One request, and its JSON; `seconds` is how long it may take, where that is not as long as any other.
    Raises `Failed`."""
    try:
        answer = await client.send(
            method,
            address(path, base=base, query=query),
            None if body is None else json.dumps(body),
            {"Authorization": f"Bearer {client.access_token}", "Content-Type": "application/json"},
            timeout=seconds,
        )
        async with answer:
            return await told(answer)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Failed(type(error).__name__) from None


async def told(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """What a homeserver answered. Raises `Failed` where it refused, and where that is no homeserver's
    answer: its code is all that is kept of it."""
    try:
        body = _json((await answer.read()).decode())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Failed("", answer.status)
    if not 200 <= answer.status < 300:
        code = text(body.get("errcode"))
        known = len(code) <= _LONGEST_CODE and _CODE.fullmatch(code)
        raise Failed(code if known else "", answer.status, body)
    if "errcode" in body:  # an error that a proxy made a success of
        raise Failed("", answer.status)
    return body


def _json(raw: str) -> Any:
    """JSON as anybody may have had a part in it: what no number is, and what is deeper than anybody writes,
    is null. Raises ValueError."""
    try:
        return json.loads(raw, parse_int=_number, parse_constant=_no_number)
    except RecursionError:
        kept, depth = [], 0
        for piece in _PIECES.findall(raw):
            depth -= piece in "]}"
            if depth < _DEEPEST:
                kept.append(piece)
            elif depth == _DEEPEST and piece in "[{":
                kept.append("null")
            depth += piece in "[{"
        return json.loads("".join(kept), parse_int=_number, parse_constant=_no_number)


def _number(digits: str) -> int | None:
    """A number that is one: anybody may write a million digits into an event."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def _no_number(name: str) -> None:
    """NaN and infinities are not JSON."""


def part(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """What has to stand in an answer. Raises `Failed` where it does not: then it is not what was asked."""
    found = answer.get(name)
    if not isinstance(found, kind):
        raise Failed("", 200, answer)
    return found


def optional(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """The same for what may be missing: then it is empty."""
    return part(answer, name, kind) if name in answer else kind()


def text(value: object) -> str:
    """A text that may be missing; what is none is read as missing. Half characters and others that no
    database takes are shown as such."""
    return _NO_TEXT.sub("\ufffd", value) if isinstance(value, str) else ""


async def insist(event: str, what: Callable[[], Awaitable[T]], pause: Pause, *, for_ever: bool = True) -> T:
    """Try until it succeeds, with at most 5 seconds in between. Raises `Failed` where our login is worth
    nothing any more; not `for_ever`, also where the homeserver is there and will not answer."""
    line, odd = Backoff(log, longest=LONGEST_WAIT, sleep=pause), 0
    while True:
        try:
            done = await what()
        except (Failed, TimeoutError) as error:
            failed = error if isinstance(error, Failed) else Failed(type(error).__name__)
            odd += bool(failed.status == 200 and failed.body)
            if failed.unauthorised or (not for_ever and (odd > _ODD_ANSWERS or not failed.passing)):
                raise failed from None
            await line.wait(
                f"{event}.broken", at_least=failed.seconds or 0.0, why=str(failed), **mistake(failed)
            )
        else:
            line.over(f"{event}.works")
            return done


def mistake(failed: Failed) -> dict[str, Exception]:
    """For the log: what broke inside the library, where that is why a request failed."""
    inside = failed.__cause__
    return {"error": inside} if isinstance(inside, Exception) else {}


def address(
    path: Sequence[str], *, base: str = V3, query: Mapping[str, str | Sequence[str]] | None = None
) -> str:
    """The path of a request, with every part of it quoted."""
    found = "/".join([base, *(quote(each, safe="") for each in path)])
    return f"{found}?{urlencode(query, doseq=True)}" if query else found
