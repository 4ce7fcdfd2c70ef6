"""How fast messages may leave: what a messenger says is learned at once, and forgotten slowly."""

import math
from collections import deque
from collections.abc import Callable
from itertools import pairwise

import pytest

from bot.delivery.pace import CALM, FORGOTTEN_A_MINUTE, GAPS, MINUTE, SLOWEST, UNLIMITED, Pace

Limit = Callable[[float], float | None]
"""A messenger's own limit: at a time, None where it takes a message, else the seconds to wait."""


def a_second(most: int) -> Limit:
    """At most so many within any second."""
    taken: deque[float] = deque()

    def limit(now: float) -> float | None:
        while taken and taken[0] <= now - 1:
            taken.popleft()
        if len(taken) >= most:
            return 1.0
        taken.append(now)
        return None

    return limit


def bucket(rate: float, burst: float, *, to_the_point: bool) -> Limit:
    """A bucket that fills evenly; it names whole seconds to wait, or how long exactly."""
    there, filled_at = burst, 0.0

    def limit(now: float) -> float | None:
        nonlocal there, filled_at
        there, filled_at = min(burst, there + (now - filled_at) * rate), now
        if there >= 1:
            there -= 1
            return None
        wait = (1 - there) / rate
        return wait if to_the_point else float(math.ceil(wait))

    return limit


def flood(
    pace: Pace, limit: Limit, seconds: float, *, everywhere: bool = False, distance: float = 0.0
) -> tuple[list[float], list[float]]:
    """Send as fast as the pace lets us, to a new chat each time, and hear of each after so many seconds; when
    something was taken, and refused."""
    now, number = 0.0, 0
    taken: list[float] = []
    refused: list[float] = []
    heard: deque[tuple[float, str, float | None]] = deque()
    while now < seconds:
        if pace.free(now, 1):
            number += 1
            pace.sent(now, f"chat {number}")
            heard.append((now + distance, f"chat {number}", limit(now)))
        while heard and heard[0][0] <= now:
            _, chat, wait = heard.popleft()
            if wait is None:
                pace.taken(now)
                taken.append(now)
            else:
                pace.throttled(now, wait, chat, everywhere=everywhere)
                refused.append(now)
        now = min(pace.changes_at(now), heard[0][0] if heard else math.inf, now + 0.1)
    return taken, refused


@pytest.mark.parametrize(("distance", "part", "most"), [(0.0, 0.95, 6), (0.06, 0.93, 7)], ids=["near", "far"])
@pytest.mark.parametrize(
    ("everywhere", "limit"),
    [
        (False, lambda: a_second(12)),
        (False, lambda: bucket(12, 12, to_the_point=False)),
        (False, lambda: bucket(12, 36, to_the_point=False)),
        (True, lambda: bucket(12, 10, to_the_point=True)),
    ],
    ids=["window", "bucket", "large bucket", "exact bucket"],
)
def test_a_limit_below_ours_is_found_and_kept(
    everywhere: bool, limit: Callable[[], Limit], distance: float, part: float, most: int
) -> None:
    """Far away, more is refused that was on its way."""
    taken, refused = flood(Pace(28.0), limit(), 180, everywhere=everywhere, distance=distance)
    steady = [moment for moment in taken if moment > 60]
    assert len(steady) / 120 > part * 12
    assert len(refused) <= most
    assert sum(moment > 60 for moment in refused) <= 2


@pytest.mark.parametrize(
    "limits",
    [
        lambda: (a_second(40), a_second(12)),
        lambda: (bucket(40, 40, to_the_point=False), bucket(12, 12, to_the_point=False)),
    ],
    ids=["window", "bucket"],
)
def test_a_limit_that_drops_is_found_again(limits: Callable[[], tuple[Limit, Limit]]) -> None:
    before, after = limits()
    taken, refused = flood(Pace(28.0), lambda now: (before if now < 30 else after)(now), 150, distance=0.06)
    assert refused[0] > 30
    assert sum(moment > 60 for moment in taken) / 90 > 0.93 * 12
    assert sum(moment > 45 for moment in refused) <= 2


def test_who_is_refused_again_just_below_the_limit_slows_down_only_a_little() -> None:
    limit, at_odds = a_second(12), deque([40.0, 40.1, 43.0])

    def refuses_thrice_for_nothing(now: float) -> float | None:
        if at_odds and now > at_odds[0]:
            at_odds.popleft()
            return 1.0
        return limit(now)

    taken, _ = flood(Pace(28.0), refuses_thrice_for_nothing, 120, distance=0.06)
    assert sum(moment > 60 for moment in taken) / 60 > 0.8 * 12


def test_below_the_limit_messages_leave_evenly_and_none_is_refused() -> None:
    taken, refused = flood(Pace(28.0), a_second(30), 60)
    assert refused == []
    assert len(taken) == pytest.approx(28 * 60, rel=0.01)
    assert max(b - a for a, b in pairwise(taken)) < 0.05


def test_when_nothing_was_to_be_sent_is_not_taken_for_slowness() -> None:
    pace, now = Pace(28.0), 0.0
    for second in range(10):
        now = float(second)
        for number in range(10):
            assert pace.free(now, 1)
            pace.sent(now, f"{second} {number}")
            pace.taken(now)
            now = max(now, pace.changes_at(now)) if number < 9 else now
    pace.throttled(now, 1.0, "a", everywhere=True)
    assert pace.rate(now) > 20.0


def test_what_was_learned_is_forgotten_slowly() -> None:
    pace = Pace(28.0)
    for second in range(10):
        pace.taken(float(second))
    pace.throttled(10.0, 1.0, "a", everywhere=True)
    assert pace.rate(10.0) == 14.0, "of a few messages nothing can be learned but to be careful"
    assert pace.rate(10.0 + MINUTE) == pytest.approx(14.0 * (1 + FORGOTTEN_A_MINUTE), rel=0.001)
    assert pace.rate(10.0 + 100 * MINUTE) == 28.0


def test_a_storm_of_refusals_is_forgotten_within_little_more_than_an_hour() -> None:
    """A messenger that is not well refuses whatever comes, however slowly."""
    pace, now = Pace(28.0), 0.0
    for number in range(30):
        now += 2.0
        pace.throttled(now, 1.0, f"chat {number}", everywhere=True)
    assert pace.rate(now) == SLOWEST, "nobody stands still"
    assert pace.rate(now + 20 * MINUTE) > 7 * SLOWEST
    assert pace.rate(now + 75 * MINUTE) == 28.0


def test_of_a_rate_that_is_slower_still_nothing_is_learned() -> None:
    pace = Pace(0.05)
    pace.throttled(2.0, 1.0, "a", everywhere=True)
    assert pace.rate(3.0) == 0.05


def test_one_chat_that_is_refused_slows_no_other() -> None:
    pace = Pace(28.0)
    pace.sent(0.0, "a")
    pace.throttled(0.1, 30.0, "a", everywhere=False)
    assert pace.resting(0.2) == ["a"]
    assert not pace.allows(0.2, "a")
    assert pace.allows(0.2, "b")
    assert pace.rate(0.2) == 28.0
    assert pace.allows(30.2, "a")


def test_a_chat_that_was_refused_is_written_to_more_slowly_for_a_while() -> None:
    pace = Pace(UNLIMITED)
    pace.throttled(0.0, 1.0, "a", everywhere=False)
    pace.sent(1.0, "a")
    assert not pace.allows(1.5, "a")
    assert pace.allows(1.0 + GAPS[0], "a")
    pace.throttled(3.0, 1.0, "a", everywhere=False)
    pace.sent(4.0, "a")
    assert not pace.allows(5.5, "a")
    later = 3.0 + 2 * CALM
    pace.sent(later, "a")
    assert pace.allows(later + 0.1, "a")
    pace.tidy(later + 0.2)
    assert pace.resting(0.0) == []


def test_a_group_takes_so_many_a_minute() -> None:
    pace = Pace(UNLIMITED)
    left = []
    now = 0.0
    while now < 120:
        if pace.allows(now, "group"):
            pace.sent(now, "group", a_minute=20)
            left.append(now)
        now += 0.5
    for moment in left:
        assert sum(moment <= other < moment + MINUTE for other in left) <= 20
    assert len(left) == 40


def test_programs_share_the_rate() -> None:
    pace = Pace(28.0)
    pace.share = 0.5
    assert pace.rate(0.0) == 14.0
    pace.share = 0.0
    assert not pace.free(0.0, 1)
