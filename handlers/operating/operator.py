"""What operators see of the whole."""

from collections.abc import Sequence
from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Line,
    Role,
    Text,
    Verbatim,
    _,
    _n,
    command,
    form,
    heading,
    is_there,
    lines,
    on,
    page,
)
from bot.listing import PAGE
from bot.lists import Debts, Notice, act, adds
from bot.text import AtLeast
from db.applying import applications
from db.engine import dead_letters, deliveries, timers
from db.models import Network
from db.network import networks, roster
from db.privacy import forgotten
from handlers.founding import found
from handlers.operating.steps import MoreNetworks, MoreProposals, ShowProposal

SHOW = Button(_("Show waiting networks"), Command("operator"), keep=True)
A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)

FOUNDED = act("network.founded_by_operators", _("The operators founded the network on {day}."))
"""Done at the command line, by `db.network.founding`."""


@adds(Debts, place=90)
def waiting_networks(ctx: Context) -> Notice | None:
    """Return the networks that wait for the operator who reads this."""
    waiting = networks.count_waiting(ctx.db) if ctx.may(Role.OPERATOR) else 0
    if not waiting:
        return None
    return Notice(waits(waiting), SHOW)


def waits(many: int) -> Text:
    """Return that so many networks wait for the operator who reads this."""
    return _n("{n} network waits for your word.", "{n} networks wait for your word.", many)


@command("operator", needs=Role.OPERATOR, menu=_("See how everything runs"))
def operator(ctx: Context) -> None:
    """Show the networks that wait, then all networks with their size, and the health of the program in
    figures."""
    newest = networks.newest_waiting(ctx.db)
    if newest is not None:
        found.has_heard(ctx, newest, ctx.person)
    _show_waiting(ctx, networks.waiting(ctx.db, PAGE + 1), networks.count_waiting(ctx.db))
    active = networks.count(ctx.db)
    sizes, more = _sizes(ctx)
    ctx.say(
        heading(
            form("{bot}", bot=ctx.installation.name),
            lines(
                _n("{n} network is active.", "{n} networks are active.", active)
                if active
                else _("No network is active yet."),
                sizes,
            ),
            _health(ctx),
        ),
        *more,
    )


@on(MoreNetworks)
def more_networks(ctx: Context, step: MoreNetworks) -> None:
    """Show the next networks, by name."""
    last = ctx.db.get(Network, step.after)
    sizes, more = _sizes(ctx, last)
    ctx.say(lines(sizes) if sizes else _("There are no more networks."), *more)


def _sizes(ctx: Context, after: Network | None = None) -> tuple[list[AnyText], list[Button]]:
    """Return the first networks with their size, one a line, and the button that shows those after them; with
    `after` those after this one."""
    found = networks.sizes(ctx.db, PAGE + 1, roster.MOST + 1, after)
    shown = [
        form("{network}: {size}", network=network.name, size=_size(AtLeast.told(n, roster.MOST)))
        for network, n in found[:PAGE]
    ]
    if len(found) <= PAGE:
        return [*shown], []
    last, _n_of_it = found[PAGE - 1]
    return [*shown], [Button(_("More networks"), MoreNetworks(last.id), keep=True)]


def _show_waiting(ctx: Context, waiting: Sequence[Network], many: int) -> None:
    """Show networks of those that wait: the only one whole, several as a list."""
    if many == 1:
        _show(ctx, waiting[0])
    elif waiting:
        ctx.say_list(
            waits(many),
            page(waiting, _line, more=lambda last: MoreProposals(last.id)),
            choose=_("To read one of them, choose a number."),
        )


def _line(network: Network) -> Line:
    name = Verbatim(network.name)
    text = form("{name}: {place}", name=name, place=network.place) if network.place else name
    return Line(text, [Button(_("Show {name}", name=name), ShowProposal(network.id))])


@on(MoreProposals)
def more_proposals(ctx: Context, step: MoreProposals) -> None:
    """Show the next networks that wait."""
    later = networks.waiting(ctx.db, PAGE + 1, step.after)
    if later:
        _show_waiting(ctx, later, networks.count_waiting(ctx.db, step.after))
    else:
        ctx.say(_("No other network is waiting."))


@on(ShowProposal)
def show_proposal(ctx: Context, step: ShowProposal) -> None:
    """Show one network that waits, with what can be decided."""
    network = networks.waits(ctx.db, step.network_id)
    if network is None:
        ctx.say(_("This is done already."))
    else:
        _show(ctx, network)


def _show(ctx: Context, network: Network) -> None:
    founder = networks.founder(ctx.db, network)
    if founder is not None:
        ctx.say(found.proposal(network, founder), *found.verdicts(network))


def _heard(messenger: str, ago: timedelta | None) -> Text:
    """Return whether a messenger is there: one that has news for nobody answers all the same."""
    if ago is None:
        return _("{messenger} has not answered since the start.", messenger=messenger)
    if is_there(ago):
        return _("{messenger} answers.", messenger=messenger)
    return _("{messenger} has not answered for {time}.", messenger=messenger, time=ago)


def _size(n: int) -> Text:
    return _n("{n} member", "{n} members", n)


def _health(ctx: Context) -> AnyText:
    """Return what waits too long or has failed, in figures."""
    backlog = deliveries.backlog(ctx.db, ctx.now)
    count = sum(row.count_ for row in backlog)
    oldest = min((row.oldest for row in backlog), default=None)
    stuck = timers.stuck(ctx.db)
    aside = dead_letters.count(ctx.db, ctx.now - A_WEEK)
    return lines(
        (_heard(ctx.installation.title(name), ago) for name, ago in ctx.installation.last_heard().items()),
        _n(
            "{n} message waits to be sent, since {time}.",
            "{n} messages wait to be sent, the oldest since {time}.",
            count,
            time=oldest,
        )
        if oldest is not None
        else _("No message waits to be sent."),
        _n(
            "{n} timer has failed five times; the log says why.",
            "{n} timers have failed five times; the log says why.",
            stuck,
        )
        if stuck
        else _("No timer has failed for good."),
        _n(
            "In the last week I have set {n} message aside that I could not handle; the log says why.",
            "In the last week I have set {n} messages aside that I could not handle; the log says why.",
            aside,
        )
        if aside
        else _("In the last week I have set no message aside."),
        [
            _n(
                "In the last 30 days nobody has decided about {n} application.",
                "In the last 30 days nobody has decided about {n} applications.",
                undecided,
            )
        ]
        if (undecided := applications.lapsed(ctx.db, ctx.now - A_MONTH))
        else [],
        [
            _n(
                "In the last 30 days I have forgotten {n} account.",
                "In the last 30 days I have forgotten {n} accounts.",
                gone,
            )
        ]
        if (gone := forgotten.count(ctx.db, ctx.now - A_MONTH))
        else [],
    )
