"""Looking how a network stands: which conditions of its roadmap are met now, and which comes next."""

from collections.abc import Mapping

from bot import Context
from bot.lists import Condition, Phase, RoadmapConditions

Looked = Mapping[str, tuple[Condition, bool]]
"""All conditions by name, the phases in their order, and whether each is met."""


def look(ctx: Context) -> Looked:
    """Return how the active network stands now."""
    known = {name: add() for name, add in RoadmapConditions.named().items()}
    return {
        name: (condition, condition.met(ctx))
        for phase in Phase
        for name, condition in known.items()
        if condition.phase is phase
    }


def first_missing(there: Looked) -> str | None:
    """Return the condition that comes next, by its name; None where all are met."""
    return next((name for name, (_condition, is_met) in there.items() if not is_met), None)


def share(phase: Phase, there: Looked) -> tuple[int, int]:
    """Return how many conditions of a phase are met, and of how many."""
    mine = [is_met for condition, is_met in there.values() if condition.phase is phase]
    return sum(mine), len(mine)
