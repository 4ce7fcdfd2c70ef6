"""Whoever speaks for a partner organisation: they bring in its graduates, and see how many have come."""

from bot import Button, Command, Context, Verbatim, _, _n, on
from bot.lists import Ended, adds
from db.growing import partners
from db.models import Member
from handlers.joining.steps import ShowGroup, ShowOwnGroups
from handlers.partnering import yearly
from handlers.partnering.steps import EndPartnership, InviteSpeaker, ListPartner, TakeOwnGroups
from handlers.protecting import coordinators

GROUPS, LONGEST_NAME = 3, 22
"""Course groups that are shown, and characters of their names on a button."""


@on(ShowOwnGroups)
def show_own_groups(ctx: Context, step: ShowOwnGroups) -> None:
    """Show whoever speaks for a partner what they can do: invite a course group, and see how far one is."""
    partner = partners.spoken_for(ctx.db, ctx.member)
    if partner is None:
        ctx.say(_("You speak for no organisation in this network."))
        return
    left = partners.left(ctx.db, partner, ctx.now)
    listed = (
        Button(_("Do not name us any more"), ListPartner(False))
        if partner.listed
        else Button(_("Name us on the profile"), ListPartner(True))
    )
    ctx.say(
        _n(
            "You speak for <b>{organisation}</b>. {n} of your graduates can still come this year.",
            "You speak for <b>{organisation}</b>. {n} of your graduates can still come this year.",
            left,
            organisation=partner.name,
        ),
        *([Button(_("A course group"), Command("cohort"), keep=True)] if left else []),
        *(
            Button(_("Group: {name}", name=Verbatim(each.name[:LONGEST_NAME])), ShowGroup(each.id), keep=True)
            for each in partners.groups(ctx.db, partner, GROUPS)
        ),
        Button(_("The list of our graduates"), TakeOwnGroups(), keep=True),
        listed,
        Button(_("End the partnership"), EndPartnership(partner.id), keep=True),
    )


@on(ListPartner)
def list_partner(ctx: Context, step: ListPartner) -> None:
    """Keep whether the profile of the network, which strangers read, names the organisation."""
    partner = partners.spoken_for(ctx.db, ctx.member)
    if partner is None:
        ctx.say(_("You speak for no organisation in this network."))
        return
    partners.let_be_listed(partner, step.listed)
    ctx.say(
        _(
            "The profile of {network} names {organisation} now.",
            network=ctx.network.name,
            organisation=partner.name,
        )
        if step.listed
        else _(
            "The profile of {network} does not name {organisation}.",
            network=ctx.network.name,
            organisation=partner.name,
        )
    )


@adds(Ended, place=10)
def speaker_gone(ctx: Context, member: Member) -> None:
    """Tell those who coordinate that nobody speaks for a partner any more, and let them name somebody."""
    partner = partners.spoken_for(ctx.db, member)
    partners.fall_silent(member)
    if partner is None or partners.speakers(ctx.db, partner):
        return
    there = coordinators.of_network(ctx, partner.network_id, without=member.person_id)
    yearly.tell(
        ctx,
        [each.person for each in there],
        _("Nobody speaks for {organisation} any more. Who should?", organisation=partner.name),
        Button(_("Invite who speaks for it"), InviteSpeaker(partner.id), keep=True),
    )
