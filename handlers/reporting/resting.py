"""The place of somebody in a network rests while something is looked at: nothing of it works, and it has not
ended."""

from bot import Button, Command, Context, Priority, Text, _, on
from bot.lists import Concern, Outside, adds
from db.help import silences
from db.models import Member, Report
from db.network import members
from handlers.checking_in import rounds
from handlers.joining import membership
from handlers.reporting import giving, wording
from handlers.reporting.steps import EndRest, LetRest


@on(LetRest)
def let_rest(ctx: Context, step: LetRest) -> None:
    """Let the place of whom a report is about rest: no requests, no conversations, no check-ins, no role."""
    report = giving.open_one(ctx, step.report_id)
    member = giving.member_about(ctx, report) if report is not None else None
    if report is None or member is None or member.is_held:
        if report is not None:
            ctx.say(_("There is no place that could rest."))
        return
    if not ctx.sure(
        _(
            "The person it is about gets no requests and no messages through me, has no role, and reads: "
            "“Your place rests while something is looked at. {name} talks with you.” Should it rest?",
            name=ctx.person.name,
        ),
        yes=_("Let the place rest"),
        no=_("Leave it as it is"),
        otherwise=_("All right. Nothing has changed."),
    ):
        return
    membership.rest(ctx, member)
    silences.end(member)
    ctx.tell(
        member.person,
        _(
            "Your place in <b>{network}</b> rests while something is looked at. {name} talks with you.",
            network=member.network.name,
            name=ctx.person.name,
        ),
        priority=Priority.CARRIED,
    )
    tell_others(
        ctx,
        report,
        _(
            "About {number}: {name} lets the place of the person it is about rest.",
            number=wording.number(report),
            name=ctx.person.name,
        ),
    )
    ctx.say(
        _("The place rests now. Please talk with them soon: they only know that you do."),
        *giving.offers(ctx, report),
    )


@on(EndRest)
def end_rest(ctx: Context, step: EndRest) -> None:
    """Let a place go on as it was, with its role."""
    found = about_resting(ctx, step.report_id)
    if found is None:
        return
    report, member = found
    members.end_rest(member)
    rounds.plan(ctx, member)
    ctx.tell(
        member.person,
        _("Your place in <b>{network}</b> is as it was again.", network=member.network.name),
        priority=Priority.CARRIED,
    )
    tell_others(
        ctx,
        report,
        _(
            "About {number}: {name} has ended the rest.",
            number=wording.number(report),
            name=ctx.person.name,
        ),
    )
    ctx.say(_("The place is as it was again."), *giving.offers(ctx, report))


def about_resting(ctx: Context, report_id: int) -> tuple[Report, Member] | None:
    """Return a report that the one who acts has, and the membership it is about, which rests; None after
    saying that there is none."""
    found = giving.mine(ctx, report_id)
    if found is None:
        return None
    member = giving.member_about(ctx, found[0])
    if member is None or not member.is_held:
        ctx.say(_("There is no place that rests."))
        return None
    return found[0], member


def tell_others(ctx: Context, report: Report, what: Text) -> None:
    """Tell the others who have a report what was done about it."""
    there = giving.still_have(ctx, report, but=ctx.person)
    ctx.tell(there, what, priority=Priority.CARRIED)


@adds(Outside, place=5)
def place_that_rests(ctx: Context) -> Concern | None:
    """Return that the place of the one who acts rests; None where none does."""
    member = members.resting(ctx.db, ctx.person.id)
    if member is None or not member.is_held:
        return None
    return Concern(membership.held(member), [Button(_("Leave the network"), Command("leave"), keep=True)])
