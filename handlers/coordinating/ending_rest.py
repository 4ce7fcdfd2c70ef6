"""A membership that rests while a report is looked at is ended by those who look at it."""

from bot import Context, Priority, _, on
from db.network import members, reports
from handlers.coordinating import removal
from handlers.joining import left_behind
from handlers.reporting import giving, resting, wording
from handlers.reporting.steps import EndMembership


@on(EndMembership)
def end_membership(ctx: Context, step: EndMembership) -> None:
    """End the membership of somebody whose place rests, with a reason that they read. Those who have the
    report hear of it, and those who coordinate, without a word about a report."""
    found = resting.about_resting(ctx, step.report_id)
    if found is None:
        return
    report, member = found
    network, person = member.network, member.person
    ctx.turn_to(network)
    if not removal.end(ctx, member, removal.ENDED):
        return
    resting.tell_others(
        ctx,
        report,
        _(
            "About {number}: {name} has ended the membership of the person it is about.",
            number=wording.number(report),
            name=ctx.person.name,
        ),
    )
    there = [each.person for each in members.coordinators(ctx.db, network.id)]
    ctx.tell(
        [each for each in there if each is not ctx.person],
        _("{name} is no longer a member of <b>{network}</b>.", name=person.name, network=network.name),
        priority=Priority.CARRIED,
    )
    left_behind.tell(ctx, network, person, there)
    if report.state in reports.OPEN:
        ctx.say(_("You can close {number} now.", number=wording.number(report)), *giving.offers(ctx, report))
