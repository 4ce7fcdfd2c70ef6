"""Somebody takes a report, or passes it on because they are involved."""

from bot import Context, Priority, _, lines, on, paragraphs
from db.models import Person, Report
from db.network import reports
from handlers.reporting import clock, giving, routing, wording
from handlers.reporting.steps import AmInvolved, TakeReport


@on(TakeReport)
def take_report(ctx: Context, step: TakeReport) -> None:
    """Let the first of those who have a report see to it; tell the others, and who sent it."""
    report = giving.open_one(ctx, step.report_id)
    if report is None:
        return
    if not reports.take(ctx.db, report, ctx.person):
        by = report.taken_by
        assert by is not None, "an open report that is not to be had is taken"
        ctx.say(_("{name} takes care of it already. Thank you.", name=by.name), *giving.offers(ctx, report))
        return
    _tell(ctx, report, ctx.person)
    ctx.say(
        paragraphs(
            _("Thank you. You take care of {number} now.", number=wording.number(report)),
            _("The person who reported it knows that now. I ask you on the third day how it stands."),
        ),
        *giving.offers(ctx, report),
    )


def _tell(ctx: Context, report: Report, by: Person) -> None:
    number = wording.number(report)
    giving.tell_reporter(
        ctx,
        report,
        _(
            "{name} takes care of {number} now. I write to you again when it is closed.",
            name=by.name,
            number=number,
        ),
    )
    ctx.tell(
        giving.still_have(ctx, report, but=by),
        _("{name} takes care of {number} now.", name=by.name, number=number),
        priority=Priority.CARRIED,
    )


@on(AmInvolved)
def am_involved(ctx: Context, step: AmInvolved) -> None:
    """Pass a report on to the next who has nothing to do with it; tell who sent it."""
    found = giving.mine(ctx, step.report_id)
    if found is None:
        return
    report, receiver = found
    if report.state not in reports.OPEN:
        ctx.say(giving.OVER)
        return
    thanks = _("Thank you for saying so. You hear nothing more of {number}.", number=wording.number(report))
    reports.pass_on(ctx.db, receiver, ctx.now)
    if report.taken_by_id not in (None, ctx.person.id):  # nobody else is needed
        ctx.say(thanks)
        return
    if report.taken_by_id is not None:
        reports.give_back(ctx.db, report, clock.due(ctx, report.network, report.category))
        clock.wait(ctx, report)
    following = routing.next_one(ctx, report)
    if following is not None:
        giving.give(ctx, report, following)
    left = giving.still_have(ctx, report)
    giving.tell_reporter(
        ctx,
        report,
        lines(
            _("{name} cannot look at {number}.", name=ctx.person.name, number=wording.number(report)),
            [_("I have told {name} instead.", name=following.name)] if following is not None else [],
            wording.until(left, report.due_at)
            if left
            else _("There is nobody else here whom I could tell. Please turn to somebody outside."),
        ),
    )
    ctx.say(thanks)
