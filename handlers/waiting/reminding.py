"""After the hand-over: those who coordinate are reminded, and the asker hears that it goes on, as long as
that is true."""

from collections.abc import Sequence

from bot import Button, Context, Priority, _, _n, on
from bot.lists import Alarm, Alarms, adds
from bot.text import Value
from db.help import candidates, help_requests
from db.models import HelpRequest, Member
from handlers.asking import handing_over, wording
from handlers.asking.steps import (
    AskCoordinators,
    AskSomebody,
    ChangeMine,
    ReadAndHelp,
    RemindCoordinators,
    StillLooking,
    Take,
    Withdraw,
)
from handlers.protecting import alarms


@on(RemindCoordinators)
def remind(ctx: Context, step: RemindCoordinators) -> None:
    """Remind those who coordinate and can be reached that somebody waits. Who asked without a name has none
    here either, and nobody is proposed to help them: that would tell who they are not."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is None or request.state != "handed" or request.without_coordinators:
        return
    there = handing_over.there(ctx, request.asker)
    _remind(ctx, request, alarms.at_once(ctx, there, still_waits.__name__, request.id))


@adds(Alarms, place=30)
def still_waits(ctx: Context, coordinator: Member, ids: Sequence[int]) -> Alarm[HelpRequest]:
    """Find the requests that still wait for an answer."""
    return Alarm(
        Priority.HELP_REQUEST,
        handing_over.waiting(ctx, ids),
        lambda request: _remind(ctx, request, [coordinator]),
        lambda some: _(
            "Still without an answer: {questions}.", questions=[wording.named(each) for each in some]
        ),
    )


def _remind(ctx: Context, request: HelpRequest, whom: Sequence[Member]) -> None:
    """Remind some who coordinate that somebody waits."""
    days = max(1, (ctx.now - request.opened_at).days)
    if request.anonymous:
        waits = _n(
            "Somebody who asked without a name has been waiting for {n} day.",
            "Somebody who asked without a name has been waiting for {n} days.",
            days,
        )
    else:
        waits = _n(
            "{name} has been waiting for {n} day.",
            "{name} has been waiting for {n} days.",
            days,
            name=request.asker.person.name,
        )
    for coordinator in whom:
        ctx.tell(
            coordinator.person,
            waits,
            Button(_("Read and help"), ReadAndHelp(request.id), means="yes"),
            Button(_("Ask somebody"), AskSomebody(request.id)),
            *_ask_the_best(ctx, request, coordinator),
            priority=Priority.HELP_REQUEST,
        )


def _ask_the_best(ctx: Context, request: HelpRequest, coordinator: Member) -> list[Button]:
    """Return the button by which one who coordinates asks whoever fits best, besides themselves; none where
    the asker has no name."""
    if request.anonymous:
        return []
    fitting = candidates.fitting(ctx.db, request, ctx.now, 2)
    others = [member for member in fitting if member.id != coordinator.id]
    return [
        Button(_("Ask {name}", name=each.person.name), AskSomebody(request.id, each.id))
        for each in others[:1]
    ]


@on(ReadAndHelp)
def read_and_help(ctx: Context, step: ReadAndHelp) -> None:
    """Show a request that waits, and what can be done about it."""
    request = ctx.ours(
        HelpRequest,
        step.request_id,
        gone=_("This question is settled already."),
        still=help_requests.waits_for_coordinators,
    )
    if request is not None:
        ctx.say(
            wording.question(request),
            Button(_("I can help"), Take(request.id), means=("help_offer", "yes")),
            Button(_("Ask somebody"), AskSomebody(request.id), keep=True),
            carries=wording.enclosed(request),
        )


@on(StillLooking)
def still_looking(ctx: Context, step: StillLooking) -> None:
    """Tell the asker that somebody is still looked for, and who knows about it."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is None or request.state not in help_requests.OPEN:
        return
    names: list[Value] = [member.person.name for member in handing_over.there(ctx, request.asker)]
    choices = [
        Button(_("No longer needed"), Withdraw(request.id), means="solved"),
        Button(_("Change my question"), ChangeMine(request.id)),
    ]
    if not names:
        text = handing_over.nobody_there(ctx, request)
    elif request.without_coordinators:
        text = _("I am still looking. Should I ask {people} too?", people=names)
        choices.insert(0, Button(_("Ask them too"), AskCoordinators(request.id), means="yes"))
    else:
        text = _n(
            "I am still looking. {people} knows about it.",
            "I am still looking. {people} know about it.",
            len(names),
            people=names,
        )
    ctx.tell(request.asker.person, text, *choices, priority=Priority.CARRIED, about=wording.mine(request))
