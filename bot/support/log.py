"""What the program tells about its work: one event, one line.

    events = get("engine")
    events.info("turn", handler="ask", outcome="parked", seconds=0.004)

becomes `2026-11-23T18:00:00Z info turn handler=ask outcome=parked seconds=0.004`, or the same as JSON.

Nobody's words, names or accounts belong in a log. So a mistake shows its kind and its way through the code,
never its message; and what a library says is shown without the values it fills in. Invented people have no
privacy: where they play, in the demo and in tests, `mistakes_whole` shows what a developer needs.
"""

import json
import logging
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from math import isfinite
from pathlib import PurePath
from traceback import walk_tb
from typing import Literal, TextIO

ROOT = "mentornet"
# Each way begins with a digit: so most of a line is passed over at once.
_TOKEN = re.compile(r"\d(?:(?<=bot\d)\d*(?::|%3A)[\w-]+|(?<!\d\d)\d{4,}(?::|%3A)[\w-]{25,})")
_BARE = re.compile(r"[!#-<>-\[\]-~]+")  # ASCII without spaces, quotes, equals signs and backslashes


class Events:
    """The log of one part of the program.

    An event is a short name; its fields are numbers, names from the code, times, lists of these, or an
    exception.
    """

    def __init__(self, part: str) -> None:
        self._logger = logging.getLogger(f"{ROOT}.{part}")

    def debug(self, event: str, /, **fields: object) -> None:
        """Log a step that helps to follow the program."""
        self._tell(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: object) -> None:
        """Log what happens when all is well."""
        self._tell(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: object) -> None:
        """Log what the program coped with, and an operator may want to change."""
        self._tell(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: object) -> None:
        """Log what went wrong and needs a person."""
        self._tell(logging.ERROR, event, fields)

    def _tell(self, level: int, event: str, fields: dict[str, object]) -> None:
        logger = self._logger
        if not logger.isEnabledFor(level):
            return
        mistakes = [each for each in fields.values() if isinstance(each, BaseException)]
        shown = mistakes[0] if mistakes and _whole.now else None
        whole = (type(shown), shown, shown.__traceback__) if shown else None
        # No line tells where in the code it was written: to find that out costs more than to write it.
        record = logger.makeRecord(logger.name, level, "", 0, event, (), whole)
        record.fields = fields
        logger.handle(record)


def get(part: str) -> Events:
    """Return the log of a part of the program, such as "engine"."""
    return Events(part)


def configure(
    level: Literal["debug", "info", "warning", "error"] = "info",
    format: Literal["text", "json", "auto"] = "auto",
    stream: TextIO | None = None,
) -> None:
    """Write events of `level` and above to `stream` (standard error), and libraries' from "warning" on.

    "auto" is text in a terminal and JSON elsewhere. Called again, it replaces what it set before.
    """
    stream = stream or sys.stderr
    handler = _Lines(stream)
    handler.setFormatter(_Line(as_json=format == "json" or (format == "auto" and not stream.isatty())))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, _Line)]:
        root.removeHandler(old)
    root.addHandler(handler)
    logging.getLogger(ROOT).setLevel(level.upper())
    root.setLevel("ERROR" if level == "error" else "WARNING")


class _Whole:
    """How many blocks there are now in which mistakes are shown whole, in all threads."""

    now = 0


_whole = _Whole()


@contextmanager
def mistakes_whole() -> Iterator[None]:
    """Show what is logged inside the block, in any thread, with the message of a mistake and all of its way:
    below its line, and in what pytest captures. Only where all people are invented."""
    _whole.now += 1
    try:
        yield
    finally:
        _whole.now -= 1


@contextmanager
def in_one_go() -> Iterator[None]:
    """Write what this thread logs inside the block only at its end, and in one go: so the system is called
    once, not for each line."""
    kept: dict[_Lines, list[str]] = defaultdict(list)
    _here.kept = kept
    try:
        yield
    finally:
        _here.kept = None
        for handler, lines in kept.items():
            handler.write("".join(lines))


_here = threading.local()


class _Lines(logging.StreamHandler[TextIO]):
    """Writes each event to the stream, at once or with others."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record) + self.terminator
        except Exception:
            self.handleError(record)
            return
        kept: dict[_Lines, list[str]] | None = getattr(_here, "kept", None)
        if kept is None:
            self.write(line)
        else:
            kept[self].append(line)

    def write(self, lines: str) -> None:
        """Write whole lines. Where that is not possible there is nobody to tell, and the work goes on."""
        with self.lock or nullcontext(), suppress(OSError, ValueError):
            self.stream.write(lines)
            self.flush()


class _Line(logging.Formatter):
    """Writes an event on one line of ASCII, without any token in it; below it a mistake that is shown
    whole."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        part, event = record.name.removeprefix(f"{ROOT}."), str(record.msg)
        given = dict(getattr(record, "fields", {}))
        if part == record.name:  # a library's, whose first line is all that is certain to be its own
            part, event = "library", part
            given["says"] = record.msg.partition("\n")[0] if isinstance(record.msg, str) else record.msg
        if record.exc_info:
            given["error"] = record.exc_info[1]
        fields: dict[str, object] = {}
        for name, value in given.items():
            fields |= _mistake(name, value) if isinstance(value, BaseException) else {name: _plain(value)}
        head = {"time": time, "level": record.levelname.lower(), "part": part, "event": event}
        if self._as_json:
            line = json.dumps({**head, **fields, **head})  # a field cannot take the place of the head
        else:
            words = (f"{name}={_word(value)}" for name, value in fields.items())
            line = " ".join((time, head["level"], _word(event), *words))
        if record.exc_info and _whole.now:
            line += "\n" + self.formatException(record.exc_info)
        return _TOKEN.sub("<token>", line)


def _mistake(name: str, error: BaseException) -> dict[str, object]:
    """Return an exception without its message: its kind (of a group, its first one's), its cause, its last
    steps."""
    kinds = [type(error).__name__]
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
        kinds.append(type(error).__name__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    steps = [
        f"{PurePath(frame.f_code.co_filename).name}:{line}:{frame.f_code.co_name}"
        for frame, line in walk_tb(error.__traceback__)
    ]
    told: dict[str, object] = {name: "/".join(kinds), "frames": steps[-20:]}
    return told | {"cause": type(cause).__name__} if cause else told


def _plain(value: object) -> object:
    """Return a value as JSON has it; of what is not made for logs only its type, for it may hold people's
    words."""
    match value:
        case Enum():
            return _plain(value.value)
        case float():
            return round(value, 6) if isfinite(value) else str(value)
        case None | int() | str():
            return value
        case date():  # a datetime is one too
            return value.isoformat()
        case timedelta():
            return _plain(value.total_seconds())
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
    return type(value).__name__


def _word(value: object) -> str:
    """Return a value as one word of a line: in quotes and with escapes where it has to be."""
    if isinstance(value, list):
        value = ",".join(map(_word, value))
    word = value if isinstance(value, str) else json.dumps(value)
    return word if _BARE.fullmatch(word) else json.dumps(word)
