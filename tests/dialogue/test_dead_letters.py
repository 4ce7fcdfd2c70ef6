"""An event that fails each time holds up nobody: it is set aside, and the operators hear of it; but nothing
is set aside while nothing can be stored."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Row, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import handlers
from bot.dialogue import engine
from bot.dialogue.engine import TimerTurn
from bot.dialogue.turn import Turn
from bot.message import Chat, Event, Identity, Incoming, Unreadable, Words
from bot.program import demo
from db.engine import timers
from db.models import DeadLetter, Delivery, Letter, Person, Seen, Timer
from handlers.protecting import retention
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab


@pytest.fixture(autouse=True)
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever says "poison" finds a mistake of the engine's, outside of any handler; "nul" is a value that a
    database refuses."""
    act = Turn.act

    def broken(turn: Turn, happened: Event) -> None:
        if isinstance(happened, Words) and happened.text == "poison":
            raise KeyError("somebody's words")
        if isinstance(happened, Words) and happened.text == "refused":
            turn.db.execute(text("INSERT INTO people (id) VALUES (1)"))
        act(turn, happened)

    monkeypatch.setattr(Turn, "act", broken)
    monkeypatch.setattr(engine, "LONGEST_WAIT", 0.01)


def operated_by(here: Lab, *accounts: str) -> None:
    """Make people operators."""
    here.engine.installation = here.engine.installation.__class__(
        operators=frozenset(Identity("telegram", account) for account in accounts)
    )


def rows(here: Lab) -> list[DeadLetter]:
    with here.session() as db:
        return list(db.scalars(select(DeadLetter).order_by(DeadLetter.id)))


@pytest.mark.parametrize("words", ["poison", "refused"])
@on_loop
async def test_it_is_tried_three_times_and_set_aside_while_others_go_on(
    database: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with lab(database) as here:
        events = [here.incoming(f"p{n}", Words(f"w{n}")) for n in range(10)]
        events.insert(4, here.incoming("ana", Words(words), id="update:7"))
        said = await here.happens(*events)
        assert said == [f"You said w{n}" for n in range(10)]
        (row,) = rows(here)
        assert row.event == "telegram update:7"
        assert row.error in {"KeyError", "IntegrityError"}
        with here.session() as db:
            assert db.scalar(select(func.count()).select_from(Person)) == 10, "what it did is undone"
        log = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert [record.getMessage() for record in log] == ["not stored"] * 3 + ["set aside"]
        assert log[-1].__dict__["fields"]["number"] == row.number
        assert re.fullmatch("[0-9a-f]{6}", row.number)


@on_loop
async def test_what_an_adapter_cannot_read_is_set_aside_at_once_and_told(database: str) -> None:
    async with lab(database) as here:
        operated_by(here, "ola")
        await here.says("ola", "hello")
        nobody = Chat("telegram", "")
        for _again in range(2):
            await here.engine.receive(Incoming("update:9", Unreadable(KeyError("their words")), nobody))
        (row,) = rows(here)
        assert (row.event, row.error, row.reported) == ("telegram update:9", "KeyError", True)
        page = here.engine.metrics.page({}, None).decode()
        assert 'outcome="set aside"} 1.0' in page


@on_loop
async def test_it_is_harmless_when_it_comes_again(database: str) -> None:
    async with lab(database) as here:
        await here.happens(here.incoming("ana", Words("poison"), id="update:7"))
        await here.happens(here.incoming("ana", Words("poison"), id="update:7"))
        assert len(rows(here)) == 1
    async with lab(database) as here:
        await here.happens(here.incoming("ana", Words("poison"), id="update:7"))
        assert len(rows(here)) == 1
        assert await here.says("ana", "hello") == ["You said hello"]


@on_loop
async def test_what_works_at_the_second_try_is_not_set_aside(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, failures = Turn.act, [KeyError(), KeyError()]

    def broken(turn: Turn, happened: Event) -> None:
        if failures:
            raise failures.pop()
        act(turn, happened)

    monkeypatch.setattr(Turn, "act", broken)
    async with lab(database) as here:
        assert await here.says("ana", "hello") == ["You said hello"]
        assert rows(here) == []


@on_loop
async def test_operators_are_told_once_an_hour_and_how_many(database: str) -> None:
    async with lab(database, handlers) as here:
        operated_by(here, "olga", "never wrote")
        await here.says("olga", "/help")
        numbers = []
        for wait in (0, 10, 20, 31):
            here.clock.wind(here.clock.now() + timedelta(minutes=wait))
            said = await here.says("ana", "poison")
            numbers.append(rows(here)[-1].number)
            if wait in {10, 20}:
                assert said == []
            elif wait == 0:
                assert (
                    f"I could not handle 1 message, and have set it aside. The log has it under the "
                    f"number {numbers[-1]}." in said[0]
                )
            else:
                assert "I could not handle 3 messages" in said[0]
                assert numbers[-1] in said[0]
        assert [row.reported for row in rows(here)] == [True, False, False, True]


@on_loop
async def test_without_operators_it_is_set_aside_too(database: str) -> None:
    async with lab(database) as here:
        assert await here.says("ana", "poison") == []
        assert [row.reported for row in rows(here)] == [False]


@on_loop
async def test_nothing_is_set_aside_while_nothing_can_be_stored(database: str) -> None:
    """The database is there, and only takes nothing: what is in it can be read, but nothing written."""
    async with lab(database) as here:
        await here.says("bo", "hello")

        sqlite = here.database.dialect.name == "sqlite"

        def read_only(connection: Connection) -> None:
            connection.exec_driver_sql("PRAGMA query_only = ON" if sqlite else "SET TRANSACTION READ ONLY")

        event.listen(here.database, "begin", read_only)
        for words in ("hello", "poison"):
            with pytest.raises(DBAPIError):
                await here.engine.receive(here.incoming("ana", Words(words), id=words))
        event.remove(here.database, "begin", read_only)
        if sqlite:
            here.database.dispose()
        assert rows(here) == []
        assert await here.happens(here.incoming("ana", Words("hello"), id="hello")) == ["You said hello"]


@on_loop
async def test_a_timer_that_cannot_be_stored_holds_up_no_other(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = TimerTurn.run

    def broken(turn: TimerTurn, timers: Sequence[Row[Any]]) -> bool:
        if timers[0].about == "poison":
            raise KeyError
        return run(turn, timers)

    monkeypatch.setattr(TimerTurn, "run", broken)
    async with lab(database) as here:
        now = here.clock.now()
        for about in ("poison", "other"):
            await here.engine.worker.call(set_timer(about, now))
        assert await here.engine.due() == 2
        with here.session() as db:
            (left,) = db.scalars(select(Timer))
            assert (left.about, left.attempts) == ("poison", 1)
            assert left.due_at > now


def set_timer(about: str, at: Any) -> Callable[[Session], None]:
    return lambda db: timers.schedule(db, at, "nobody.knows", {}, about)


@on_loop
async def test_the_notes_are_forgotten_with_the_marks(database: str) -> None:
    async with lab(database, handlers) as here:
        await here.engine.worker.call(
            lambda db: retention.plan(db, here.clock.now(), here.engine.installation.zone())
        )
        await here.says("ana", "poison")
        here.clock.wind(here.clock.now() + timedelta(days=40))
        while await here.engine.due():
            pass
        assert rows(here) == []
        with here.session() as db:
            assert db.scalar(select(func.count()).select_from(Seen)) == 0
            assert db.scalar(select(func.count()).select_from(Delivery).join(Letter)) == 0


CONVERSATION = """\
@ Olga, operator on telegram, {language}
@ Ana, member on telegram, en
Olga: /help
Ana: poison
+ 2 hours
Ana: poison
Olga: /operator
"""


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "I could not handle 1 message, and have set it aside. The log has it under the number ",
                "/operator shows how everything runs.",
                "In the last week I have set 2 messages aside that I could not handle; the log says why.",
            ],
        ),
        (
            "de",
            [
                "1 Nachricht konnte ich nicht bearbeiten und habe sie beiseitegelegt. Im Protokoll steht ",
                "/operator zeigt, wie alles läuft.",
                "habe ich 2 Nachrichten beiseitegelegt, die ich nicht bearbeiten konnte; im Protokoll steht,",
            ],
        ),
    ],
)
def test_what_operators_read(database: str, language: str, expected: list[str]) -> None:
    lines: list[str] = []
    asyncio.run(demo.play(CONVERSATION.format(language=language).splitlines(), database, lines.append))
    said = "\n".join(lines)
    for words in expected:
        assert words in said
    assert said.count(expected[0]) == 2
