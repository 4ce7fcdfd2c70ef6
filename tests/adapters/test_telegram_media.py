"""Voice notes, pictures, files and changed words on their way from one messenger to the other: the same bytes
arrive, nothing of them is kept, and a file that does not come holds up nothing."""

import asyncio
import os
import sys
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.telegram.adapter import Telegram
from adapters.telegram.files import PIECE
from adapters.terminal import console
from adapters.terminal.console import Console
from bot.adapter import Later, Refused
from bot.message import Carried, Chat, Edited, Event, Media, Outgoing, Pressed, Words
from bot.program import cast
from bot.support import backoff
from db.help import relays
from db.models import Identity
from db.network import networks
from db.privacy import sweeping
from tests.support.aio import PATIENCE, on_loop
from tests.support.whole import NOON, Whole, becomes, hears, whole
from tests.telegram_server import Fault, File, TelegramServer, User

Result = TypeVar("Result")

JPEG = b"\xff\xd8\xff\xe0 a picture of a letter \xff\xd9"
OGG = b"OggS\x00 how a birth certificate is translated " * 999
MB = 2**20
KINDS = {
    "voice": OGG,
    "photo": JPEG,
    "document": b"%PDF a list",
    "audio": b"ID3 a song",
    "video": b"ftyp a walk",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait as long as a bot does."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0.005)


class Matrix(Console):
    """The terminal's "matrix" side, with Bo alone at it. `breaks` is how often a file breaks in the middle
    before it comes whole; with `has_lost_all` none does any more."""

    def __init__(self) -> None:
        super().__init__("matrix", self._shown)
        self.breaks = 0
        self.has_lost_all = False
        self._unseen: asyncio.Queue[tuple[console.Shown, bool]] = asyncio.Queue()
        self._said = 0

    def _shown(self, to: str, message: console.Shown, edited: bool) -> None:
        self._unseen.put_nowait((message, edited))

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        if self.has_lost_all:
            raise Refused("not found")
        data = self.files[media.file]
        half = len(data) // 2
        yield data[:half]
        if self.breaks:
            self.breaks -= 1
            raise Later(0.01)
        yield data[half:]

    async def sees(self, words: str, *, edited: bool = False) -> console.Shown:
        """The next message that holds the words, whatever else comes before."""
        while True:
            shown, was_edited = await asyncio.wait_for(self._unseen.get(), PATIENCE)
            if words in shown.plain and was_edited == edited:
                return shown

    async def next(self) -> str:
        """The words of the next message or change."""
        return (await asyncio.wait_for(self._unseen.get(), PATIENCE))[0].plain

    async def bo(self, event: Event) -> None:
        """Bo does something."""
        await self.happens("bo", event, name="Bo", language="en")

    async def says(self, text: str, media: Media | None = None, album: str = "") -> str:
        """Bo writes, or sends something; the id of the message."""
        self._said += 1
        await self.bo(Words(text, f"m{self._said}", media=media, album=album))
        return f"m{self._said}"

    def file(self, kind: str, data: bytes, name: str = "", size: int | None = None) -> Media:
        """A file that lies at this messenger."""
        self.files[f"mxc://{len(self.files)}"] = data
        return Media("matrix", kind, f"mxc://{len(self.files) - 1}", name, size=size or len(data))


@dataclass
class Here:
    """Ana on Telegram and Bo on Matrix, the two members of a network. Their clock stands still: an album is
    whole when `program.passes(seconds=1)`."""

    program: Whole
    ana: User
    matrix: Matrix

    @property
    def server(self) -> TelegramServer:
        return self.program.server

    async def talk(self, one: str, other: str, *, named: bool = True) -> None:
        """From now on the bot carries their words, as after a request of the one that the other has taken."""
        await self.program.app.engine.worker.call(partial(_talk, accounts=(one, other), named=named))

    def downloads(self) -> int:
        """How often the bot asked for a file."""
        return self.server.calls.count("getFile") + self.server.calls.count("file")


def _talk(db: Session, accounts: tuple[str, str], *, named: bool) -> None:
    identities = [db.scalars(select(Identity).where(Identity.account == each)).one() for each in accounts]
    asker, helper = (identity.person for identity in identities)
    network = networks.by_name(db, cast.NETWORK)
    assert network is not None
    relays.open_relay(db, network, request_id=None, asker=asker, helper=helper, asker_named=named, now=NOON)


ANA, CY, BO = "2", "3", "bo"
"""Their accounts."""


@asynccontextmanager
async def here(folder: Path, *, file_url: str = "") -> AsyncIterator[Here]:
    matrix = Matrix()
    async with whole(folder, file_url=file_url, others={"matrix": matrix}) as program:
        ana = await program.member(2, "Ana")
        await program.enters("Bo", "matrix", BO, "member", "en")
        yield Here(program, ana, matrix)


def files(shown: console.Shown) -> list[tuple[str, bytes]]:
    """The files of a message at the terminal, by kind."""
    return [(media.kind, data) for media, data in shown.files]


# --- from one messenger to the other ---------------------------------------------------------------


@on_loop
async def test_a_voice_note_that_asks_on_telegram_is_heard_on_matrix(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        ana, matrix = place.ana, place.matrix
        ana.says("/ask papers")
        await hears(ana, "What do you need help with?")
        ana.sends("voice", data=OGG, duration=7)
        ana.presses(await hears(ana, "Attached: a voice note."), "Send it with my name")
        await hears(ana, "I am asking now")
        asked = await matrix.sees("Ana from Neckar Mentors has a question: Papers.")
        [(media, heard)] = asked.files
        assert heard == OGG
        assert (media.kind, media.type, media.size, media.seconds) == ("voice", "audio/ogg", len(OGG), 7)
        await matrix.bo(Pressed(0, asked.id, asked.outgoing))
        await hears(ana, "Bo can help.")
        answer = OGG[::-1]
        await matrix.says("", matrix.file("voice", answer, "voice.ogg"))
        shown = await hears(ana, "Bo")
        assert shown.method == "sendVoice"
        assert shown.files == (File("voice", "voice.ogg", answer, "Bo"),)


@pytest.mark.parametrize("kind", KINDS)
@on_loop
async def test_a_file_crosses_both_ways(kind: str, tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        data, words = KINDS[kind], 'The list of <b>courts</b> & "more"'
        await place.talk(ANA, BO)
        place.ana.sends(kind, data=data, caption=words)
        shown = await place.matrix.sees(f"Ana: {words}")
        assert files(shown) == [(kind, data)]
        await place.matrix.says(words, place.matrix.file(kind, data, f"it.{kind}"))
        back = await hears(place.ana)
        assert back.method == f"send{kind.capitalize()}"
        assert (back.text, back.entities) == (f"Bo: {words}", (("bold", "Bo"),))
        assert [(file.kind, file.name, file.data) for file in back.files] == [(kind, f"it.{kind}", data)]
        # What was asked for is the file once, and nothing for the way back.
        assert place.downloads() == 2


@on_loop
async def test_from_telegram_to_telegram_nothing_is_downloaded(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        for kind, data in KINDS.items():
            place.ana.sends(kind, data=data, caption="a < b")
            shown = await hears(cy, "Ana: a < b")
            assert [(file.kind, file.data) for file in shown.files] == [(kind, data)]
        place.ana.sends_album([("photo", JPEG, ""), ("photo", JPEG + b"2", "Both sides")])
        await place.program.passes(seconds=1)
        assert len((await hears(cy, "Ana\n\nBoth sides")).files) == 2
        assert place.downloads() == 0


@on_loop
async def test_who_asks_without_a_name_is_not_named_by_a_file(tmp_path: Path) -> None:
    made_by = b"Ana Miller, 49.4 N 8.7 E"
    picture = b"\xff\xd8\xff\xfe\x00\x1a" + made_by + b"\xff\xda\x00\x02 a letter \xff\xd9"
    cleaned = picture.replace(b"\xff\xfe\x00\x1a" + made_by, b"")
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        for asker in (ANA, BO):
            await place.talk(asker, CY, named=False)
        place.ana.sends("document", data=picture, caption="Like this", name="Ana_Miller.jpg")
        shown = await hears(cy, "The person who asked: Like this")
        assert [(file.name, file.data) for file in shown.files] == [("document.jpg", cleaned)]
        # It is the same from another messenger, and for an album.
        for number in range(2):
            media = place.matrix.file("photo", picture, f"Bo{number}.jpg")
            await place.matrix.says("Both sides" if number == 0 else "", media, album="a")
        await place.program.passes(seconds=1)
        album = await hears(cy, "The person who asked: Both sides")
        assert [(file.name, file.data) for file in album.files] == [("picture.jpg", cleaned)] * 2
        assert place.server.refusals == []


@on_loop
async def test_a_round_video_has_its_words_below_it(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        place.ana.sends("video_note", data=b"round", length=240, duration=2)
        assert files(await place.matrix.sees("Ana")) == [("video_note", b"round")]
        await place.matrix.says("Look", place.matrix.file("video_note", b"back", "v.mp4"))
        round_one = await hears(place.ana)
        assert (round_one.method, round_one.files[0].data, round_one.text) == ("sendVideoNote", b"back", "")
        assert (await hears(place.ana)).text == "Bo: Look"
        assert place.server.refusals == []


@on_loop
async def test_what_telegram_takes_for_no_picture_goes_as_a_file(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        drawing = replace(place.matrix.file("photo", b"<svg/>", "plan.svg"), type="image/svg+xml")
        await place.matrix.says("The way", drawing)
        shown = await hears(place.ana, "Bo: The way")
        assert (shown.method, shown.files[0].data) == ("sendDocument", b"<svg/>")
        assert place.server.refusals == []


# --- albums ----------------------------------------------------------------------------------------


@on_loop
async def test_an_album_stays_together(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        pictures = [JPEG + bytes([number]) for number in range(3)]
        await place.talk(ANA, BO)
        place.ana.sends_album(
            [("photo", data, "Is it <this>?" if n == 0 else "") for n, data in enumerate(pictures)]
        )
        await place.program.passes(seconds=1)
        shown = await place.matrix.sees("Ana: Is it <this>?")
        assert files(shown) == [("photo", data) for data in pictures]
        for number, data in enumerate(pictures):
            picture = place.matrix.file("photo", data, f"{number}.jpg")
            await place.matrix.says("It is <that>" if number == 1 else "", picture, album="a")
        await place.program.passes(seconds=1)
        back = await hears(place.ana)
        assert back.method == "sendMediaGroup"
        assert [file.data for file in back.files] == pictures
        assert back.text == "Bo\n\nIt is <that>"


@on_loop
async def test_words_after_an_album_come_after_it(tmp_path: Path) -> None:
    """All is there at once, as after a restart of the bot or from a phone that was in a tunnel."""
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        place.ana.says("one")
        place.ana.sends_album([("photo", JPEG, "two"), ("photo", JPEG + b"2", "")])
        place.ana.says("three")
        place.ana.says("four")
        assert (await hears(cy)).text.endswith("one")
        await place.program.passes(seconds=1)
        heard = [(await hears(cy)).text.split()[-1] for _ in range(3)]
        assert heard == ["two", "three", "four"]


@on_loop
async def test_an_album_that_telegram_would_not_take_comes_in_parts(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        kinds = ["photo", "video", "document", "document", "voice", "photo", *["audio"] * 11]
        for number, kind in enumerate(kinds):
            media = place.matrix.file(kind, KINDS[kind] + bytes([number]), f"{number}")
            await place.matrix.says("All I have" if number == 0 else "", media, album="a")
        await place.program.passes(seconds=1)
        parts = [await hears(place.ana) for _ in range(6)]
        assert [(part.method, len(part.files)) for part in parts] == [
            ("sendMediaGroup", 2),
            ("sendMediaGroup", 2),
            ("sendVoice", 1),
            ("sendPhoto", 1),
            ("sendMediaGroup", 10),
            ("sendAudio", 1),
        ]
        assert [part.text for part in parts] == ["Bo: All I have", "", "", "", "", ""]
        assert [file.name for part in parts for file in part.files] == [str(n) for n in range(len(kinds))]


@on_loop
async def test_an_album_is_the_answer_to_a_question(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        place.ana.says("/ask papers")
        await hears(place.ana, "What do you need help with?")
        place.ana.sends_album([("document", b"one", ""), ("document", b"two", "Both <pages>")])
        shown = await hears(place.ana, "Attached: a file")
        place.ana.presses(shown, "Send it without my name")
        place.ana.presses(await hears(place.ana, "I take off the name"), "Send it without my name")
        album = await place.matrix.sees("")  # an album has no buttons, so these come below it
        assert files(album) == [("document", b"one"), ("document", b"two")]
        asked = await place.matrix.sees("Somebody from Neckar Mentors has a question")
        assert "Both <pages>" in asked.plain
        assert asked.labels == ["I can help", "Not now"]


# --- what goes wrong -------------------------------------------------------------------------------


@on_loop
async def test_a_file_that_is_too_large_is_declined_before_anything_fails(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        place.ana.sends("video", size=20 * MB + 1, caption="Our walk")
        await hears(place.ana, "That file is too large: it has 21 MB, and I can pass on 20 MB.")
        place.ana.says("Then in words")
        await place.matrix.sees("Ana: Then in words")
        await place.matrix.says("", place.matrix.file("document", b"x", size=21 * MB))
        await place.matrix.sees("That file is too large: it has 21 MB, and I can pass on 20 MB.")
        assert place.downloads() == 0
        assert place.ana.unheard == 0


@pytest.mark.parametrize("lost", ["its number is refused", "it is not found"])
@on_loop
async def test_a_file_that_is_gone_holds_up_nothing(
    lost: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        if lost == "it is not found":
            says = {"ok": False, "error_code": 404, "description": "Not Found"}
            place.server.fails("file", Fault(404, says=says))
            place.ana.sends("document", caption="The secret list")
        else:
            place.server.fails("getFile", Fault(502))  # so that there is time for it to be lost
            place.ana.sends("document", caption="The secret list")
            place.server.files.loses_all()
        await place.matrix.sees(
            "Ana: The secret list\n\n(A file belongs to this, and I could not bring it to you.)"
        )
        assert "files refused" in [record.getMessage() for record in caplog.records]
        assert "secret" not in caplog.text


@on_loop
async def test_a_file_that_breaks_in_the_middle_is_tried_again(tmp_path: Path) -> None:
    breaks = 2

    async def serve(request: web.Request) -> web.StreamResponse:
        nonlocal breaks
        response = web.StreamResponse(headers={"Content-Length": str(len(OGG))})
        await response.prepare(request)
        await response.write(OGG[:20_000])
        if breaks:
            breaks -= 1
            assert request.transport is not None
            request.transport.abort()
        await response.write(OGG[20_000:])
        return response

    async with serving(serve) as file_url, here(tmp_path, file_url=file_url) as place:
        await place.talk(ANA, BO)
        place.ana.sends("voice", data=b"it lies elsewhere")
        assert files(await place.matrix.sees("Ana")) == [("voice", OGG)]
        assert breaks == 0
        place.matrix.breaks = 2
        await place.matrix.says("Listen", place.matrix.file("voice", OGG, "v.ogg"))
        shown = await hears(place.ana, "Bo: Listen")
        assert [file.data for file in shown.files] == [OGG]
        assert place.server.calls.count("sendVoice") == 3
        assert len(place.ana.seen) == 1


@asynccontextmanager
async def serving(serve: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """The address of a server that answers everything like this."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


# --- nothing is kept, nothing is held whole --------------------------------------------------------


@on_loop
async def test_nothing_of_a_file_is_written_anywhere(tmp_path: Path) -> None:
    mark = os.urandom(24)
    watched, written = True, []

    def note(event: str, args: tuple[Any, ...]) -> None:
        if watched and event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR):
            written.append(args[0])

    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        await place.program.calm()
        sys.addaudithook(note)  # SQLite is not seen by it, nothing else of ours escapes it
        try:
            place.ana.sends("document", data=mark * 5000, caption="The list")
            assert files(await place.matrix.sees("Ana: The list")) == [("document", mark * 5000)]
        finally:
            watched = False
        assert written == []
        await place.matrix.says("Thank you", place.matrix.file("voice", mark * 4000))
        await hears(place.ana, "Bo: Thank you")
        await place.program.calm()
        for _each in range(5):  # whoever reads at that moment holds the log; the next time it is cut
            await asyncio.to_thread(sweeping.sweep, place.program.app.database)
            kept = await asyncio.to_thread(contents, tmp_path)
            found = [name for name, data in kept.items() if mark in data or b"The list" in data]
            if not found:
                break
            await asyncio.sleep(1)
        assert "mentornet.db" in kept
        assert not found


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


SIZE, WINDOW = 15 * MB, MB
"""Of a file, and how much of it may be on its way at a time: less than the program would hold of it."""


@on_loop
async def test_a_large_file_goes_up_piece_by_piece() -> None:
    given = received = 0

    async def telegram(request: web.Request) -> web.StreamResponse:
        nonlocal received
        if "getme" in request.path.lower():
            return web.json_response({"ok": True, "result": {"username": "mentor_test_bot"}})
        async for piece in request.content.iter_any():
            received += len(piece)
        return web.json_response({"ok": True, "result": {"message_id": 7}})

    async def read() -> AsyncIterator[bytes]:
        nonlocal given
        while given < SIZE:
            while given - received > WINDOW:  # for ever, where somebody waits for the whole
                await asyncio.sleep(0)
            given += PIECE
            yield bytes(PIECE)

    media = Media("matrix", "document", "mxc://1", "list.pdf", size=SIZE)
    async with serving(telegram) as url, connected(url) as adapter:
        sent, peak = await measured(
            adapter.send(Outgoing(1, Chat("telegram", ANA), "Here", "Here", carried=[Carried(media, read)]))
        )
    assert sent.id == "7"
    assert received > given == SIZE
    assert peak < SIZE / 4


@on_loop
async def test_a_large_file_comes_down_piece_by_piece() -> None:
    given = taken = largest = 0

    async def telegram(request: web.Request) -> web.StreamResponse:
        nonlocal given
        if "bot" in request.path and not request.path.startswith("/file/"):
            result = {"username": "mentor_test_bot", "file_path": "documents/file_0.pdf"}
            return web.json_response({"ok": True, "result": result})
        response = web.StreamResponse(headers={"Content-Length": str(SIZE)})
        await response.prepare(request)
        while given < SIZE:
            while given - taken > WINDOW:
                await asyncio.sleep(0)
            given += PIECE
            await response.write(bytes(PIECE))
        return response

    async def take(adapter: Telegram) -> None:
        nonlocal taken, largest
        async for piece in adapter.fetch(Media("telegram", "document", "BQAC")):
            taken, largest = taken + len(piece), max(largest, len(piece))

    async with serving(telegram) as url, connected(url) as adapter:
        _, peak = await measured(take(adapter))
    assert taken == SIZE
    assert largest <= 4 * PIECE
    assert peak < SIZE / 4


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Telegram]:
    adapter = Telegram("1:TEST", api_url=url, poll_seconds=1, messages_per_second=30)
    await adapter.start()
    try:
        yield adapter
    finally:
        await adapter.close()


async def measured(work: Coroutine[Any, Any, Result]) -> tuple[Result, int]:
    """What it returns, and how many bytes were held at a time."""
    tracemalloc.start()
    try:
        async with asyncio.timeout(PATIENCE):
            return await work, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# --- changed words ---------------------------------------------------------------------------------


@on_loop
async def test_changed_words_change_on_the_other_side(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        ana, matrix = place.ana, place.matrix
        await place.talk(ANA, BO)
        typo = "The cuort has <it>"
        for kind in ("text", "photo"):
            mine = ana.says(typo) if kind == "text" else ana.sends(kind, data=JPEG, caption=typo)
            shown = await matrix.sees("Ana: The cuort has <it>")
            ana.edits(mine, "The court has <it>")
            changed = await matrix.sees("Ana: The court has <it>", edited=True)
            assert (changed.id, files(changed)) == (shown.id, files(shown))
        for media in (None, matrix.file("photo", JPEG, "it.jpg")):
            his = await matrix.says("At nine & ten", media)
            heard = await hears(ana, "Bo: At nine & ten")
            await matrix.bo(Edited("At ten & <b>eleven</b>", his))
            changed_here = await becomes(ana, heard, "Bo: At ten & <b>eleven</b>")
            assert changed_here.files == tuple(replace(f, caption=changed_here.text) for f in heard.files)
        assert place.server.calls.count("editMessageCaption") == 1


@on_loop
async def test_from_telegram_to_telegram_words_change_too(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await place.program.member(3, "Cy")
        await place.talk(ANA, CY)
        mine = place.ana.sends("voice", data=OGG, caption="Listen to this")
        shown = await hears(cy, "Ana: Listen to this")
        place.ana.edits(mine, "Listen to that")
        await becomes(cy, shown, "Ana: Listen to that")
        assert len([each for each in cy.seen if not each.edited]) == 1


@on_loop
async def test_a_changed_answer_counts_until_it_is_sent(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        ana = place.ana
        ana.says("/ask papers")
        await hears(ana, "What do you need help with?")
        need = ana.says("Who translates a birth certifcate?")
        await hears(ana, "Send it like this?")
        ana.edits(need, "Who translates a birth certificate?")
        await hears(ana, "Who translates a birth certificate?")
        ana.edits(need, "Who translates a passport?")
        ana.presses(await hears(ana, "Who translates a passport?"), "Send it with my name")
        await hears(ana, "I am asking now")
        await place.matrix.sees("Who translates a passport?")
        ana.edits(need, "Who translates a visa?")
        await hears(ana, "I have already used your words as they were")


# --- what is not carried ---------------------------------------------------------------------------

PLACE = "https://www.openstreetmap.org/#map=17/1.5/2.5"


@on_loop
async def test_what_can_be_said_in_words_is_carried_in_words(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        ana, matrix = place.ana, place.matrix
        in_words = {
            "sticker": "👍",
            "location": PLACE,
            "venue": f"Library\n1 Main Street\n{PLACE}",
            "contact": "Cy +100",
            "dice": "🎲 3",
            "poll": "When?\n– Now\n– Later",
        }
        for talking in (False, True):
            if talking:
                await place.talk(ANA, BO)
            for kind, words in in_words.items():
                if kind == "sticker":
                    ana.sends(kind, emoji=words)
                else:
                    ana.sends(kind)
                if talking:
                    assert (await matrix.sees("Ana: ")).plain == f"Ana: {words}"
                    await hears(ana, "I pass that on as text.")
                elif kind == "sticker":
                    await hears(ana, "You are welcome.")
                else:
                    assert (await ana.hears()).keyboard, "what words mean is asked"
            ana.sends("animation")
            await hears(ana, "I cannot pass on moving pictures.")
        # A place that moves: the app changes the message again and again.
        moves = ana.sends("location", live_period=900)
        await matrix.sees(PLACE)
        await hears(ana, "I pass that on as text.")
        for _ in range(3):
            place.server.happens("edited_message", place.server.messages[ana.id, moves])
        ana.says("I am on my way")
        assert await matrix.next() == "Ana: I am on my way"
        assert place.downloads() == ana.unheard == 0
