"""Whatever the moment at which the program is killed: what somebody wrote is handled exactly once.

On Matrix what is sent again is the same message for the homeserver. Telegram has no key against repeats:
there a message comes twice that was taken and not yet written down as sent, and no other one does.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.soak.crowd import Crowd
from tests.soak.lives import IN_KEY, POINTS, SABOTAGES, Fate, Life
from tests.soak.matrix import on_matrix
from tests.soak.telegram import on_telegram

SECONDS = 0.2
"""A kill from outside comes within so many seconds after the program is connected."""
STORMS = 5
"""In so many short ones a loss is found that there is."""
BREAKS = 4
"""How often in a long storm the other side goes away as well."""


@dataclass
class Found:
    """What a storm found."""

    kills: int
    messages: int
    lost: int
    doubled: int
    in_flight: int
    in_order: bool
    complaints: list[str]


def fates(crowd: Crowd, random: Random, each: int, sabotage: str = "") -> Sequence[Fate]:
    """Kills in any order: so many at each point, when the program comes there for the first time or later, as
    long as there is enough to do; and as many again from outside."""
    points = [point for point in POINTS if point != IN_KEY or crowd.messenger == "matrix"]
    named = [
        Fate(point, random.randint(1, crowd.most // 2), sabotage) for point in points for _ in range(each)
    ]
    kills = [*named, *[Fate(sabotage=sabotage)] * len(named)]
    random.shuffle(kills)
    return kills


async def storm(crowd: Crowd, kills: Sequence[Fate], random: Random, breaks: int = 0) -> Found:
    """Kill the program again and again, and `breaks` times have its messenger go away as well; then let it
    live until all is answered."""
    in_flight: set[tuple[str, int, int]] = set()
    outside = [number for number, fate in enumerate(kills) if not fate.point]
    breaking = set(random.sample(outside, breaks))
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(crowd.write())
        for number, fate in enumerate(kills):
            if fate.sabotage:
                crowd.writes_off()
            async with Life(crowd.config, fate) as life:
                if not fate.point:
                    await life.is_up()
                    if number in breaking:
                        await crowd.breaks()
                    await asyncio.sleep(random.uniform(0, SECONDS))
                assert await life.ends(None if fate.point else signal.SIGKILL) == -signal.SIGKILL, life.says
            in_flight |= await crowd.in_flight()
        async with crowd.line:
            writing.cancel()
    async with Life(crowd.config) as life:
        await crowd.say_last()
        assert await life.ends(signal.SIGTERM) == 0, life.says
    heard = [one.answers for one in crowd.everybody]
    said = sum(one.said for one in crowd.everybody)
    return Found(
        kills=len(kills),
        messages=sum(one.messages for one in crowd.everybody),
        lost=said - sum(map(len, heard)),
        doubled=sum(numbers.total() - len(numbers) for numbers in heard),
        in_flight=len(in_flight),
        in_order=all(list(numbers) == sorted(numbers) for numbers in heard),
        complaints=crowd.complaints(),
    )


def crowd_on(
    way_in: str, folder: Path, database: str, *, many: bool = False
) -> AbstractAsyncContextManager[Crowd]:
    """People on the messenger that this way in belongs to."""
    if way_in == "matrix":
        return on_matrix(folder, database, 6 if many else 3)
    return on_telegram(folder, database, way_in, 100 if many else 12)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What all dice of a storm begin with; it stands in what it tells."""
    given: int | None = request.config.getoption("--seed")
    return SystemRandom().randrange(10**6) if given is None else given


LONG = pytest.mark.soak
SETTINGS = [(way, kind) for way in ("polling", "webhook", "matrix") for kind in ("sqlite", "postgresql")]
SHORT = [("polling", "sqlite", 2), ("webhook", "postgresql", 2), ("matrix", "sqlite", 2)]


@pytest.mark.parametrize(
    ("way_in", "database", "each", "many"),
    [
        *(pytest.param(way, kind, each, False, id=f"{way}-{kind}-short") for way, kind, each in SHORT),
        *(pytest.param(*setting, 50, True, id="-".join(setting), marks=LONG) for setting in SETTINGS),
    ],
    indirect=["database"],
)
def test_kills_lose_nothing_and_double_only_what_was_in_flight(
    way_in: str,
    database: str,
    each: int,
    many: bool,
    seed: int,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    tells: Callable[[str], None],
) -> None:
    async def run() -> Found:
        random = Random(seed)
        async with crowd_on(way_in, tmp_path, database, many=many) as crowd:
            return await storm(crowd, fates(crowd, random, each), random, BREAKS if many else 0)

    began = time.monotonic()
    found = asyncio.run(run())
    tells(
        f"{request.node.callspec.id}: {found.kills} kills, {found.messages} messages: {found.lost} lost, "
        f"{found.doubled} doubled ({found.in_flight} were in flight at the kills); "
        f"{time.monotonic() - began:.0f} s, --seed {seed}"
    )
    assert found.lost == 0
    assert found.doubled <= (0 if way_in == "matrix" else found.in_flight)
    assert found.in_order
    assert found.complaints == []


@pytest.mark.parametrize("sabotage", SABOTAGES)
@pytest.mark.parametrize(
    "way_in", ["polling", pytest.param("webhook", marks=LONG), pytest.param("matrix", marks=LONG)]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_loss_would_be_found(way_in: str, sabotage: str, database: str, seed: int, tmp_path: Path) -> None:
    """What the program says too early is lost in a kill, and a storm shows it; a short one may miss it."""

    async def run() -> bool:
        random = Random(seed)
        async with crowd_on(way_in, tmp_path, database) as crowd:
            for _ in range(STORMS):
                if (await storm(crowd, fates(crowd, random, 1, sabotage), random)).lost:
                    return True
        return False

    assert asyncio.run(run())
