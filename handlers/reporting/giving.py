"""A report is given to somebody: what they read, and what they can do about it."""

from collections.abc import Sequence

from bot import AnyText, Button, Context, Priority, Text, UserMessage, _, form, lines, on, paragraphs
from db.models import Member, Person, Report, ReportReceiver
from db.network import members, reports, trusted
from handlers.reporting import wording
from handlers.reporting.steps import (
    AmInvolved,
    AskBack,
    CloseReport,
    EndMembership,
    EndRest,
    LetRest,
    ReadReport,
    TakeReport,
)
from handlers.talking import private

GONE = _("This report is no longer yours to look at.")
OVER = _("This report is closed.")


def give(ctx: Context, report: Report, person: Person, why: Text | None = None) -> None:
    """Give a report to somebody, whose letter holds none of its words. Where it is urgent it wakes those who
    allow that: trusted persons do."""
    reports.give(ctx.db, report, person, ctx.now)
    who = wording.named(ctx, report)
    ctx.tell(
        person,
        paragraphs(
            [why] if why is not None else [],
            _("{name} says that somebody is in danger now, and asks for your help.", name=who.name)
            if report.category == "danger" and who is not None
            else _(
                "Somebody has reported something in <b>{network}</b>, and it goes to few people. You are one "
                "of them.",
                network=report.network.name,
            ),
            form("{number}: {kind}", number=wording.number(report), kind=wording.KINDS[report.category]),
            _("Please say by {time} whether you take care of it.", time=report.due_at),
        ),
        Button(_("Read it"), ReadReport(report.id), keep=True),
        Button(_("I take it"), TakeReport(report.id)),
        Button(_("I am involved"), AmInvolved(report.id)),
        priority=Priority.URGENT if wakes(ctx, report, person) else Priority.CARRIED,
        via=private.confidential(ctx, person),
    )


def wakes(ctx: Context, report: Report, person: Person) -> bool:
    """Whether a report is given to somebody at any hour."""
    may_be_woken = person.wake_if_urgent or person in trusted.agreed(ctx.db, report.network_id)
    return report.category in reports.URGENT and may_be_woken


def asleep(ctx: Context, report: Report, there: Sequence[Person]) -> list[Text]:
    """Return who reads an urgent report only after their quiet hours, one a line."""
    if report.category not in reports.URGENT:
        return []
    return [
        _("{name} has quiet hours now. Your message will arrive afterwards.", name=person.name)
        for person in there
        if not wakes(ctx, report, person) and ctx.sleeps(person, report.network)
    ]


def tell_reporter(ctx: Context, report: Report, text: AnyText, *buttons: Button) -> None:
    """Tell whoever sent a report what becomes of it, at any hour where it is urgent: they wait for it."""
    reporter = reports.known(ctx.db, report.reporter)
    if reporter is not None:
        ctx.tell(
            reporter,
            text,
            *buttons,
            priority=Priority.URGENT if report.category in reports.URGENT else Priority.CARRIED,
            about=_("my message about {number}", number=wording.plain(report)),
            forget=True,
        )


def mine(ctx: Context, report_id: int) -> tuple[Report, ReportReceiver] | None:
    """Return a report, locked, and the one who acts as its receiver; None after saying that it is not
    theirs."""
    report, receiver = ctx.hold(Report, report_id), reports.receiver(ctx.db, report_id, ctx.person)
    if report is None or receiver is None:
        ctx.say(GONE)
        return None
    return report, receiver


def open_one(ctx: Context, report_id: int) -> Report | None:
    """Return a report, locked, that was given to the one who acts and is not over; None after saying so."""
    found = mine(ctx, report_id)
    if found is not None and found[0].state not in reports.OPEN:
        ctx.say(OVER)
        return None
    return found[0] if found is not None else None


def still_have(ctx: Context, report: Report, *, but: Person | None = None) -> list[Person]:
    """Return those who have a report and have not passed it on, without one of them."""
    there = [each.person for each in reports.receivers(ctx.db, report) if each.involved_at is None]
    return [person for person in there if but is None or person.id != but.id]


def member_about(ctx: Context, report: Report) -> Member | None:
    """Return the membership of whom a report is about, in its network, where it has not ended; else None."""
    person = reports.known(ctx.db, report.about)
    member = members.of(ctx.db, report.network, person) if person is not None else None
    return member if member is not None and member.state in ("active", "resting") else None


# --- reading -------------------------------------------------------------------------------------


@on(ReadReport)
def read_report(ctx: Context, step: ReadReport) -> None:
    """Show what was reported, with its files, and what can be done. That it was read, the others see."""
    found = mine(ctx, step.report_id)
    if found is None:
        return
    report, receiver = found
    reports.note_read(receiver, ctx.now)
    if report.forgotten:
        ctx.say(_("What was reported as {number} is deleted.", number=wording.number(report)))
        return
    said = [UserMessage.from_json(each) for each in (report.said or {}).get("messages", ())]
    for message in said:
        if message.media:
            ctx.say(
                _("Sent with {number}:", number=wording.number(report)),
                carries=UserMessage(media=message.media),
                forget=True,
            )
    ctx.say(
        paragraphs(wording.facts(ctx, report), lines(_who_has_it(ctx, report)), _rules()),
        *offers(ctx, report),
        forget=True,
    )


def _rules() -> Text:
    return _(
        "Please listen, and write down what was said and when. Do not investigate, and do not speak with the "
        "person it is about before you know that it harms nobody. Where somebody is in danger, tell those "
        "who can help: today, not tomorrow."
    )


def _who_has_it(ctx: Context, report: Report) -> list[AnyText]:
    """Return who else has a report, who has read it, and who sees to it, one a line."""
    there = [each for each in reports.receivers(ctx.db, report) if each.involved_at is None]
    others = [each.person for each in there if each.person_id != ctx.person.id]
    have_read = [each.person for each in there if each.read_at and each.person_id != ctx.person.id]
    told: list[AnyText] = []
    if others:
        told.append(_("It went to you and to {people}.", people=wording.names(others)))
    else:
        told.append(_("It went to you alone."))
    if have_read:
        told.append(_("Read by: {people}.", people=wording.names(have_read)))
    if report.taken_by is not None:
        told.append(_("Taken by: {name}.", name=report.taken_by.name))
    member = member_about(ctx, report)
    if member is not None and member.is_held:
        told.append(_("The place of the person it is about rests."))
    elif member is None and reports.known(ctx.db, report.about) is not None:
        told.append(_("The person it is about is not a member."))
    return told


def offers(ctx: Context, report: Report) -> Sequence[Button]:
    """Return what the one who acts can do about a report."""
    if report.state not in reports.OPEN:
        return _rest(ctx, report)
    if report.taken_by_id is None:
        ways = [
            Button(_("I take it"), TakeReport(report.id)),
            Button(_("I am involved"), AmInvolved(report.id)),
        ]
    else:
        ways = [Button(_("Done"), CloseReport(report.id), keep=True)]
        if report.taken_by_id == ctx.person.id:
            ways.append(Button(_("I am involved"), AmInvolved(report.id)))
    if report.naming != "silent":
        ways.append(Button(_("Ask back"), AskBack(report.id), keep=True))
    return [*ways, *_rest(ctx, report)]


def _rest(ctx: Context, report: Report) -> list[Button]:
    member = member_about(ctx, report)
    if member is None or report.state == "withdrawn":
        return []
    if member.is_held:
        return [
            Button(_("End the rest"), EndRest(report.id)),
            Button(_("End membership"), EndMembership(report.id), keep=True),
        ]
    return [Button(_("Let them rest"), LetRest(report.id), keep=True)] if report.state in reports.OPEN else []
