"""A file for which a question waits: its bytes are there when it is answered, and nowhere afterwards."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import Context, SentFile, Unclear, _
from bot.adapter import Later, Refused
from bot.message import Edited, Media, Words
from bot.support.fetching import Fetching
from db.models import Base, Conversation
from tests.odd import deeds
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

LIST = b"Zora Quist\nYusuf Pahl"
OTHERWISE = "Please send the list as a CSV or text file, or paste it here. Up to 1 MB."


def nobody_called_no_one(sent: SentFile | str) -> None:
    """Refuse a list with nobody on it."""
    if sent in ("nobody", SentFile("list.csv", b"nobody")):
        raise Unclear(_("There is nobody."))


def asks_for_list(ctx: Context) -> None:
    """Ask for a list, then whether it is right, and say how it came."""
    sent = ctx.ask_file(
        "list",
        _("Send me the names."),
        kinds=(".csv", ".txt"),
        most=2**20,
        check=nobody_called_no_one,
        otherwise=_("Please send the list as a CSV or text file, or paste it here. Up to 1 MB."),
    )
    words = sent.content.decode() if isinstance(sent, SentFile) else sent
    name = sent.name if isinstance(sent, SentFile) else "pasted"
    ctx.confirm("yes", _("Is it {words}?", words=words), yes=_("Yes, it is"), no=_("No"))
    ctx.say(_("{name} has {n}", name=name, n=len(words.splitlines())))


@pytest.fixture(autouse=True)
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "does", asks_for_list)


async def sends(
    here: Lab, name: str, data: bytes, *, words: str = "", size: int | None = len(LIST)
) -> list[str]:
    """Send a document, by the way of the program: first it is brought, then there is a turn."""
    here.console.files["1"] = data
    media = Media("telegram", "document", "1", name, size=size)
    fetching = Fetching({"telegram": here.console}, here.engine.awaited)
    event = here.incoming("ana", Words(words, "m1", media=media))
    return await here.happens(await fetching.brought(event))


def everything(here: Lab) -> str:
    """Return all that the database holds."""
    with here.session() as db:
        rows = [db.execute(table.select()).all() for table in Base.metadata.sorted_tables]
    return repr(rows)


@on_loop
async def test_a_file_answers_and_is_gone_afterwards(database: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    async with lab(database) as here:
        assert await here.says("ana", "/do") == ["Send me the names."]
        assert await sends(here, "list.CSV", LIST) == ["Is it Zora Quist\nYusuf Pahl?"]
        with here.session() as db:
            assert db.query(Conversation).one().answers["list"]["content"]
        assert await here.presses("ana", "Yes, it is") == ["list.CSV has 2"]
        assert "Quist" not in everything(here)
        assert "Wm9yYSBR" not in everything(here), "nor as it is kept with the question"
    assert not [each for each in caplog.records if "Quist" in repr(vars(each))]


@on_loop
async def test_what_is_cancelled_is_gone_as_well(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/do")
        await sends(here, "list.csv", LIST)
        await here.says("ana", "/start")
        await here.says("ana", "/cancel")
        assert "Quist" not in everything(here)


@on_loop
async def test_pasted_words_answer_and_are_gone_afterwards(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/do")
        assert await here.says("ana", LIST.decode()) == ["Is it Zora Quist\nYusuf Pahl?"]
        assert await here.presses("ana", "Yes, it is") == ["pasted has 2"]
        assert "Quist" not in everything(here)


@on_loop
async def test_anything_else_is_told_what_is_taken(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/do")
        assert await sends(here, "list.pdf", LIST) == [f"{OTHERWISE}\n\nSend me the names."]
        assert "Send me the names." in (await sends(here, "list.csv", LIST, size=2**20 + 1))[0]
        photo = Media("telegram", "photo", "1", "list.csv", size=5)
        assert "Send me the names." in (await here.happens(here.incoming("ana", Words("", media=photo))))[0]
        assert await sends(here, "list.txt", LIST) == ["Is it Zora Quist\nYusuf Pahl?"]


@on_loop
async def test_a_list_that_cannot_be_meant_is_refused_as_a_file_and_as_words(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/do")
        assert (await sends(here, "list.csv", b"nobody")) == ["There is nobody.\n\nSend me the names."]
        assert "Send me the names." in (await here.says("ana", "nobody"))[0]
        assert await sends(here, "list.csv", LIST) == ["Is it Zora Quist\nYusuf Pahl?"]


@on_loop
async def test_a_file_that_is_larger_than_it_says_is_not_taken(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/do")
        said = await sends(here, "list.csv", b"Zora\n" * 2**18, size=None)
        assert said == [f"{OTHERWISE}\n\nSend me the names."]


@on_loop
async def test_a_file_that_does_not_come_is_asked_for_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/do")
        monkeypatch.setattr(here.console, "fetch", lambda media: _fails(Refused("gone")))
        said = await sends(here, "list.csv", LIST)
        assert said[0].startswith("I could not get that file just now.")
        assert said[0].endswith("Send me the names.")
        tries = iter([Later(0.01), None])
        fetch = type(here.console).fetch

        def soon(media: Media) -> object:
            failure = next(tries)
            return _fails(failure) if failure else fetch(here.console, media)

        monkeypatch.setattr(here.console, "fetch", soon)
        assert await sends(here, "list.csv", LIST) == ["Is it Zora Quist\nYusuf Pahl?"]


async def _fails(error: Exception) -> AsyncIterator[bytes]:
    for piece in (b"Zora", b""):
        yield piece
        raise error


@on_loop
async def test_a_file_that_nobody_waits_for_is_not_brought(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        here.console.files["1"] = LIST
        fetching = Fetching({"telegram": here.console}, here.engine.awaited)
        media = Media("telegram", "document", "1", "list.csv", size=len(LIST))
        for who in ("ana", "somebody new"):
            event = here.incoming(who, Words("", media=media))
            assert await fetching.brought(event) == event
        await here.says("ana", "/do")
        await sends(here, "list.csv", LIST)
        event = here.incoming("ana", Words("", media=media))
        assert await fetching.brought(event) == event, "the question that is open by now waits for none"


@on_loop
async def test_what_follows_a_file_waits_for_it_and_others_do_not() -> None:
    order: list[str] = []
    came = asyncio.Event()

    async def awaited(sender: object, media: Media) -> int:
        await came.wait()
        return 100

    class Slow:
        async def fetch(self, media: Media) -> AsyncIterator[bytes]:
            yield media.name.encode()

    async with lab("sqlite://") as here:
        fetching = Fetching({"telegram": Slow()}, awaited)  # type: ignore[dict-item]  # only what it fetches with

        async def happens(who: str, words: str, file: bool = False) -> None:
            media = Media("telegram", "document", "1", words) if file else None
            brought = await fetching.brought(here.incoming(who, Words(words, media=media)))
            assert isinstance(brought.event, Words)
            assert brought.event.content == (words.encode() if file else None)
            order.append(words)

        jobs = [
            asyncio.create_task(happens(*each))
            for each in (
                ("ana", "one", True),
                ("ana", "two"),
                ("ana", "three", True),
                ("bo", "mine"),
                ("ana", "four"),
            )
        ]
        await asyncio.sleep(0.01)
        assert order == ["mine"]
        came.set()
        jobs.append(asyncio.create_task(happens("ana", "five")))
        await asyncio.gather(*jobs)
        assert order == ["mine", "one", "two", "three", "four", "five"]


@on_loop
async def test_an_edit_below_the_file_keeps_the_file(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/do")
        await sends(here, "list.csv", LIST, words="Here")
        said = await here.happens(here.incoming("ana", Edited("Here it is", "m1")))
        assert said == ["Is it Zora Quist\nYusuf Pahl?"]


def test_nothing_of_a_file_is_shown_where_it_is_logged() -> None:
    event = Words("", media=Media("telegram", "document", "1", "list.csv"), content=LIST)
    assert "Quist" not in repr(event)
    assert "Quist" not in repr(SentFile("list.csv", LIST))
