"""A network's public card: what strangers may know of it, to show and to pass on."""

from bot import AnyText, Button, Command, Context, Qr, Role, Text, Verbatim, _, command, form, heading, lines
from bot.installation import best_of
from db.models import Network
from db.network import networks
from db.network.networks import Facts
from handlers.network import facts as network
from handlers.talking import to_coordinators


@command("card", needs=Role.ANYONE, menu=_("Show a network’s profile"), payload="card", rest=("network",))
def card(ctx: Context) -> None:
    """Show members the card of their network, with a link to pass on; let others choose among all that may be
    seen."""
    if ctx.may(Role.MEMBER) and not ctx.rest:
        _pass_on(ctx, ctx.network)
        return
    public = {networks.in_links(each): each for each in networks.public(ctx.db)}
    if not public:
        ctx.say(_("No network has a public profile at the moment."))
        return
    labels = {number: Verbatim(each.name) for number, each in public.items()}
    only = next(iter(public)) if len(public) == 1 and not ctx.rest else None
    chosen = public[only or ctx.choose("network", _("Which network?"), labels)]
    way = to_coordinators.way_into(ctx, chosen) if ctx.room is None else None
    ctx.say(
        _shown(chosen),
        Button(_("I have a code"), Command("join"), keep=True),
        *([way] if way is not None else []),
    )


def _shown(which: Network) -> AnyText:
    """Return the card of a network, as strangers read it."""
    return heading(
        form("{name}", name=which.name),
        network.public_facts(Facts.of(which)),
        _("You need an invitation code to join. Those who coordinate the network can give you one."),
    )


def _pass_on(ctx: Context, mine: Network) -> None:
    ways = ctx.installation.ways(networks.card(mine)) if mine.public else {}
    picture = None
    if ways:
        description = _("QR code for the profile of {network}", network=mine.name)
        scan = _("Scan the picture with your camera.")
        picture = Qr(best_of(ways), description, "profile.png", Verbatim(mine.name), below=[scan])
    ctx.say(
        heading(
            form("{name}", name=mine.name),
            network.public_facts(Facts.of(mine)),
            lines(
                _("You can pass this profile on:"),
                (_way(ctx.installation.title(name), mine, *way) for name, way in ways.items()),
            )
            if ways
            else _("Everybody may see this card: whoever writes {card} to me finds it.", card=Command("card"))
            if mine.public
            else _("Only members can see this profile."),
        ),
        file=picture,
    )


def _way(messenger: str, which: Network, link: str, carries: bool) -> Text:
    if carries:
        return form("{messenger}: {link}", messenger=messenger, link=link)
    return _(
        "{messenger}: {link} (write “{words}” there)",
        messenger=messenger,
        link=link,
        words=f"card {which.name}",
    )
