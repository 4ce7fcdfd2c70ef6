"""Once a year both sides of a partnership are asked whether they go on together. Either can end it at any
time: then nobody invites for the organisation, and whoever has come stays."""

from collections.abc import Sequence
from datetime import timedelta

from bot import AnyText, Button, Context, Line, Priority, Role, Text, _, _n, on
from bot.lists import Debts, Owed, act, adds
from db.growing import partners
from db.models import Network, Partner, Person
from db.network import members
from handlers.coordinating.steps import WriteTo
from handlers.partnering.steps import EndPartnership, InviteSpeaker, PartnerYear, SayTogether
from handlers.talking import to_coordinators

PATIENCE = timedelta(days=30)
"""After which time without an answer, or without anybody who speaks for it, a partner is a debt."""
GONE = _("This organisation is no longer a partner.")

RENEWED = act("partner.renewed", _("The network and a partner said on {day} that they go on together."))
ENDED = act("partner.ended", _("{who} ended a partnership on {day}."))


def plan(ctx: Context, partner: Partner) -> None:
    """Plan when both sides are asked."""
    ctx.later(partner.year_from + partners.YEAR, PartnerYear(partner.id), about=_about(partner))


def _about(partner: Partner) -> str:
    return f"partner:{partner.id}"


def tell(ctx: Context, to: Sequence[Person], text: AnyText, *buttons: Button) -> None:
    """Tell one side something about a partnership, in the network that it is of."""
    ctx.tell(to, text, *buttons, priority=Priority.CHECK_IN)


def _sides(ctx: Context, partner: Partner) -> tuple[list[Person], list[Person]]:
    """Return those who coordinate the network, and those who speak for the partner and do not."""
    network = [each.person for each in members.coordinators(ctx.db, partner.network_id)]
    speak = [each.person for each in partners.speakers(ctx.db, partner)]
    return network, [each for each in speak if each not in network]


@on(PartnerYear)
def partner_year(ctx: Context, step: PartnerYear) -> None:
    """Ask both sides whether they go on together."""
    partner = ctx.hold(Partner, step.partner_id)
    if partner is None or partner.ended_at is not None:
        return
    partners.ask(partner, ctx.now)
    network = ctx.db.get_one(Network, partner.network_id)
    ctx.turn_to(network)
    for side in _sides(ctx, partner):
        tell(ctx, side, _question(network, partner), *_answers(partner))


def _question(network: Network, partner: Partner) -> Text:
    return _(
        "A year has passed. Should {organisation} and <b>{network}</b> go on together?",
        organisation=partner.name,
        network=network.name,
    )


def _answers(partner: Partner) -> list[Button]:
    return [
        Button(_("Yes"), SayTogether(partner.id, "yes"), means="yes"),
        Button(_("Let us talk"), SayTogether(partner.id, "talk"), keep=True),
        Button(_("Not any more"), EndPartnership(partner.id), keep=True, means="no"),
    ]


@on(SayTogether)
def say_together(ctx: Context, step: SayTogether) -> None:
    """Keep that one side wants to go on, or bring the two together first."""
    partner = _mine(ctx, step.partner_id)
    if partner is None:
        return
    of_network = ctx.may(Role.META_MENTOR)
    if step.says == "talk":
        way = to_coordinators.way_to(ctx)
        speak = partners.speakers(ctx.db, partner)
        if of_network and speak:
            ctx.redirect(WriteTo(speak[0].id))
        if not of_network and way is not None:
            ctx.redirect(way.target)
        ctx.say(_("There is nobody I can reach at the moment."))
        return
    if partner.asked_at is None:
        ctx.say(_("That is settled: you go on together."))
        return
    network, speak_for = _sides(ctx, partner)
    if not partners.say(partner, "yes", of_network=of_network, now=ctx.now):
        ctx.say(_("Thank you. I write as soon as the other side has answered."))
        return
    plan(ctx, partner)
    RENEWED.record(ctx, ctx.network)
    both = _(
        "{organisation} and <b>{network}</b> go on together. {n} graduates may come in the next year.",
        organisation=partner.name,
        network=ctx.network.name,
        n=partner.quota,
    )
    tell(ctx, [each for each in (*network, *speak_for) if each is not ctx.person], both)
    ctx.say(both)


@on(EndPartnership)
def end_partnership(ctx: Context, step: EndPartnership) -> None:
    """End a partnership, as one of its sides, and tell the other."""
    if _mine(ctx, step.partner_id) is None:
        return
    if not ctx.sure(
        _(
            "Should the partnership end? Then nobody can be invited for the organisation any more. Codes "
            "that were given out work until their end, and whoever is a member stays."
        ),
        yes=_("End it for good"),
        no=_("Go on together"),
        otherwise=_("All right. It goes on."),
    ):
        return
    partner = _mine(ctx, step.partner_id)
    if partner is None:
        return
    network, speak_for = _sides(ctx, partner)
    partners.end(partner, ctx.now)
    ctx.call_off(_about(partner))
    ENDED.record(ctx, ctx.network)
    over = _(
        "{organisation} and <b>{network}</b> no longer go on together. Whoever is a member stays.",
        organisation=partner.name,
        network=ctx.network.name,
    )
    tell(ctx, [each for each in (*network, *speak_for) if each is not ctx.person], over)
    ctx.say(over)


def _mine(ctx: Context, partner_id: int) -> Partner | None:
    """Return a partner, locked, on one of whose sides the one who acts is; None after saying that it is
    none."""
    may = ctx.may(Role.META_MENTOR) or ctx.member.speaks_for_id == partner_id
    return ctx.ours(Partner, partner_id, gone=GONE, still=lambda each: may and each.ended_at is None)


@adds(Debts, place=60)
def partnerships(ctx: Context) -> Owed[Partner]:
    """Return the partners for whom nobody speaks, and those who wait for an answer whether they go on."""
    return Owed(
        lambda n: _n("{n} partner organisation waits", "{n} partner organisations wait", n),
        partners.waiting(ctx.db, ctx.network, ctx.now - PATIENCE),
        lambda partner: _debt(ctx, partner),
    )


def _debt(ctx: Context, partner: Partner) -> Line:
    if partner.asked_at is not None:
        return Line(_question(ctx.network, partner), _answers(partner))
    return Line(
        _("Nobody speaks for {organisation}.", organisation=partner.name),
        [
            Button(_("Invite who speaks for it"), InviteSpeaker(partner.id)),
            Button(_("End the partnership"), EndPartnership(partner.id)),
        ],
    )
