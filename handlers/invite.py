"""Invitations: one code for one or many people, as link, code and picture."""

from collections.abc import Sequence
from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Context,
    Role,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    action,
    command,
    form,
    heading,
    lines,
)
from bot.text import to_json
from db import invitations, journal, networks
from db.models import Invitation, Network, Person
from handlers import members

MOST_USES = 1000
MOST_DAYS = 365
USES = (1, 5, 25)
SPANS: dict[int, Text] = {7: _("A week"), 30: _("A month"), 90: _("Three months")}
"""Days that are offered."""
LISTED = 20
"""Open invitations in one message."""


@command("invite", needs=Role.META_MENTOR, menu=_("Invite people"))
def invite(ctx: Context) -> None:
    """Makes one code: for whom, for how many, for how long."""
    label = ctx.choose("label", _("Whom do you want to invite?"), _whom(ctx))
    if label == "open":
        open_invitations(ctx)
        return
    uses = ctx.ask(
        "uses",
        _("How many people may join with it? You can type any number up to {limit}.", limit=MOST_USES),
        parse=lambda words: number(words, MOST_USES),
        suggest={str(n): _n("{n} person", "{n} people", n) for n in USES},
    )
    days = ctx.ask(
        "days",
        _("For how long is it good? You can type any number of days up to {limit}.", limit=MOST_DAYS),
        parse=lambda words: number(words, MOST_DAYS),
        suggest=_spans(ctx.network),
    )
    code = invitations.new_code(ctx.installation.rng)
    invitation = invitations.make(
        ctx.db,
        ctx.network,
        code,
        by=ctx.person,
        label=label,
        uses=int(uses),
        expires_at=ctx.now + timedelta(days=int(days)),
        now=ctx.now,
    )
    journal.record(ctx.db, ctx.network, "invitation.made", by=ctx.person, now=ctx.now, label=label)
    _show(ctx, invitation, code)


def _whom(ctx: Context) -> dict[str, AnyText]:
    """The groups somebody can be invited into, and the way to what is open, where there is anything."""
    some_open = invitations.open_of(ctx.db, ctx.network, ctx.now)
    return {**members.GROUPS, **({"open": _("See open invitations")} if some_open else {})}


def _spans(network: Network) -> dict[str, AnyText]:
    """Days → label: first as long as is usual in this network."""
    usual = networks.span(network, "invitation_hours").days
    first = {str(usual): _n("As usual: {n} day", "As usual: {n} days", usual)}
    return {**first, **{str(days): label for days, label in SPANS.items() if days != usual}}


def number(words: str, most: int) -> int:
    """A whole number from 1 to `most`. Raises Unclear for anything else."""
    if not words.isdecimal() or not 1 <= int(words) <= most:
        raise Unclear(_("Please type a number from 1 to {limit}.", limit=most))
    return int(words)


def _show(ctx: Context, invitation: Invitation, code: str) -> None:
    """The only time that a code is shown: with its links, and as a picture of the first link."""
    links = ctx.installation.link(f"join_{code}")
    picture = None
    if links:
        description = _("QR code of the invitation to {network}", network=ctx.network.name)
        picture = {"qr": next(iter(links.values())), "description": to_json(description)}
    ctx.say(
        heading(
            _("Invitation to {network}", network=ctx.network.name),
            lines(
                _("Code: <code>{code}</code>", code=invitations.shown(code)),
                (_link(messenger, link) for messenger, link in links.items()),
            ),
            lines(
                _("For: {group}", group=members.GROUPS[invitation.label]),
                _("How many may join: {n}", n=invitation.uses),
                _("Good until: {day}", day=invitation.expires_at.date()),
            ),
            _(
                "Those without a link write to me and type the code. Please keep this message: "
                "I do not keep the code, so I cannot show it again."
            ),
        ),
        Button(_("Withdraw it"), withdraw, (invitation.id,)),
        picture=picture,
        forget=True,
    )


def _link(messenger: str, link: str) -> Text:
    return form("{messenger}: {link}", messenger=messenger.capitalize(), link=link)


# --- those that are open -------------------------------------------------------------------------


@action(needs=Role.META_MENTOR)
def open_invitations(ctx: Context) -> None:
    """Invitations that still work: what is left of them, and until when."""
    found = invitations.open_of(ctx.db, ctx.network, ctx.now)
    if not found:
        ctx.say(_("No invitation is open."), Button(_("Make one"), invite))
        return
    rest = len(found) - LISTED
    ctx.say(
        heading(
            _n("{n} invitation is open", "{n} invitations are open", len(found)),
            lines(
                (form("{n}. {what}", n=n, what=_left(ctx, each)) for n, each in _numbered(found)),
                [_n("And {n} older one.", "And {n} older ones.", rest)] if rest > 0 else [],
            ),
        ),
        Button(_("Withdraw it"), withdraw, (found[0].id,))
        if len(found) == 1
        else Button(_("Withdraw one"), withdraw_one),
    )


def _numbered(found: Sequence[Invitation]) -> enumerate[Invitation]:
    return enumerate(found[:LISTED], 1)


def _left(ctx: Context, invitation: Invitation) -> Text:
    """What is left of an invitation."""
    maker = ctx.db.get(Person, invitation.made_by_id) if invitation.made_by_id is not None else None
    return _n(
        "{group}: {n} more person may join until {day} (made by {name})",
        "{group}: {n} more people may join until {day} (made by {name})",
        invitation.uses - invitation.used,
        group=_group(invitation),
        day=invitation.expires_at.date(),
        name=Verbatim(maker.name) if maker is not None else _("an operator"),
    )


def _group(invitation: Invitation) -> Text:
    """Whom an invitation is for."""
    return members.GROUPS[invitation.label] if invitation.role == "member" else members.ROLES[invitation.role]


@action(needs=Role.META_MENTOR, menu=_("Withdraw an invitation"))
def withdraw_one(ctx: Context) -> None:
    """Asks which of the open invitations to withdraw."""
    found = invitations.open_of(ctx.db, ctx.network, ctx.now)
    if not found:
        ctx.say(_("No invitation is open."))
        return
    chosen = ctx.choose(
        "invitation",
        _("Which one shall I withdraw?"),
        {
            str(each.id): form("{n}. {group}, {day}", n=n, group=_group(each), day=each.expires_at.date())
            for n, each in _numbered(found)
        },
    )
    withdraw(ctx, int(chosen))


@action(needs=Role.META_MENTOR)
def withdraw(ctx: Context, invitation_id: int) -> None:
    """Nobody can join with this invitation any more; who has joined stays."""
    invitation = ctx.hold(Invitation, invitation_id)
    if invitation is None or invitation.network_id != ctx.network.id or invitation.withdrawn_at is not None:
        ctx.say(_("This invitation was withdrawn already."))
        return
    invitation.withdrawn_at = ctx.now
    journal.record(ctx.db, ctx.network, "invitation.withdrawn", by=ctx.person, now=ctx.now)
    ctx.say(_("The invitation is withdrawn. Nobody can join with it any more; who has joined stays."))
