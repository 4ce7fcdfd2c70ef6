"""A delivery in the shape that its chat can show."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

from bot.adapter import Buttons, Capabilities
from bot.delivery.render import messages
from bot.installation import Installation
from bot.message import Chat, Made, Media, Outgoing
from bot.text import Verbatim, to_json

CHAT = Chat("console", "ana")


def rendered(
    can: Capabilities, text: str, *labels: str, made: Made | None = None, **more: Any
) -> list[Outgoing]:
    """The messages of a letter with these words and buttons."""
    offers = [{"label": to_json(Verbatim(label))} for label in labels]
    row = {
        "id": 1,
        "body": to_json(Verbatim(text)),
        "offers": offers,
        "language": "en",
        "hint": "",
        "network_languages": None,
        "time_zone": None,
        "network_time_zone": None,
        "media": [],
        "priority": 0,
        **dict.fromkeys(["replaced_message", "closes", "chosen", "recipe", "reply_to"]),
    }
    return messages(SimpleNamespace(**{**row, **more}), CHAT, can, Installation(), no_bytes, made=made)


async def no_bytes(media: Media) -> AsyncIterator[bytes]:
    """There is nothing to read."""
    nothing: tuple[bytes, ...] = ()
    for piece in nothing:
        yield piece


CARD = Made(b"", "qr.png", "QR code")


def test_a_picture_without_room_for_words_goes_alone_and_the_words_follow() -> None:
    first, second = rendered(Capabilities(max_caption=0), "Invitation to Neckar", "Withdraw it", made=CARD)
    assert (first.plain, first.made is not None, list(first.buttons)) == ("", True, [])
    assert (second.plain, second.made, second.part) == ("Invitation to Neckar", None, 1)
    assert second.buttons == [["Withdraw it"]]


def test_a_file_without_room_for_words_goes_alone_and_the_words_follow() -> None:
    media = [Media("console", "voice", "1").to_json()]
    first, second = rendered(Capabilities(max_caption=0), "Bo says:", media=media)
    assert (first.plain, len(first.carried), second.plain, list(second.carried)) == ("", 1, "Bo says:", [])


def test_where_nothing_can_be_changed_new_words_are_a_new_message_and_buttons_stay() -> None:
    stays = Capabilities(edits=False)
    (again,) = rendered(stays, "Bo has answered.", replaced_message="7")
    assert (again.plain, again.replaces) == ("Bo has answered.", None)
    assert rendered(stays, "Who can help?", replaced_message="7", closes=True) == []
    (edit,) = rendered(Capabilities(), "Bo has answered.", replaced_message="7")
    assert edit.replaces is not None
    assert edit.replaces.id == "7"


def test_a_number_stands_outside_of_the_words_that_run_from_right_to_left() -> None:
    (shown,) = rendered(Capabilities(buttons=Buttons.NUMBERS), "Which language?", "English", "العربية")
    assert shown.plain == "Which language?\n\n1. English\n2. \u2068العربية\u2069"
