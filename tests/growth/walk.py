"""A walk through everything that can happen, in a small network and in a large one: what grows."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tests.growth.grown import Grown, Turn
from tests.growth.history import Size
from tests.growth.plans import read_whole

FEW = Size(300, networks=10, founded=40, requests=3, rounds=4, letters=1)
MANY = Size(3000, networks=10, founded=400, requests=3, rounds=8, letters=2)
"""Thirty members in each of ten networks, and three hundred with a longer history."""
DOES = {"done", "asked", "timer", "nothing", "cancel", "changed too late"}
"""How a turn ends that came to its handler, and the handler to its end or to a question."""
SLICES = {
    "applying.ForgetApplicant": 5,
    "agreeing.BringAgreement": 1,
    "asking.Widen": 1,
    "coordinating.AskEverybody": 1,
    "coordinating.WriteOn": 1,
    "electing.BringNews": 1,
    "privacy.Clear": 5,
    "privacy.ClearWords": 5,
    "protecting.GoOn": 3,
    "protecting.Nightly": 3,
}
"""Handlers that do a part in each turn → how many statements more one has that is not the last: those that
plan the next part, and that change or delete what was found in it."""


@dataclass(frozen=True)
class Walk:
    """What was found: handlers that came to nothing; those whose turns have more statements in the larger
    network, with sentences about these; and the statements that read a table whole, with these tables."""

    untried: set[str]
    grows: Mapping[str, list[str]]
    whole: Mapping[str, set[str]]


def walk(few: Grown, many: Grown, handlers: Collection[str] = ()) -> Walk:
    """Try everything in both, or only what is meant for some handlers."""
    tried: dict[str, set[str]] = defaultdict(set)
    seen: set[object] = set()
    grows: dict[str, list[str]] = defaultdict(list)
    for probe in few.probes():
        if handlers and probe.handler not in handlers:
            continue
        in_few = few.goes(probe)
        tried[probe.handler] |= {turn.outcome for turn in in_few.values()}
        way = probe.handler, *((turn.outcome, *turn.statements) for turn in in_few.values())
        if way not in seen:  # what went the same way before goes it in the larger one as well
            seen.add(way)
            grows[probe.handler] += _grown(in_few, many.goes(probe), SLICES.get(probe.handler, 0))
    every = few.router.handlers.keys() | few.router.timers.keys()
    return Walk(
        untried={name for name in handlers or every if not tried[name] & DOES},
        grows={name: found for name, found in grows.items() if found},
        whole=_whole(few, many),
    )


def _grown(few: Mapping[str, Turn], many: Mapping[str, Turn], own: int) -> Iterator[str]:
    """The turns that have more statements by more than these, or go another way: a sentence for each. Where
    another handler goes on, it is as many as that one may have."""
    for way in sorted(few.keys() | many.keys()):
        one, other = few.get(way), many.get(way)
        more = SLICES.get(way.rpartition("> then ")[2], own)
        if one is None and more:
            continue  # there is a next part only among many
        if one is None or other is None:
            yield f"{way}: only {'few' if other is None else 'many'} come there"
        elif not 0 <= len(other.statements) - len(one.statements) <= more:
            said = Counter(other.statements), Counter(one.statements)
            [(worst, times)] = ((said[0] - said[1]) or (said[1] - said[0])).most_common(1)
            counts = f"{len(one.statements)} statements, {len(other.statements)} among many"
            yield f"{way}: {counts}; {times}× {' '.join(worst.split())[:300]}"


def _whole(few: Grown, many: Grown) -> Mapping[str, set[str]]:
    """What is read whole in the large network for what is said in the small one."""
    found: dict[str, set[str]] = {}
    with many.database.connect() as connection:
        for shape, (statement, values) in (few.shapes | many.shapes).items():
            if shape.startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")):
                found[shape] = read_whole(connection, statement, values)
    return {shape: tables for shape, tables in found.items() if tables}
