"""The ways to people who can help: numbers to call, and people here, of whom the reader chooses one who has
nothing to do with it. Nobody is told without a tap."""

from collections.abc import Collection

from bot import AnyText, Button, Context, Role, _, lines, on
from db.network import reports
from handlers.protecting import coordinators, emergency
from handlers.protecting.steps import ShowNumbers, WriteInNeed, WriteToOperators

MOST = 3
"""People who are offered by name: of these, one has nothing to do with it, and nobody has to read a list."""


NOBODY = _("Nobody in your network can be reached now. I will tell nobody.")


@on(ShowNumbers)
def show_numbers(ctx: Context, step: ShowNumbers) -> None:
    """Show everything that can be called."""
    ctx.say(lines(_("If you need somebody at once:"), emergency.every(ctx)), forget=True)


def ways(ctx: Context) -> list[Button]:
    """Return a button for each of those to whom the one who acts can write: those who coordinate, and those
    who run the bot. None for strangers."""
    if not ctx.may(Role.MEMBER):
        return []
    there = coordinators.preferred(ctx, coordinators.reachable(ctx, ctx.member))
    left_out = reports.accused(ctx.db, ctx.network.id, ctx.person) | {member.person_id for member in there}
    others = coordinators.operators(ctx, without=left_out)
    return [
        *(
            Button(_("Write to {name}", name=each.person.name), WriteInNeed(each.id), keep=True)
            for each in there[:MOST]
        ),
        *([Button(_("Write to the operators"), WriteToOperators(), keep=True)] if others else []),
    ]


def about_people(ctx: Context, offered: Collection[Button]) -> AnyText:
    """Return to whom a harm can be told, and what becomes of it."""
    if not ctx.may(Role.MEMBER):
        return _("I am here for volunteer mentors and cannot help with this myself. I will tell nobody.")
    if not offered:
        return NOBODY
    return _(
        "You can also tell a person here who has nothing to do with it. Only they read it. Where somebody is "
        "in danger, they may have to tell others. I will tell nobody by myself."
    )
