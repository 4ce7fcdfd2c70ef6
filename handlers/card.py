"""A network's public card: what strangers may know of it, to show and to pass on."""

from bot import AnyText, Button, Context, Role, Verbatim, _, command, form, heading, lines
from bot.text import to_json
from db import networks
from db.models import Network
from handlers import join, network


@command("card", needs=Role.ANYONE, menu=_("Show a network's public card"))
def card(ctx: Context) -> None:
    """Shows members the card of their network, with a link to pass on; others choose among all that may be
    seen, or came by such a link."""
    if ctx.may(Role.MEMBER) and not ctx.words:
        _pass_on(ctx, ctx.network)
        return
    public = {networks.in_links(each): each for each in networks.public(ctx.db)}
    if not public:
        ctx.say(_("No network shows its card at the moment."))
        return
    labels = {number: Verbatim(each.name) for number, each in public.items()}
    chosen = public[ctx.choose("network", _("Which network?"), labels)]
    ctx.say(_shown(chosen), Button(_("I have a code"), join.join, keep=True))


def _shown(which: Network) -> AnyText:
    return heading(
        form("{name}", name=which.name),
        network.public_facts(which),
        _("You become a member with an invitation code. The meta-mentor of the network gives it to you."),
    )


def _pass_on(ctx: Context, mine: Network) -> None:
    links = ctx.installation.link(f"card_{networks.in_links(mine)}") if mine.public else {}
    picture = None
    if links:
        description = _("QR code of the card of {network}", network=mine.name)
        picture = {"qr": next(iter(links.values())), "description": to_json(description)}
    ctx.say(
        heading(
            form("{name}", name=mine.name),
            network.public_facts(mine),
            lines(
                _("This card can be passed on:"),
                (
                    form("{messenger}: {link}", messenger=name.capitalize(), link=each)
                    for name, each in links.items()
                ),
            )
            if links
            else _("Only members see this card."),
        ),
        picture=picture,
    )
