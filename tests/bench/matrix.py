"""Row 6: announcements on a homeserver that takes fewer messages than we were told, while somebody talks."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.crowd import fill, sqlite
from tests.bench.figures import Figure
from tests.bench.homeserver import Homeserver, homeserver
from tests.bench.ours import Ours
from tests.bench.programs import STUCK, cpu, folder, started
from tests.bench.server import Server
from tests.support.matrix_person import Person

LIMIT, TOLD = 10.0, 30.0
"""Messages a second: what the homeserver takes, and what the bot was told."""
READERS, TIMES = 30, 5
"""To so many rooms, as often as one may in a day: the later ones are asked for while the first ones leave."""
WORDS = "On Friday at six we meet at the library."
TALK = ((f"!announce {WORDS}", "Who should get it?"), ("1", "Shall I send it?"), ("1", "I am sending it to"))
"""What is said each time, and heard."""


@dataclass(frozen=True)
class Wait:
    """When the announcements began (seconds since 1970), in how many milliseconds 95 % of the questions
    around them came, and half of them, and the share of a core that the homeserver needed meanwhile."""

    began: float
    milliseconds: float
    half: float
    core: float


async def announcing(runs: int) -> Sequence[Figure]:
    """Row 6."""
    rates, refusals, waits = [], [], []
    for _ in range(runs):
        with folder() as place, homeserver(place, LIMIT) as home:
            async with Person.on(home.synapse, "Mia") as mia:
                wait = await _announced(home, mia, place)
            # What is taken away again counts for the homeserver like what is sent.
            asked = sorted([*home.requests("/send/"), *home.requests("/redact/")], key=lambda each: each.at)
        sent = [request for request in asked if request.at >= wait.began]
        taken = [request.at for request in sent if request.status == 200]
        refused = [request.at for request in sent if request.status == 429]
        rates.append((len(taken) - 1) / (taken[-1] - taken[0]))
        refusals.append(sum(at > refused[0] + 1 for at in refused))
        waits.append(wait)
    named = [Figure([getattr(wait, name) for wait in waits]) for name in ("milliseconds", "half", "core")]
    return [Figure(rates, [LIMIT]), Figure(refusals), *named]


async def _announced(home: Homeserver, mia: Person, place: Path) -> Wait:
    """Somebody announces again and again, to rooms that are all hers. Raises TimeoutError."""
    rooms = [await asyncio.to_thread(_room, mia, home.bot) for _ in range(READERS + 1)]
    fill(
        sqlite(place),
        len(rooms),
        address=lambda n: ("matrix", f"@p{n}:{home.synapse.name}" if n else mia.account, rooms[n]),
    )
    async with Server(_nobody_hears) as telegram:
        bot = Ours(place, telegram, {**home.settings, "matrix.messages_per_second": TOLD})
        async with started(bot, place):
            await mia.until(lambda: all(mia.has_joined(room, home.bot) for room in rooms))
            await _quiet(home)
            began, waits, before = time.time(), [], cpu(home.synapse.pid)
            for _ in range(TIMES):
                for says, hears in TALK:
                    asked = time.perf_counter()
                    await mia.writes(rooms[0], says)
                    while hears not in (await mia.hears(rooms[0])).text:
                        pass
                    waits.append(1000 * (time.perf_counter() - asked))
            async with asyncio.timeout(STUCK):
                while sum(WORDS in shown.text for shown in mia.messages) < TIMES * READERS:
                    await asyncio.sleep(0.1)
            core = (cpu(home.synapse.pid) - before) / (time.time() - began)
    return Wait(began, statistics.quantiles(waits, n=20)[-1], statistics.median(waits), core)


async def _quiet(home: Homeserver) -> None:
    """Wait until the bot has greeted everybody."""
    before = -1
    while (now := len(home.requests("/send/"))) > before:
        before = now
        await asyncio.sleep(2.0)


def _room(person: Person, bot: str) -> str:
    """A private chat with the bot, who is invited."""
    wanted = {"preset": "trusted_private_chat", "is_direct": True, "invite": [bot]}
    return str(person.call("POST", "createRoom", wanted)["room_id"])


def _nobody_hears(_chat: int, _words: str) -> None:
    """On Telegram nobody is there."""
