"""What people and their apps do on Telegram all day, from the update to the other one's screen."""

from pathlib import Path
from typing import Any

import pytest
from telegram.error import BadRequest

from adapters.telegram.files import pieces
from adapters.telegram.http import TelegramHttp
from bot.support import backoff
from tests.adapters.test_telegram_media import ANA, BO, CY, JPEG, OGG, here
from tests.adapters.test_telegram_rooms import here as in_a_group
from tests.support.aio import on_loop
from tests.support.whole import asks, hears, new, whole
from tests.telegram_server import TelegramServer, User


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait as long as a bot does."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0.005)


def posts(server: TelegramServer, who: User, *, text: str = "", **fields: Any) -> None:
    """A message with whatever fields a phone makes."""
    made = server.message(who.id, {"from": who.json}, text=text, extra=fields)
    server.happens("message", made)


@on_loop
async def test_a_question_by_voice_reaches_one_who_takes_no_voice_notes_in_words(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        ana, bo = await program.member(2, "Ana"), await program.member(3, "Bo")
        await program.member(1, "Mia", "meta_mentor")
        bo.takes_voice_notes = False
        ana.says("/ask papers")
        await hears(ana, "What do you need help with?")
        ana.sends("voice", data=OGG, duration=3, caption="Who can read this for me?")
        ana.presses(await hears(ana, "Send it like this?"), "Send it with my name")
        asked = await hears(bo, "Who can read this for me?")
        assert not asked.files
        await hears(ana)


@on_loop
async def test_what_the_app_has_cut_in_two_is_one_question(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        ana = await program.member(2, "Ana")
        ana.says("/ask papers")
        await hears(ana, "What do you need help with?")
        ana.says("THE BEGINNING. " + "word " * 820 + "THE END. " + "tail " * 150)
        await program.calm()
        assert not any("Send it like this?" in text and "BEGINNING" not in text for text in new(ana))


@on_loop
async def test_an_edit_that_changed_nothing_of_a_long_message(tmp_path: Path) -> None:
    """Telegram tells of an edit when it has fetched the page behind a link."""
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        body = "https://example.org/guide " + "abcd " * 812 + "Meet at 9"
        said = place.ana.says(body)
        await place.program.calm()
        shown = len(cy.seen)
        place.ana.edits(said, body)
        await place.program.calm()
        assert len(cy.seen) == shown


@on_loop
async def test_a_picture_with_a_command_below_it(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        ana = await program.member(2, "Ana")
        ana.sends("photo", data=JPEG, caption="/ask papers What is this letter?")
        shown = await hears(ana, "What is this letter?")
        assert "Attached: a picture." in shown.text


@pytest.mark.parametrize(
    ("origin", "by"),
    [
        ({"type": "hidden_user", "sender_user_name": "Landlord K."}, "Landlord K."),
        ({"type": "user", "sender_user": {"id": 77, "is_bot": False, "first_name": "Kim"}}, "Kim"),
        ({"type": "channel", "chat": {"id": -1005, "type": "channel", "title": "News"}}, "News"),
    ],
)
@on_loop
async def test_whose_words_they_are_is_carried(origin: dict[str, Any], by: str, tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        words = "You must leave the flat by Friday."
        posts(place.server, place.ana, text=words, forward_origin={"date": 1, **origin})
        assert (await hears(cy, words)).text == f"Ana, forwarded from {by}: {words}"
        posts(place.server, place.ana, text="/leave", forward_origin={"date": 1, **origin})
        assert "/leave" in (await hears(cy)).text, "a command that is forwarded is words"


@on_loop
async def test_words_below_a_picture_that_moves_are_carried(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        moving = {"file_id": "g", "file_unique_id": "g", "width": 1, "height": 1, "duration": 1}
        words = "The appointment moved to 15:40, gate C"
        posts(place.server, place.ana, animation=moving, document=moving, caption=words)
        await hears(cy, words)
        await hears(place.ana)


@on_loop
async def test_a_group_that_takes_no_pictures_is_not_silent(tmp_path: Path) -> None:
    async with in_a_group(tmp_path) as place:
        place.room.mutes_bot(place.mia, can_send_messages=True)
        place.ana.sends("photo", data=JPEG, caption="/ask papers What is this letter?")
        for label in ("In the group too", "Send it with my name"):
            place.ana.presses(await hears(place.ana, "Send it like this?"), label)
        await hears(place.ana, "I am asking now")
        posted = await hears(place.room, "What is this letter?")
        assert not posted.files
        await asks(place.ana, "Who knows a notary?")
        await hears(place.room, "Who knows a notary?")


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("list.pdf", "list.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\list.pdf", "list.pdf"),
        ("two\nlines.pdf", "two lines.pdf"),
        ("x" * 500, "x" * 120),
    ],
)
@on_loop
async def test_a_file_is_called_what_it_is(name: str, shown: str, tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        place.ana.sends("document", data=b"a page", name=name)
        (media, _data) = (await place.matrix.sees("Ana")).files[0]
        assert media.name == shown


@pytest.mark.parametrize(("folder", "is_read"), [("", False), ("files", True), ("elsewhere", False)])
@on_loop
async def test_a_file_of_this_machine_is_read_only_in_the_folder_that_is_named(
    folder: str, is_read: bool, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "files" / "voice.ogg"
    file.write_bytes(OGG)
    (tmp_path / "elsewhere" / "link.ogg").symlink_to(file)
    local = tmp_path / folder if folder else None
    http = TelegramHttp()
    for path in (
        file,
        tmp_path / "elsewhere" / ".." / "files" / "voice.ogg",
        tmp_path / "elsewhere" / "link.ogg",
    ):
        reading = pieces(http, str(path), "https://example.org", local)
        if is_read:
            assert b"".join([piece async for piece in reading]) == OGG
        else:
            with pytest.raises(BadRequest, match="no such file"):
                [piece async for piece in reading]
