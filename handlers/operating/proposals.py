"""Whoever founds a network waits for the operators, and never unseen: they are told again, and with their
first word at the latest."""

from bot import Context, Priority, Role, Said, _, afterwards, on, paragraphs
from bot.support.log import get
from db.network import networks
from handlers.founding import found
from handlers.joining.steps import RemindOperators
from handlers.operating import operator

log = get("founding")


@on(RemindOperators)
def remind_operators(ctx: Context, step: RemindOperators) -> None:
    """Tell the operators again of a network that waits; at the last time, tell its founder that they were."""
    network = networks.waits(ctx.db, step.network_id)
    founder = networks.founder(ctx.db, network) if network is not None else None
    if network is None or founder is None:
        return
    since = _("This has been waiting for you since {day}.", day=ctx.day_of(network.founded_at))
    told = found.tell_operators(ctx, network, paragraphs(since, found.proposal(network, founder)))
    if not told:
        log.warning("nobody to confirm a network", days=step.days)
    later = [days for days in found.AGAIN if days > step.days]
    if later:
        found.ask_again_after(ctx, network, later[0])
        return
    ctx.tell(
        founder,
        _("I have asked the people who run {bot} about <b>{network}</b> again.", **_names(ctx, network.name))
        if told
        else _(
            "<b>{network}</b> still waits. I cannot reach any of the people who run {bot}. If you know one "
            "of them, please ask them to write to me.",
            **_names(ctx, network.name),
        ),
        priority=Priority.CARRIED,
    )


def _names(ctx: Context, network: str) -> dict[str, str]:
    return {"bot": ctx.installation.name, "network": network}


@afterwards
def not_heard_yet(ctx: Context) -> Said | None:
    """Tell an operator of networks that wait, where they have not heard of the newest: nobody could write to
    them when it was founded."""
    if ctx.actor is None or not ctx.may(Role.OPERATOR):
        return None
    newest = networks.newest_waiting(ctx.db)
    if newest is None or found.has_heard(ctx, newest, ctx.person):
        return None
    many, founder = networks.count_waiting(ctx.db), networks.founder(ctx.db, newest)
    if many == 1 and founder is not None:
        return Said(found.proposal(newest, founder), found.verdicts(newest))
    return Said(operator.waits(many), [operator.SHOW])
