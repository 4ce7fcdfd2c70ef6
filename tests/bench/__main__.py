"""Measure the program beside others and beside itself: `make bench`, or `make bench ROW="1 4"`.

Absolute figures are the machine's; only the ratios of one run say something of the program.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from tests.bench.figures import HEAD
from tests.bench.programs import pin
from tests.bench.rows import ROWS


async def measure(numbers: Sequence[int], runs: int | None) -> bool:
    """Print the rows, in `runs` of each, or as many as there is time for; whether each bot did its work."""
    print(HEAD, flush=True)
    done = True
    for number in numbers:
        began = time.monotonic()
        try:
            row = ROWS[number]
            many = runs or (row.runs if len(numbers) > 1 else 2 * row.runs - 1)
            print("\n".join(await row.lines(number, many)), flush=True)
        except (AssertionError, TimeoutError) as wrong:
            print(f"{number:>2}  the work was not done: {wrong!r}", flush=True)
            done = False
        print(f"row {number}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return done


def main() -> int:
    """The exit status says only whether each bot did its work: a goal that is missed is no error."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("row", nargs="*", type=int, choices=[[], *ROWS], help="all when none is named")
    parser.add_argument("--runs", type=int, help="how many of each; medians are printed")
    asked = parser.parse_args()
    pin(0, 0)
    done = asyncio.run(measure(asked.row or [*ROWS], asked.runs))
    print(
        "\nMedians (lowest–highest) of runs in turn. mentorNET has each update and each reply on the disk,\n"
        "which is checked after each run; the echo keeps nothing. Where a bot did not have its core to\n"
        "itself, only the CPU seconds can be compared. Goals without a ratio were set on another machine;\n"
        "the last line of row 1 tells how fast this one is beside it."
    )
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
