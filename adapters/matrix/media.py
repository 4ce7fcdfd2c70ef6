"""Files on a homeserver, carried in pieces; in encrypted rooms only their ciphertext ever leaves us.

Encryption is that of https://spec.matrix.org/latest/client-server-api/#sending-encrypted-attachments.
"""

import base64
import hashlib
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import IO, Any, Final
from urllib.parse import urlsplit

import aiohttp
from Crypto.Cipher import AES
from Crypto.Util import Counter
from nio import AsyncClient

from adapters.matrix.homeserver.client import V1, address, call, check, part, told
from adapters.matrix.homeserver.errors import Failed, kind
from bot.adapter import LARGEST_FILE, Refused, SendError
from bot.message import Media

_PIECE: Final = 64 * 1024
_IN_MEMORY: Final = 2**20


async def fetch(client: AsyncClient, media: Media) -> AsyncIterator[bytes]:
    """The bytes of a file in pieces. Raises a `SendError`, also at the end, where they were not those that
    were sent."""
    try:
        file: dict[str, Any] = json.loads(media.file)
        url = urlsplit(file["url"])
        opened = _Opened(file) if "key" in file else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("a file that says not where it is") from None
    if url.scheme != "mxc":
        raise Refused("a file that lies elsewhere")
    path = address(["media", "download", url.netloc, url.path.strip("/")], base=V1)
    size = 0
    try:
        answer = await client.send("GET", path, None, {"Authorization": f"Bearer {client.access_token}"})
        async with answer:
            if answer.status != 200:
                await _refused(answer)
            if answer.content_type == "text/html" and (opened or not media.type.startswith("text/")):
                raise kind(Failed("", 200))  # a page in the place of the file
            async for piece in answer.content.iter_chunked(_PIECE):
                size += len(piece)
                if size > LARGEST_FILE:
                    raise Refused("a file that is too large")
                yield opened.take(piece) if opened else piece
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise kind(Failed(type(error).__name__)) from None
    if opened:
        opened.end()


async def _refused(answer: aiohttp.ClientResponse) -> None:
    """Raise a `SendError` for a file that was not handed out."""
    try:
        await told(answer)
    except Failed as failed:
        raise kind(Failed("M_GONE", 404) if failed.code == "M_NOT_FOUND" else failed) from None
    raise kind(Failed("", answer.status))


async def largest(client: AsyncClient) -> int:
    """How many bytes a file may have on the homeserver. Raises `Failed`, also where it does not say."""
    told = await call(client, "GET", ["media", "config"], base=V1)
    size = part(told, "m.upload.size", int)
    if isinstance(size, bool) or size <= 0:
        raise Failed("", 200)
    return size


async def upload(
    client: AsyncClient,
    read: Callable[[], AsyncIterator[bytes]],
    *,
    type: str,
    name: str,
    size: int | None,
    encrypted: bool,
    largest: int = LARGEST_FILE,
) -> dict[str, Any]:
    """Put a file on the homeserver: `{"url": …}`, or `{"file": …}` with its key. Raises `Failed`; `Refused`
    where it has more bytes than the homeserver takes (`largest`); and whatever `read` raises.

    Homeservers want to know the size before; where nobody said it, the file waits in a temporary one.
    """
    if size is None:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as waiting:
            size = 0
            async for piece in read():
                size += len(piece)
                waiting.write(piece)
            waiting.seek(0)
            return await upload(
                client,
                lambda: _pieces(waiting),
                type=type,
                name=name,
                size=size,
                encrypted=encrypted,
                largest=largest,
            )
    if size > largest:
        raise Refused("a file that is larger than the homeserver takes")
    try:
        response, keys = await client.upload(
            lambda _limited, _timeouts: _whole(read(), size),
            content_type=type or "application/octet-stream",
            filename=None if encrypted else name,
            encrypt=encrypted,
            filesize=size,
        )
    except Failed as failed:
        if failed.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:  # whoever says so: it is about the file
            raise Refused("a file that is larger than the homeserver takes") from None
        raise
    except SendError:
        raise
    except Exception as error:
        if isinstance(error.__cause__, SendError):  # what `read` raised while it was sent
            raise error.__cause__ from None
        if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
            raise Failed(error.__class__.__name__) from None
        raise Failed(error.__class__.__name__) from error
    check(response)
    url = response.content_uri
    if not url.startswith("mxc://"):
        raise Failed("", 200)
    return {"file": {**keys, "url": url}} if encrypted else {"url": url}


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


async def _whole(pieces: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """The same pieces; refused where they are not as many bytes as was said."""
    sent = 0
    async for piece in pieces:
        sent += len(piece)
        if sent > size:
            break
        yield piece
    if sent != size:
        raise Refused("a file that is not as large as was said")


class _Opened:
    """Takes an encrypted file apart, piece by piece."""

    def __init__(self, file: dict[str, Any]) -> None:
        start = _bytes(file["iv"])
        counter = Counter.new(64, prefix=start[:8], initial_value=int.from_bytes(start[8:], "big"))
        self._cipher = AES.new(_bytes(file["key"]["k"]), AES.MODE_CTR, counter=counter)
        self._expected = _bytes(file["hashes"]["sha256"])
        self._hash = hashlib.sha256()

    def take(self, piece: bytes) -> bytes:
        """The piece, readable."""
        self._hash.update(piece)
        return self._cipher.decrypt(piece)

    def end(self) -> None:
        """That was all. Raises `Refused` where it is not what was sent."""
        if self._hash.digest() != self._expected:
            raise Refused("a file that was changed on its way")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def at(png: bytes, place: int) -> int:
    """Return the width (16) or height (20) of a PNG."""
    return int.from_bytes(png[place : place + 4], "big")


async def once(whole: bytes) -> AsyncIterator[bytes]:
    """Yield all of it in one piece."""
    yield whole
