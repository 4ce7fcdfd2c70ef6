"""Files on Telegram: read in pieces and sent in pieces, never held as a whole.

By https://core.telegram.org/bots/api#getfile a bot may download 20 MB, and by #sending-files upload 50 MB.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from telegram import InputFile

from adapters.telegram.http import TelegramHttp
from adapters.telegram.updates import NAME
from bot.adapter import SendError
from bot.message import Carried

PIECE: Final = 64 * 1024
ALBUM: Final = 10
"""Things in one album at most (https://core.telegram.org/bots/api#sendmediagroup)."""
# What Telegram takes as a picture (https://core.telegram.org/bots/api#sendphoto); others go as files.
_PICTURES: Final = {"image/jpeg", "image/png", "image/webp", ""}
_COVERED: Final = {"photo", "video"}
_LARGEST_PICTURE: Final = 10 * 2**20
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


def albums(carried: Sequence[Carried]) -> Iterator[tuple["Upload", ...]]:
    """What can be one message, in order; most often all of it."""
    for together, group in groupby(map(Upload, carried), lambda upload: _TOGETHER.get(upload.kind)):
        size, found = ALBUM if together else 1, tuple(group)
        yield from (found[start : start + size] for start in range(0, len(found), size))


class Upload:
    """One file in a request: by Telegram's own number where it has the file and that tells nothing, else its
    bytes as they come.
    `failure` is why they did not come."""

    def __init__(self, carried: Carried) -> None:
        self.media = carried.media
        self.failure: SendError | None = None
        self._read = carried.read

    @property
    def kind(self) -> str:
        """As what it is sent."""
        media = self.media
        taken = media.type in _PICTURES and (media.size or 0) <= _LARGEST_PICTURE
        return "document" if media.kind == "photo" and media.messenger != NAME and not taken else media.kind

    @property
    def cover(self) -> dict[str, Any]:
        """What the request says besides, where it is shown only to those who tap it."""
        return {"has_spoiler": True} if self.media.covered and self.kind in _COVERED else {}

    def field(self, *, attach: bool = False) -> Any:
        """What is put into the request; in an album the bytes are attached to it."""
        if self.media.messenger == NAME and not self.media.unnamed:
            return self.media.file
        # What is not read as a file handle is handed on as it is, to the transport.
        handle: Any = self
        name = self.media.name or self.media.kind
        return InputFile(handle, filename=name, attach=attach, read_file_handle=False)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._read():
                yield piece
        except SendError as failure:
            self.failure = failure
            raise
