"""The program on a line that breaks all the time: nothing is lost, the order stays, and what comes twice is
counted."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from random import Random

import pytest

from adapters.telegram.adapter import Telegram
from adapters.telegram.webhook import Webhook
from bot.installation import Installation
from bot.program.compose import app_of
from bot.support.clock import RealClock
from tests.program.test_run import all_sent
from tests.support.around import free_port, where_it_is_day
from tests.telegram_server import Call, Fault, Shown, TelegramServer, User

ASKS, DONE = "In which language should I write to you?", "All right"
LONGEST = 120.0
"""Seconds after which the whole is stuck."""
SILENCE = 30.0
"""Seconds after which an answer is lost: more than many faults of the line one after the other take."""


class BadLine:
    """Breaks one connection in five, half of them only after the server did what was asked, and answers one
    request in ten with 429 or 502.

    calls:  requests that could meet a fault
    met:    faults, by method
    lost:   those of them that hid an answer, by method

    Each chat has dice of its own, so that a run repeats, whichever chat comes first.
    """

    def __init__(self, seed: int) -> None:
        self.calls = 0
        self.met: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self._seed = seed
        self._dice: dict[str, Random] = {}

    def __call__(self, call: Call) -> Fault | None:
        # A program that does not reach Telegram at its start ends, and is started again by what keeps it.
        if call.method == "getMe":
            return None
        self.calls += 1
        whose = str(call.chat or call.method)
        luck = self._dice.setdefault(whose, Random(f"{self._seed} {whose}")).random()
        if luck >= 0.3:
            return None
        self.met[call.method] += 1
        if luck < 0.1:
            self.lost[call.method] += 1
            return Fault(accepted=True)
        if luck < 0.2:
            return Fault()
        return Fault(429, retry_after=1) if luck < 0.25 else Fault(502)


async def sees(user: User, words: str) -> Shown:
    """The next message that begins with these words."""
    while True:
        shown = await user.hears(SILENCE)
        if not shown.edited and shown.text.startswith(words):
            return shown


async def talks(user: User, rounds: int) -> list[str]:
    """Five updates a round, most of them without waiting for what comes back; the answers owed, in order."""
    owed = []
    for n in range(rounds):
        numbers = [f"/n{3 * n + each}x" for each in range(3)]
        user.says("/language")
        user.presses(await sees(user, ASKS), "English")
        for number in numbers:
            user.says(number)
        await sees(user, DONE)
        owed += [ASKS, DONE, *numbers]
    return owed


def gist(shown: Shown) -> str:
    """Which answer this is."""
    number = next((word for word in shown.text.replace(".", " ").split() if word.startswith("/n")), "")
    return number or next(words for words in (ASKS, DONE) if shown.text.startswith(words))


def telegram(server: TelegramServer, way_in: str) -> Telegram:
    """The bot's account; it sends as fast as it can, so that the line alone slows it down."""
    here = f"127.0.0.1:{free_port()}"
    webhook = Webhook(f"http://{here}/telegram", here, "secret")
    return Telegram(
        server.token,
        api_url=server.url,
        poll_seconds=1,
        messages_per_second=1000,
        webhook=webhook if way_in == "webhook" else None,
    )


@pytest.mark.parametrize(
    ("people", "rounds"),
    [pytest.param(20, 1, id="100"), pytest.param(100, 4, id="2000", marks=pytest.mark.soak)],
)
@pytest.mark.parametrize("way_in", ["polling", "webhook"])
def test_on_a_bad_line_nothing_is_lost_and_the_order_stays(
    way_in: str,
    people: int,
    rounds: int,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    tells: Callable[[str], None],
) -> None:
    async def run() -> None:
        async with TelegramServer() as server:
            line = BadLine(7)
            server.rules.append(line)
            everybody = [server.user(n, f"P{n}", "en") for n in range(1, people + 1)]
            app = app_of(
                f"sqlite:///{tmp_path}/mentornet.db",
                {"telegram": telegram(server, way_in)},
                RealClock(),
                Installation(languages=("en", "de"), time_zone=where_it_is_day()),
            )
            async with app:
                began = time.perf_counter()
                running = asyncio.create_task(app.run())
                try:
                    owed = await asyncio.gather(*(talks(user, rounds) for user in everybody))
                    await all_sent(tmp_path / "mentornet.db")
                    while server.waiting:  # what was handled is confirmed by asking for more
                        await asyncio.sleep(0.02)
                    seconds = time.perf_counter() - began
                finally:
                    running.cancel()
                    await asyncio.gather(running, return_exceptions=True)
            doubled = 0
            for user, answers in zip(everybody, owed, strict=True):
                heard = [gist(shown) for shown in user.seen if not shown.edited]
                assert [answer for answer, _ in groupby(heard)] == answers
                doubled += len(heard) - len(answers)
            tells(
                f"{way_in}, {sum(map(len, owed))} updates in {seconds:.1f} s: 0 lost, {doubled} doubled, "
                f"{len(server.unanswered)} presses unanswered; of {line.calls} requests "
                f"{line.met.total()} met a fault, {line.lost.total()} when they had been accepted "
                f"({line.lost['sendMessage']} sends)"
            )
            assert doubled <= line.lost["sendMessage"], "only what was sent unseen may come twice"
            assert all(any(shown.edited and not shown.keyboard for shown in user.seen) for user in everybody)
            assert server.refusals == []
            assert server.waiting == []

    asyncio.run(asyncio.wait_for(run(), LONGEST))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
