"""The place of somebody in a network rests while something is looked at: nothing of it works, and it has not
ended."""

from bot import Context, Priority, _, on
from bot.lists import Concern, Outside, adds
from db.help import relays
from db.models import Member, Report
from db.network import members
from handlers.asking import handing_on
from handlers.checking_in import rounds
from handlers.reporting import giving, wording
from handlers.reporting.steps import EndRest, LetRest
from handlers.talking import parting, sides


@on(LetRest)
def let_rest(ctx: Context, step: LetRest) -> None:
    """Let the place of whom a report is about rest: no requests, no conversations, no check-ins, no role."""
    report = giving.open_one(ctx, step.report_id)
    member = giving.member_about(ctx, report) if report is not None else None
    if report is None or member is None or member.state != "active":
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
    _end_everything(ctx, member)
    members.rest(ctx.db, member)
    ctx.tell(
        member.person,
        _(
            "Your place in <b>{network}</b> rests while something is looked at. {name} talks with you.",
            network=member.network.name,
            name=ctx.person.name,
        ),
        priority=Priority.CARRIED,
    )
    _tell_others(ctx, report, rests=True)
    ctx.say(
        _("The place rests now. Please talk with them soon: they only know that you do."),
        *giving.offers(ctx, report),
    )


def _end_everything(ctx: Context, member: Member) -> None:
    """End what somebody has open in a network, in words that do not point at why."""
    handing_on.end_requests_of(ctx, member, parting.TAKEN_BACK)
    for relay in relays.open_in(ctx.db, member.network, member.person):
        parting.hold(ctx, relay)
        if relay.closed_at is None:
            parting.end(ctx, relay)
            they = sides.other(relay, member.person)
            ctx.tell(
                they,
                _("The conversation with {name} has ended.", name=sides.other_name(relay, they)),
                priority=Priority.CARRIED,
            )
    rounds.call_off(ctx, member)


@on(EndRest)
def end_rest(ctx: Context, step: EndRest) -> None:
    """Let a place go on as it was, with its role."""
    found = giving.mine(ctx, step.report_id)
    member = giving.member_about(ctx, found[0]) if found is not None else None
    if found is None or member is None or member.state != "resting":
        if found is not None:
            ctx.say(_("There is no place that rests."))
        return
    members.end_rest(member)
    rounds.plan(ctx, member)
    ctx.tell(
        member.person,
        _("Your place in <b>{network}</b> is as it was again.", network=member.network.name),
        priority=Priority.CARRIED,
    )
    _tell_others(ctx, found[0], rests=False)
    ctx.say(_("The place is as it was again."), *giving.offers(ctx, found[0]))


def _tell_others(ctx: Context, report: Report, *, rests: bool) -> None:
    ctx.tell(
        giving.still_have(ctx, report, but=ctx.person),
        _(
            "About {number}: {name} lets the place of the person it is about rest.",
            number=wording.number(report),
            name=ctx.person.name,
        )
        if rests
        else _(
            "About {number}: {name} has ended the rest.", number=wording.number(report), name=ctx.person.name
        ),
        priority=Priority.CARRIED,
    )


@adds(Outside, place=5)
def place_that_rests(ctx: Context) -> Concern | None:
    """Return that the place of the one who acts rests; None where none does."""
    member = members.resting(ctx.db, ctx.person.id)
    if member is None:
        return None
    return Concern(
        _("Your place in <b>{network}</b> rests while something is looked at.", network=member.network.name)
    )
