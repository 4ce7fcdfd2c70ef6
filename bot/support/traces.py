"""What a file tells of its sender besides what can be seen or heard in it: its name, and what a camera or a
program wrote beside the picture. Taken off where somebody does not want to be known."""

import mimetypes
import re
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.message import Media

NAMES = {"voice": "voice", "audio": "recording", "photo": "picture", "video": "video", "video_note": "video"}
"""What a file is called by its kind; any other is a document."""
ENDINGS = {
    *("jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "bmp", "svg"),
    *("mp3", "m4a", "aac", "wav", "flac", "oga", "ogg", "opus", "mp4", "mov", "webm", "avi", "mkv"),
    *("pdf", "txt", "rtf", "csv", "zip", "doc", "docx", "odt", "xls", "xlsx", "ods", "ppt", "pptx", "odp"),
}
"""How files end that everybody has: any other ending may be part of a name."""
TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)

PNG = b"\x89PNG\r\n\x1a\n"
# Of https://www.w3.org/TR/png-3/#11Ancillary-chunks and of animations: all that has to do with how it looks.
PNG_CHUNKS = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"),
    *(b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"hIST", b"sPLT"),
}

JPEG = b"\xff\xd8"
SCAN, END, COMMENT = 0xDA, 0xD9, 0xFE
ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without anything behind them."""
NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
"""What ends the points of a picture: in them such a pair does not occur."""
APPLICATIONS = range(0xE0, 0xF0)
COLOURS = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""Of what programs write beside a picture, what is needed to show it as it was, and how that begins."""
EXIF, ORIENTATION = b"Exif\0\0", 0x0112
ONLY_ORIENTATION = EXIF + b"MM\0\x2a\0\0\0\x08\0\1" + b"\x01\x12\0\3\0\0\0\1\0%c\0\0" + b"\0\0\0\0"


def unnamed(media: Media) -> Media:
    """Return the same file as one that tells nothing of its sender: with a name that is everybody's, and read
    by `taken_off`."""
    stem = NAMES.get(media.kind, "document")
    type_ = media.type if TYPE.fullmatch(media.type) else ""
    ending = media.name.rpartition(".")[2].lower()
    suffix = f".{ending}" if ending in ENDINGS else mimetypes.guess_extension(type_) or ""
    return replace(media, name=stem + suffix, type=type_, unnamed=True)


async def taken_off(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Return the bytes of a file. Of a JPEG or a PNG only what makes up the picture: no place, time, device,
    name or comment, and no second picture behind it; which way up it is shown stays. Nothing is computed
    anew, so it looks the same. Any other file is left as it is."""
    source = _Source(pieces)
    if await source.begins(JPEG):
        cleaned = _jpeg(source)
    elif await source.begins(PNG):
        cleaned = _png(source)
    else:
        cleaned = source.rest()
    async for piece in cleaned:
        yield piece
    async for _ in source.rest():  # whoever reads a file to its end learns there whether it came whole
        pass


class _Source:
    """Bytes that come in pieces, taken as they are needed."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._ready = b""

    async def _more(self) -> bool:
        """Wait for the next piece; false at the end."""
        async for piece in self._pieces:
            self._ready += piece
            return True
        return False

    async def begins(self, start: bytes) -> bool:
        """Whether this comes next. Nothing is taken."""
        while len(self._ready) < len(start) and await self._more():
            pass
        return self._ready.startswith(start)

    async def take(self, size: int) -> bytes:
        """Return this many bytes; fewer only at the end."""
        while len(self._ready) < size and await self._more():
            pass
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    async def take_each(self, size: int) -> AsyncIterator[bytes]:
        """Return this many bytes, as they come."""
        while size and (self._ready or await self._more()):
            taken = await self.take(min(size, len(self._ready)))
            size -= len(taken)
            yield taken

    async def until(self, pattern: re.Pattern[bytes]) -> AsyncIterator[bytes]:
        """Return all before a pair of bytes, as they come."""
        while True:
            found = pattern.search(self._ready)
            # The first half of the pair may have come without the other.
            end = found.start() if found else len(self._ready) - self._ready.endswith(b"\xff")
            if end:
                yield await self.take(end)
            if found or not await self._more():
                return

    async def rest(self) -> AsyncIterator[bytes]:
        """Everything that is left."""
        while self._ready or await self._more():
            taken, self._ready = self._ready, b""
            yield taken


# --- JPEG (https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B) --------------------------------


async def _jpeg(source: _Source) -> AsyncIterator[bytes]:
    yield await source.take(len(JPEG))
    while True:
        async for _ in source.until(NEXT_MARKER):
            pass
        start = await source.take(2)
        if len(start) < 2:
            return
        marker = start[1]
        if marker == END or marker in ALONE:
            yield start
            if marker == END:
                return
            continue
        length = await source.take(2)
        kept = _kept(marker, await source.take(max(int.from_bytes(length) - 2, 0)))
        if kept is not None:
            yield start + (len(kept) + 2).to_bytes(2) + kept
        if marker == SCAN:
            async for piece in source.until(NEXT_MARKER):
                yield piece


def _kept(marker: int, content: bytes) -> bytes | None:
    """Return what is kept of a part of a JPEG; None for nothing."""
    if marker == 0xE0 and content.startswith(b"JFIF\0"):
        return content[:12] + b"\0\0"  # without its own small picture: that may show what was cut away
    if marker == 0xE1 and content.startswith(EXIF):
        return _upright(content[len(EXIF) :])
    if marker in COLOURS and content.startswith(COLOURS[marker]):
        return content
    return None if marker == COMMENT or marker in APPLICATIONS else content


def _upright(tiff: bytes) -> bytes | None:
    """Return of what a camera wrote only which way up the picture is shown."""

    def number(at: int, size: int) -> int:
        found = tiff[at : at + size]
        return int.from_bytes(found, "little") if tiff.startswith(b"II") else int.from_bytes(found)

    entries = number(4, 4) + 2
    for entry in range(entries, entries + 12 * number(entries - 2, 2), 12):
        if number(entry, 2) == ORIENTATION and 1 < number(entry + 8, 2) < 9:
            return ONLY_ORIENTATION % number(entry + 8, 2)
    return None


# --- PNG -----------------------------------------------------------------------------------------


async def _png(source: _Source) -> AsyncIterator[bytes]:
    yield await source.take(len(PNG))
    while len(head := await source.take(8)) == 8:
        size, name = int.from_bytes(head[:4]) + 4, head[4:]  # its sum comes last
        if name in PNG_CHUNKS:
            yield head
        async for piece in source.take_each(size):
            if name in PNG_CHUNKS:
                yield piece
        if name == b"IEND":
            return
