"""An announcement runs while Telegram slows us down, refuses one chat and is away for a while: who asks
something is answered, nobody waits for the one, and the report adds up."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from tests.support.whole import hears, sees, whole
from tests.telegram_server import Call, Fault, User

NEWS = "On Friday at six we meet at the library."
EACH_BLOCKED = 20
"""Every so many have blocked the bot."""


class Weather:
    """429 for one chat as long as others wait for their news, and 502 for all sends during some seconds."""

    def __init__(self, one: User, others: list[User], away: float) -> None:
        self.refused = self.failed = 0
        self._one, self._others, self._away = one, others, away
        self._began = 0.0

    def begins(self) -> None:
        self._began = time.monotonic()

    def __call__(self, call: Call) -> Fault | None:
        if call.method != "sendMessage" or not self._began:
            return None
        if 1.0 < time.monotonic() - self._began < 1.0 + self._away:
            self.failed += 1
            return Fault(502)
        if call.chat == self._one.id and not all(map(has_news, self._others)):
            self.refused += 1
            return Fault(429, retry_after=1)
        return None


def has_news(user: User) -> bool:
    return any(NEWS in shown.text for shown in user.seen)


@pytest.mark.parametrize(
    ("people", "away", "longest"),
    [
        pytest.param(100, 1.5, 25.0, id="100"),
        pytest.param(1000, 60.0, 300.0, id="1000", marks=pytest.mark.soak),
    ],
)
def test_an_announcement_in_bad_weather(
    people: int, away: float, longest: float, tmp_path: Path, tells: Callable[[str], None]
) -> None:
    async def run() -> None:
        async with whole(tmp_path, messages_per_second=28) as program:
            mia = await program.member(1, "Mia", "meta_mentor")
            everybody = [await program.member(n, f"P{n}") for n in range(2, people + 2)]
            blocked = everybody[::EACH_BLOCKED]
            for user in blocked:
                user.blocks()
            await program.calm()
            reached = [user for user in everybody if user not in blocked]
            one, *others = reached
            weather = Weather(one, others, away)
            program.server.limits(overall=30)
            program.server.rules.append(weather)
            mia.says(f"/announce {NEWS}")
            mia.presses(await hears(mia, "Who should get it?"), f"Everybody: {people:,}")
            mia.presses(await sees(mia, "Shall I send it?"), "Send it")
            weather.begins()
            asker, waits = others[-1], []
            while not all(map(has_news, reached)):
                asked_at = time.monotonic()
                asker.says("/help")
                while "What would you like to do?" not in (await asker.hears(longest)).text:
                    pass
                waits.append(time.monotonic() - asked_at)
                await asyncio.sleep(0.5)
            await program.calm()
            assert weather.refused > 1, "others did not wait for the one"
            assert weather.failed > 1
            mia.presses(await sees(mia, "I am sending it to"), "How many have got it?")
            said = (await sees(mia, "Your announcement")).text
            assert f"{len(reached)} delivered" in said
            doubled = sum(
                sum(NEWS in shown.text and not shown.edited for shown in user.seen) - 1 for user in reached
            )
            assert doubled == 0
            tells(
                f"{said} {weather.refused} times 429 for one chat, {weather.failed} times 502; "
                f"answers meanwhile after {median(waits):.2f} s (median), {max(waits):.1f} s at most"
            )

    asyncio.run(asyncio.wait_for(run(), longest))
