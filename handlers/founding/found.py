"""Founding a network: by anybody, with an operator's word."""

import re
from dataclasses import replace
from datetime import time
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
from bot.times import after_working_days
from db import people
from db.engine import seen
from db.models import Network, Person
from db.network import members, networks
from db.network.networks import Facts
from handlers.founding import like
from handlers.joining import consent, membership
from handlers.joining.steps import ConfirmNetwork, DeclineNetwork, RemindOperators, WithdrawProposal
from handlers.network import card, facts
from handlers.protecting import coordinators, limits
from handlers.settings import profile

LIKE = re.compile(r"(?:like|wie)\s+", re.IGNORECASE)
"""What stands before the name of another network."""
LONGEST_REASON = 500
AGAIN = (2, 5)
"""Working days after which the operators are told again of a network that waits."""
MORNING = time(9)

FOUNDED = act("network.founded", _("{who} founded the network on {day}."))
CONFIRMED = act("network.confirmed", _("{who} confirmed the network on {day}."))


@command("found", needs=Role.ANYONE, menu=_("Start a network"), rest=("origin", "network"))
def found(ctx: Context) -> None:
    """Found a network from what is asked about it, or, after “like”, as another one is. Its founder becomes
    its meta-mentor once it is confirmed."""
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
    origin = _origin(ctx)
    chosen = consent.given(ctx) or consent.introduce(
        ctx,
        lambda: _("You are about to start a network of mentors. You will coordinate it."),
        yes=_("Go on"),
        spoken=[],
    )
    if chosen is None:
        ctx.say(consent.declined(ctx))
        return
    wanted_parts = like.ask_parts(ctx, origin) if origin is not None else []
    preview = _preview(ctx, chosen, origin)
    if preview is None:
        ctx.say(_("All right. No network was started."))
        return
    wanted, own_name = preview
    if not limits.allows(ctx, limits.NETWORKS):
        return
    if networks.by_name(ctx.db, wanted.name) is not None:
        ctx.say(
            _("There is a network with this name already. Please choose another name."),
            Button(_("Start a network"), Command("found")),
        )
        return
    consent.settle(ctx, chosen)
    people.rename(ctx.person, own_name)
    at_once = ctx.installation.open_founding or ctx.may(Role.OPERATOR)
    network = networks.found(ctx.db, wanted, confirmed=at_once, now=ctx.now)
    if origin is not None:
        like.take(ctx, network, origin, wanted_parts)
    if at_once:
        _begin(ctx, network, ctx.person)
        ctx.say(_founded(network), Button(_("Invite somebody"), Command("invite"), keep=True))
    else:
        networks.propose(ctx.db, network, ctx.person, ctx.now)
        told = tell_operators(ctx, network, proposal(network, ctx.person))
        ask_again_after(ctx, network, AGAIN[0])
        ctx.say(
            paragraphs(
                _(
                    "Thank you. The people who run {bot} look at each new network. I will write as soon "
                    "as they have decided about <b>{network}</b>.",
                    bot=ctx.installation.name,
                    network=network.name,
                ),
                [] if told else _("None of them can be reached at the moment, so it may take some days."),
            ),
            Button(_("Withdraw my network"), WithdrawProposal(network.id)),
        )


def _origin(ctx: Context) -> Network | None:
    """Return the network like which one is to be founded; None for one of its own kind. Only one that shows
    its card to everybody can be taken as an example."""
    brought = ctx.keep("origin brought", ctx.brought("origin"))
    if brought is None and not ctx.keep("like", bool(LIKE.match(ctx.rest))):
        return None
    chosen = brought or ctx.ask(
        "origin",
        _("Like which network? Please type its name, or a part of it."),
        parse=lambda words: card.called(ctx, LIKE.sub("", words)),
        max_length=60,
    )
    origin = networks.linked(ctx.db, chosen)
    if origin is None:
        ctx.say(_("This network no longer shows its profile."))
    return origin


def _preview(ctx: Context, chosen: str, origin: Network | None) -> tuple[Facts, str] | None:
    """Ask what only the founder knows, and show it with what is likely otherwise, to be changed one by one.
    Return that, and the founder's own name; None where nothing is to be founded."""
    known = bool(members.memberships(ctx.db, ctx.person))
    own_name = ctx.person.name or profile.ask_name(ctx)
    name = facts.ask_name(ctx)
    if origin is not None and origin.purpose:
        ctx.say(_("For example, {origin}: “{purpose}”", origin=origin.name, purpose=origin.purpose))
    wanted = Facts(
        name=name,
        purpose=facts.ask_purpose(ctx),
        languages=[chosen],
        time_zone=ctx.zone(ctx.person).key,
        place=ctx.person.place or "",
        public=facts.ask_public(ctx),
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
    like.begun(ctx, network)


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


def ask_again_after(ctx: Context, network: Network, days: int) -> None:
    """Plan to tell the operators of a network that waits so many working days after it was founded."""
    at = after_working_days(network.founded_at, days, ctx.installation.zone(), MORNING)
    ctx.later(at, RemindOperators(network.id, days), about=f"proposal:{network.id}")


def tell_operators(ctx: Context, network: Network, text: AnyText) -> bool:
    """Tell the operators who can be reached about a network that waits; return whether there are any. The
    others hear of it with their next word."""
    there = coordinators.all_operators(ctx)
    for person in there:
        has_heard(ctx, network, person)
    ctx.tell(there, text, *verdicts(network), priority=Priority.CARRIED)
    return bool(there)


def has_heard(ctx: Context, network: Network, operator: Person) -> bool:
    """Note that an operator hears of a network that waits; return whether they knew."""
    return not seen.first_time(ctx.db, seen.secret(ctx.db, "proposal", network.id, operator.id), ctx.now)


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
