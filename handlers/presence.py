"""Coming and going: somebody blocks the bot, or is there again."""

from bot import Command, Context, Left, Returned, Role, _, on
from db import deliveries, members, people
from handlers import ask_peers


@on(Left)
def left(ctx: Context) -> None:
    """Nothing reaches them: nothing more is sent, and those they helped get somebody else."""
    identity = ctx.identity
    people.set_reachable(ctx.db, identity, reachable=False)
    deliveries.give_up_on(ctx.db, identity.messenger, identity.chat, now=ctx.now)
    if not people.reach(ctx.db, [ctx.person.id]):
        for member in members.memberships(ctx.db, ctx.person):
            ask_peers.hand_on(ctx, member)


@on(Returned)
def returned(ctx: Context) -> None:
    """They are there again; whatever they had asked for was kept."""
    if ctx.may(Role.MEMBER):
        ctx.say(_("Good to have you back. {help} shows what I can do.", help=Command("help")))
