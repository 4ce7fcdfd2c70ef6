"""How far a long command is: on a terminal in one line that changes, elsewhere a line a minute.

A thread of its own looks how far it is. So what takes long and says nothing is seen to go on as well, and the
command itself waits for no terminal.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import Final, Self, TextIO

BLINK: Final = 0.2
"""Seconds between two looks, on a terminal."""
LINE: Final = 60.0
"""Seconds between two lines, elsewhere."""
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """Tells how far a piece of work is, inside the block: on the `screen`, where that is a terminal, else by
    `say`, a line `every` so many seconds. Called with what is done now, how much of it, and of how much."""

    def __init__(self, say: Callable[[str], None], screen: TextIO | None = None, every: float = LINE) -> None:
        self._say = say
        self._screen = screen if screen is not None and screen.isatty() else None
        self._every = every if self._screen is None else BLINK
        self._now: tuple[str, int, int] | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="progress", daemon=True)
        self._began = time.monotonic()

    def __call__(self, what: str, done: int = 0, of: int = 0, /) -> None:
        """Remember what is done now (`what`, as "Copying the database"); `of` 0: nobody knows how much."""
        self._now = what, done, of

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._screen is not None and self._now is not None:
            self._screen.write(_CLEAR)
            self._screen.flush()

    def _look(self) -> None:
        while not self._over.wait(self._every):
            if self._now is None:
                continue
            line = said(*self._now, time.monotonic() - self._began)
            if self._screen is None:
                self._say(line)
            else:
                self._screen.write(f"{_CLEAR}{line}")
                self._screen.flush()


def said(what: str, done: int, of: int, seconds: float) -> str:
    """Return a line that tells how far something is, and how long the command has taken so far."""
    share = f": {100 * done // of} %" if of else ""
    minutes, rest = divmod(int(seconds), 60)
    return f"{what}{share}, {minutes}:{rest:02} min"


def on_terminal() -> Progress:
    """Return the progress of a command that somebody typed: beside what it prints, on standard error."""
    return Progress(lambda line: print(line, file=sys.stderr, flush=True), sys.stderr)
