"""Founding a network: by anybody, with an operator's word."""

from dataclasses import replace
from itertools import count
from typing import Any

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    UserMessage,
    _,
    command,
    form,
    lines,
    on,
    paragraphs,
)
from bot.lists import act
from db import people
from db.models import Network, Person
from db.network import members, networks
from db.network.networks import Facts
from handlers.joining import consent, membership
from handlers.joining.steps import ConfirmNetwork, DeclineNetwork, WithdrawProposal
from handlers.network import facts
from handlers.protecting import limits
from handlers.settings import profile

LONGEST_REASON = 500

FOUNDED = act("network.founded", _("{who} founded the network on {day}."))
CONFIRMED = act("network.confirmed", _("{who} confirmed the network on {day}."))


@command("found", needs=Role.ANYONE, menu=_("Start a network"), rest=("network",))
def found(ctx: Context) -> None:
    """Found a network from what is asked about it. Its founder becomes its meta-mentor once it is
    confirmed."""
    mine = networks.proposed_by(ctx.db, ctx.person)
    if mine is not None:
        ctx.say(
            _(
                "Your network <b>{network}</b> has not been confirmed yet. I will write as soon as it"
                " is decided.",
                network=mine.name,
            ),
            Button(_("Withdraw my network"), WithdrawProposal(mine.id)),
        )
        return
    chosen = consent.given(ctx) or consent.introduce(
        ctx,
        lambda: _("You are about to start a network of mentors. You will coordinate it."),
        yes=_("Go on"),
        spoken=[],
    )
    if chosen is None:
        ctx.say(consent.declined(ctx))
        return
    preview = _preview(ctx, chosen)
    if preview is None:
        ctx.say(_("All right. No network was started."))
        return
    wanted, own_name = preview
    if networks.by_name(ctx.db, wanted.name) is not None:
        ctx.say(
            _("Somebody has just started a network with this name. Please choose another name."),
            Button(_("Start a network"), Command("found")),
        )
        return
    if not limits.allows(ctx, limits.NETWORKS):
        return
    consent.settle(ctx, chosen)
    people.rename(ctx.person, own_name)
    at_once = ctx.installation.open_founding or ctx.may(Role.OPERATOR)
    network = networks.found(ctx.db, wanted, confirmed=at_once, now=ctx.now)
    if at_once:
        _begin(ctx, network, ctx.person)
        ctx.say(_founded(network), Button(_("Invite somebody"), Command("invite"), keep=True))
    else:
        networks.propose(ctx.db, network, ctx.person, ctx.now)
        ctx.tell(
            _operators(ctx), proposal(network, ctx.person), *verdicts(network), priority=Priority.CARRIED
        )
        ctx.say(
            _(
                "Thank you. The people who run {bot} look at each new network. I will write as soon "
                "as they have decided about <b>{network}</b>.",
                bot=ctx.installation.name,
                network=network.name,
            ),
            Button(_("Withdraw my network"), WithdrawProposal(network.id)),
        )


def _preview(ctx: Context, chosen: str) -> tuple[Facts, str] | None:
    """Ask what only the founder knows, and show it with what is likely otherwise, to be changed one by one.
    Return that, and the founder's own name; None where nothing is to be founded."""
    known = bool(members.memberships(ctx.db, ctx.person))
    own_name = ctx.person.name or profile.ask_name(ctx)
    wanted = Facts(
        name=facts.ask_name(ctx),
        purpose=facts.ask_purpose(ctx),
        languages=[chosen],
        time_zone=ctx.zone(ctx.person).key,
        place=ctx.person.place or "",
        public=False,
    )
    called = {} if known or not ctx.person.name else {"own_name": _("My name")}
    for number in count():
        mine = [] if known else [_("Your name: {name}", name=own_name)]
        answer = ctx.choose(
            f"sure{number or ''}",
            paragraphs(lines(facts.facts(wanted), mine), _("Should I start it like this?")),
            {"yes": _("Start it"), "change": _("Change something"), "no": _("Do not start it")},
        )
        if answer != "change":
            return (wanted, own_name) if answer == "yes" else None
        what = ctx.choose(f"what{number or ''}", _("What should I change?"), {**facts.NAMES, **called})
        if what == "own_name":
            own_name, called = profile.ask_name(ctx), {}
        else:
            value = facts.QUESTIONS[what](ctx, question=f"{what}{number or ''} again")
            changed: dict[str, Any] = {what: "" if value is None else value}
            wanted = replace(wanted, **changed)
    raise AssertionError("somebody answers at last")


def _begin(ctx: Context, network: Network, founder: Person) -> None:
    """Begin a confirmed network, with its founder as meta-mentor."""
    membership.begin(ctx, FOUNDED, network, founder, by=founder, label="organisation", role="meta_mentor")


def _founded(network: Network) -> AnyText:
    """Return what a founder reads when the network begins."""
    return paragraphs(_("<b>{network}</b> has started.", network=network.name), membership.rights())


@on(WithdrawProposal)
def withdraw_proposal(ctx: Context, step: WithdrawProposal) -> None:
    """Take a network back that waits, for its founder."""
    network = networks.proposed_by(ctx.db, ctx.person)
    if network is None or network.id != step.network_id or not networks.drop(ctx.db, network):
        ctx.say(_("This is done already."))
    else:
        ctx.say(_("I have withdrawn it. No network was started."))


def _operators(ctx: Context) -> list[Person]:
    """Return the operators who have ever written to the bot."""
    return people.behind(ctx.db, [(each.messenger, each.account) for each in ctx.installation.operators])


def proposal(network: Network, founder: Person) -> AnyText:
    """Return a network that waits, as an operator reads it."""
    return paragraphs(
        _("{name} wants to start a network:", name=founder.name),
        facts.facts(Facts.of(network)),
    )


def verdicts(network: Network) -> list[Button]:
    """Return the buttons by which an operator decides about a network."""
    return [
        Button(_("Confirm"), ConfirmNetwork(network.id)),
        Button(_("Decline"), DeclineNetwork(network.id)),
    ]


@on(ConfirmNetwork)
def confirm_network(ctx: Context, step: ConfirmNetwork) -> None:
    """Begin a network that waited, and tell its founder."""
    network, founder = _waiting(ctx, step.network_id)
    if network is None or founder is None or not networks.confirm(ctx.db, network, ctx.now):
        ctx.say(_("This is done already."))
        return
    _begin(ctx, network, founder)
    CONFIRMED.record(ctx, network)
    ctx.tell(
        founder,
        _founded(network),
        Button(_("Invite somebody"), Command("invite"), keep=True),
        priority=Priority.CARRIED,
    )
    ctx.say(_("<b>{network}</b> is confirmed, and {name} knows it.", network=network.name, name=founder.name))


@on(DeclineNetwork)
def decline_network(ctx: Context, step: DeclineNetwork) -> None:
    """Drop a network that waited, and tell its founder, with the reason if there is one."""
    network, founder = _waiting(ctx, step.network_id)
    if network is None or founder is None:
        ctx.say(_("This is done already."))
        return
    reason = ctx.ask(
        "reason",
        _("Why not? {name} will read what you write.", name=founder.name),
        skip=_("Give no reason"),
        max_length=LONGEST_REASON,
    )
    name = network.name
    networks.drop(ctx.db, network)
    ctx.carry(
        founder,
        paragraphs(
            _(
                "The people who run this bot have decided against your network <b>{network}</b>.",
                network=name,
            ),
            [form("<blockquote>{reason}</blockquote>", reason=reason)] if reason else [],
            _("You can change it and try again: {found}.", found=Command("found")),
        ),
        UserMessage(reason or ""),
    )
    ctx.say(_("<b>{network}</b> is declined, and {name} knows it.", network=name, name=founder.name))


def _waiting(ctx: Context, network_id: int) -> tuple[Network | None, Person | None]:
    """Return a network that still waits, locked, and its founder; None and None where it does not."""
    network = ctx.hold(Network, network_id)
    if network is None or network.confirmed_at is not None:
        return None, None
    return network, networks.founder(ctx.db, network)
