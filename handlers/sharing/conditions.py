"""What a network needs to learn from itself: something on its shelf."""

from datetime import timedelta

from bot import Button, Command, Role, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.sharing import shelf

STILL, FEW = timedelta(days=90), 3
"""For how long nothing may have been shared, and how many things a shelf has at least."""


@adds(RoadmapConditions, place=137)
def shelf_grows() -> Condition:
    """Members have shared something lately."""
    return Condition(
        Phase.LASTING,
        text=_("{n} things shared in the last {days} days", n=FEW, days=STILL.days),
        next=_("Next: <b>share what helped you</b>. Then nobody has to find it out again."),
        met=lambda ctx: shelf.given_since(ctx.db, ctx.network.id, ctx.now - STILL) >= FEW,
        way=Command("share"),
        remedy=Button(_("Share something"), Command("share"), keep=True),
        needs=Role.MEMBER,
    )
