"""What a network needs from outside: somebody who goes the way with it, or goes it as well."""

from bot import Button, Command, Context, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.growing import copies, partners
from handlers.joining.steps import ShowPartners


@adds(RoadmapConditions, place=150)
def not_alone() -> Condition:
    """There is a partner organisation, or a network that began like this one."""
    return Condition(
        Phase.GOING_OUTSIDE,
        text=_("A partner organisation, or a network like yours"),
        next=_("Next: <b>win a partner organisation</b>. It brings people whom you would not meet."),
        met=_has_others,
        way=Command("invite"),
        remedy=Button(_("Invite an organisation"), ShowPartners(), keep=True),
    )


def _has_others(ctx: Context) -> bool:
    return bool(partners.of(ctx.db, ctx.network, 1)) or copies.is_followed(ctx.db, ctx.network.id)
