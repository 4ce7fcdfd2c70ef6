"""What things about reports are called."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot import AnyText, Context, Text, Verbatim, _, _n, form, lines, paragraphs
from bot.text import Value
from bot.user_message import UserMessage
from db.models import Person, Report
from db.network import reports

CATEGORIES: dict[str, Text] = {
    "child": _("A child"),
    "violence": _("Violence or threats"),
    "boundaries": _("Harassment or boundaries"),
    "money": _("Money or dependence"),
    "data": _("Somebody’s data"),
    "network": _("How the network is led"),
    "other": _("Something else"),
}
"""What a report can be about, as it is asked."""
KINDS: dict[str, Text] = {"danger": _("Somebody is in danger"), **CATEGORIES}
NAMINGS: dict[str, Text] = {
    "named": _("Yes, with my name"),
    "unnamed": _("Yes, without my name"),
    "silent": _("No"),
}
"""Whether who reports may be asked back."""
OUTCOMES: dict[str, Text] = {
    "authorities": _("Given to authorities"),
    "settled": _("Talked and settled"),
    "ended": _("Membership ended"),
    "nothing": _("Nothing to it"),
    "unclear": _("Could not be cleared"),
}
"""How a report can end."""


def number(report: Report) -> Text:
    """Return the number by which people speak of a report."""
    return form("<b>{number}</b>", number=plain(report))


def plain(report: Report) -> str:
    """Return the same where it does not stand out."""
    return f"R-{report.number}"


def names(them: Sequence[Person]) -> Value:
    """Return what people are called, as a list within a sentence."""
    return [person.name for person in them]


def until(them: Sequence[Person], due_at: datetime) -> Text:
    """Return until when these people have time to take a report."""
    return _n(
        "{people} has until {time} to take care of it.",
        "{people} have until {time} to take care of it.",
        len(them),
        people=names(them),
        time=due_at,
    )


def named(ctx: Context, report: Report) -> Person | None:
    """Return who has reported, where others may know; None where they may not."""
    return reports.known(ctx.db, report.reporter) if report.naming == "named" else None


def facts(ctx: Context, report: Report) -> AnyText:
    """Return what a report says, for those to whom it was given."""
    said, about = report.said or {}, report.about
    who = named(ctx, report)
    messages = said.get("messages", ())
    first = [UserMessage.from_json(each) for each in messages if "added_at" not in each]
    return paragraphs(
        lines(
            form("{number}: {kind}", number=number(report), kind=KINDS[report.category]),
            _("Network: {network}", network=report.network.name),
            [_("About: {name}", name=called(about is not None, (about or {}).get("called")))]
            if report.category != "danger"  # of which nobody asks
            else [],
            _("From: {name}", name=who.name) if who is not None else _("From somebody without a name"),
            _("Sent: {time}", time=report.sent_at),
        ),
        quoted(first),
        [_added(each) for each in messages if "added_at" in each],
        [_("Who knows of it: {known}", known=said["known"])] if said.get("known") else [],
    )


def _added(message: dict[str, Any]) -> AnyText:
    when = _("Added: {time}", time=datetime.fromisoformat(message["added_at"]))
    return lines(when, quoted([UserMessage.from_json(message)]))


def quoted(messages: Sequence[UserMessage]) -> list[AnyText]:
    """Return the words of messages, each with who wrote it where it was forwarded."""
    return [
        lines(
            [_("Forwarded from {who}:", who=each.forwarded)] if each.forwarded else [],
            form("<blockquote>{words}</blockquote>", words=each.words),
        )
        for each in messages
        if each.words
    ]


def called(is_somebody: bool, name: str | None) -> AnyText:
    """Return how the person is called that a report is about, if it is about somebody."""
    if not is_somebody:
        return _("nobody in this network")
    return Verbatim(name) if name is not None else _("somebody who talks without a name")


def files(many: int) -> Text:
    """Return that this many files belong to a report."""
    return _n("With {n} file.", "With {n} files.", many)
