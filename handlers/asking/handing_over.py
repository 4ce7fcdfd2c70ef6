"""A request that found nobody becomes a named debt of those who coordinate. Only who can be reached is
promised."""

from collections.abc import Sequence
from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Text, _, lines, on, paragraphs
from bot.lists import Alarm, Alarms, adds
from bot.text import Value
from db import people
from db.help import candidates, help_requests
from db.models import HelpRequest, Member
from db.network import exclusions, members
from handlers.asking import wording
from handlers.asking.steps import (
    AnswerRequest,
    AskCoordinators,
    HandOver,
    RemindCoordinators,
    StillLooking,
    Take,
    Widen,
    Withdraw,
)
from handlers.protecting import alarms

SOON = timedelta(hours=12)
"""Nobody is reminded so soon after they were asked."""
BUSY = _("Everybody else who fits is helping as many people as they can, or was asked not long ago.")
FOUND_NOBODY = _("A question has found nobody so far. Can you help, or do you know somebody?")
LOOK_NOW = _("You are asked to look at a question now. Can you help, or do you know somebody?")


def hand_over(ctx: Context, request: HelpRequest) -> None:
    """Hand a request over to whoever coordinates, only once, and tell the asker by name who sees to it."""
    if request.handed_at is not None:
        return
    help_requests.hand_over(request, ctx.now)
    ctx.call_off(wording.about(request), Widen)
    ctx.call_off(wording.about(request), HandOver)
    _plan_reminders(ctx, request)
    names: list[Value] = [member.person.name for member in there(ctx, request.asker)]
    choices = [Button(_("Withdraw my question"), Withdraw(request.id))]
    if not names:
        found = nobody_there(ctx, request)
    elif request.without_coordinators:
        found = _(
            "I have found nobody yet. Should I ask {people} too? Until you say so, they will not read it.",
            people=names,
        )
        choices.insert(0, Button(_("Ask them too"), AskCoordinators(request.id), means="yes"))
    else:
        found = _("I have found nobody yet. I have asked {people} to see to your question.", people=names)
    if not request.without_coordinators:
        told = alarms.at_once(ctx, coordinators_for(ctx, request.asker), found_nobody.__name__, request.id)
        _entrust(ctx, request, told, *_found_nobody(ctx, request))
    ctx.tell(request.asker.person, found, *choices, priority=Priority.CARRIED)


def _plan_reminders(ctx: Context, request: HelpRequest) -> None:
    """Plan when those who coordinate are reminded, and when the asker hears that it goes on."""
    for days, timer in (
        (2, RemindCoordinators(request.id)),
        (3, StillLooking(request.id)),
        (4, RemindCoordinators(request.id)),
    ):
        at = request.opened_at + timedelta(days=days)
        if at > ctx.now + SOON:
            ctx.later(at, timer, about=wording.about(request))


def there(ctx: Context, asker: Member) -> list[Member]:
    """Return those who coordinate and can be reached: only they are promised."""
    reached = people.reach(ctx.db, [member.person_id for member in coordinators_for(ctx, asker)])
    return [
        member
        for member in coordinators_for(ctx, asker)
        if member.person_id in reached and not people.is_paused(member.person, ctx.now)
    ]


def nobody_there(ctx: Context, request: HelpRequest) -> AnyText:
    """Return that nobody was found and nobody who coordinates can be reached, and what helps then."""
    names: list[Value] = [member.person.name for member in coordinators_for(ctx, request.asker)]
    if names and not request.without_coordinators:
        why = _("I have found nobody yet, and {people} cannot be reached at the moment.", people=names)
    else:
        why = _("I have found nobody yet.")
    return paragraphs(
        why,
        _("Your question stays open. It helps to ask it again in other words, or about another topic."),
    )


def coordinators_for(ctx: Context, asker: Member) -> list[Member]:
    """Return who coordinates the network of somebody who asks, besides themselves, and without those who are
    not to meet them."""
    apart = exclusions.apart_from(ctx.db, asker.person_id)
    return [
        member
        for member in members.coordinators(ctx.db, asker.network_id)
        if member.id != asker.id and member.person_id not in apart
    ]


def _found_nobody(ctx: Context, request: HelpRequest) -> list[Text]:
    """Return what is said to those who coordinate: that nobody was found, and whether all are busy. Where the
    asker has no name, that would tell among few who it is not."""
    if request.anonymous or not candidates.fitting(ctx.db, request, ctx.now, 1, however_busy=True):
        return [FOUND_NOBODY]
    return [FOUND_NOBODY, BUSY]


def _entrust(ctx: Context, request: HelpRequest, whom: list[Member], *why: Text) -> None:
    """Put a request before those who coordinate the network."""
    ctx.tell(
        [member.person for member in whom],
        paragraphs(lines(why), wording.question(request)),
        Button(_("I can help"), Take(request.id), means=("help_offer", "yes")),
        priority=Priority.HELP_REQUEST,
        carries=wording.enclosed(request),
        about=wording.named(request),
        on_reply=AnswerRequest(request.id),
    )


@adds(Alarms, place=20)
def found_nobody(ctx: Context, coordinator: Member, ids: Sequence[int]) -> Alarm[HelpRequest]:
    """Find the requests that still look for somebody."""
    return Alarm(
        Priority.HELP_REQUEST,
        waiting(ctx, ids),
        lambda request: _entrust(ctx, request, [coordinator], *_found_nobody(ctx, request)),
        lambda some: _(
            "I have found nobody so far for {questions}.", questions=[wording.named(each) for each in some]
        ),
    )


def waiting(ctx: Context, ids: Sequence[int]) -> list[HelpRequest]:
    """Return those of some requests (by id) that those who coordinate see as open."""
    found = (ctx.db.get(HelpRequest, each) for each in ids)
    return [each for each in found if each is not None and help_requests.waits_for_coordinators(each)]


@on(AskCoordinators)
def ask_coordinators(ctx: Context, step: AskCoordinators) -> None:
    """Let those who coordinate see to a request now, also one that was kept from them, as its asker
    wishes."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is None or request.asker.person_id != ctx.person.id or request.closed_at is not None:
        ctx.say(_("This question is settled already."))
        return
    if request.state == "taken":
        ctx.say(_("Somebody helps you with this already."))
        return
    people_there = there(ctx, request.asker)
    if request.without_coordinators or request.handed_at is None:
        why = FOUND_NOBODY if request.handed_at is not None else LOOK_NOW
        help_requests.entrust(request, ctx.now)
        _entrust(ctx, request, coordinators_for(ctx, request.asker), why)
    if not people_there:
        ctx.say(nobody_there(ctx, request), Button(_("Withdraw my question"), Withdraw(request.id)))
        return
    ctx.say(
        _("I have asked {people}.", people=[member.person.name for member in people_there]),
        Button(_("Withdraw my question"), Withdraw(request.id)),
    )
