"""The invitations that still work: shown, and withdrawn."""

from collections.abc import Mapping

from bot import Button, Command, Context, Line, Text, Verbatim, _, _n, form, on, page
from bot.listing import PAGE
from bot.lists import act
from db import people
from db.models import Invitation
from db.network import cohorts, invitations
from handlers.joining import invite
from handlers.joining.steps import ShowGroup, ShowInvitations, WithdrawInvitation

GROUPS_SHOWN, LONGEST_NAME = 3, 22
"""Course groups below the open invitations, and characters of their names on a button."""

WITHDRAWN = act("invitation.withdrawn", _("{who} withdrew an invitation on {day}."))


@on(ShowInvitations)
def show_invitations(ctx: Context, step: ShowInvitations) -> None:
    """Show the invitations that still work, the newest first: what is left of them, and until when. Each can
    be withdrawn. Course groups of which somebody is still to come are a tap away."""
    shown = invitations.open_of(ctx.db, ctx.network, ctx.now, PAGE + 1, step.before)
    groups = [
        Button(_("Group: {name}", name=Verbatim(each.name[:LONGEST_NAME])), ShowGroup(each.id), keep=True)
        for each in cohorts.open_of(ctx.db, ctx.network, ctx.now, GROUPS_SHOWN)
    ]
    if not shown:
        ctx.say(_("There is no open invitation."), Button(_("Invite somebody"), Command("invite")), *groups)
        return
    many = invitations.count_open(ctx.db, ctx.network, ctx.now)
    names = people.names_of(ctx.db, [each.made_by_id for each in shown])
    ctx.say_list(
        form("<b>{title}</b>", title=_n("{n} invitation is open", "{n} invitations are open", many)),
        page(shown, lambda each: _line(ctx, each, names), more=lambda last: ShowInvitations(last.id)),
        buttons=groups,
        choose=_("To withdraw one, choose its number."),
    )


def _line(ctx: Context, invitation: Invitation, names: Mapping[int, str]) -> Line:
    return Line(
        _left(ctx, invitation, names),
        [Button(_("Cancel this invitation"), WithdrawInvitation(invitation.id))],
    )


def _left(ctx: Context, invitation: Invitation, names: Mapping[int, str]) -> Text:
    """Return what is left of an invitation."""
    maker = names.get(invitation.made_by_id) if invitation.made_by_id is not None else None
    return _n(
        "{group}: {n} more person until {day} (by {name})",
        "{group}: {n} more people until {day} (by {name})",
        invitation.uses - invitation.used,
        group=invite.group(invitation),
        day=ctx.day_of(invitation.expires_at),
        name=Verbatim(maker) if maker is not None else _("an operator"),
    )


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
