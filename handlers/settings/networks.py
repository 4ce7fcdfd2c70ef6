"""Somebody's networks, and the one in which they speak."""

from bot import Button, Context, Role, _, command, form, lines, on
from db.help import silences
from db.models import Network
from db.network import members, networks
from handlers.settings.steps import SpeakIn, Wake


@command("networks", needs=Role.MEMBER, menu=_("Your networks"), rest=("network",))
def my_networks(ctx: Context) -> None:
    """Show the networks somebody is in; with several, ask in which one they speak."""
    mine = members.memberships(ctx.db, ctx.person)
    resting = silences.to_wake(ctx.db, ctx.person)
    if resting:
        ctx.say(
            lines(_("Your place in <b>{network}</b> rests.", network=each.network.name) for each in resting),
            *(Button(_("Wake it: {network}", network=each.network.name), Wake(each.id)) for each in resting),
        )
    if len(mine) == 1:
        ctx.say(_("You are in one network: <b>{network}</b>.", network=mine[0].network.name))
        return
    chosen = ctx.choose(
        "network",
        _("You are in several networks. In which one do you want to speak now?"),
        {str(member.network_id): form("{network}", network=member.network.name) for member in mine},
    )
    speak_in(ctx, SpeakIn(int(chosen)))


@on(SpeakIn)
def speak_in(ctx: Context, step: SpeakIn) -> None:
    """Make a network of somebody's the one in which they speak."""
    network = ctx.db.get(Network, step.network_id)
    mine = members.of(ctx.db, network, ctx.person) if network is not None else None
    if network is None or mine is None or mine.state != "active":
        ctx.say(_("You are not a member of this network any more."))
        return
    networks.activate(ctx.person, network)
    ctx.say(_("You now speak in <b>{network}</b>.", network=network.name))
