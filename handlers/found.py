"""Founding a network: by anybody, with an operator's word; and what operators see of the whole."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import (
    SILENT,
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    Text,
    _,
    _n,
    action,
    command,
    form,
    heading,
    lines,
    paragraphs,
)
from db import deliveries, invitations, journal, members, networks, people, set_aside, timers
from db.models import Network, Person
from handlers import check_in, invite, join, profile
from handlers import members as roster
from handlers import network as about

LISTED = 4
"""Waiting networks that an operator sees at a time, one a message."""
LONGEST_REASON = 500
A_WEEK = timedelta(days=7)


@command("found", needs=Role.ANYONE, menu=_("Found a network"))
def found(ctx: Context) -> None:
    """From a name to a network; the founder becomes its meta-mentor once it is confirmed."""
    mine = networks.proposed_by(ctx.db, ctx.person)
    if mine is not None:
        ctx.say(
            _(
                "The operators still have to decide about your network <b>{network}</b>. "
                "I write as soon as they have.",
                network=mine.name,
            ),
            Button(_("Take it back"), take_back, (mine.id,)),
        )
        return
    chosen = join.introduce(ctx, _("You are about to found a network of mentors, and to coordinate it."))
    if chosen is None:
        ctx.say(_("That is fine. I have kept nothing of what you told me."))
        return
    known = bool(members.memberships(ctx.db, ctx.person))
    own_name = ctx.person.name if known else profile.ask_name(ctx)
    facts: dict[str, Any] = {
        "name": about.ask_name(ctx),
        "purpose": about.ask_purpose(ctx),
        "languages": about.ask_languages(ctx),
        "time_zone": about.ask_time_zone(ctx),
        "place": about.ask_place(ctx) or "",
    }
    sure = ctx.confirm(
        "sure",
        paragraphs(about.facts(Network(**facts)), _("Shall I found it like this?")),
        yes=_("Found it"),
        no=_("Do not found it"),
    )
    if not sure:
        ctx.say(_("All right. Nothing was founded."))
        return
    if networks.by_name(ctx.db, facts["name"]) is not None:
        ctx.say(
            _("Somebody has just founded a network with this name. Please choose another one."),
            Button(_("Found a network"), found),
        )
        return
    join.settle(ctx, chosen)
    ctx.person.name = own_name
    at_once = ctx.installation.open_founding or ctx.may(Role.OPERATOR)
    network = networks.found(ctx.db, **facts, confirmed=at_once, now=ctx.now)
    if at_once:
        _begin(ctx, network, ctx.person)
        ctx.say(_founded(network), Button(_("Invite people"), invite.invite, keep=True))
    else:
        networks.propose(ctx.db, network, ctx.person, ctx.now)
        ctx.tell(
            _operators(ctx), _proposal(network, ctx.person), *_verdicts(network), priority=Priority.CARRIED
        )
        ctx.say(
            _(
                "Thank you. The operators of {bot} look at each new network; I write as soon as they have "
                "decided about <b>{network}</b>.",
                bot=ctx.installation.name,
                network=network.name,
            ),
            Button(_("Take it back"), take_back, (network.id,)),
        )


def _begin(ctx: Context, network: Network, founder: Person) -> None:
    """A confirmed network begins with its founder as meta-mentor."""
    member = members.join(ctx.db, network, founder, label="organisation", role="meta_mentor", now=ctx.now)
    check_in.plan(ctx, member)
    journal.record(ctx.db, network, "network.founded", by=founder, now=ctx.now)


def _founded(network: Network) -> AnyText:
    """What a founder reads when it begins."""
    return paragraphs(
        _("<b>{network}</b> is founded. You are its meta-mentor.", network=network.name),
        roster.rights(),
        _("{profile} tells others what you can help with.", profile=Command("profile")),
    )


@action()
def take_back(ctx: Context, network_id: int) -> None:
    """The founder wants it no more, while it waits."""
    network = networks.proposed_by(ctx.db, ctx.person)
    if network is None or network.id != network_id or not networks.drop(ctx.db, network):
        ctx.say(_("This is settled already."))
    else:
        ctx.say(_("I have taken it back. Nothing was founded."))


def found_by_operator(
    db: Session, name: str, *, languages: list[str], time_zone: str, now: datetime, rng: invitations.Chance
) -> tuple[Network, str]:
    """A confirmed network, and the code (as it is stored) by which its first meta-mentor joins once. For the
    command line; the name has to be free."""
    network = networks.found(
        db,
        name=name,
        purpose="",
        languages=languages,
        time_zone=time_zone,
        place="",
        confirmed=True,
        now=now,
    )
    code = invitations.new_code(rng)
    invitations.make(
        db,
        network,
        code,
        by=None,
        label="organisation",
        role="meta_mentor",
        uses=1,
        expires_at=now + networks.span(network, "invitation_hours"),
        now=now,
    )
    journal.record(db, network, "network.founded_by_operators", by=None, now=now)
    return network, code


# --- the word of an operator ---------------------------------------------------------------------


def _operators(ctx: Context) -> list[Person]:
    """The operators who have ever written to the bot."""
    return people.behind(ctx.db, [(each.messenger, each.account) for each in ctx.installation.operators])


def _proposal(network: Network, founder: Person) -> AnyText:
    """A network that waits, as an operator sees it."""
    return paragraphs(
        _("{name} wants to found a network:", name=founder.name),
        about.facts(network),
    )


def _verdicts(network: Network) -> list[Button]:
    return [Button(_("Confirm"), confirm, (network.id,)), Button(_("Decline"), decline, (network.id,))]


@action(needs=Role.OPERATOR)
def confirm(ctx: Context, network_id: int) -> None:
    """The network begins, and its founder hears it."""
    network, founder = _waiting(ctx, network_id)
    if network is None or founder is None or not networks.confirm(ctx.db, network, ctx.now):
        ctx.say(_("This is settled already."))
        return
    _begin(ctx, network, founder)
    journal.record(ctx.db, network, "network.confirmed", by=ctx.person, now=ctx.now)
    ctx.tell(
        founder,
        _founded(network),
        Button(_("Invite people"), invite.invite, keep=True),
        priority=Priority.CARRIED,
    )
    ctx.say(_("<b>{network}</b> is confirmed, and {name} knows it.", network=network.name, name=founder.name))


@action(needs=Role.OPERATOR, menu=_("Decline a network"))
def decline(ctx: Context, network_id: int) -> None:
    """The network is not founded; its founder hears it, with the reason if there is one."""
    network, founder = _waiting(ctx, network_id)
    if network is None or founder is None:
        ctx.say(_("This is settled already."))
        return
    reason = ctx.ask(
        "reason",
        _("Why not? {name} will read your words.", name=founder.name),
        skip=_("Without a reason"),
        max_length=LONGEST_REASON,
    )
    name = network.name
    networks.drop(ctx.db, network)
    ctx.tell(
        founder,
        paragraphs(
            _("The operators have decided not to confirm your network <b>{network}</b>.", network=name),
            [form("<blockquote>{reason}</blockquote>", reason=reason)] if reason else [],
            _("You can change it and try again: {found}.", found=Command("found")),
        ),
        priority=Priority.CARRIED,
    )
    ctx.say(_("<b>{network}</b> is declined, and {name} knows it.", network=name, name=founder.name))


def _waiting(ctx: Context, network_id: int) -> tuple[Network | None, Person | None]:
    """A network that still waits, and its founder."""
    network = ctx.hold(Network, network_id)
    if network is None or network.confirmed_at is not None:
        return None, None
    return network, networks.founder(ctx.db, network)


@command("operator", needs=Role.OPERATOR, menu=_("See how everything runs"))
def operator(ctx: Context) -> None:
    """All networks with their size, the health of the program in figures, and the networks that wait."""
    sizes = networks.sizes(ctx.db)
    waiting = networks.waiting(ctx.db)
    ctx.say(
        heading(
            form("{bot}", bot=ctx.installation.name),
            lines(
                _n("{n} network is active.", "{n} networks are active.", len(sizes))
                if sizes
                else _("No network is active yet."),
                (form("{network}: {size}", network=network.name, size=_size(n)) for network, n in sizes),
            ),
            _health(ctx),
            *(
                [_n("{n} network waits for your word.", "{n} networks wait for your word.", len(waiting))]
                if waiting
                else []
            ),
        )
    )
    for network in waiting[:LISTED]:
        founder = networks.founder(ctx.db, network)
        if founder is not None:
            ctx.say(_proposal(network, founder), *_verdicts(network))


def _heard(messenger: str, ago: timedelta) -> Text:
    """Whether a messenger is there: one that has news for nobody answers all the same."""
    if ago < SILENT:
        return _("{messenger} answers.", messenger=messenger)
    return _("{messenger} has not answered for {time}.", messenger=messenger, time=ago)


def _size(n: int) -> Text:
    return _n("{n} member", "{n} members", n)


def _health(ctx: Context) -> AnyText:
    """What waits too long or has failed, in figures."""
    backlog = deliveries.backlog(ctx.db, ctx.now)
    count = sum(row.count_ for row in backlog)
    oldest = min((row.oldest for row in backlog), default=None)
    stuck = timers.stuck(ctx.db)
    aside = set_aside.count(ctx.db, ctx.now - A_WEEK)
    return lines(
        (_heard(name.capitalize(), ago) for name, ago in ctx.installation.heard().items()),
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
    )
