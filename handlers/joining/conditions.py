"""What a network needs before people come: a course from which they do."""

from bot import Button, Command, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.network import cohorts


@adds(RoadmapConditions, place=20)
def course_group_made() -> Condition:
    """A course group was invited."""
    return Condition(
        Phase.DECISION,
        text=_("A course group"),
        next=_("Next: <b>invite a course group</b>. Whoever has learned together knows each other already."),
        met=lambda ctx: cohorts.is_one(ctx.db, ctx.network.id),
        way=Command("cohort"),
        remedy=Button(_("Invite a course group"), Command("cohort"), keep=True),
    )
