"""What a network needs of check-ins: that there are some, and that people answer."""

from bot import Button, Command, Context, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.help import digests, schedules

ENOUGH = 5
"""Of fewer who were asked no share is told."""


@adds(RoadmapConditions, place=110)
def check_ins_answered() -> Condition:
    """There is a rhythm, and at least half of those who were asked last have answered."""
    return Condition(
        Phase.LASTING,
        text=_("Check-ins that at least half answer"),
        next=_("Next: <b>check-ins that at least half answer</b>. So you hear early who is not well."),
        met=_are_answered,
        way=Command("schedule"),
        remedy=Button(_("Plan the check-ins"), Command("schedule"), keep=True),
    )


def _are_answered(ctx: Context) -> bool:
    last = digests.last(ctx.db, ctx.network.id)
    if last is None or last.asked < ENOUGH or schedules.of(ctx.db, ctx.network.id) is None:
        return False
    return 2 * last.answered >= last.asked
