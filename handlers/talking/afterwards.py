"""Words that answer a carried message go into that conversation. Where it has ended and the two may still
write to each other, they are brought all the same, after a tap."""

from bot import Context, UserMessage, _, on
from db.help import relays
from db.models import Relay
from db.network import exclusions, members
from handlers.protecting import limits, need
from handlers.talking import carrying, opening, parting, sides
from handlers.talking.steps import Reply


@on(Reply)
def reply(ctx: Context, step: Reply) -> None:
    """Carry what answers a carried message into that conversation, always."""
    message = step.said
    relay = ctx.db.get(Relay, step.relay_id)
    if relay is None or ctx.person.id not in (relay.asker_id, relay.helper_id):
        ctx.say(_("That conversation has ended, so I did not pass this on."))
    elif relay.closed_at is None:
        need.beside(ctx, message.words)
        if limits.allows(ctx, limits.WORDS, message.words):
            carrying.carry(ctx, relay, message)
    else:
        if not bring(ctx, relay, message):
            ctx.say(_("All right. Nobody got those words."))
        need.answered(ctx, message)


def bring(ctx: Context, over: Relay, message: UserMessage) -> bool:
    """Offer to bring words to the other side of a conversation that has ended, and do it. Return whether they
    were meant for it."""
    if not _may_go_on(ctx, over):
        ctx.say(
            _(
                "Your conversation with {name} has ended, so I did not pass this on.",
                name=sides.other_name(over, ctx.person),
            )
        )
        parting.has_heard(ctx, over)
        return True
    name = sides.other(over, ctx.person).name
    if not ctx.confirm(
        "anyway",
        _("The conversation has ended. Shall I bring your message all the same?"),
        yes=_("Yes, send it to {name}", name=name) if sides.is_named(over, ctx.person) else _("Yes, send it"),
        no=_("No"),
    ):
        return False
    relays.go_on(over)
    opening.settle(ctx, over)
    ctx.say(_("I have passed it on. You can write to each other for a while again."))
    carrying.carry(ctx, over, message)
    return True


def _may_go_on(ctx: Context, over: Relay) -> bool:
    """Whether the two may still write to each other: both are members, the end has been told, and it was not
    the wish of the other one."""
    if over.closed_at is None or over.closed_at > ctx.now:
        return False
    if not sides.is_named(over, ctx.person):  # whether somebody unnamed is still there tells who it is
        return False
    if over.ended_by not in (None, relays.side(over, ctx.person)):  # the other one wished it to end
        return False
    if sides.other(over, ctx.person).id in exclusions.apart_from(ctx.db, ctx.person.id, by_name=True):
        return False
    both = [members.of(ctx.db, over.network, person) for person in (over.asker, over.helper)]
    return all(member is not None and member.state == "active" for member in both)
