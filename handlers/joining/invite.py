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
    Line,
    Qr,
    Role,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    command,
    form,
    heading,
    lines,
    on,
    page,
    paragraphs,
)
from bot.installation import account_in, best_of
from bot.lists import act
from bot.reading.when import numbers
from db.models import Invitation, Label, Network, Person
from db.network import invitations, networks
from handlers.joining import codes
from handlers.joining.steps import ChangeInvitation, ShowInvitations, WithdrawInvitation
from handlers.protecting import limits
from handlers.vocabulary import GROUPS, ROLES

MOST_USES = 1000
MOST_DAYS = 365
USES = (5, 25, 1)
USUAL: Label = "graduate"
"""Whom an invitation is for, unless it is said."""
WHOM = _("Who do you want to invite?")
SPANS: dict[int, Text] = {7: _("A week"), 30: _("A month"), 90: _("Three months")}
"""Days that are offered."""

MADE = act("invitation.made", _("{who} created an invitation on {day}."))
CHANGED = act("invitation.changed", _("{who} changed an invitation on {day}."))
WITHDRAWN = act("invitation.withdrawn", _("{who} withdrew an invitation on {day}."))


@command("invite", needs=Role.META_MENTOR, menu=_("Invite somebody"), sub="label", rest=("uses", "days"))
def invite(ctx: Context) -> None:
    """Make one code at once, for one person, or for as many as are named, and as long as is usual; it can be
    changed afterwards. With other words behind the command: for whom, for how many, for how long."""
    label: Label = USUAL
    uses, days = 1, networks.span(ctx.network, "invitation_hours").days
    named = ctx.keep("named", _number(ctx))
    if (brought := ctx.keep("brought", ctx.brought("uses"))) is not None:
        uses = int(brought)
    elif named is not None:
        uses = named
    elif ctx.keep("by words", bool(ctx.rest)):
        label = ctx.choose("label", WHOM, GROUPS)
        uses, days = _ask_uses(ctx), _ask_days(ctx)
    if not limits.allows(ctx, limits.INVITATIONS):
        return
    code = invitations.new_code(ctx.installation.rng)
    invitation = invitations.make(
        ctx.db,
        ctx.network,
        code,
        by=ctx.person,
        label=label,
        uses=uses,
        expires_at=ctx.now + timedelta(days=days),
        now=ctx.now,
    )
    MADE.record(ctx, ctx.network, label=label)
    others = len(invitations.open_of(ctx.db, ctx.network, ctx.now)) > 1
    ctx.say(
        paragraphs(
            lines(_("Here is your invitation."), _facts(ctx, invitation)),
            _(
                "The next message explains itself: please forward it, or let somebody scan the "
                "picture. I cannot show the code again."
            ),
        ),
        Button(_("For several people"), ChangeInvitation(invitation.id, "uses"), keep=True),
        Button(_("For longer"), ChangeInvitation(invitation.id, "days"), keep=True),
        Button(_("For others"), ChangeInvitation(invitation.id, "label"), keep=True),
        Button(_("Cancel this invitation"), WithdrawInvitation(invitation.id)),
        *([Button(_("See open invitations"), ShowInvitations(), keep=True)] if others else []),
    )
    _show(ctx, invitation, code)


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
    )


def _spans(network: Network) -> dict[int, AnyText]:
    """Return days → label: first as long as is usual in this network."""
    usual = networks.span(network, "invitation_hours").days
    first = {usual: _n("As usual: {n} day", "As usual: {n} days", usual)}
    return {**first, **{days: label for days, label in SPANS.items() if days != usual}}


def _facts(ctx: Context, invitation: Invitation) -> Iterator[Text]:
    """Yield for whom an invitation is, and until when."""
    yield _n(
        "{group}: {n} person can join with it.",
        "{group}: {n} people can join with it.",
        invitation.uses - invitation.used,
        group=_group(invitation),
    )
    yield _valid_until(ctx, invitation)


def _valid_until(ctx: Context, invitation: Invitation) -> Text:
    return _("Valid until {day}.", day=Day(ctx.day_of(invitation.expires_at), far=True))


def _show(ctx: Context, invitation: Invitation, code: str) -> None:
    """Show a code, only this once, in a message to be passed on: it says by itself what it is, who invites,
    and how somebody joins who has never seen a bot, on each messenger."""
    ways = ctx.installation.ways(f"join_{code}")
    shown = invitations.shown(code)
    picture = None
    if ways:
        description = _(
            "QR code of the invitation to {network}. The code is {code}.",
            network=ctx.network.name,
            code=shown,
        )
        link = best_of(ways)
        picture = Qr(
            link,
            description,
            "invitation.png",
            _("Invitation to {network}", network=ctx.network.name),
            shown,
            [*_steps(carries=(link, True) in ways.values()), _valid_until(ctx, invitation)],
        )
    ctx.say(
        heading(
            _("Invitation to {network}", network=ctx.network.name),
            _("{name} invites you. Here mentors help each other.", name=ctx.person.name),
            *(way_in(ctx.installation.title(name), *way) for name, way in ways.items()),
            lines(_("Code: <code>{code}</code>", code=shown), _valid_until(ctx, invitation)),
        ),
        file=picture,
        forget=True,
    )


def _steps(*, carries: bool) -> list[Text]:
    """Return what somebody does with the picture on paper, whose link carries the code or not."""
    scan = _("1. Scan the picture with your camera.")
    if carries:
        return [scan, _("2. Tap “Start”."), _("3. Tap “Join”.")]
    return [scan, _("2. Begin a chat."), _("3. Write the code there.")]


def way_in(messenger: str, link: str, carries: bool) -> Text:
    """Return how somebody gets to the bot on a messenger, and what they do there with the code."""
    account = account_in(link)
    if carries:
        return _(
            "With {messenger}: tap {link} and then “Start”. If that does not work, look for "
            "{account} there and write the code.",
            messenger=messenger,
            link=link,
            account=account,
        )
    return _(
        "With {messenger}: open {link}, begin a chat with {account} and write the code there.",
        messenger=messenger,
        link=link,
        account=account,
    )


@on(ChangeInvitation)
def change_invitation(ctx: Context, step: ChangeInvitation) -> None:
    """Change for whom an invitation is, for how many, or for how long. Its code stays the same."""
    invitation = ctx.ours(
        Invitation,
        step.invitation_id,
        gone=_("This invitation no longer works."),
        still=lambda invitation: codes.works(invitation, ctx),
    )
    if invitation is None:
        return
    if step.what == "uses":
        invitations.allow(invitation, invitation.used + _ask_uses(ctx))
    elif step.what == "days":
        invitations.prolong(invitation, ctx.now + timedelta(days=_ask_days(ctx)))
    else:
        invitations.relabel(invitation, ctx.choose("label", WHOM, GROUPS))
    CHANGED.record(ctx, ctx.network)
    changed = (
        _("I have changed it. The code stays the same; the message to forward still shows the old date.")
        if step.what == "days"
        else _("I have changed it. The code stays the same.")
    )
    ctx.say(
        lines(changed, _facts(ctx, invitation)),
        Button(_("Cancel this invitation"), WithdrawInvitation(invitation.id)),
    )


@on(ShowInvitations)
def show_invitations(ctx: Context, step: ShowInvitations) -> None:
    """Show the invitations that still work, the newest first: what is left of them, and until when. Each can
    be withdrawn."""
    found = invitations.open_of(ctx.db, ctx.network, ctx.now)
    shown = [each for each in found if step.before is None or each.id < step.before]
    if not shown:
        ctx.say(_("There is no open invitation."), Button(_("Invite somebody"), Command("invite")))
        return
    title = _n("{n} invitation is open", "{n} invitations are open", len(found))
    ctx.say_list(
        form("<b>{title}</b>", title=title),
        page(shown, lambda each: _line(ctx, each), more=lambda last: ShowInvitations(last.id)),
        choose=_("To withdraw one, choose its number."),
    )


def _line(ctx: Context, invitation: Invitation) -> Line:
    return Line(
        _left(ctx, invitation), [Button(_("Cancel this invitation"), WithdrawInvitation(invitation.id))]
    )


def _left(ctx: Context, invitation: Invitation) -> Text:
    """Return what is left of an invitation."""
    maker = ctx.db.get(Person, invitation.made_by_id) if invitation.made_by_id is not None else None
    return _n(
        "{group}: {n} more person until {day} (by {name})",
        "{group}: {n} more people until {day} (by {name})",
        invitation.uses - invitation.used,
        group=_group(invitation),
        day=ctx.day_of(invitation.expires_at),
        name=Verbatim(maker.name) if maker is not None else _("an operator"),
    )


def _group(invitation: Invitation) -> Text:
    """Return whom an invitation is for."""
    return GROUPS[invitation.label] if invitation.role == "member" else ROLES[invitation.role]


@on(WithdrawInvitation)
def withdraw_invitation(ctx: Context, step: WithdrawInvitation) -> None:
    """Withdraw an invitation: nobody can join with it any longer, and who has joined stays."""
    invitation = ctx.ours(
        Invitation,
        step.invitation_id,
        gone=_("This invitation was withdrawn already."),
        still=lambda invitation: invitation.withdrawn_at is None,
    )
    if invitation is None:
        return
    invitations.withdraw(invitation, ctx.now)
    WITHDRAWN.record(ctx, ctx.network)
    ctx.say(_("The invitation no longer works. Those who have joined stay members."))
