"""A report is sent to those who receive it, and the conversation ends with the person it is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import Context, Priority, UserMessage, _, on
from db import people
from db.help import help_requests, relays
from db.models import Category, HelpRequest, Naming, Person, Relay, Report
from db.network import reports
from handlers.asking import handing_on
from handlers.protecting import coordinators
from handlers.reporting import clock, giving, wording
from handlers.reporting.about import About
from handlers.talking import opening, parting, sides
from handlers.talking.steps import EndQuietly

UNSEEN = (10 * 60.0, 60 * 60.0)
"""Seconds between which the other side sees that a conversation is over: an end in the minute in which
somebody reports would point at them."""
MANY, RECENT = 3, timedelta(days=90)
"""So many reports about one person in this time reach those who run the bot."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody reports. `without` are people who are not to receive it (by id)."""

    category: Category
    naming: Naming
    about: About
    said: Sequence[UserMessage]
    known: str
    without: Collection[int]


def send(ctx: Context, draft: Draft, receivers: Sequence[Person]) -> Report:
    """Give a report to its receivers, and plan what follows if nobody takes it."""
    about = draft.about
    messages = [kept(each, ctx.person, draft.naming).to_json() for each in draft.said]
    report = reports.send(
        ctx.db,
        ctx.network,
        reports.new_number(ctx.db, ctx.installation.rng),
        category=draft.category,
        naming=draft.naming,
        reporter=ctx.person,
        about={**reports.signed(about.person), "called": about.called} if about.person is not None else None,
        said={"messages": messages, "known": draft.known, "without": sorted(draft.without)},
        due_at=clock.due(ctx, ctx.network, draft.category),
        now=ctx.now,
    )
    for person in receivers:
        giving.give(ctx, report, person)
    clock.start(ctx, report)
    if about.person is not None:
        _part(ctx, about.person)
        _tell_if_many(ctx, report, about.person)
    return report


def kept(message: UserMessage, reporter: Person, naming: Naming) -> UserMessage:
    """Return what is kept of a message: what it says and shows, and who wrote it where somebody else did."""
    if naming == "named":
        return UserMessage(message.words, message.media, forwarded=message.forwarded)
    by = "" if message.forwarded == reporter.name else message.forwarded
    return UserMessage(message.words, message.unnamed().media, forwarded=by)


def _tell_if_many(ctx: Context, report: Report, person: Person) -> None:
    """Tell those who run the bot that there are many reports about one person, without its words."""
    many = reports.about(ctx.db, ctx.network, person, ctx.now - RECENT)
    if len(many) < MANY:
        return
    ctx.tell(
        coordinators.operators(ctx, without=[person.id]),
        _(
            "There are {n} reports about the same person in <b>{network}</b> within {days} days: {numbers}. "
            "Please look whether those who have them know of each other.",
            n=len(many),
            network=ctx.network.name,
            days=RECENT.days,
            numbers=[wording.plain(each) for each in many],
        ),
        priority=Priority.CARRIED,
    )


# --- the conversation with the person it is about ------------------------------------------------


def _part(ctx: Context, person: Person) -> None:
    """End the conversations of the one who acts with a person: nothing is carried from now on. The other side
    sees that at a random time, and reads of an ordinary end."""
    for relay in relays.open_in(ctx.db, ctx.network, ctx.person):
        if sides.other(relay, ctx.person).id != person.id:
            continue
        request = parting.hold(ctx, relay)
        if relay.closed_at is not None:
            continue
        seen_at = ctx.now + timedelta(seconds=ctx.installation.rng.uniform(*UNSEEN))
        if request is not None and request.closed_at is None and relay.asker_id == ctx.person.id:
            help_requests.close(ctx.db, request, "withdrawn", seen_at)
            parting.end_unseen(ctx, request, seen_at)
        else:
            parting.end(ctx, relay, seen_at)
            ctx.later(seen_at, EndQuietly(relay.id, person.id), about=opening.about(relay))


@on(EndQuietly)
def end_quietly(ctx: Context, step: EndQuietly) -> None:
    """Tell the other side that a conversation is over; who was helped in it gets somebody else."""
    relay = ctx.db.get(Relay, step.relay_id)
    if relay is None or relay.closed_at is None or relay.closed_at > ctx.now:
        return
    request = ctx.hold(HelpRequest, relay.request_id) if relay.request_id is not None else None
    if request is not None and request.state == "taken" and request.helper is not None:
        handing_on.replace_helper(ctx, request)
        return
    today = people.merged_into(ctx.db, [step.person_id])
    person = ctx.db.get(Person, today.get(step.person_id, step.person_id))
    if person is not None and relay.ends_at is None:
        ctx.tell(
            person,
            _("The conversation with {name} has ended.", name=sides.other_name(relay, person)),
            priority=Priority.CARRIED,
        )
