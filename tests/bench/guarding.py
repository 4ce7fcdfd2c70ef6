"""Row 16: what it costs to look for personal data in a message."""

import statistics
import time
from collections.abc import Sequence

from bot.reading.personal import guard
from tests.bench.figures import Figure
from tests.personal_data import LANGUAGES, TODAY, snippets

MESSAGES = [each.words for language in LANGUAGES for each in snippets(language)]
"""Harder than what people write on most days: six of ten hold something."""


async def costs(runs: int) -> Sequence[Figure]:
    """Row 16."""
    _looked()  # the lists of words are read once
    took = [sorted(_looked()) for _ in range(runs)]
    return [
        Figure([statistics.mean(each) for each in took]),
        Figure([each[len(each) * 99 // 100] for each in took]),
    ]


def _looked() -> list[float]:
    """Return the microseconds of the processor for each message."""
    found = []
    for words in MESSAGES:
        began = time.thread_time_ns()
        guard.findings(words, TODAY, ("DE",))
        found.append((time.thread_time_ns() - began) / 1000)
    return found
