"""Coming and going: somebody blocks the bot, or is there again."""

from collections.abc import Iterator
from datetime import datetime

from bot import AnyText, Command, Context, Left, Priority, Returned, Role, _, _n, on, paragraphs
from bot.lists import Gone, Missed, adds
from db import people
from db.engine import deliveries
from db.network import members
from handlers.asking import handing_on


@on(Left)
def left(ctx: Context, event: Left) -> None:
    """Send nothing more to somebody who is out of reach, and find others for those whom they helped."""
    identity = ctx.identity
    people.left(ctx.db, identity, ctx.now)
    ctx.letters.give_up_on(identity.messenger, identity.chat)
    if not people.reach(ctx.db, [ctx.person.id]):
        for member in members.memberships(ctx.db, ctx.person):
            handing_on.hand_on(ctx, member)
        for follows in Gone:
            follows(ctx, ctx.person)


@on(Returned)
def returned(ctx: Context, event: Returned) -> None:
    """Say what somebody missed who is back, in one message."""
    since = people.come_back(ctx.identity)
    if ctx.may(Role.MEMBER):
        ctx.say(
            paragraphs(
                _("Good to have you back. {help} shows what I can do.", help=Command("help")),
                *(find(ctx, since or ctx.now) for find in Missed),
            )
        )


@adds(Missed, place=10)
def lost(ctx: Context, since: datetime) -> Iterator[AnyText]:
    """Yield how many messages of others did not reach the one who acts."""
    n = deliveries.lost(ctx.db, ctx.person.id, Priority.CARRIED, since)
    if n:
        yield _n(
            "Meanwhile {n} message did not reach you. You can ask the sender to send it again.",
            "Meanwhile {n} messages did not reach you. You can ask the senders to send them again.",
            n,
        )
