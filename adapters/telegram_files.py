"""Files on Telegram: read in pieces and sent in pieces, never held as a whole.

By https://core.telegram.org/bots/api#getfile a bot may download 20 MB, and by #sending-files upload 50 MB.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from telegram import InputFile

from adapters.telegram_http import TelegramHttp
from adapters.telegram_updates import NAME
from bot.adapter import SendError
from bot.message import Carried

PIECE: Final = 64 * 1024
ALBUM: Final = 10
"""Things in one album at most (https://core.telegram.org/bots/api#sendmediagroup)."""
# Which kinds can be in an album together; a voice note is always alone.
_TOGETHER: Final = {"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}


async def pieces(http: TelegramHttp, path: str, file_url: str) -> AsyncIterator[bytes]:
    """A file by its path as getFile gives it: on a local server that is one of this machine's own files.
    Raises `TelegramError` or `OSError`."""
    if not path.startswith("/"):
        async for piece in http.read(f"{file_url}/{path}"):
            yield piece
        return
    with await asyncio.to_thread(Path(path).open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def albums(carried: Sequence[Carried]) -> Iterator[tuple[Carried, ...]]:
    """What can be one message, in order; most often all of it."""
    for together, group in groupby(carried, lambda each: _TOGETHER.get(each.media.kind)):
        size, found = ALBUM if together else 1, tuple(group)
        yield from (found[start : start + size] for start in range(0, len(found), size))


class Upload:
    """One file in a request: by Telegram's own number where it has the file, else its bytes as they come.
    `failure` is why they did not come."""

    def __init__(self, carried: Carried) -> None:
        self.media = carried.media
        self.failure: SendError | None = None
        self._read = carried.read

    def field(self) -> Any:
        """What is put into the request."""
        if self.media.messenger == NAME:
            return self.media.file
        # What is not read as a file handle is handed on as it is, to the transport.
        handle: Any = self
        return InputFile(handle, filename=self.media.name or self.media.kind, read_file_handle=False)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._read():
                yield piece
        except SendError as failure:
            self.failure = failure
            raise
