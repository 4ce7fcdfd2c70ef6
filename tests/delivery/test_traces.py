"""What a file tells of its sender: its name, and what is written beside a picture, stay behind."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator

import pytest

from bot.message import Media
from bot.support.traces import taken_off, unnamed

SECRET = b"Ana Miller, 49.4 N 8.7 E"
PIECES = [1, 2, 3, 7, 64, 100_000]


def cleaned(data: bytes, piece: int = 64) -> bytes:
    """A file as it goes on, where it came in pieces of this size."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), piece):
            yield data[start : start + piece]

    async def read() -> bytes:
        return b"".join([each async for each in taken_off(pieces())])

    return asyncio.run(read())


def part(marker: int, content: bytes) -> bytes:
    """One part of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(way_up: int, order: str) -> bytes:
    """What a camera writes: which way up, and who and where."""
    entries = [(0x010F, 2, len(SECRET), 50), (0x0112, 3, 1, way_up << 16 if order == ">" else way_up)]
    head = (b"MM" if order == ">" else b"II") + struct.pack(order + "HI", 42, 8)
    fields = b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    return b"Exif\0\0" + head + struct.pack(order + "H", len(entries)) + fields + b"\0" * 4 + SECRET


JFIF = b"JFIF\0\1\2\1\0\1\0\1"
SMALL = b"\2\2" + SECRET[:12]
TABLE, FRAME, SCAN = part(0xDB, b"\0" + bytes(64)), part(0xC2, bytes(15)), part(0xDA, bytes(10))
POINTS = b"a\xff\x00b\xff\xd0c" * 40
AGAIN = part(0xC4, bytes(20)) + SCAN + b"more\xff\x00"
ICC, ADOBE = part(0xE2, b"ICC_PROFILE\0\1\1 sRGB"), part(0xEE, b"Adobe\0\x64\0\0\0\0\1")
END = b"\xff\xd9"


def jpeg(way_up: int = 1, order: str = ">") -> bytes:
    return b"".join(
        [
            b"\xff\xd8",
            part(0xE0, JFIF + SMALL),
            part(0xE0, b"JFXX\0\x10" + SECRET),
            part(0xE1, exif(way_up, order)),
            part(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
            ICC,
            part(0xE2, b"MPF\0" + SECRET),
            part(0xED, b"Photoshop 3.0\0" + SECRET),
            ADOBE,
            part(0xFE, b"Adobe of " + SECRET),
            b"\xff" + TABLE,  # any number of these may stand before a marker
            FRAME,
            SCAN,
            POINTS,
            AGAIN,
            END,
            b"\xff\xd8" + part(0xE1, exif(1, ">")) + END,  # a second picture, or the film of a moving one
        ]
    )


PICTURE = TABLE + FRAME + SCAN + POINTS + AGAIN + END


@pytest.mark.parametrize("piece", PIECES)
def test_of_a_jpeg_only_the_picture_goes_on(piece: int) -> None:
    kept = b"\xff\xd8" + part(0xE0, JFIF + b"\0\0") + ICC + ADOBE + PICTURE
    assert cleaned(jpeg(), piece) == kept


@pytest.mark.parametrize("order", [">", "<"], ids=["big-endian", "little-endian"])
@pytest.mark.parametrize("way_up", [3, 6, 8])
def test_which_way_up_a_jpeg_is_shown_stays(way_up: int, order: str) -> None:
    found = cleaned(jpeg(way_up, order))
    assert SECRET not in found
    turned = struct.pack(">HHIHH", 0x0112, 3, 1, way_up, 0)
    assert part(0xE1, b"Exif\0\0MM\0\x2a\0\0\0\x08\0\1" + turned + bytes(4)) in found
    assert cleaned(found) == found


@pytest.mark.parametrize("cut", range(2, len(jpeg()), 7))
def test_a_jpeg_that_breaks_off_tells_nothing_either(cut: int) -> None:
    found = cleaned(jpeg()[:cut])
    assert found.startswith(b"\xff\xd8")
    assert b"Ana" not in found


@pytest.mark.parametrize(
    "odd",
    [
        b"\xff\xd8\xff\xe1\0\0" + SECRET,
        b"\xff\xd8\xff\xe1\0\1" + SECRET + END,
        b"\xff\xd8" + SECRET + TABLE + END,
        b"\xff\xd8" + part(0xE1, b"Exif\0\0II" + b"\xff" * 30 + SECRET) + END,
        b"\xff\xd8" + part(0xE1, b"Exif\0\0") + END,
    ],
    ids=["no length", "too short a length", "something between", "places that are not there", "nothing"],
)
def test_a_jpeg_of_an_odd_shape_tells_nothing(odd: bytes) -> None:
    assert SECRET not in cleaned(odd)


def chunk(name: bytes, content: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@pytest.mark.parametrize("piece", PIECES)
def test_of_a_png_only_the_picture_goes_on(piece: int) -> None:
    start, points = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)), chunk(b"IDAT", bytes(range(256)) * 9)
    colours, end = chunk(b"gAMA", bytes(4)) + chunk(b"PLTE", bytes(12)), chunk(b"IEND", b"")
    told = [chunk(name, SECRET) for name in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"caBX", b"prVt")]
    file = start + told[0] + colours + b"".join(told[1:]) + points + chunk(b"tIME", bytes(7)) + end + SECRET
    assert cleaned(file, piece) == start + colours + points + end


@pytest.mark.parametrize("data", [b"", b"\xff", b"%PDF-1.7 a list", b"OggS" + bytes(999), b"\x89PNG"])
def test_any_other_file_goes_on_as_it_is(data: bytes) -> None:
    assert cleaned(data, 3) == data


@pytest.mark.parametrize(
    ("kind", "name", "type_", "called"),
    [
        ("document", "CV_Ana_Miller.pdf", "application/pdf", "document.pdf"),
        ("document", "Ana.Miller", "", "document"),
        ("document", "Ana.Miller", "application/pdf", "document.pdf"),
        ("document", "ana", "", "document"),
        ("document", "for Ana.pdf.JPG", "image/jpeg", "document.jpg"),
        ("photo", "IMG_20260302_Ana.jpeg", "image/jpeg", "picture.jpeg"),
        ("photo", "", "image/png", "picture.png"),
        ("voice", "Ana's voice.ogg", "audio/ogg", "voice.ogg"),
        ("audio", "Ana - My song.mp3", "audio/mpeg", "recording.mp3"),
        ("video", "../Ana", "video/mp4", "video.mp4"),
        ("document", "", "", "document"),
    ],
)
def test_a_file_is_called_like_everybodys(kind: str, name: str, type_: str, called: str) -> None:
    media = unnamed(Media("telegram", kind, "1", name, type_, size=9, seconds=2))
    assert (media.name, media.unnamed, media.size, media.seconds) == (called, True, 9, 2)
    assert Media(**media.to_json()) == media


def test_a_type_that_holds_more_than_a_type_is_dropped() -> None:
    assert unnamed(Media("matrix", "document", "1", "a.pdf", "application/pdf; name=Ana.pdf")).type == ""
