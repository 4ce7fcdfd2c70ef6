"""What a network needs to agree on: how people deal with each other, and where it wants to go."""

from datetime import timedelta

from bot import Button, Command, Role, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.agreeing import agreements, goals
from handlers.agreeing.steps import SetGoal

STILL = timedelta(days=60)
"""For how long nothing may be told of any goal."""


@adds(RoadmapConditions, place=70)
def agreement_holds() -> Condition:
    """A version of the agreement is in force."""
    return Condition(
        Phase.ORGANISING,
        text=_("An agreement that is in force"),
        next=_("Next: <b>agree on how you work together</b>. Written down, it also holds on a bad day."),
        met=lambda ctx: agreements.in_force(ctx.db, ctx.network.id) is not None,
        way=Command("agreement"),
        remedy=Button(_("Go to the agreement"), Command("agreement"), keep=True),
    )


@adds(RoadmapConditions, place=100)
def goal_set() -> Condition:
    """There is a goal, or one was reached."""
    return Condition(
        Phase.ORGANISING,
        text=_("A goal"),
        next=_("Next: <b>set a goal</b>. People stay where they see that something moves."),
        met=lambda ctx: goals.is_set(ctx.db, ctx.network.id),
        way=Command("goals"),
        remedy=Button(_("Set a goal"), SetGoal(), keep=True),
    )


@adds(RoadmapConditions, place=130)
def goal_moves() -> Condition:
    """Who keeps a goal has told something of it lately."""
    return Condition(
        Phase.LASTING,
        text=_("News of a goal in the last {n} days", n=STILL.days),
        next=_("Next: <b>tell how a goal goes</b>. A goal of which nobody speaks is forgotten."),
        met=lambda ctx: goals.has_moved(ctx.db, ctx.network.id, ctx.now - STILL),
        way=Command("goals"),
        remedy=Button(_("See the goals"), Command("goals"), keep=True),
        needs=Role.MEMBER,
    )
