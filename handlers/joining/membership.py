"""When a membership begins, rests and ends: all that follows, in order."""

from typing import Any

from bot import Button, Command, Context, Priority, Text, _
from bot.lists import Act, Ended
from db import people
from db.applying import applications
from db.help import relays
from db.models import EndState, Label, Member, MemberRole, Network, Person
from db.network import members
from handlers.asking import handing_on
from handlers.checking_in import rounds
from handlers.front.steps import Explain
from handlers.settings import profile
from handlers.talking import parting, sides


def begin(
    ctx: Context,
    act: Act,
    network: Network,
    person: Person,
    *,
    by: Person,
    label: Label,
    role: MemberRole = "member",
    invitation_id: int | None = None,
    answers: dict[str, Any] | None = None,
    turn_to: bool = True,
) -> Member:
    """Make a person a member, or a member again. `answers` are those of `profile.QUESTIONS`; the journal
    keeps that this was the `act` of `by`. Without `turn_to` they stay in the network that is their active
    one."""
    member = members.join(
        ctx.db,
        network,
        person,
        label=label,
        role=role,
        invitation_id=invitation_id,
        turn_to=turn_to,
        now=ctx.now,
    )
    applications.settle(ctx.db, network, person, ctx.now)
    profile.save(ctx, member, answers or {})
    if not person.languages and person.language is not None:
        people.set_languages(ctx.db, person, [person.language])  # who reads one can help in it
    rounds.plan(ctx, member)
    act.record(ctx, network, by=by, about=person, label=label)
    return member


def end(
    ctx: Context,
    act: Act,
    member: Member,
    state: EndState,
    reason: str | None,
    *,
    by: Person | None = None,
    **details: Any,
) -> list[Text]:
    """End a membership (see `EndState`), by the one who acts, unless it is somebody else. All that it
    held in this network ends with it: requests, what they helped with, conversations, check-ins. The others
    are told. Return what the one who goes has still to read about their conversations. The journal keeps the
    `details`, not the reason."""
    person, network = member.person, member.network
    talks = relays.open_in(ctx.db, network, person)
    unsettled = [relay for relay in talks if relay.ends_at is None]
    handing_on.end_requests_of(ctx, member)
    parting.part(ctx, talks, person)
    rounds.call_off(ctx, member)
    members.end(ctx.db, member, state=state, because=reason, now=ctx.now)
    for follow in Ended:
        follow(ctx, member)
    act.record(ctx, network, by=by, about=person, **details)
    return [parting.over(unsettled, person)] if unsettled else []


def first_steps() -> list[Button]:
    """Return what somebody can do who has just come in."""
    return [
        Button(_("Ask a question"), Command("ask"), keep=True),
        Button(_("What happens here?"), Explain(), keep=True),
        Button(_("Say what I can help with"), Command("profile"), given={"what": "topics"}, keep=True),
    ]


def rest(ctx: Context, member: Member) -> None:
    """Let the place of somebody rest: what they have open in the network ends, in words that do not point at
    why, and their role waits."""
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
    members.rest(ctx.db, member)


def held(member: Member) -> Text:
    """Return what somebody reads whose place rests while a report is looked at."""
    return _(
        "Your place in <b>{network}</b> rests while something is looked at.", network=member.network.name
    )


def may_wake(member: Member) -> Text:
    """Return what somebody reads whose place rests because nothing was heard from them."""
    return _(
        "Good to have you back. Your place in <b>{network}</b> rests. Should I wake it?",
        network=member.network.name,
    )


def rights() -> Text:
    """Return what somebody who coordinates may do, and where it begins."""
    return _(
        "You coordinate this network: that is meta-mentoring. You can invite people, "
        "write to everyone, appoint deputies and end memberships. If a question finds "
        "nobody, it comes to you. {pulse} shows who is waiting, {help} shows everything.",
        pulse=Command("pulse"),
        help=Command("help"),
    )
