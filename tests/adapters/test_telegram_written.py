"""What somebody wrote on Telegram keeps its meaning as bare words."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.telegram.files import Upload
from adapters.telegram.shape import Misshapen
from adapters.telegram.updates import read
from adapters.telegram.written import written
from bot.message import Carried, Edited, Unsupported, Words


def link(start: int, length: int, url: object) -> dict[str, Any]:
    return {"type": "text_link", "offset": start, "length": length, "url": url}


def marked(kind: str, start: int, length: int) -> dict[str, Any]:
    return {"type": kind, "offset": start, "length": length}


@pytest.mark.parametrize(
    ("text", "entities", "expected"),
    [
        ("See the form", [link(8, 4, "https://example.org/f")], "See the form (https://example.org/f)"),
        ("example.org/f helps", [link(0, 13, "https://example.org/f")], "example.org/f helps"),
        ("Do not go", [marked("strikethrough", 3, 3)], "Do ~~not~~ go"),
        ("It was Bo", [marked("spoiler", 7, 2)], "It was ||Bo||"),
        ("👍👍 form", [link(5, 4, "https://a.example")], "👍👍 form (https://a.example)"),
        ("bold", [marked("bold", 0, 4)], "bold"),
        (
            "not this",
            [marked("strikethrough", 0, 3), link(4, 4, "https://a.example")],
            "~~not~~ this (https://a.example)",
        ),
        (
            "not",
            [marked("strikethrough", 0, 3), marked("spoiler", 0, 3)],
            "~~||not||~~",
        ),
        ("👍 half", [marked("spoiler", 1, 2)], "👍 half"),
        ("short", [marked("spoiler", 3, 50)], "short"),
        ("odd", [marked("spoiler", -1, 2), {"type": 5}, 7, None], "odd"),
        ("odd", {"type": "spoiler"}, "odd"),
        ("odd", [link(0, 3, 5)], "odd"),
    ],
)
def test_what_is_marked_is_written_out(text: str, entities: Any, expected: str) -> None:
    assert written({"text": text, "entities": entities}) == expected
    assert written({"caption": text, "caption_entities": entities}) == expected


def test_words_that_are_none_are_refused() -> None:
    with pytest.raises(Misshapen):
        written({"text": 5})
    assert written({"photo": []}) is None


def update(kind: str = "message", **message: Any) -> dict[str, Any]:
    ana = {"id": 2, "is_bot": False, "first_name": "Ana"}
    chat = {"id": 2, "type": "private"}
    return {"update_id": 7, kind: {"message_id": 5, "date": 1, "chat": chat, "from": ana, **message}}


def happened(update: dict[str, Any]) -> object:
    found = read(update, "mentor_bot")
    assert found is not None
    return found.event


def test_an_address_is_carried_and_stays_when_the_words_change() -> None:
    entities = [link(0, 4, "https://example.org/f")]
    words = "form (https://example.org/f)"
    assert happened(update(text="form", entities=entities)) == Words(words, "5")
    assert happened(update("edited_message", text="form", entities=entities)) == Edited(words, "5")
    photo = [{"file_id": "abc", "file_size": 5}]
    event = happened(update(photo=photo, caption="form", caption_entities=entities, has_media_spoiler=True))
    assert isinstance(event, Words)
    assert event.text == words
    assert event.media is not None
    assert event.media.covered


def test_what_stands_below_a_picture_that_moves_is_told_with_it() -> None:
    moving: dict[str, Any] = {
        "animation": {"file_id": "abc"},
        "document": {"file_id": "abc"},
        "caption": "Like this",
    }
    assert happened(update(**moving)) == Unsupported("animation", "Like this")


@pytest.mark.parametrize(
    ("kind", "told", "kept"),
    [
        ("video", {"width": 640, "height": 480, "duration": 7}, (640, 480, 7)),
        ("video_note", {"length": 240, "duration": 7}, (240, 240, 7)),
        ("voice", {"duration": 7}, (None, None, 7)),
        ("video", {"width": "wide", "height": -1, "duration": None}, (None, None, None)),
    ],
)
def test_how_large_and_how_long_it_is_stays_with_it(
    kind: str, told: dict[str, Any], kept: tuple[int | None, ...]
) -> None:
    sent: dict[str, Any] = {kind: {"file_id": "abc", **told}}
    event = happened(update(**sent))
    assert isinstance(event, Words)
    media = event.media
    assert media is not None
    assert (media.width, media.height, media.seconds) == kept
    assert Upload(Carried(media, nothing)).about == {}, "Telegram knows its own files"
    again = {name: value for name, value in told.items() if isinstance(value, int) and value > 0}
    assert Upload(Carried(replace(media, messenger="elsewhere"), nothing)).about == again


async def nothing() -> AsyncIterator[bytes]:
    yield b""
