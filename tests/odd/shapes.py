"""Events of broken shapes, such as no messenger should bring: what the reader of each has to survive."""

import json
import math
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

Path = tuple[str | int, ...]

LEVELS = 2_000
"""So deep that no reader of JSON goes down there."""
_DEEP = "so deep that no reader of JSON goes down there"
_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**30, -(10**400),
    0.5, -0.0, 1e308, math.inf, -math.inf, math.nan,
    "", " ", "0", "1", "-1", "null", "true", "a", "A" * 5_000, "1" * 400,
    "\0", "a\0b", "\n", "\ud83d", "a\udc00b", "\U0010ffff", "\u202e", "\ufeff",
    "%s", "{0}", "<b>", "' OR 1=1 --",
    [], [[]], [None], ["a"], [{}], {}, {"": None}, {"id": {}}, {"\ud800": 1}, _DEEP,
)  # fmt: skip
_ROOT: Path = ()


def broken(event: Any, rng: Random) -> Any:
    """Return a copy of a well-formed JSON event that is broken in one to three places, rarely as a whole.

    What it gives can only be written as JSON by `on_the_wire`.
    """
    event = deepcopy(event)
    if rng.random() < 0.03:
        return rng.choice(_ODD)
    for _ in range(rng.randint(1, 3)):
        places = _places(event)
        if not places:
            break
        rng.choice(_WAYS)(event, rng.choice(places), rng)
    return event


def on_the_wire(value: Any) -> bytes:
    """Return JSON as a server at fault could write it: with half characters, with numbers that are none or
    that no database takes, and with what is so deep that no parser goes there."""
    deep = "[" * LEVELS + "]" * LEVELS
    return json.dumps(value).replace(json.dumps(_DEEP), deep).encode()


def _places(event: Any) -> list[Path]:
    """Return the way to each value inside."""
    found: list[Path] = []
    ahead: list[tuple[Path, Any]] = [(_ROOT, event)]
    while ahead:
        path, value = ahead.pop()
        inside = value.items() if isinstance(value, dict) else enumerate(value) if _is_list(value) else ()
        for key, each in inside:
            found.append((*path, key))
            ahead.append(((*path, key), each))
    return found


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _at(event: Any, path: Path) -> Any:
    for key in path:
        event = event[key]
    return event


def _put(event: Any, path: Path, value: Any) -> None:
    _at(event, path[:-1])[path[-1]] = value


def _leave_out(event: Any, path: Path, rng: Random) -> None:
    del _at(event, path[:-1])[path[-1]]


def _odd(event: Any, path: Path, rng: Random) -> None:
    _put(event, path, deepcopy(rng.choice(_ODD)))


def _wrapped(event: Any, path: Path, rng: Random) -> None:
    value = _at(event, path)
    _put(event, path, rng.choice([[value], [value, value], {"value": value}]))


def _from_elsewhere(event: Any, path: Path, rng: Random) -> None:
    """Put the value of another place here: a name where a number was, a chat where a text was."""
    _put(event, path, deepcopy(_at(event, rng.choice(_places(event)))))


def _of_another_type(event: Any, path: Path, rng: Random) -> None:
    match _at(event, path):
        case str() as text:
            _put(event, path, rng.choice([len(text), list(text[:10]), {text[:10]: text}]))
        case bool() | None as word:
            _put(event, path, str(word))
        case int() | float() as number:
            _put(event, path, rng.choice([str(number), -number, [number]]))
        case dict() as fields:
            _put(event, path, [*fields.values()])
        case list() as items:
            _put(event, path, dict(zip("abcdefghij", items, strict=False)))


def _under_another_name(event: Any, path: Path, rng: Random) -> None:
    value = _at(event, path)
    _leave_out(event, path, rng)
    if isinstance(path[-1], str):
        _put(event, (*path[:-1], rng.choice([path[-1].upper(), path[-1] + "_", ""])), value)


_WAYS: tuple[Callable[[Any, Path, Random], None], ...] = (
    _leave_out, _odd, _odd, _wrapped, _from_elsewhere, _of_another_type, _under_another_name,
)  # fmt: skip
