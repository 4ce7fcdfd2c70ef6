"""Questions about a report, and their answers: the bot carries them, without a name where that is wished."""

from bot import AnyText, Button, Context, Text, UserMessage, _, form, on, paragraphs
from db.models import Person, Report
from db.network import reports
from handlers.reporting import giving, wording
from handlers.reporting.steps import AnswerBack, AskBack, CloseReport, ReadReport

LONGEST = 2000
NOT_NOW = _("The person who reported it cannot be asked.")


@on(AskBack)
def ask_back(ctx: Context, step: AskBack) -> None:
    """Carry a question to whoever reported."""
    report = giving.open_one(ctx, step.report_id)
    if report is None:
        return
    reporter = reports.known(ctx.db, report.reporter)
    if reporter is None or report.naming == "silent":
        ctx.say(NOT_NOW)
        return
    question = ctx.ask_message("question", _("What do you want to ask?"), max_length=LONGEST)
    _letter, reached = ctx.carry(
        reporter,
        paragraphs(
            _("About {number}, {name} asks:", number=wording.number(report), name=ctx.person.name),
            _quoted(question),
        ),
        question,
        Button(_("Answer"), AnswerBack(report.id, ctx.person.id), keep=True),
        unnamed=report.naming != "named",
        about=_about(report),
        on_reply=AnswerBack(report.id, ctx.person.id),
        forget=True,
    )
    ctx.say(_("I have asked, and bring you the answer.") if reached else NOT_NOW)


@on(AnswerBack)
def answer_back(ctx: Context, step: AnswerBack) -> None:
    """Carry the answer to who asked."""
    report = ctx.hold(Report, step.report_id)
    if report is None or reports.known(ctx.db, report.reporter) is not ctx.person:
        ctx.say(giving.GONE)
        return
    asker = ctx.db.get(Person, step.person_id)
    has_it = asker is not None and reports.receiver(ctx.db, report.id, asker) is not None
    if asker is None or not has_it or report.state not in reports.OPEN:
        ctx.say(giving.OVER)
        return
    answer = step.said or ctx.ask_message(
        "answer", _("What do you answer {name}?", name=asker.name), max_length=LONGEST
    )
    if report.naming != "named":
        answer = answer.unnamed()
    _letter, reached = ctx.carry(
        asker,
        paragraphs(_answers(ctx, report), _quoted(answer)),
        answer,
        Button(_("Ask back"), AskBack(report.id), keep=True),
        Button(_("Read it"), ReadReport(report.id), keep=True),
        *([Button(_("Done"), CloseReport(report.id), keep=True)] if report.taken_by is not None else []),
        forget=True,
    )
    ctx.say(
        _("I have passed it on to {name}.", name=asker.name)
        if reached
        else _("I cannot reach {name} at the moment. Your message did not arrive.", name=asker.name)
    )


def _answers(ctx: Context, report: Report) -> Text:
    who = wording.named(ctx, report)
    number = wording.number(report)
    if who is None:
        return _("About {number}, the answer of the person who reported it:", number=number)
    return _("About {number}, {name} answers:", number=number, name=who.name)


def _quoted(message: UserMessage) -> AnyText:
    return form("<blockquote>{words}</blockquote>", words=message.words or "…")


def _about(report: Report) -> Text:
    return _("the question about {number}", number=wording.plain(report))
