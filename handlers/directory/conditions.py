"""What a network needs to know: where one can turn to."""

from datetime import timedelta

from bot import Button, Command, Role, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.directory import organisations
from handlers.directory.steps import AddOrganisation

A_YEAR = timedelta(days=365)
ENOUGH = 5


@adds(RoadmapConditions, place=105)
def knows_where_to_turn() -> Condition:
    """There are some organisations that were checked within a year."""
    return Condition(
        Phase.ORGANISING,
        text=_("{n} organisations to turn to, checked this year", n=ENOUGH),
        next=_("Next: <b>add organisations</b> that have helped you. Nobody has to look for them again."),
        met=lambda ctx: organisations.some_are_checked(ctx.db, ctx.network.id, ENOUGH, ctx.now - A_YEAR),
        way=Command("orgs"),
        remedy=Button(_("Add an organisation"), AddOrganisation(), keep=True),
        needs=Role.MEMBER,
    )
