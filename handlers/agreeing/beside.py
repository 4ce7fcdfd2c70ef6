"""Where an agreement is met elsewhere: while somebody joins, and when they come back from a break."""

from bot import AnyText, Button, Command, Context, _, paragraphs
from bot.lists import Waiting, Waits, adds
from db.agreeing import agreements, signatures
from db.models import Agreement, Network, Person
from db.network import members
from handlers.agreeing import signing


@adds(Waiting, place=20)
def still_to_sign(ctx: Context, person: Person) -> Waits | None:
    """Return that an agreement waits for a person, in one of their networks."""
    for member in members.memberships(ctx.db, person):
        there = agreements.latest(ctx.db, member.network_id)
        if there is not None and signatures.of(ctx.db, there, person) is None:
            return Waits(
                _("<b>{network}</b> has an agreement that you have not signed.", network=member.network.name),
                Button(_("Read it"), Command("agreement"), keep=True),
            )
    return None


def ask_while_joining(ctx: Context, network: Network) -> Agreement | None:
    """Ask somebody who is about to join whether they agree with the agreement of a network. Return the
    version that they agreed to; None where there is none, or they do not agree yet."""
    there = agreements.latest(ctx.db, network.id)
    if there is None:
        return None
    agrees = ctx.confirm(
        "agreement",
        paragraphs(
            _("In <b>{network}</b> everybody signs this:", network=network.name),
            signing.text(ctx, there),
            _("Do you agree? You can join without it, and sign later."),
        ),
        yes=_("I agree"),
        no=_("Not yet"),
    )
    return there if agrees else None


def sign_while_joining(ctx: Context, network: Network, agreed: Agreement | None) -> list[AnyText]:
    """Keep what somebody answered who has joined: their signature, or that they do not agree yet. Return what
    they read about it."""
    ctx.hold(Network, network.id)
    there = agreements.latest(ctx.db, network.id)
    if there is None or signatures.of(ctx.db, there, ctx.person) is not None:
        return []
    if agreed is None:
        signatures.not_yet(ctx.db, there, ctx.person, ctx.now)
        return []
    if agreed.id != there.id:
        return [_("The agreement has just changed: {agreement}.", agreement=Command("agreement"))]
    return [signing.proof(signing.sign(ctx, there))]
