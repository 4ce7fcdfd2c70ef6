"""Something is added to a report that was sent: also what its writer wanted to change in their words."""

from bot import AnyText, Button, Command, Context, Priority, UserMessage, _, form, on, paragraphs
from db.models import Report
from db.network import reports
from handlers.reporting import giving, sending, wording
from handlers.reporting.steps import AddToReport, ReadReport
from handlers.talking import private

LONGEST = 3000
MOST = 20
"""Messages of one report: whoever reads it has to find their way."""
FULL = _("There is much in it already, so I cannot add more. Those who take care of it can ask you.")


@on(AddToReport)
def add_to_report(ctx: Context, step: AddToReport) -> None:
    """Ask what is to be added, unless it was said, and give it to those who have the report."""
    report = _which(ctx, step)
    if report is None:
        return
    number = wording.number(report)
    if step.said:
        agrees = ctx.confirm(
            "add",
            paragraphs(
                _(
                    "I had sent {number} already, as your words were then. What is sent I cannot change, but "
                    "I can add how they read now.",
                    number=number,
                ),
                form("<blockquote>{words}</blockquote>", words=step.said.words),
                _("Shall I add this?"),
            ),
            yes=_("Yes, add it"),
            no=_("No"),
        )
        if not agrees:
            ctx.say(_("All right. {number} stays as it was sent.", number=number), forget=True)
            return
        message = step.said
    else:
        message = ctx.ask_message(
            "more", _("What do you want to add to {number}?", number=number), max_length=LONGEST
        )
    _add(ctx, report, message)


def _which(ctx: Context, step: AddToReport) -> Report | None:
    """Return the report of the one who acts that is meant; None after saying that there is none to which
    anything can be added."""
    mine = [each for each in reports.of(ctx.db, ctx.person) if each.state in reports.OPEN]
    if step.report_id is not None:
        mine = [each for each in mine if each.id == step.report_id]
    gone: AnyText = _(
        "What you have reported is closed or taken back, so nothing can be added to it. If there is more to "
        "say, you can report it."
    )
    again = Button(_("Report danger or harm"), Command("report"), keep=True)
    chosen = ctx.pick("report", _("Which report do you mean?"), mine, _label, gone=gone) if mine else None
    if chosen is None:
        if not mine:
            ctx.say(gone, again, forget=True)
        return None
    return chosen


def _label(report: Report) -> AnyText:
    return form("{number}: {kind}", number=wording.plain(report), kind=wording.KINDS[report.category])


def _add(ctx: Context, report: Report, message: UserMessage) -> None:
    held = ctx.hold(Report, report.id)
    if held is None or held.state not in reports.OPEN:
        ctx.say(giving.OVER, forget=True)
        return
    if len((held.said or {}).get("messages", ())) >= MOST:
        ctx.say(FULL, forget=True)
        return
    reports.add(held, sending.kept(message, ctx.person, held.naming).to_json(), ctx.now)
    there = giving.still_have(ctx, held)
    for person in there:
        ctx.tell(
            person,
            _("Something was added to {number}.", number=wording.number(held)),
            Button(_("Read it"), ReadReport(held.id), keep=True),
            priority=Priority.URGENT if giving.wakes(ctx, held, person) else Priority.CARRIED,
            via=private.confidential(ctx, person),
        )
    ctx.say(
        _(
            "I have added it to {number}, and told {people}.",
            number=wording.number(held),
            people=wording.names(there),
        )
        if there
        else _("I have added it to {number}.", number=wording.number(held)),
        forget=True,
    )
