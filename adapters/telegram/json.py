"""JSON that comes from Telegram, read however odd it is: one update must not keep the others of its batch
from being read."""

import json
import re
from math import isfinite
from typing import Any, Final

_DEEPEST: Final = 100
_LONGEST: Final = 40
# A text, or a bracket outside of texts.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_UNKEPT = re.compile("[\0\ud800-\udfff]")


def loads(payload: bytes) -> Any:
    """Return what the JSON says. Of what nobody can keep, halves of characters and zero characters leave
    their text, and null stands for what is nested very deep and for numbers without an end. Raises
    `ValueError` where it is not JSON."""
    text = payload.decode(errors="replace")
    try:
        return _loads(text)
    except RecursionError:
        return _loads(_shallow(text))


def _loads(text: str) -> Any:
    return _kept(json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=lambda _: None))


def _shallow(text: str) -> str:
    """The same with null for what is nested deeper than 100 levels."""
    out: list[str] = []
    depth = start = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == _DEEPEST + 1:
                out.append(text[start : token.start()] + "null")
        elif token[0] in "]}":
            depth -= 1
            if depth == _DEEPEST:
                start = token.end()
    return "".join([*out, text[start:]] if depth <= _DEEPEST else out)


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST else None


def _real(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None


def _kept(value: Any) -> Any:
    match value:
        case str():
            return _UNKEPT.sub("", value)
        case dict():
            return {_kept(name): _kept(each) for name, each in value.items()}
        case list():
            return [_kept(each) for each in value]
    return value
