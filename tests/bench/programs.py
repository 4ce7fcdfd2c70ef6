"""Programs that are measured: each a process of its own, on a core of its own where there are two."""

import asyncio
import math
import multiprocessing
import os
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

ROOT = Path(__file__).parents[2]
ON_DISK = "/var/tmp"  # a folder of our own is made in it; /tmp is often no disk but memory
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
STUCK = 60.0
"""Seconds without what has to come, after which a run has failed."""
MIB = 2**20

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Bot(Protocol):
    """A bot that can be started: a module and its arguments, and settings as environment variables."""

    module: str

    def arguments(self) -> list[str]: ...
    def environment(self) -> dict[str, str]: ...


class Program:
    """A bot that runs. `log` is where it writes."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.returncode

    @property
    def cpu(self) -> float:
        """Seconds that it has kept a processor busy."""
        return cpu(self._process.pid)

    @property
    def memory(self) -> float:
        """MiB that it has in memory."""
        return memory(self._process.pid)

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Let it finish what it does, and end."""
        if self._process.returncode is None:
            self._process.terminate()
        async with asyncio.timeout(STUCK):
            await self._process.wait()


@asynccontextmanager
async def started(bot: Bot, folder: Path, *, core: int | None = 1) -> AsyncIterator[Program]:
    """The bot's program, on a core of its own, or with None on any. At the end of the block it is stopped,
    and its last words are shown where something failed."""
    log = folder / "log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MENTORNET_")}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", bot.module, *bot.arguments()),
            env=inherited | {"PYTHONPATH": str(ROOT)} | bot.environment(),
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    pin(process.pid, core)
    program = Program(process, log)
    try:
        yield program
    except BaseException:
        await program.kill()
        print(log.read_text()[-2000:], file=sys.stderr)
        raise
    await program.stop()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder on a disk, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="mentornet-bench-", dir=ON_DISK) as path:
        yield Path(path)


async def alone(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What a function returns that runs in a new process, on a core of its own."""
    own = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=own, initializer=pin, initargs=(0, 1)) as pool:
        return await asyncio.wrap_future(pool.submit(work, *given, **named))


def pin(process: int, core: int | None) -> None:
    """Keep a process (0 is this one) on one core, or let it have all, where there are two and the system
    can."""
    if len(CORES) > 1:
        os.sched_setaffinity(process, CORES if core is None else {CORES[core]})


def cpu(process: int) -> float:
    """Seconds that a process has kept a processor busy; only Linux says."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine() -> tuple[float, float]:
    """For how long all cores together have been busy, and in all, in the same unit; only Linux says."""
    try:
        ticks = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except FileNotFoundError:
        return math.nan, math.nan
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def memory(process: int | str = "self") -> float:
    """MiB that a process has in memory; only Linux says."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except FileNotFoundError:
        return math.nan
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB
