"""Row 15: what it costs to find out what a message means, without what a database adds."""

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.meaning import private
from bot.message import Words
from bot.text import Reader
from tests.bench.figures import Figure
from tests.dialogue.test_meaning_table import LINES, STATES, open_for

READER = Reader("de")
"""Whose words are looked for in two languages: in theirs and in English."""
TIMES = 5
"""How often each message is said in each state."""


async def costs(runs: int) -> Sequence[Figure]:
    """Row 15."""
    _said()  # the lists of words are read once
    took = [sorted(_said()) for _ in range(runs)]
    return [
        Figure([statistics.mean(each) for each in took]),
        Figure([each[len(each) * 99 // 100] for each in took]),
    ]


def _said() -> list[float]:
    """Return the microseconds of the processor for each message in each state, the median of some times.
    They are said in turn, as people's messages come: none is the same as the few before it."""
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(TIMES):
        for name, told in STATES.items():
            for line, words in LINES.items():
                state, event = replace(open_for(told), reader=READER), Words(words, "9")
                began = time.thread_time_ns()
                private.meaning(event, state)
                took[name, line].append((time.thread_time_ns() - began) / 1000)
    return [statistics.median(times) for times in took.values()]
