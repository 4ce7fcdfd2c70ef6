"""Files on Telegram: read in pieces and sent in pieces, never held as a whole.

By https://core.telegram.org/bots/api#getfile a bot may download 20 MB, and by #sending-files upload 50 MB.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from telegram import InputFile
from telegram.error import BadRequest

from adapters.telegram.errors import Why
from adapters.telegram.http import TelegramHttp
from adapters.telegram.updates import NAME
from bot.adapter import SendError
from bot.message import Carried, Media
from bot.support import log as logs

log = logs.get(NAME)

PIECE: Final = 64 * 1024
ALBUM: Final = 10
"""Things in one album at most (https://core.telegram.org/bots/api#sendmediagroup)."""
# What Telegram takes as a picture (https://core.telegram.org/bots/api#sendphoto); others go as files.
_PICTURES: Final = {"image/jpeg", "image/png", "image/webp", ""}
_COVERED: Final = {"photo", "video"}
_TOLD: Final = {
    "video": ("duration", "width", "height"),
    "audio": ("duration",),
    "voice": ("duration",),
    "video_note": ("duration", "length"),
}
"""What the Bot API takes of what is known about a file."""
_LARGEST_PICTURE: Final = 10 * 2**20
# Which kinds can be in an album together; a voice note is always alone.
_TOGETHER: Final = {"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}


def _told(media: Media) -> dict[str, int]:
    """What somebody said about a file, in the Bot API's names."""
    told = {
        "duration": media.seconds,
        "width": media.width,
        "height": media.height,
        "length": media.width if media.width == media.height else None,
    }
    return {name: value for name, value in told.items() if value}


async def pieces(
    http: TelegramHttp, path: str, file_url: str, local: Path | None = None
) -> AsyncIterator[bytes]:
    """A file by its path as getFile gives it. A server on this machine may name one of its own files: it is
    read only inside of the folder `local`, for else whoever answers could have us send any file of this
    machine. Raises `TelegramError` or `OSError`."""
    if not path.startswith("/"):
        async for piece in http.read(f"{file_url}/{path}"):
            yield piece
        return
    file = Path(path)
    if local is None or not await asyncio.to_thread(_is_inside, file, local):
        log.warning("file.elsewhere", why="set telegram.local_files to the folder of your Bot API server")
        raise BadRequest(f"400: {Why.NO_FILE}")
    with await asyncio.to_thread(file.open, "rb") as opened:
        while piece := await asyncio.to_thread(opened.read, PIECE):
            yield piece


def _is_inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


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
    def about(self) -> dict[str, Any]:
        """What the request says besides: whether it is shown only to those who tap it; and of bytes that
        Telegram does not know yet, how large and how long they are."""
        media, kind = self.media, self.kind
        covered = {"has_spoiler": True} if media.covered and kind in _COVERED else {}
        if self.is_known:
            return covered
        told = {name: value for name, value in _told(media).items() if name in _TOLD.get(kind, ())}
        return covered | told

    @property
    def is_known(self) -> bool:
        """Whether Telegram has it, and it may be sent by its number."""
        return self.media.messenger == NAME and not self.media.unnamed

    def field(self, *, attach: bool = False) -> Any:
        """What is put into the request; in an album the bytes are attached to it."""
        if self.is_known:
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
