"""Coming and going: somebody blocks the bot, or is there again."""

from collections.abc import Iterator
from datetime import datetime

from bot import AnyText, Command, Context, Left, Priority, Returned, Role, _, _n, on, paragraphs
from bot.text import from_json
from db import announcements, deliveries, help_requests, members, people, relays
from handlers import ask_peers, relay


@on(Left)
def left(ctx: Context) -> None:
    """Nothing reaches them: nothing more is sent, and those they helped get somebody else."""
    identity = ctx.identity
    people.left(ctx.db, identity, ctx.now)
    deliveries.give_up_on(ctx.db, identity.messenger, identity.chat, now=ctx.now)
    if not people.reach(ctx.db, [ctx.person.id]):
        for member in members.memberships(ctx.db, ctx.person):
            ask_peers.hand_on(ctx, member)


@on(Returned)
def returned(ctx: Context) -> None:
    """They are there again: what they missed, in one message."""
    since, ctx.identity.left_at = ctx.identity.left_at, None
    if ctx.may(Role.MEMBER):
        ctx.say(
            paragraphs(
                _("Good to have you back. {help} shows what I can do.", help=Command("help")),
                _missed(ctx, since or ctx.now),
            )
        )


def _missed(ctx: Context, since: datetime) -> Iterator[AnyText]:
    """What happened since then, and what is still open."""
    lost = deliveries.lost(ctx.db, ctx.person.id, Priority.CARRIED, since)
    if lost:
        yield _n(
            "{n} message of somebody did not reach you. Please ask for it once more.",
            "{n} messages of others did not reach you. Please ask for them once more.",
            lost,
        )
    for talk in relays.open_of(ctx.db, ctx.person.id):
        yield _("Your conversation with {name} is still open.", name=relay.other_name(talk, ctx.person))
    mine = [each for each in help_requests.open_by(ctx.db, ctx.member) if each.state != "taken"]
    if mine:
        yield _n(
            "{n} request of yours is still open: {requests}.",
            "{n} requests of yours are still open: {requests}.",
            len(mine),
            requests=Command("requests"),
        )
    news = announcements.since(ctx.db, ctx.network, since)
    if news:
        yield _n(
            "Meanwhile there was {n} announcement:",
            "Meanwhile there were {n} announcements. This is the latest:",
            len(news),
        )
        yield from_json(news[0])
