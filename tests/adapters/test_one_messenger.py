"""What goes wrong on one messenger stays there: the others go on, operators hear of it on them, and it is
tried again where that can help."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from adapters.terminal.console import Console
from bot.adapter import Receive, Sharing, Unauthorised
from bot.delivery import unwell
from bot.message import Identity, Words
from bot.support import backoff
from tests.adapters.test_telegram import lines as lines
from tests.support.aio import PATIENCE, on_loop
from tests.support.whole import Whole, hears, new, whole
from tests.telegram_server import User

FAILED = "I can't use Matrix at the moment"
REFUSED = "Matrix no longer lets me in"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait as long as a bot does."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0.005)


class Frail(Console):
    """A messenger that fails with `wrong` while it connects, listens or closes (`at`), until that is None.
    Before `opened` is set nothing happens. `listened` is how often it began to listen."""

    def __init__(self, wrong: Exception, at: str, sharing: Sharing) -> None:
        super().__init__("matrix", lambda *_: None)
        self.sharing = sharing
        self.wrong: Exception | None = wrong
        self.opened = asyncio.Event()
        self.listened = 0
        self._at = at

    async def _fails(self, here: str) -> None:
        await self.opened.wait()
        if self._at == here and self.wrong is not None:
            raise self.wrong

    async def start(self) -> None:
        await self._fails("start")

    async def run(self, receive: Receive) -> None:
        self.listened += 1
        await self._fails("run")
        await super().run(receive)

    async def close(self) -> None:
        await self._fails("close")


@asynccontextmanager
async def beside(frail: Frail, folder: Path) -> AsyncIterator[tuple[Whole, User]]:
    """The program on Telegram and this, with an operator on Telegram."""
    async with whole(folder, others={"matrix": frail}) as program:
        ola = program.server.user(9, "Ola", met=True)
        operators = frozenset({Identity("telegram", "9"), Identity("matrix", "@ola")})
        program.app.installation = replace(program.app.installation, operators=operators)
        ola.says("/start")
        await hears(ola)
        frail.opened.set()
        yield program, ola


@pytest.mark.parametrize("sharing", Sharing)
@pytest.mark.parametrize("at", ["start", "run"])
@on_loop
async def test_an_exception_is_told_once_and_the_messenger_is_tried_again(
    at: str, sharing: Sharing, tmp_path: Path, lines: Callable[[], str]
) -> None:
    frail = Frail(KeyError("my own words"), at, sharing)
    async with beside(frail, tmp_path) as (program, ola):
        assert FAILED in (await hears(ola)).text
        ana = program.server.user(1, "Ana")
        for _ in range(3):
            ana.says("/start")
            await hears(ana)
            await program.until(lambda: "matrix" in program.app.heard())  # it is missed
        assert "telegram" in program.app.heard()
        frail.wrong = None
        await frail.happens("@bo", Words("/start"), name="Bo", language="en")
        assert [text for text in new(ola) if FAILED in text] == [new(ola)[-1]], "once"
    assert "own words" not in lines()
    assert lines().count(" warning failed ") == 1


@on_loop
async def test_a_line_that_breaks_while_we_listen_is_opened_anew_and_told_nobody(
    tmp_path: Path, lines: Callable[[], str]
) -> None:
    frail = Frail(ConnectionResetError(), "run", Sharing.NOTHING)
    async with beside(frail, tmp_path) as (program, ola):
        await program.until(lambda: frail.listened > 2)
        frail.wrong = None
        await frail.happens("@bo", Words("/start"), name="Bo", language="en")
        ola.says("/start")
        await hears(ola)
        assert not [text for text in new(ola) if FAILED in text]
    assert " warning line lost " in lines().replace('"', "")


@pytest.mark.parametrize("sharing", Sharing)
@pytest.mark.parametrize("at", ["start", "run"])
@on_loop
async def test_a_refusal_ends_only_its_own_messenger(
    at: str, sharing: Sharing, tmp_path: Path, lines: Callable[[], str]
) -> None:
    frail = Frail(Unauthorised("Matrix refuses the login: write another one."), at, sharing)
    async with beside(frail, tmp_path) as (program, ola):
        assert REFUSED in (await hears(ola)).text
        ola.says("/start")
        await hears(ola)
        assert set(program.app.heard()) == {"telegram", "matrix"}
        assert "Matrix refuses the login" in lines()
        listened = frail.listened
        await asyncio.sleep(0.1)
        assert frail.listened == listened, "a refusal does not go away"


@on_loop
async def test_what_only_an_operator_can_mend_reaches_them_by_name_once_a_day(tmp_path: Path) -> None:
    frail = Frail(RuntimeError(), "never", Sharing.EVERYTHING)
    captcha = partial(unwell.needs_somebody, messenger="matrix", sentence="Solve the captcha of the account.")
    async with beside(frail, tmp_path) as (program, ola):
        await program.app.tell_operators(captcha)
        assert (await hears(ola)).text.startswith("Matrix needs you: Solve the captcha of the account.")
        await program.app.tell_operators(captcha)
        ola.says("/start")
        await hears(ola)
        assert sum("captcha" in text for text in new(ola)) == 1


@on_loop
async def test_where_each_refuses_the_program_ends_and_says_why(tmp_path: Path) -> None:
    frail = Frail(Unauthorised("Matrix refuses the login."), "start", Sharing.NOTHING)
    async with beside(frail, tmp_path) as (program, ola):
        assert REFUSED in (await hears(ola)).text
        [running] = [task for task in asyncio.all_tasks() if " App.run " in repr(task.get_coro())]
        program.server.revoke()
        with pytest.raises(Unauthorised, match="Telegram refuses the token"):
            await asyncio.wait_for(running, PATIENCE)


@on_loop
async def test_a_messenger_that_is_never_there_is_missed_and_holds_up_nothing(tmp_path: Path) -> None:
    frail = Frail(ConnectionError("The homeserver cannot be reached."), "start", Sharing.NOTHING)
    async with beside(frail, tmp_path) as (program, ola):
        ola.says("/start")
        await hears(ola)
        assert set(program.app.heard()) == {"telegram", "matrix"}
        assert not [text for text in new(ola) if FAILED in text or REFUSED in text]


@on_loop
async def test_one_that_cannot_be_closed_keeps_no_other_open(
    tmp_path: Path, lines: Callable[[], str]
) -> None:
    frail = Frail(RuntimeError(), "close", Sharing.EVERYTHING)
    async with beside(frail, tmp_path):
        pass
    assert '"not closed" messenger=matrix error=RuntimeError' in lines()
    assert "stopped" in lines()
