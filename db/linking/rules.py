"""What becomes of the rows of two people who become one, reference by reference (`rules.toml`)."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

LIST = Path(__file__).with_name("rules.toml")

TAKES: Mapping[str, Callable[[Any, Any], Any]] = {
    "sum": lambda own, other: own + other,
    "earlier": min,
    "later": max,
    "filled": lambda own, other: own if own is not None else other,
}
"""How a column takes something over: from its own value and that of the row which stays."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the list says of one reference."""

    rows: Literal["move", "stay"]
    why: str
    twice: Literal["stays", "united", "memberships", ""] = ""
    takes: Mapping[str, str] = field(default_factory=dict)


@cache
def everything() -> Mapping[str, Rule]:
    """Return the rules by the names of the references, in the order of the list."""
    return {name: Rule(**entry) for name, entry in tomllib.loads(LIST.read_text("utf-8")).items()}
