"""Files as Telegram keeps them: an id for each use, an id for the content, a path to fetch it from."""

import base64
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.telegram_server.checks import png_size
from tests.telegram_server.seen import Refuse, bad

# The longest that a bot may fetch; a sender may be longer.
LARGEST_DOWNLOAD = 20 * 2**20
# Kinds of files: how their ids begin, what the library below the Bot API calls them, where they are fetched
# from, and what they are where the sender did not say.
_KINDS = {
    "photo": ("AgAC", "Photo", "photos", "image/jpeg"),
    "voice": ("AwAC", "VoiceNote", "voice", "audio/ogg"),
    "video": ("BAAC", "Video", "videos", "video/mp4"),
    "document": ("BQAC", "Document", "documents", "application/octet-stream"),
    "sticker": ("CAAC", "Sticker", "stickers", "image/webp"),
    "audio": ("CQAC", "Audio", "music", "audio/mpeg"),
    "animation": ("CgAC", "Animation", "animations", "video/mp4"),
    "video_note": ("DQAC", "VideoNote", "video_notes", "video/mp4"),
}
CAPTIONED = frozenset({"photo", "voice", "video", "document", "audio", "animation"})
_NAMED = frozenset({"video", "document", "audio", "animation"})
_TIMED = frozenset({"voice", "video", "audio", "animation", "video_note"})
_ENDINGS = {"audio/ogg": ".oga", "image/jpeg": ".jpg", "image/webp": ".webp", "audio/mpeg": ".mp3"}
_SMALL_JPEG = b"\xff\xd8\xff\xe0 a smaller size of the same picture \xff\xd9"


@dataclass(frozen=True)
class Kept:
    """One file. `size` is what Telegram says it is; the bytes at hand may be fewer."""

    id: str
    unique_id: str
    kind: str
    name: str
    mime: str
    size: int
    data: bytes = field(repr=False)

    @property
    def json(self) -> dict[str, Any]:
        """The fields that each file of the Bot API has."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass(frozen=True)
class Media:
    """A file in a message: `json` is what the Bot API has in the field of that kind."""

    kind: str
    file: Kept
    json: Any

    @property
    def fields(self) -> dict[str, Any]:
        """What it adds to a message. An animation comes as a document too, for old bots."""
        if self.kind != "animation":
            return {self.kind: self.json}
        same = ("file_id", "file_unique_id", "file_size", "file_name", "mime_type")
        return {self.kind: self.json, "document": {name: self.json[name] for name in same}}


class Files:
    """All files of one server."""

    def __init__(self) -> None:
        self._files: dict[str, Kept] = {}
        self._media: dict[str, Media] = {}
        self._paths: dict[str, Kept] = {}
        self._lost: set[str] = set()

    def add(
        self,
        kind: str,
        data: bytes,
        *,
        name: str = "",
        mime: str = "",
        size: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> Media:
        """A new file. `more` are further fields of its kind: a duration, the emoji of a sticker."""
        if not mime:
            mime = mimetypes.guess_type(name)[0] or _KINDS[kind][3]
        file = self._keep(kind, data, name or kind + _ending(mime), mime, size)
        fields = dict(more or {})
        if kind == "photo":
            media = Media(kind, file, self._sizes(file))
        else:
            media = Media(kind, file, file.json | _of_kind(file, fields))
        for each in media.json if kind == "photo" else [media.json]:
            self._media[each["file_id"]] = media
        return media

    def again(self, file_id: str, kind: str) -> Media:
        """A file that was sent before, by its id. Raises `Refuse` for what is none, or none of this kind."""
        media = self._media.get(file_id)
        if media is None:
            # Far too short to be an id: as if there were nothing. (Older tests of ours count on these words.)
            words = "wrong file identifier/HTTP URL specified"
            raise bad(words if len(file_id) > 20 else f"there is no {kind} in the request")
        if media.kind == kind or (media.kind, kind) == ("animation", "document"):
            return media
        if "photo" not in (media.kind, kind):
            raise bad("type of file mismatch")
        raise bad(f"can't use file of type {_KINDS[media.kind][1]} as {_KINDS[kind][1]}")

    def loses_all(self) -> None:
        """None of the files so far is given out any more."""
        self._lost |= self._files.keys()

    def path(self, file_id: str) -> dict[str, Any]:
        """The `File` of the Bot API, from which it can be fetched. Raises `Refuse`."""
        file = self._files.get(file_id)
        if file is None or file_id in self._lost:
            words = "wrong file_id or the file is temporarily unavailable"
            raise bad(words if len(file_id) > 20 else "invalid file_id", provoked=file is not None)
        if file.size > LARGEST_DOWNLOAD:
            raise bad("file is too big", provoked=True)  # that was the sender
        path = f"{_KINDS[file.kind][2]}/file_{len(self._paths)}{_ending(file.mime)}"
        self._paths[path] = file
        return file.json | {"file_path": path}

    def at(self, path: str) -> Kept:
        """The file behind a path that `path` gave. Raises `Refuse`."""
        if path not in self._paths:
            raise Refuse(404, "Not Found")
        return self._paths[path]

    def _keep(self, kind: str, data: bytes, name: str, mime: str, size: int | None) -> Kept:
        # Each use has an id of its own; the same bytes have the same unique id.
        count = len(self._files)
        seed = hashlib.sha256(f"{kind} {count}".encode()).digest()
        content = hashlib.sha256(kind.encode() + data + str(size).encode()).digest()[:9]
        unique = "AgAD" + base64.urlsafe_b64encode(content).decode()
        id = _KINDS[kind][0] + base64.urlsafe_b64encode(seed * 2)[:68].decode()
        file = Kept(id, unique, kind, name, mime, len(data) if size is None else size, data)
        self._files[id] = file
        return file

    def _sizes(self, file: Kept) -> list[dict[str, Any]]:
        """The picture in each size, the largest last."""
        try:
            width, height = png_size(file.data)
        except ValueError:
            width, height = 1280, 960
        small = self._keep("photo", _SMALL_JPEG + file.data[:64], "small.jpg", "image/jpeg", None)
        return [
            small.json | {"width": max(1, width // 4), "height": max(1, height // 4)},
            file.json | {"width": width, "height": height},
        ]


def _of_kind(file: Kept, more: dict[str, Any]) -> dict[str, Any]:
    """The fields of a file that its kind brings."""
    fields: dict[str, Any] = {}
    if file.kind in _TIMED:
        fields["duration"] = 1
    if file.kind in ("video", "animation"):
        fields |= {"width": 640, "height": 480}
    if file.kind == "video_note":
        fields["length"] = 240
    if file.kind == "sticker":
        fields |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    elif file.kind != "video_note":
        fields["mime_type"] = file.mime
    if file.kind in _NAMED:
        fields["file_name"] = file.name
    return fields | more


def _ending(mime: str) -> str:
    return _ENDINGS.get(mime) or mimetypes.guess_extension(mime) or ".bin"
