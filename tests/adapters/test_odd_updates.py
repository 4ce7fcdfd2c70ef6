"""Updates of broken shapes, put in at the wire: each ends stored, set aside or passed over, the three add up
to what was sent, and meanwhile everybody else is answered."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest

from adapters.telegram.updates import name_of, number_of
from bot.installation import Installation
from bot.message import Identity, Incoming, Unreadable, Words
from bot.program.compose import app_of
from bot.support.clock import RealClock
from tests.adapters.test_bad_line import telegram
from tests.adapters.test_telegram import HEADER, SECRET, Here, at_a_port, here, until
from tests.adapters.test_telegram import quick as quick
from tests.odd.shapes import LEVELS, broken, on_the_wire
from tests.support.aio import PATIENCE, on_loop
from tests.support.around import where_it_is_day
from tests.support.ready import ready
from tests.telegram_server import Fault, Room, TelegramServer, User

CROWD, BATCH = 30, 200
HONEST, OPERATOR = 900, 901
LONGEST = 3600.0
"""Seconds after which the whole is stuck."""
SILENCE = 20.0
"""Seconds after which somebody is no longer answered."""
KINDS = ("voice", "photo", "document", "video_note", "sticker", "contact", "venue", "poll", "dice")


# --- all that people do, broken on its way ---------------------------------------------------------


class Log(logging.Handler):
    """What the program logs: how many updates were nothing for us, and which events are errors."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.passed_over = 0
        self.errors: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == "update.skipped":
            self.passed_over += record.fields["count"]  # type: ignore[attr-defined]  # what `Events` puts there
        elif record.levelno >= logging.ERROR:
            self.errors.add(record.getMessage())


@pytest.fixture
def log() -> Iterator[Log]:
    """The log while a test runs."""
    ours, reading = logging.getLogger("mentornet"), Log()
    before, through = ours.level, ours.propagate
    ours.addHandler(reading)
    ours.setLevel(logging.DEBUG)
    ours.propagate = False  # nobody keeps a hundred thousand lines
    yield reading
    ours.removeHandler(reading)
    ours.setLevel(before)
    ours.propagate = through


def deed(server: TelegramServer, room: Room, user: User, dice: Random) -> None:
    """One thing that somebody does, well-formed as yet."""
    words = dice.choice(["/start", "/help", "/ask papers", "/join ABCD-2345", "Hello", "A\nB", "1", "👍"])
    where = dice.choice([None, None, room])
    match dice.randrange(9):
        case 0 | 1:
            user.says(words, room=where)
        case 2:
            user.says(words, user.says("first", room=where), room=where)
        case 3:
            user.presses_data(dice.randrange(1, 500), f"{dice.randrange(1, 500)}:{dice.randrange(3)}")
        case 4:
            user.sends(dice.choice(KINDS))
        case 5:
            user.sends_album([("photo", b"x", "Look"), ("photo", b"y", "")])
        case 6:
            user.edits(user.says("first"), "second")
        case 7:
            user.blocks()
            user.unblocks()
        case 8:
            user.says(f"{words}@mentor_test_bot", room=room)


def breaking(seed: int, seen: set[int]) -> Callable[[Mapping[str, Any]], Any]:
    """What breaks the updates of the crowd, and remembers which; it keeps their numbers."""

    def distort(update: Mapping[str, Any]) -> Any:
        kind, body = next((kind, body) for kind, body in update.items() if kind != "update_id")
        if body["from"]["id"] in (HONEST, OPERATOR):
            return update
        seen.add(update["update_id"])
        odd = broken({kind: body}, Random(f"{seed} {update['update_id']}"))
        return {"update_id": update["update_id"], **(odd if isinstance(odd, dict) else {kind: odd})}

    return distort


def events(database: Path, table: str) -> set[str]:
    """The events that stand in a table."""
    with closing(sqlite3.connect(database)) as look:
        return {event for (event,) in look.execute(f"SELECT event FROM {table}")}


@pytest.mark.parametrize(
    "count", [pytest.param(500, id="500"), pytest.param(25_000, id="25000", marks=pytest.mark.soak)]
)
@pytest.mark.parametrize("way_in", ["polling", "webhook"])
def test_each_ends_stored_set_aside_or_passed_over(
    way_in: str,
    count: int,
    tmp_path: Path,
    log: Log,
    tells: Callable[[str], None],
) -> None:
    seed = 11
    database = tmp_path / "mentornet.db"

    async def run() -> None:
        async with TelegramServer() as server:
            installation = Installation(
                languages=("en", "de"),
                time_zone=where_it_is_day(),
                operators=frozenset({Identity("telegram", f"{OPERATOR}")}),
            )
            adapter = telegram(server, way_in)
            app = app_of(ready(f"sqlite:///{database}"), {"telegram": adapter}, RealClock(), installation)
            crowd = [server.user(1 + n, f"P{n}", "en", met=True) for n in range(CROWD)]
            honest, operator = server.user(HONEST, "Hon"), server.user(OPERATOR, "Ola")
            room = server.group(-100777, "Mentors", members=[*crowd, honest], bot="administrator")
            sent: set[int] = set()
            server.distort = breaking(seed, sent)
            dice = Random(seed)
            async with app:
                running = asyncio.create_task(app.run())
                try:
                    operator.says("/start")
                    await operator.hears(SILENCE)
                    while len(sent) < count:
                        for _ in range(min(BATCH, count - len(sent))):
                            deed(server, room, dice.choice(crowd), dice)
                        honest.says("/help")
                        while "What would you like to do?" not in (await honest.hears(SILENCE)).text:
                            pass
                        async with asyncio.timeout(2 * SILENCE):
                            while server.waiting:
                                await asyncio.sleep(0.01)
                                assert not running.done()
                    told = [shown.text for shown in operator.seen if "could not handle" in shown.text]
                finally:
                    running.cancel()
                    await asyncio.gather(running, return_exceptions=True)
            names = {f"telegram update:{number}" for number in sent}
            aside = events(database, "dead_letters") & names
            stored = (events(database, "seen") & names) - aside
            tells(
                f"{way_in}, {len(sent)} broken updates: {len(stored)} stored, {len(aside)} set aside, "
                f"{log.passed_over} passed over"
            )
            assert len(stored) + len(aside) + log.passed_over == len(sent)
            assert min(len(stored), len(aside), log.passed_over) > len(sent) / 20
            assert len(told) == 1, "they are told once, not each time"

    asyncio.run(asyncio.wait_for(run(), LONGEST))
    assert log.errors <= {"set aside"}


# --- one by one ------------------------------------------------------------------------------------

NO_NUMBERS: list[Any] = ["5", "x", 5.5, True, 0, -7, 2**31, 2**63, 10**400, [], {"a": 1}]
NUMBERLESS: list[Any] = [
    None, True, 5, 0.5, "x", [], [1], {}, {"message": {}}, {"update_id": None, "message": {}},
    *({"update_id": number} for number in NO_NUMBERS),
]  # fmt: skip


def odd_for(ana: User, odd: Any) -> Callable[[Mapping[str, Any]], Any]:
    """Instead of what Ana does, the bot gets this."""
    return lambda update: odd if update["message"]["from"]["id"] == ana.id else update


@pytest.mark.parametrize("odd", NUMBERLESS, ids=lambda odd: repr(odd)[:30])
@on_loop
async def test_an_update_without_a_number_is_told_once_and_stops_nobody(odd: Any) -> None:
    async with here() as place:
        place.server.distort = odd_for(place.ana, odd)
        bo = place.server.user(1002, "Bo")
        place.ana.says("what nobody can read")
        await until(lambda: place.inbox.qsize() >= 2)
        polls = place.server.calls.count("getUpdates")
        await asyncio.sleep(0.2)  # it comes again and again, ever more slowly
        assert place.server.calls.count("getUpdates") - polls < 20
        came = [place.inbox.get_nowait() for _ in range(place.inbox.qsize())]
        assert {type(incoming.event) for incoming in came} == {Unreadable}
        assert len({incoming.id for incoming in came}) == 1, "it is known again"
        bo.says("Hello")
        while not isinstance(event := await place.event(), Words):
            assert isinstance(event, Unreadable)
        await until(lambda: not place.server.waiting)
        assert place.listening is not None
        assert not place.listening.done()


@pytest.mark.parametrize("odd", NUMBERLESS, ids=lambda odd: repr(odd)[:30])
@on_loop
async def test_by_webhook_it_is_taken_once_it_is_stored(odd: Any) -> None:
    async with here(webhook=at_a_port()) as place:
        await until(lambda: place.server.webhook)
        place.server.distort = odd_for(place.ana, odd)
        failures = [RuntimeError("the disk is full")]

        def store(incoming: Incoming) -> None:
            if failures:
                raise failures.pop()

        place.store = store
        place.ana.says("what nobody can read")
        await until(lambda: place.server.answered == [500, 200])
        assert [type(event) for event in await place.events(2)] == [Unreadable] * 2


def replaced_by(odd: Any) -> Callable[[Mapping[str, Any]], Any]:
    """Instead of each update the bot gets this, under its number."""
    return lambda update: {**odd, "update_id": update["update_id"]}


def message(place: Here, **odd: Any) -> dict[str, Any]:
    """What Ana wrote, and something odd in it."""
    said = {"message_id": 5, "date": 1, "chat": place.ana.chat, "from": place.ana.json, "text": "Hello"}
    return {"update_id": 500_000_001, "message": said | odd}


@pytest.mark.parametrize(
    "odd",
    [
        {"text": 5},
        {"text": None},
        {"text": {"a": 1}},
        {"message_id": "5"},
        {"message_id": True},
        {"message_id": 5.5},
        {"message_id": 10**30},
        {"from": None},
        {"from": "Ana"},
        {"from": {"id": "1001"}},
        {"from": {"id": {"id": 1001}}},
        {"from": {"first_name": "Ana"}},
        {"chat": None},
        {"chat": 1001},
        {"chat": {"id": 1001}},
        {"chat": {"id": None, "type": "private"}},
        {"chat": {"id": 2**63, "type": "private"}},
        {"chat": {"id": 1001, "type": "dream"}},
        {"chat": {"id": 1001, "type": ["private"]}},
        {"reply_to_message": 5},
        {"reply_to_message": {"message_id": "x"}},
    ],
    ids=repr,
)
@on_loop
async def test_what_has_not_its_shape_is_unreadable_and_confirmed(odd: Any) -> None:
    async with here() as place:
        place.server.distort = lambda update: message(place, **odd)
        place.ana.says("Hello")
        assert isinstance(await place.event(), Unreadable)
        await until(lambda: not place.server.waiting)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("edited_message", "x"),
        ("edited_message", {"message_id": 5}),
        ("callback_query", {}),
        ("callback_query", {"data": "7:0"}),
        ("callback_query", None),
        ("my_chat_member", {"chat": {"id": 1001, "type": "private"}, "from": {"id": 1001}}),
        ("my_chat_member", []),
        ("chat_join_request", {"chat": {"id": -1, "type": "group"}, "from": {"id": 1}}),
        ("message", 0),
    ],
    ids=repr,
)
@on_loop
async def test_a_kind_that_is_known_is_not_passed_over(kind: str, body: Any) -> None:
    async with here() as place:
        place.server.distort = lambda update: {"update_id": update["update_id"], kind: body}
        place.ana.says("Hello")
        assert isinstance(await place.event(), Unreadable)
        await until(lambda: not place.server.waiting)


@pytest.mark.parametrize(
    "file",
    [None, 5, "f", [], {}, {"file_id": ""}, {"file_id": 5}, {"file_id": None}, {"file_id": ["f"]}],
    ids=repr,
)
@on_loop
async def test_a_file_that_cannot_be_named_is_none(file: Any) -> None:
    async with here() as place:
        for kind, holds in (("document", file), ("photo", [file]), ("voice", file)):
            odd = message(place, **{kind: holds})
            del odd["message"]["text"]
            place.server.distort = replaced_by(odd)
            place.ana.says("Hello")
            assert isinstance(await place.event(), Unreadable)


@on_loop
async def test_hints_that_are_none_are_done_without() -> None:
    async with here() as place:
        odd = {"from": {"id": 1001, "first_name": 5, "language_code": ["de"], "is_bot": False}}
        place.server.distort = lambda update: message(place, **odd)
        place.ana.says("Hello")
        came = await asyncio.wait_for(place.inbox.get(), PATIENCE)
        assert (came.name, came.language) == ("", "")
        assert isinstance(came.event, Words)


@pytest.mark.parametrize("way_in", ["polling", "webhook"])
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("half \ud83d of it", "half  of it"),
        ("a\0b", "ab"),
        ("a whole \U0001f600", "a whole \U0001f600"),
    ],
)
@on_loop
async def test_what_no_database_keeps_is_left_out_of_a_text(text: str, kept: str, way_in: str) -> None:
    async with here(webhook=at_a_port() if way_in == "webhook" else None) as place:
        place.server.distort = lambda update: message(place, text=text)
        place.ana.says("Hello")
        event = await place.event()
        assert isinstance(event, Words)
        assert event.text == kept


@pytest.mark.parametrize("way_in", ["polling", "webhook"])
@pytest.mark.parametrize(
    "odd",
    [
        b"[" * LEVELS + b"]" * LEVELS,
        b'{"a":' * LEVELS + b"1" + b"}" * LEVELS,
        b'{"[[[[":"\\"]]]",' + b'"a":' + b"[" * LEVELS + b"]" * LEVELS + b',"b":[1]}',
        b"9" * 5000,
        b"-1e999",
        b"NaN",
        b'"\xff"',
        b'"\\ud800\\ud800"',
    ],
    ids=lambda odd: odd[:9].decode(errors="replace"),
)
@on_loop
async def test_what_no_parser_likes_keeps_no_other_update_from_being_read(odd: bytes, way_in: str) -> None:
    webhook = at_a_port() if way_in == "webhook" else None
    async with here(webhook=webhook) as place:
        update = on_the_wire(message(place, edit="HERE")).replace(b'"HERE"', odd)
        if webhook is None:
            says = b'{"ok": true, "result": [' + update + b"]}"
            place.server.fails("getUpdates", Fault(200, says=says))
            place.ana.says("Hello")  # what nobody has confirmed comes again as it is
        else:
            await until(lambda: place.server.webhook)
            async with (
                aiohttp.ClientSession() as session,
                session.post(webhook.url, data=update, headers={HEADER: SECRET}) as response,
            ):
                assert response.status == 200
        came = await asyncio.wait_for(place.inbox.get(), PATIENCE)
        assert came.id == "update:500000001"
        assert isinstance(came.event, Words)
        assert came.event.text == "Hello"


def test_the_number_of_an_update_is_its_name_else_all_that_it_holds() -> None:
    assert (number_of({"update_id": 7}), name_of({"update_id": 7, "a": 1})) == (7, "update:7")
    deep: Any = []
    for _ in range(1000):
        deep = [deep]
    names = {name_of(odd) for odd in (None, {}, {"update_id": -7}, {"update_id": "7"}, [deep], [[deep]])}
    assert len(names) == 6
    assert all(number_of(odd) == 0 for odd in NUMBERLESS)
