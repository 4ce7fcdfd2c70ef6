"""Invitations: one code for one or many people, as link, code and picture."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Day,
    Role,
    Text,
    Unasked,
    Unclear,
    _,
    _n,
    command,
    lines,
    on,
    paragraphs,
)
from bot.lists import act
from bot.reading.when import numbers
from db.growing import partners
from db.models import Invitation, Label, Network
from db.network import invitations
from db.network import numbers as network_numbers
from handlers.joining import codes
from handlers.joining.steps import (
    MOST_DAYS,
    MOST_USES,
    ChangeInvitation,
    ChangeInWords,
    Recommend,
    ShowInvitations,
    ShowOwnGroups,
    ShowPartners,
    WithdrawInvitation,
)
from handlers.network import forwarding
from handlers.vocabulary import GROUPS, ROLES

USES = (5, 25, 1)
USUAL: Label = "graduate"
"""Whom an invitation is for, unless it is said."""
WHOM = _("Who do you want to invite?")
SPANS: dict[int, Text] = {7: _("A week"), 30: _("A month"), 90: _("Three months")}
"""Days that are offered."""

MADE = act("invitation.made", _("{who} created an invitation on {day}."))
CHANGED = act("invitation.changed", _("{who} changed an invitation on {day}."))


@command("invite", needs=Role.MEMBER, menu=_("Invite somebody"), sub="label", rest=("uses", "days"))
def invite(ctx: Context) -> None:
    """Make one code at once, for one person, or for as many as are named, and as long as is usual; it can be
    changed afterwards. With other words behind the command: for whom, for how many, for how long. Who only
    is a member recommends somebody."""
    if not ctx.may(Role.META_MENTOR):
        speaks = partners.spoken_for(ctx.db, ctx.member) is not None
        ctx.redirect(ShowOwnGroups() if speaks else Recommend())
    label: Label = USUAL
    uses, days = 1, network_numbers.span(ctx.network, "invitation_hours").days
    named = ctx.keep("named", _number(ctx))
    if (brought := ctx.keep("brought", ctx.brought("uses"))) is not None:
        uses = int(brought)
    elif named is not None:
        uses = named
    elif ctx.keep("by words", bool(ctx.rest)):
        label = ctx.choose("label", WHOM, GROUPS)
        uses, days = _ask_uses(ctx), _ask_days(ctx)
    made = forwarding.make(ctx, timedelta(days=days), label=label, uses=uses)
    if made is None:
        return
    invitation, code = made
    MADE.record(ctx, ctx.network, label=label)
    others = invitations.count_open(ctx.db, ctx.network, ctx.now) > 1
    ctx.say(
        paragraphs(
            lines(_("Here is your invitation."), _facts(ctx, invitation)),
            forwarding.NEXT,
        ),
        Button(_("For several people"), ChangeInvitation(invitation.id, "uses"), keep=True),
        Button(_("For longer"), ChangeInvitation(invitation.id, "days"), keep=True),
        Button(_("For others"), ChangeInvitation(invitation.id, "label"), keep=True),
        Button(_("A course group"), Command("cohort"), keep=True),
        Button(_("A partner organisation"), ShowPartners(), keep=True),
        Button(_("Cancel this invitation"), WithdrawInvitation(invitation.id)),
        *([Button(_("See open invitations"), ShowInvitations(), keep=True)] if others else []),
        on_reply=ChangeInWords(invitation_id=invitation.id),
    )
    show(ctx, invitation, code)


def _number(ctx: Context) -> int | None:
    """Return how many are named behind the command, where nothing else is."""
    with suppress(Unclear):
        return numbers.number(ctx.rest, MOST_USES, ctx.reader.locale)
    return None


def _ask_uses(ctx: Context) -> int:
    """Ask how many may join by an invitation."""
    return ctx.ask_number(
        "uses",
        _("For how many people? You can type any number up to {limit}.", limit=MOST_USES),
        most=MOST_USES,
        suggest={n: _n("{n} person", "{n} people", n) for n in USES},
        why=_("So that nobody else comes in: when so many have joined, the code no longer works."),
    )


def _ask_days(ctx: Context) -> int:
    """Ask for how many days an invitation works."""
    return ctx.ask_number(
        "days",
        _(
            "How long should the invitation work? You can also type a number of days, up to {limit}.",
            limit=MOST_DAYS,
        ),
        most=MOST_DAYS,
        days=True,
        suggest=_spans(ctx.network),
        why=_("So that nobody comes in with an old code: after that it no longer works."),
    )


def _spans(network: Network) -> dict[int, AnyText]:
    """Return days → label: first as long as is usual in this network."""
    usual = network_numbers.span(network, "invitation_hours").days
    first = {usual: _n("As usual: {n} day", "As usual: {n} days", usual)}
    return {**first, **{days: label for days, label in SPANS.items() if days != usual}}


def _facts(ctx: Context, invitation: Invitation) -> Iterator[Text]:
    """Yield for whom an invitation is, and until when."""
    yield _n(
        "{group}: {n} person can join with it.",
        "{group}: {n} people can join with it.",
        invitation.uses - invitation.used,
        group=group(invitation),
    )
    yield _valid_until(ctx, invitation)


def group(invitation: Invitation) -> Text:
    """Return whom an invitation is for."""
    return GROUPS[invitation.label] if invitation.role == "member" else ROLES[invitation.role]


def _valid_until(ctx: Context, invitation: Invitation) -> Text:
    return _("Valid until {day}.", day=Day(ctx.day_of(invitation.expires_at), far=True))


def show(ctx: Context, invitation: Invitation, code: str) -> None:
    """Show a code, only this once, in a message to be passed on."""
    forwarding.say(
        ctx,
        _("Invitation to {network}", network=ctx.network.name),
        _("{name} invites you. Here mentors help each other.", name=ctx.person.name),
        code,
        invitation.expires_at,
        then=_("3. Tap “Join”."),
        network=ctx.network,
    )


@on(ChangeInvitation)
def change_invitation(ctx: Context, step: ChangeInvitation) -> None:
    """Change for whom an invitation is, for how many, or for how long. Its code stays the same."""
    invitation = _open(ctx, step.invitation_id)
    if invitation is None:
        return
    if step.what == "uses":
        invitations.allow(invitation, invitation.used + _ask_uses(ctx))
    elif step.what == "days":
        invitations.prolong(invitation, ctx.now + timedelta(days=_ask_days(ctx)))
    else:
        invitations.relabel(invitation, ctx.choose("label", WHOM, GROUPS))
    _say_changed(ctx, invitation, step.what)


def _open(ctx: Context, invitation_id: int) -> Invitation | None:
    """Return an invitation that still works; None after saying that it does not."""
    return ctx.ours(
        Invitation,
        invitation_id,
        gone=_("This invitation no longer works."),
        still=lambda invitation: codes.works(invitation, ctx),
    )


def _say_changed(ctx: Context, invitation: Invitation, what: str) -> None:
    CHANGED.record(ctx, ctx.network)
    changed = (
        _("I have changed it. The code stays the same; the message to forward still shows the old date.")
        if what == "days"
        else _("I have changed it. The code stays the same.")
    )
    ctx.say(
        lines(changed, _facts(ctx, invitation)),
        Button(_("Cancel this invitation"), WithdrawInvitation(invitation.id)),
    )


@on(ChangeInWords)
def change_in_words(ctx: Context, step: ChangeInWords) -> None:
    """Change for how many an invitation is, or for how long, where words below it say only that; others are
    about something else."""
    words, locale = step.said.words, ctx.reader.locale
    many, days = step.many(words, locale), step.days(words, ctx.today, locale)
    if many is None and days is None:
        ctx.redirect(Unasked(said=step.said))
    invitation = _open(ctx, step.invitation_id)
    if invitation is None:
        return
    if days is not None:
        invitations.prolong(invitation, ctx.now + timedelta(days=days))
    elif many is not None:
        invitations.allow(invitation, invitation.used + many)
    _say_changed(ctx, invitation, "uses" if days is None else "days")
