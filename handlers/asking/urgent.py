"""Urgent requests: several are asked at once, those who coordinate hear of it at once, and nobody is woken
who has not allowed it. First comes what to call."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Weekday, _, form, on, paragraphs
from bot.text import Value
from bot.times import NIGHT, Quiet
from db.help import asked, candidates, help_requests, urgent
from db.models import HelpRequest, Member
from db.network.members import COORDINATORS
from handlers.asking import handing_over, night, posting, wording
from handlers.asking.night import Plan
from handlers.asking.steps import (
    AnswerRequest,
    AskCoordinators,
    MakeUrgent,
    NextAfterSilence,
    NextWave,
    SomebodyWakes,
    Take,
    Widen,
    Withdraw,
)
from handlers.protecting import emergency

AT_ONCE = 3
NEXT_WAVE = timedelta(minutes=20)
ALL = timedelta(hours=2)
LOOKED_AT = 200
"""Fitting members among whom those are looked for who are awake, or may be woken."""


@on(MakeUrgent)
def make_urgent(ctx: Context, step: MakeUrgent) -> None:
    """Make an open request of one's own urgent."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is None or request.asker.person_id != ctx.person.id or request.closed_at is not None:
        ctx.say(_("This question is settled already."))
    elif request.state == "taken":
        ctx.say(paragraphs(in_danger(ctx), _("Somebody helps you with this already.")))
    elif request.urgent_at is not None:
        already = _("I have asked several people about it already.")
        ctx.say(paragraphs(in_danger(ctx), already), _withdraw(request))
    elif had_one(ctx, request):
        say_had_one(ctx, request)
    else:
        for timer in (NextAfterSilence, SomebodyWakes, Widen):
            ctx.call_off(wording.about(request), timer)
        begin(ctx, request, again)


def had_one(ctx: Context, request: HelpRequest) -> bool:
    """Whether the asker has had another urgent one lately."""
    return urgent.earlier(ctx.db, request, ctx.now) is not None


def begin(ctx: Context, request: HelpRequest, ask: Callable[[Context, HelpRequest], Plan]) -> None:
    """Make a request urgent, let those who coordinate know, `ask` several at once, and say so, after what to
    call in danger."""
    urgent.begin(request, ctx.now)
    told = [] if request.without_coordinators else handing_over.there(ctx, request.asker)
    at_once = night.there(ctx, told)
    _tell(ctx, request, at_once, Priority.URGENT)
    _tell(ctx, request, [member for member in told if member not in at_once], Priority.HELP_REQUEST)
    words = _told(ctx, request, at_once, told, ask(ctx, request))
    ctx.say(paragraphs(in_danger(ctx), *words), _withdraw(request), about=wording.mine(request))


def _withdraw(request: HelpRequest) -> Button:
    return Button(_("Withdraw my question"), Withdraw(request.id))


def in_danger(ctx: Context) -> AnyText:
    """Return what to call in danger."""
    return _("If somebody is in danger, call {numbers}.", numbers=emergency.at_once(ctx))


def _told(
    ctx: Context,
    request: HelpRequest,
    at_once: Sequence[Member],
    told: Sequence[Member],
    plan: Plan,
) -> list[AnyText]:
    """Return who is written to now, and who only when they are awake."""
    names: list[Value] = [member.person.name for member in at_once]
    asleep: list[Value] = [member.person.name for member in told if member not in at_once]
    some = _some(len(plan.peers))
    if names and plan.peers:
        now = [_("I am writing to {people} and {some} now.", people=names, some=some)]
    elif names:
        now = [_("I am writing to {people} now.", people=names)]
    elif plan.peers:
        now = [_("I am writing to {some} now.", some=some)]
    else:
        now = []
    if now:
        now.append(
            _("I cannot tell whether anybody is awake.")
            if Quiet(*NIGHT, ctx.zone(request.asker.person, request.asker.network)).at(ctx.now)
            else _("I cannot tell how soon somebody answers.")
        )
    later: list[AnyText] = []
    if plan.until is not None:
        time = night.clock(ctx, request.asker, plan.until)
        later.append(
            _(
                "The others rest and have not allowed me to wake them. I will ask several at {time}.",
                time=time,
            )
        )
    if asleep:
        later.append(_("{people} can read it after the quiet hours.", people=asleep))
    if not (now or later):
        later.append(handing_over.nobody_there(ctx, request))
    return [_joined(now), *later] if now else later


def _joined(sentences: Sequence[AnyText]) -> AnyText:
    first, second = sentences
    return form("{one} {other}", one=first, other=second)


def _some(n: int) -> AnyText:
    return (
        _("three people who may know about this"),
        _("somebody who may know about this"),
        _("two people who may know about this"),
    )[n % AT_ONCE]


def say_had_one(ctx: Context, request: HelpRequest) -> None:
    """Say that there was an urgent one, and ask whether those who coordinate are to look at it."""
    before = urgent.earlier(ctx.db, request, ctx.now)
    assert before is not None
    day = ctx.day_of(before)
    had = (
        _("You had an urgent question today.")
        if day == ctx.today
        else _("You had an urgent question on {day}.", day=Weekday(day.weekday()))
    )
    usual = _("I will ask one person after the other about this one, while they are awake.")
    there = handing_over.there(ctx, request.asker)
    names: list[Value] = [member.person.name for member in there]
    if not there:
        ctx.say(paragraphs(in_danger(ctx), had, usual), _withdraw(request))
        return
    label = _("Yes, ask {name}", name=there[0].person.name) if len(there) == 1 else _("Yes, ask them")
    ctx.say(
        paragraphs(in_danger(ctx), had, usual, _("Should I ask {people} to look at it now?", people=names)),
        Button(label, AskCoordinators(request.id), means="yes"),
        _withdraw(request),
    )


def _tell(ctx: Context, request: HelpRequest, whom: Sequence[Member], priority: Priority) -> None:
    """Put it before those who coordinate."""
    if whom:
        ctx.tell(
            [member.person for member in whom],
            paragraphs(
                _("A question is urgent. Can you help, or do you know somebody?"), wording.question(request)
            ),
            Button(_("I can help"), Take(request.id), means=("help_offer", "yes")),
            priority=priority,
            carries=wording.enclosed(request),
            about=wording.named(request),
            on_reply=AnswerRequest(request.id),
        )


# --- waves ---------------------------------------------------------------------------------------


@on(NextWave)
def next_wave(ctx: Context, step: NextWave) -> None:
    """Ask the next few."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is not None and request.state in help_requests.OPEN and request.widened_at is None:
        _wave(ctx, request)


def declined(ctx: Context, request: HelpRequest) -> None:
    """Ask the next few at once where all who were asked have said no."""
    if request.widened_at is None and not asked.count(ctx.db, request).silent:
        _wave(ctx, request)


def plan(ctx: Context, request: HelpRequest) -> Plan:
    """Return who is asked next: a few who are awake or may be woken."""
    fitting = [
        member
        for member in candidates.fitting(ctx.db, request, ctx.now, LOOKED_AT)
        if member.role not in COORDINATORS  # they have heard of it
    ]
    there = night.there(ctx, fitting)
    if there or not fitting:
        return Plan(there[:AT_ONCE])
    return Plan(until=night.quiet(ctx, night.first_awake(ctx, fitting)).over(ctx.now))


def again(ctx: Context, request: HelpRequest) -> Plan:
    """Ask a few once more for a request whose helper cannot go on, and all some time later."""
    urgent.begin_again(request)
    plan = _wave(ctx, request)
    ctx.later((plan.until or ctx.now) + ALL, Widen(request.id), about=wording.about(request))
    return plan


def _wave(ctx: Context, request: HelpRequest) -> Plan:
    """Ask the next few, and plan those after them; wait for the first to wake up where there is nobody."""
    ctx.call_off(wording.about(request), NextWave)
    going = plan(ctx, request)
    if going.peers:
        posting.ask(ctx, request, going.peers)
        urgent.note_wave(request)
        if request.waves < urgent.WAVES:
            ctx.later(NEXT_WAVE, NextWave(request.id), about=wording.about(request))
    elif going.until is not None:
        ctx.later(going.until, NextWave(request.id), about=wording.about(request))
    return going
