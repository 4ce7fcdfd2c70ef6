"""What a turn costs, beside a bot that keeps nothing: `make bench`, about four minutes; `ARGS=--quick`, one.

Both bots serve the same people from the same server, one after the other in turn. Absolute figures are the
machine's; only the ratios say something of the program.
"""

import argparse
import asyncio
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.ours import Ours
from tests.bench.peer import Peer
from tests.bench.run import RATE, Bot, Plan, Result, pin, run

BOTS: tuple[type[Bot], type[Bot]] = (Ours, Peer)
LEFT, CELL = 42, 24
"""Widths of the table's columns."""


@dataclass(frozen=True)
class Row:
    """A line of the table: a figure of each run, and how ours has to stand to the peer's."""

    title: str
    figure: str
    form: str
    least: float | None = None
    most: float | None = None

    def line(self, ours: Sequence[Result], peers: Sequence[Result]) -> str:
        """Medians with their spread, our median in relation to the peer's, and the goal."""
        sides = [[float(getattr(result, self.figure)) for result in side] for side in (ours, peers)]
        cells = (
            f"{statistics.median(side):{self.form}} ({min(side):{self.form}}–{max(side):{self.form}})"
            for side in sides
        )
        ratio = statistics.median(sides[0]) / statistics.median(sides[1])
        goal, met = "", True
        if self.least is not None:
            goal, met = f"≥ {self.least:g}", ratio >= self.least
        if self.most is not None:
            goal, met = f"≤ {self.most:g}", ratio <= self.most
        mark = f"{goal:<7}{'yes' if met else 'no'}" if goal else ""
        left = f"{self.title:<{LEFT}}" + "".join(f"{cell:<{CELL}}" for cell in cells)
        return f"{left}{ratio:<7.2f}{mark}".rstrip()


ROWS = (
    Row("replies a second", "replies", ",.0f", least=2.0),
    Row("CPU seconds for 1,000 replies", "cpu", ".2f"),
    Row("share of its core that it had", "core", ".0%"),
    Row(f"ms to half of them, at {RATE:g} a second", "p50", ".1f", most=1.0),
    Row(f"ms to 99 %, at {RATE:g} a second", "p99", ".1f", most=1.5),
)
"""With the goals of the project."""


async def compare(plan: Plan, runs: int) -> list[list[Result]]:
    """The runs of each bot, one after the other in turn."""
    results: list[list[Result]] = [[] for _ in BOTS]
    for number in range(1, runs + 1):
        for bot, side in zip(BOTS, results, strict=True):
            result = await run(bot, plan)
            side.append(result)
            print(f"run {number} of {runs}: {bot.name}, {result.replies:,.0f} a second", file=sys.stderr)
    return results


def main() -> int:
    """Measure and print; the exit status says only whether each bot did its work."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three short runs: a hint, no measurement")
    quick = parser.parse_args().quick
    plan, runs = (Plan(warm_up=1, flood=2, paced=3), 3) if quick else (Plan(), 5)
    pin(0, 0)
    try:
        ours, peers = asyncio.run(compare(plan, runs))
    except AssertionError as wrong:
        print(f"The work was not done: {wrong}", file=sys.stderr)
        return 1
    head = "".join(f"{bot.name:<{CELL}}" for bot in BOTS)
    print(f"{'':<{LEFT}}{head}{'ratio':<7}{'goal':<7}met")
    for row in ROWS:
        print(row.line(ours, peers))
    busiest = max(result.server for result in (*ours, *peers))
    print(
        f"\nMedians of {runs} runs (lowest–highest). {BOTS[0].name} takes steps of /ask, has each update\n"
        f"and each reply on the disk, which was checked after each run; {BOTS[1].name} says what it\n"
        f"heard and keeps nothing. The server was never more than {busiest:.0%} busy.\n"
        "Where a bot did not have its core to itself, only the CPU seconds can be compared."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
