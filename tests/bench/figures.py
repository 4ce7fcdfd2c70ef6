"""What a row of the table says: what is measured, what has to be reached, and what came out."""

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

TITLE, CELL = 56, 25
"""Widths of the table's columns."""
HEAD = (
    f" #  {'measure':<{TITLE}}{'mentorNET':<{CELL}}{'beside':<{CELL}}{'ratio':<8}{'goal':<9}reached".rstrip()
)


class NotMeasuredError(Exception):
    """The row cannot be measured here. `str()` says why."""


@dataclass(frozen=True)
class Figure:
    """Ours in each run, and what it stands beside: a peer's, the same in smaller, or a limit."""

    ours: Sequence[float]
    beside: Sequence[float] = ()

    @property
    def decides(self) -> float:
        """What is held against the goal: our median in relation to the other one, or where there is none, by
        itself."""
        ours = statistics.median(self.ours)
        return ours / statistics.median(self.beside) if self.beside else ours


@dataclass(frozen=True)
class Goal:
    """A line of a row: a measure with its unit, the form of its figures, and what has to be reached: as a
    ratio where a figure stands beside another one. Without either bound the line only tells."""

    measure: str
    form: str = ",.0f"
    least: float | None = None
    most: float | None = None

    def line(self, number: str, figure: Figure) -> str:
        """The line as it is printed: medians, with their spread where there was more than one run."""
        ratio = f"{figure.decides:.2f}" if figure.beside else ""
        goal, reached = "", ""
        if self.least is not None:
            goal, reached = f"≥ {self.least:g}", "yes" if figure.decides >= self.least else "no"
        if self.most is not None:
            goal, reached = f"≤ {self.most:g}", "yes" if figure.decides <= self.most else "no"
        cells = f"{self._cell(figure.ours):<{CELL}}{self._cell(figure.beside):<{CELL}}"
        return f"{number:>2}  {self.measure:<{TITLE}}{cells}{ratio:<8}{goal:<9}{reached}".rstrip()

    def _cell(self, runs: Sequence[float]) -> str:
        if not runs:
            return ""
        median, low, high = (
            f"{value:{self.form}}" for value in (statistics.median(runs), min(runs), max(runs))
        )
        return f"{median} ({low}–{high})" if len(runs) > 1 else median


Measure = Callable[[int], Awaitable[Sequence[Figure]]]
"""Measures in so many runs: a figure for each goal, in their order. Raises NotMeasuredError, and
AssertionError or TimeoutError where a bot did not do its work."""


class Row:
    """A row of the table: how it is measured, in how many runs where time is short, and its goals."""

    def __init__(self, measure: Measure, runs: int, *goals: Goal) -> None:
        self.measure = measure
        self.runs = runs
        self.goals = goals

    async def lines(self, number: int, runs: int) -> list[str]:
        """Measure; the lines to print. Raises AssertionError."""
        try:
            figures = await self.measure(runs)
        except NotMeasuredError as why:
            return [f"{number:>2}  {self.goals[0].measure:<{TITLE}}not measured: {why}"]
        numbers = [str(number), *[""] * len(figures)]
        pairs = zip(self.goals, figures, strict=True)
        return [goal.line(numbers[n], figure) for n, (goal, figure) in enumerate(pairs)]
