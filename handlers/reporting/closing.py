"""How a report ends: closed by those who have it, or taken back; and whether who sent it was taken
seriously."""

from datetime import timedelta
from functools import partial

from bot import Button, Context, Priority, _, lines, on, paragraphs
from bot.installation import Keep
from bot.lists import Forgetting, Retention, adds
from db.models import Outcome, Report
from db.network import reports
from handlers.protecting import coordinators
from handlers.protecting.steps import WriteToOperators
from handlers.reporting import clock, giving, wording
from handlers.reporting.steps import AddToReport, CloseReport, TakeReportBack, WasSerious

REGRET = timedelta(minutes=10)
"""How long a report can be taken back: a false alarm is seen at once, and later others have acted on it."""
LONGEST = 500


@on(CloseReport)
def close_report(ctx: Context, step: CloseReport) -> None:
    """Ask what became of a report, and close it; tell the others, and who sent it."""
    report = giving.open_one(ctx, step.report_id)
    if report is None:
        return
    outcome: Outcome = ctx.choose(
        "outcome",
        _("What became of {number}?", number=wording.number(report)),
        wording.OUTCOMES,
    )
    if outcome == "ended" and giving.member_about(ctx, report) is not None:
        ctx.say(
            _(
                "The membership has not ended, so I cannot write that. Let the place rest first, then you "
                "can end it."
            ),
            *giving.offers(ctx, report),
        )
        return
    sentence = str(
        ctx.ask(
            "sentence",
            _("Please write a sentence about it. The person who reported it reads it too."),
            max_length=LONGEST,
        )
    )
    reports.close(report, outcome, sentence, ctx.now)
    clock.stop(ctx, report)
    _tell(ctx, report, sentence)
    ctx.say(
        _("{number} is closed. Thank you for taking care of it.", number=wording.number(report)),
        *giving.offers(ctx, report),
    )


def _tell(ctx: Context, report: Report, sentence: str) -> None:
    assert report.outcome is not None, "it is closed"
    what = _(
        "{name} has closed {number}: {outcome}.",
        name=ctx.person.name,
        number=wording.number(report),
        outcome=wording.OUTCOMES[report.outcome],
    )
    ctx.tell(giving.still_have(ctx, report, but=ctx.person), what, priority=Priority.CARRIED)
    giving.tell_reporter(
        ctx,
        report,
        paragraphs(lines(what, _("“{sentence}”", sentence=sentence)), _("Were you taken seriously?")),
        Button(_("Yes"), WasSerious(report.id, was=True), means="yes"),
        Button(_("No"), WasSerious(report.id, was=False), means="no"),
    )


@on(WasSerious)
def was_serious(ctx: Context, step: WasSerious) -> None:
    """Keep whether somebody was taken seriously; who was not finds the way to others."""
    report = ctx.hold(Report, step.report_id)
    if report is None or reports.known(ctx.db, report.reporter) is not ctx.person:
        ctx.say(giving.GONE)
        return
    reports.judge(report, step.was)
    if step.was:
        ctx.say(_("Thank you. It was right to say it."))
        return
    about = reports.known(ctx.db, report.about)
    elsewhere = coordinators.operators(ctx, without=[about.id] if about is not None else [])
    ctx.say(
        _(
            "I am sorry. You can turn to somebody outside: any office for women, for young people or against "
            "discrimination listens, without names if you like."
        ),
        *([Button(_("Write to the operators"), WriteToOperators(), keep=True)] if elsewhere else []),
    )


@on(TakeReportBack)
def take_report_back(ctx: Context, step: TakeReportBack) -> None:
    """Take back what was just reported: nothing of it is kept, and those who have it are told."""
    report = ctx.hold(Report, step.report_id)
    if report is None or reports.known(ctx.db, report.reporter) is not ctx.person:
        ctx.say(giving.GONE)
    elif report.state not in reports.OPEN:
        ctx.say(giving.OVER)
    elif ctx.now - report.sent_at > REGRET:
        ctx.say(
            _(
                "That was possible for ten minutes only: others may have acted on it since. You can still "
                "tell those who take care of it that it was a mistake."
            ),
            Button(_("Add something"), AddToReport(report.id), keep=True),
        )
    else:
        there = giving.still_have(ctx, report)
        reports.withdraw(report, ctx.now)
        clock.stop(ctx, report)
        ctx.tell(
            there,
            _(
                "{number} was taken back by the person who sent it. There is nothing to do.",
                number=wording.number(report),
            ),
            priority=Priority.CARRIED,
        )
        ctx.say(_("I have taken back {number}. Nothing of it is kept.", number=wording.number(report)))


# --- what is too old -----------------------------------------------------------------------------


@adds(Retention, place=70)
def report_words(keep: Keep) -> Forgetting:
    """Return for how long words of closed reports are kept."""
    return Forgetting(partial(reports.forget, serious=False), keep.report_days)


@adds(Retention, place=71)
def serious_report_words(keep: Keep) -> Forgetting:
    """Return for how long words of closed reports about danger, a child or violence are kept."""
    return Forgetting(partial(reports.forget, serious=True), keep.serious_report_days)
