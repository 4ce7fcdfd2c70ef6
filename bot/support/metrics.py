"""What is counted for whoever watches over the program: never people, rooms or words."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

TURN_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class TurnResult(NamedTuple):
    """How a turn ended: the handler, or "engine" where none ran; one of few outcomes; what it took in the
    worker's thread, in seconds; and what the event was taken to mean, by the names of `Meaning`."""

    handler: str
    outcome: str
    seconds: float = 0.0
    meant: tuple[str, ...] = ()


class Waiting(NamedTuple):
    """What could leave on a messenger, at a priority, and has not: how much, and for how long the oldest."""

    messenger: str
    priority: str
    letters: int
    oldest: timedelta


class Metrics:
    """The figures of one program, as Prometheus reads them. Only what is committed is counted."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._turns = Counter("mentornet_turns", "Turns made.", ["handler", "outcome"], registry=registry)
        self._seconds = Histogram(
            "mentornet_turn_seconds",
            "What turns took in the engine.",
            buckets=TURN_SECONDS,
            registry=registry,
        )
        self._sends = Counter(
            "mentornet_sends",
            "Tries to send, by how they ended.",
            ["messenger", "outcome"],
            registry=registry,
        )
        self._connected = Gauge(
            "mentornet_messenger_connected",
            "Whether the messenger was heard in the last two minutes.",
            ["messenger"],
            registry=registry,
        )
        labels = ["messenger", "priority"]
        self._waiting = Gauge(
            "mentornet_outbox_waiting", "Messages that could leave and have not.", labels, registry=registry
        )
        self._oldest = Gauge(
            "mentornet_outbox_age_seconds",
            "For how long the oldest of them waits.",
            labels,
            registry=registry,
        )

    def turn(self, told: TurnResult) -> None:
        """Count a turn that is committed."""
        self._turns.labels(told.handler, told.outcome).inc()
        self._seconds.observe(told.seconds)

    def sent(self, messenger: str, outcome: str) -> None:
        """Count a try to send that ended, which is committed."""
        self._sends.labels(messenger, outcome).inc()

    def page(self, connected: Mapping[str, bool], waiting: Iterable[Waiting] | None) -> bytes:
        """Return all figures in Prometheus' text format, without what waits where that is not known."""
        self._connected.clear()
        for messenger, there in connected.items():
            self._connected.labels(messenger).set(there)
        self._waiting.clear()
        self._oldest.clear()
        for each in waiting or ():
            self._waiting.labels(each.messenger, each.priority).set(each.letters)
            self._oldest.labels(each.messenger, each.priority).set(each.oldest.total_seconds())
        return generate_latest(self._registry)
