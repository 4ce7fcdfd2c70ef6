"""The numbers of a network: how long the bot waits, and how many it asks one by one. What a network has not
changed is as usual."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

from db.models import Network

DAY = 24


class Numbered(Protocol):
    """What has numbers: a network, and a request that keeps those with which it began."""

    numbers: Any


@dataclass(frozen=True, slots=True)
class Number:
    """One of them: what it `usual`ly is, and from what to what it may be set. Its `unit` is in which it is
    thought of; spans are kept in hours."""

    usual: float
    least: float
    most: float
    unit: Literal["people", "hour", "day"]


NUMBERS: Mapping[str, Number] = {
    "silence_hours": Number(2, 0.5, 2 * DAY, "hour"),  # waking hours until the next peer is asked
    "peers": Number(3, 1, 10, "people"),  # who are asked one by one
    "widen_hours": Number(6, 1, 2 * DAY, "hour"),  # waking hours until all who know the topic are
    "hand_over_hours": Number(24, 2, 3 * DAY, "hour"),  # nobody waits longer for a named person
    "last_question_hours": Number(14 * DAY, 4 * DAY, 60 * DAY, "day"),
    "follow_up_hours": Number(3 * DAY, DAY, 14 * DAY, "day"),
    "relay_silence_hours": Number(30 * DAY, 3 * DAY, 90 * DAY, "day"),
    "reminder_hours": Number(3 * DAY, DAY, 7 * DAY, "day"),
    "organisation_hours": Number(365 * DAY, 180 * DAY, 730 * DAY, "day"),
    "invitation_hours": Number(30 * DAY, DAY, 90 * DAY, "day"),
}
"""By the name under which a network keeps what it changed."""


def value(whose: Numbered, key: str) -> float:
    """Return one of the numbers: hours, or people."""
    return float((whose.numbers or {}).get(key, NUMBERS[key].usual))


def span(whose: Numbered, key: str) -> timedelta:
    """Return one that is a span."""
    return timedelta(hours=value(whose, key))


def people(whose: Numbered, key: str) -> int:
    """Return one that counts people."""
    return int(value(whose, key))


def unknown(network: Network) -> list[str]:
    """Return what a network has changed that is no number of this program any more."""
    return sorted(network.numbers.keys() - NUMBERS.keys())


def changed(network: Network) -> list[str]:
    """Return which numbers of a network are not as usual."""
    return [key for key in NUMBERS if value(network, key) != NUMBERS[key].usual]


def change(network: Network, key: str, to: float) -> None:
    """Keep a number; what is as usual is not kept."""
    kept = {name: each for name, each in network.numbers.items() if name != key}
    network.numbers = kept if to == NUMBERS[key].usual else {**kept, key: to}


def take_out_unknown(network: Network) -> None:
    """Forget what is no longer used."""
    network.numbers = {key: each for key, each in network.numbers.items() if key in NUMBERS}


def as_usual(network: Network) -> None:
    """Make all numbers what they usually are."""
    network.numbers = {key: network.numbers[key] for key in unknown(network)}
