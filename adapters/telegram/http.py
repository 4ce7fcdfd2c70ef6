"""HTTP for python-telegram-bot, on aiohttp: the library's own transport costs more than all we do besides.

Errors carry the name of what went wrong and nothing else: an address of the Bot API holds the token.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from adapters.telegram.errors import Why, failed
from adapters.telegram.json import loads
from bot.support.told import Told, told

# The library's own switch to time spans: without it each 429 comes with a deprecation warning.
os.environ["PTB_TIMEDELTA"] = "true"

WHOLE = "whole"
"""The name of the one field that holds all the others, where none of them needs to be looked into."""
_ZERO = b"\\u0000"
_Seconds = Any
"""Seconds, None for no limit, or the library's mark for "as this class likes"."""


class TelegramHttp(BaseRequest):
    """One pool of kept-alive connections to the Bot API. How many are open at once is up to the caller:
    the outbox bounds what is in flight.

    connect, write, read, upload: seconds before giving up; `upload` is `write` for requests with files.
    told: the time, as the server last told it.
    """

    def __init__(
        self, *, connect: float = 10.0, write: float = 10.0, read: float = 20.0, upload: float = 60.0
    ) -> None:
        self._connect, self._write, self._read, self._upload = connect, write, read, upload
        self._session: aiohttp.ClientSession | None = None
        self.told: Told | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer may take where the caller does not say."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool; needs the running event loop. A second call changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300, keepalive_timeout=30),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),  # the Bot API sets none
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
        connect_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Ask once; the status, which is 2xx, and the body of the answer. Raises `TelegramError`: the library
        would put the whole answer into its own."""
        if self._session is None:
            raise RuntimeError("the connection is not open")
        body, headers = _body(request_data)
        files = request_data is not None and request_data.contains_files
        connecting = _or(connect_timeout, self._connect)
        parts = (connecting, _or(write_timeout, self._upload if files else self._write))
        reading = _or(read_timeout, self._read)
        timeout = aiohttp.ClientTimeout(
            total=None if reading is None else sum(part or 0.0 for part in parts) + reading,
            sock_connect=connecting,
        )
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, payload = response.status, await response.read()
                self.told = told(response.headers.get("Date")) or self.told
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise failed(status, payload, files=files)
        return status, payload

    async def read(self, url: str) -> AsyncIterator[bytes]:
        """A file, in pieces as they come. Raises `TelegramError`."""
        if self._session is None:
            raise RuntimeError("the connection is not open")
        timeout = aiohttp.ClientTimeout(sock_connect=self._connect, sock_read=self._read)
        try:
            async with self._session.get(url, timeout=timeout, allow_redirects=False) as response:
                if response.status != HTTPStatus.OK:
                    error = failed(response.status, await response.read())
                    if response.status == HTTPStatus.NOT_FOUND and isinstance(error, InvalidToken):
                        raise BadRequest(f"{HTTPStatus.NOT_FOUND}: {Why.NO_FILE}")
                    raise error
                async for piece in response.content.iter_any():
                    yield piece
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return an answer as Telegram means it. Raises `TelegramError` without the answer in it: the library
        would write it, with what people wrote, to the log."""
        try:
            answer = _loads(payload)
        except ValueError:
            raise TelegramError("an answer that is not JSON") from None
        if not isinstance(answer, dict) or answer.get("ok") is not True or "result" not in answer:
            raise TelegramError("an answer that is not the Bot API's")
        return answer


def _loads(payload: bytes) -> Any:
    """What the JSON says; quickly, unless there is something odd in it."""
    if _ZERO not in payload:
        with suppress(ValueError):
            return orjson.loads(payload)
    return loads(payload)


def _or(given: _Seconds, otherwise: float) -> float | None:
    return otherwise if given is BaseRequest.DEFAULT_NONE else given


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """JSON, which is encoded in one go; a form where there are files, as the Bot API demands."""
    if data is None:
        return None, {}
    if not data.contains_files:
        fields: dict[str, Any] = data.parameters
        return _packed(fields.get(WHOLE, fields)), {"Content-Type": "application/json"}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}


def _packed(fields: Any) -> bytes:
    try:
        return orjson.dumps(fields)
    except TypeError:  # half a character, which is for Telegram to refuse
        return json.dumps(fields).encode()
