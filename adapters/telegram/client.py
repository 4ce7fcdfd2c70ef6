"""Calls of the Bot API with the bot's token."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, TypeVar

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest

from adapters.telegram.files import pieces
from adapters.telegram.http import WHOLE, TelegramHttp
from adapters.telegram.updates import NAME
from bot.support import log as logs
from bot.support.told import Told

T = TypeVar("T")

NO_ANSWER: Final = "an answer that is not to what was asked"

log = logs.get(NAME)
# The library's own debug lines hold what people write.
logging.getLogger("telegram").setLevel(logging.WARNING)


class Client:
    """The connections to a Bot API server. Works between `open` and `close`.

    api_url:   "https://api.telegram.org", or another server
    file_url:  where that one hands out files; "": at api_url, under /file
    local:     the folder of a server on this machine that names files by their paths; None for none
    """

    def __init__(
        self, token: str, *, api_url: str, file_url: str, http: TelegramHttp, local: Path | None = None
    ) -> None:
        self._http = http
        self._local = local
        file_url = (file_url or f"{api_url.rstrip('/')}/file").rstrip("/")
        self._file_url = f"{file_url}/bot{token}"
        self._bot = Bot(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{file_url}/bot",
            request=http,
            get_updates_request=http,
        )

    @property
    def told(self) -> Told | None:
        """The time, as the server last told it."""
        return self._http.told

    async def open(self) -> None:
        """Open the connections; a second call changes nothing."""
        await self._http.initialize()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.shutdown()

    async def call(self, method: str, *, read_timeout: float | None = None, **fields: Any) -> Any:
        """Make one call without files and return its answer as plain JSON: the library's objects, and its
        looking for them, are most of what a call costs. Fields that are None are left out. Raises
        `TelegramError`."""
        given = {name: value for name, value in fields.items() if value is not None}
        return await self.upload(method, read_timeout=read_timeout, **{WHOLE: given})

    async def upload(self, method: str, *, read_timeout: float | None = None, **fields: Any) -> Any:
        """Make one call in which some of the fields are files. Raises `TelegramError`."""
        # Methods are case-insensitive, and by a name it knows the library would point at its own method.
        return await self._bot.do_api_request(
            method.lower(),
            fields,
            read_timeout=BaseRequest.DEFAULT_NONE if read_timeout is None else read_timeout,
        )

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file by its path, as getFile gives it, in pieces. Raises `TelegramError` or `OSError`."""
        async for piece in pieces(self._http, path, self._file_url, self._local):
            yield piece


def field(answer: Any, name: str, kind: type[T]) -> T:
    """Return a field of an answer. Raises `TelegramError` where it is missing or of another type: then
    it is no answer to what was asked, and nothing is known."""
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TelegramError(NO_ANSWER)
    return value
