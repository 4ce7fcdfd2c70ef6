"""The clock on those who receive a report, so that nobody waits for ever: who does not take it in time gets
company, and who took it is asked how it stands."""

from datetime import datetime, time, timedelta

from bot import Button, Context, Priority, _, lines, on, paragraphs
from bot.times import after_working_days
from db.models import Category, Network, Person, Report
from db.network import reports
from handlers.protecting import coordinators, emergency
from handlers.reporting import giving, routing, wording
from handlers.reporting.steps import CloseReport, HowItStands, NotTaken, ReadReport, TakeReport
from handlers.talking import private

SOON = timedelta(hours=2)
"""What is urgent is taken within this."""
EVENING = time(18)
"""Everything else is taken until then, on the next working day: forms of schools and charities ask for one
working day."""
FIRST_LOOK, AGAIN = timedelta(days=3), timedelta(days=7)
"""When it is asked how a report stands: on the third and on the seventh day, then once a week."""


def due(ctx: Context, network: Network, category: Category) -> datetime:
    """Return until when a report is to be taken that is sent now (UTC)."""
    if category in reports.URGENT:
        return ctx.now + SOON
    return after_working_days(ctx.now, 1, ctx.installation.zone(network.time_zone), EVENING)


def start(ctx: Context, report: Report) -> None:
    """Plan what follows if nobody takes a report, or closes it."""
    wait(ctx, report)
    ctx.later(report.sent_at + FIRST_LOOK, HowItStands(report.id), about=about(report))


def wait(ctx: Context, report: Report) -> None:
    """Plan what follows if nobody takes a report in the time that there is."""
    ctx.call_off(about(report), NotTaken)
    ctx.later(report.due_at, NotTaken(report.id), about=about(report))


def stop(ctx: Context, report: Report) -> None:
    """Plan nothing more for a report that is over."""
    ctx.call_off(about(report))


def about(report: Report) -> str:
    """Return the tag of a report's timers."""
    return f"report:{report.id}"


@on(NotTaken)
def not_taken(ctx: Context, step: NotTaken) -> None:
    """Give a report that nobody has taken in time to one more, and to those who run the bot; tell who sent
    it."""
    report = ctx.hold(Report, step.report_id)
    if report is None or report.state != "sent":
        return
    more = _more(ctx, report)
    if more:
        reports.wait_until(report, due(ctx, report.network, report.category))
        wait(ctx, report)
    for person in more:
        giving.give(ctx, report, person, _("Nobody has taken it in time, so I turn to you."))
    reporter = reports.known(ctx.db, report.reporter)
    if reporter is not None:
        _tell_reporter(ctx, report, reporter, more)


def _more(ctx: Context, report: Report) -> list[Person]:
    """Return who is told now: the next one, and those who run the bot, unless they have to do with it."""
    left = routing.candidates(ctx, report.network, routing.involved(ctx, report))
    operators = {person.id for person in coordinators.all_operators(ctx)}
    return [person for place, person in enumerate(left) if place == 0 or person.id in operators]


def _tell_reporter(ctx: Context, report: Report, reporter: Person, more: list[Person]) -> None:
    if more:
        text = paragraphs(
            _("Nobody has taken {number} yet. I am sorry.", number=wording.number(report)),
            _("I have told {people} too.", people=wording.names(more)),
            wording.until(more, report.due_at),
        )
    else:
        where = emergency.country_of_person(ctx, reporter, report.network)
        text = paragraphs(
            _(
                "Nobody has taken {number} yet, and there is nobody else here whom I could tell. I am sorry.",
                number=wording.number(report),
            ),
            lines(_("Please turn to somebody outside:"), emergency.every_in(ctx, where)),
        )
    giving.tell_reporter(ctx, report, text)


@on(HowItStands)
def how_it_stands(ctx: Context, step: HowItStands) -> None:
    """Ask who took a report how it stands, or all who have it where nobody did; again in a week."""
    report = ctx.hold(Report, step.report_id)
    if report is None or report.state not in reports.OPEN:
        return
    there = [each.person for each in reports.receivers(ctx.db, report) if each.involved_at is None]
    for person in [report.taken_by] if report.taken_by is not None else there:
        ctx.tell(
            person,
            _("How does {number} stand?", number=wording.number(report)),
            Button(_("Read it"), ReadReport(report.id), keep=True),
            Button(_("Close it"), CloseReport(report.id), keep=True)
            if report.taken_by is not None
            else Button(_("I take it"), TakeReport(report.id)),
            priority=Priority.CARRIED,
            via=private.confidential(ctx, person),
        )
    looked = ctx.now - report.sent_at
    ctx.later(report.sent_at + AGAIN if looked < AGAIN else ctx.now + AGAIN, step, about=about(report))
