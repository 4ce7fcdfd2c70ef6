"""A network's public card: what strangers may know of it, to show and to pass on."""

from collections.abc import Sequence

import i18n
from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Doubtful,
    Line,
    Qr,
    Role,
    Text,
    Unclear,
    Verbatim,
    _,
    command,
    form,
    heading,
    lines,
    on,
    page,
)
from bot.installation import best_of
from bot.lists import OnCard, Phase
from db.agreeing import offices
from db.growing import partners, reached
from db.models import Network
from db.network import networks
from db.network.networks import Facts
from handlers.network import facts as network
from handlers.network import forwarding, office
from handlers.network.steps import LookForNetwork, ShowNetworks
from handlers.talking import to_coordinators

FEW = 5
"""Networks of which one is chosen at once, and on a page."""
SIZES = (10, 25, 50, 100)
"""The bounds of the ranges in which the size of a network is told."""
PARTNERS = 8
"""Partner organisations that a card names at most."""
GONE = _("This network no longer shows its profile.")
OFFERED = 12
"""Networks that are offered to tap; of more, one is typed by name."""


@command("card", needs=Role.ANYONE, menu=_("Show a network’s profile"), payload="card", rest=("network",))
def card(ctx: Context) -> None:
    """Show members the card of their network, with a link to pass on; let others choose among all that may be
    seen."""
    if ctx.may(Role.MEMBER) and not ctx.rest:
        _pass_on(ctx, ctx.network)
        return
    public = networks.public(ctx.db, OFFERED + 1)
    if not public:
        ctx.say(_("No network has a public profile at the moment."))
        return
    is_named = ctx.keep("named", bool(ctx.rest) or ctx.brought("network") is not None)
    if len(public) > FEW and not is_named:
        ctx.redirect(LookForNetwork())
    chosen = public[0] if len(public) == 1 and not is_named else choose_network(ctx, public)
    if chosen is None:
        ctx.say(GONE)
        return
    way = to_coordinators.way_into(ctx, chosen) if ctx.room is None else None
    ctx.say(
        _shown(ctx, chosen),
        Button(
            _("I would like to join"),
            Command("apply"),
            given={"network": networks.in_links(chosen)},
            keep=True,
        ),
        Button(_("I have a code"), Command("join"), keep=True),
        Button(
            _("Found one like this"),
            Command("found"),
            given={"origin": networks.in_links(chosen)},
            keep=True,
        ),
        *([way] if way is not None else []),
    )


@on(LookForNetwork)
def look_for_network(ctx: Context, step: LookForNetwork) -> None:
    """Ask near which place a network is looked for, and show those that are there."""
    near = ctx.ask(
        "near",
        _("Near where? Please type a town or a region, or the name of a network."),
        skip=_("Show all of them"),
        max_length=60,
    )
    show_networks(ctx, ShowNetworks(near or ""))


@on(ShowNetworks)
def show_networks(ctx: Context, step: ShowNetworks) -> None:
    """Show some networks, a few at a time."""
    found = networks.near(ctx.db, step.near, FEW + 1, step.after)
    if not found:
        ctx.say(
            _("I know no network near “{place}”, and none of that name.", place=step.near[:40])
            if step.after is None
            else _("There are no more."),
            Button(_("Look for another place"), LookForNetwork(), keep=True),
            Button(_("Show all of them"), ShowNetworks(""), keep=True),
        )
        return
    ctx.say_list(
        form("<b>{title}</b>", title=_("Networks")),
        page(found, _line, more=lambda last: ShowNetworks(step.near, last.id), size=FEW),
        choose=_("To see one, choose its number."),
    )


def _line(each: Network) -> Line:
    """Return a network in a line: where it is, and in which languages it works."""
    facts = [each.place, *map(i18n.language_name, each.languages)]
    shown = ", ".join(filter(None, facts))
    return Line(
        form("{name} ({facts})", name=each.name, facts=Verbatim(shown)) if shown else Verbatim(each.name),
        [
            Button(
                Verbatim(each.name),
                Command("card"),
                given={"network": networks.in_links(each)},
                keep=True,
            )
        ],
    )


def choose_network(ctx: Context, public: Sequence[Network]) -> Network | None:
    """Ask which network is meant: a few are offered, of many one is typed, by its name or its place. None
    where it no longer shows itself."""
    is_many = len(public) > OFFERED
    chosen = ctx.ask(
        "network",
        _("Which network? Please type its name, its place, or a part of it.")
        if is_many
        else _("Which network?"),
        parse=lambda words: called(ctx, words),
        suggest=None if is_many else _labels(public),
        max_length=60,
    )
    return networks.linked(ctx.db, chosen)


def called(ctx: Context, words: str) -> str:
    """Return the network that is called so or is there, or that a link names. Raises Unclear where none is,
    Doubtful where several are."""
    if networks.is_link(words):
        if networks.linked(ctx.db, words) is None:
            raise Unclear(GONE)
        return words
    there = networks.called(ctx.db, words, OFFERED) or networks.near(ctx.db, words, OFFERED)
    found = _labels(there)
    if not found:
        raise Unclear(_("I know no network near “{place}”, and none of that name.", place=words[:40]))
    if len(found) > 1:
        raise Doubtful(_("Which network?"), found)
    return next(iter(found))


def _labels(found: Sequence[Network]) -> dict[str, AnyText]:
    return {networks.in_links(each): Verbatim(each.name) for each in found}


def _shown(ctx: Context, which: Network) -> AnyText:
    """Return the card of a network, as strangers read it."""
    found = offices.of(ctx.db, which.id)
    return heading(
        form("{name}", name=which.name),
        _public(ctx, which),
        *(office.facts(found) if found is not None and found.public else []),
        _("You can ask whether you can join. With an invitation code you are in at once."),
    )


def _public(ctx: Context, which: Network) -> AnyText:
    """Return what everybody may know of a network, one fact a line."""
    return lines(
        network.public_facts(Facts.of(which), partners.listed(ctx.db, which, PARTNERS)),
        _size(ctx, which),
        _phase(ctx, which),
        [line for each in OnCard if (line := each(ctx, which)) is not None],
    )


def _size(ctx: Context, which: Network) -> Text:
    """Return how many there are in a network, as a range: a number would tell who has come."""
    n = networks.size(ctx.db, which, SIZES[-1])
    below = [each for each in SIZES if each <= n]
    if not below:
        return _("Fewer than {n} mentors", n=SIZES[0])
    if below[-1] == SIZES[-1]:
        return _("{n} mentors or more", n=SIZES[-1])
    return _("{least} to {most} mentors", least=below[-1], most=SIZES[len(below)])


def _phase(ctx: Context, which: Network) -> list[AnyText]:
    """Return how far a network has come on its way, and since when; nothing of one that has just begun."""
    known = reached.of(ctx.db, which.id)
    complete = [phase for phase in Phase if phase.name in known and known[phase.name].lost_at is None]
    if not complete:
        return []
    phases = [*Phase]
    here = phases[min(len(complete), len(phases) - 1)]
    since = ctx.day_of(known[complete[-1].name].first_at)
    return [_("Phase: {phase}, since {day}", phase=here.value, day=since)]


def _pass_on(ctx: Context, mine: Network) -> None:
    known = partners.listed(ctx.db, mine, PARTNERS)
    ways = ctx.installation.ways(networks.card(mine)) if mine.public else {}
    picture = None
    if ways:
        description = _("QR code for the profile of {network}", network=mine.name)
        scan = _("Scan the picture with your camera.")
        below: list[AnyText] = [Verbatim(mine.purpose)] if mine.purpose else []
        below.append(lines(scan, forwarding.also(ctx, mine, scan)))
        picture = Qr(best_of(ways), description, "profile.png", Verbatim(mine.name), below=below)
    ctx.say(
        heading(
            form("{name}", name=mine.name),
            _public(ctx, mine) if mine.public else network.public_facts(Facts.of(mine), known),
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
