"""Whatever goes wrong, in whichever layer, and whatever its error quotes: a person's words are not in the
log, not in a row beside the one that holds them, and not among the figures."""

import io
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.__main__ import main
from bot.adapter import Unreachable
from bot.dialogue.context import Context
from bot.message import MessageRef, Outgoing, Unreadable
from bot.support import log
from db import faults, shape, store
from db.models import Base, DeadLetter, Letter, Network
from tests.odd import deeds
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

MARK = "XMARKEDX"

pytestmark = pytest.mark.usefixtures("logging_as_before")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the program logs, all of it."""
    stream = io.StringIO()
    log.configure("debug", "json", stream)
    yield stream


def quoting() -> list[Exception]:
    """Errors as libraries and the system make them, each with somebody's words in it."""
    found: list[Exception] = [
        ValueError(MARK),
        OSError(5, "Input/output error", MARK),
        ConnectionResetError(MARK),
        aiohttp.ClientPayloadError(MARK),
        UnicodeDecodeError("utf-8", MARK.encode(), 0, 1, MARK),
        ExceptionGroup(MARK, [KeyError(MARK)]),
        Unreachable(MARK),
        DBAPIError(f"SELECT '{MARK}'", {"words": MARK}, sqlite3.OperationalError(MARK)),
        type("Odd", (Exception,), {"__str__": lambda self: MARK})(),
    ]

    class Form(BaseModel):
        """What is checked."""

        number: int

    with pytest.raises(ValidationError) as refused:
        Form.model_validate({"number": MARK})
    try:
        raise RuntimeError(MARK) from refused.value
    except RuntimeError as error:
        found.append(error)
    return [*found, refused.value]


def rows(db: Session) -> str:
    """All that is in the database but for the words themselves, which wait in a letter."""
    tables = (table for table in Base.metadata.sorted_tables if table.name != Letter.__tablename__)
    return "".join(repr(db.execute(select(table)).all()) for table in tables)


@asynccontextmanager
async def nothing_leaks(here: Lab, written: io.StringIO) -> AsyncIterator[None]:
    """Look at the end of the block everywhere where nobody's words may be."""
    yield
    with here.session() as db:
        assert MARK not in rows(db)
    assert MARK not in written.getvalue()
    assert MARK not in here.engine.metrics.page({}, []).decode()


@on_loop
async def test_errors_of_sending_keep_the_words_to_themselves(database: str, written: io.StringIO) -> None:
    async with lab(database, whole=False) as here, nothing_leaks(here, written):
        really = here.console.send
        for number, error in enumerate(quoting()):
            trips = [error]

            async def trip(message: Outgoing, trips: list[Exception] = trips) -> MessageRef:
                if trips:
                    raise trips.pop()
                return await really(message)

            here.console.send = trip  # type: ignore[method-assign]  # in the test's hands
            await here.says(f"ana{number}", "/start")  # whose line broke waits for a while
            assert not trips
        said = [written.getvalue().count(f'"event": "{event}"') for event in ("send failed", "line broke")]
        broken = sum(isinstance(error, OSError) for error in quoting())
        assert said == [len(quoting()) - 1 - broken, broken]


@on_loop
async def test_errors_of_turns_keep_the_words_to_themselves(
    database: str, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(ctx: Context, error: Exception) -> None:
        raise error

    refused: list[Callable[[Context], object]] = [
        lambda ctx: ctx.db.execute(insert(Network).values(name=MARK)),
        lambda ctx: ctx.db.execute(text("SELECT :words FROM nowhere"), {"words": MARK}),
        lambda ctx: ctx.db.execute(text("INSERT INTO seen VALUES (:words)"), {"words": MARK}),
    ]
    async with lab(database, whole=False) as here, nothing_leaks(here, written):
        for does in [*refused, *(partial(fails, error=error) for error in quoting())]:
            monkeypatch.setattr(deeds, "does", does)
            written.seek(0)
            written.truncate()
            said = await here.says("ana", "/do")
            assert "Something went wrong on my side" in "".join(said)
            assert '"outcome": "failed"' in written.getvalue()
            assert MARK not in written.getvalue()


@on_loop
async def test_what_was_set_aside_keeps_its_words_to_itself(database: str, written: io.StringIO) -> None:
    async with lab(database, whole=False) as here, nothing_leaks(here, written):
        for error in quoting():
            await here.engine.receive(here.incoming("ana", Unreadable(error)))
        with here.session() as db:
            assert len(db.scalars(select(DeadLetter)).all()) == len(quoting())


def test_an_error_that_ends_the_program_keeps_its_words_to_itself(
    written: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/db"\n[log]\nformat = "json"\n')
    for error in quoting():

        def fails(engine: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(shape, "migrate", fails)
        status = main(["--config", str(config), "migrate"])
        captured = capsys.readouterr()
        assert status == os.EX_SOFTWARE
        assert '"event": "ended by a mistake"' in captured.err
        assert MARK not in captured.out + captured.err


def test_a_database_says_why_in_words_of_ours(database: str) -> None:
    with store.connected(database) as engine:
        for statement, values in (
            ("SELECT :words FROM nowhere", {"words": MARK}),
            (f"{MARK}", {}),
            ("INSERT INTO networks (name) VALUES (:words)", {"words": MARK}),
        ):
            with pytest.raises(faults.Unavailable) as unavailable, store.reached(engine) as connection:
                connection.execute(text(statement), values)
            assert MARK not in str(unavailable.value)
            assert "cannot be used: it refuses that" in str(unavailable.value)
            with pytest.raises(DBAPIError) as refused, engine.begin() as connection:
                connection.execute(text("SELECT :words FROM nowhere"), {"words": MARK})
            assert MARK not in str(refused.value), "its values are not in the error itself"
