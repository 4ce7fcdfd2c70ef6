"""Parts of an update, taken only in the shape that Telegram describes."""

from collections.abc import Mapping
from typing import Any, Final

_LARGEST_ID: Final = 2**63 - 1

Json = Mapping[str, Any]


class Misshapen(Exception):
    """An update, or a part of it, is not of the shape that Telegram describes."""


def number(value: Any) -> str:
    """A number as we keep it."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_ID:
        raise Misshapen
    return str(value)


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misshapen
    return value


def degrees(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Misshapen
    return value


def hint(of: Json, name: str) -> str:
    """What can be done without: "" where it is not there, or is no text."""
    value = of.get(name)
    return value if isinstance(value, str) else ""


def amount(value: Any) -> int | None:
    """Bytes or seconds, where somebody said so."""
    return value if isinstance(value, int) and 0 <= value <= _LARGEST_ID else None
