"""Who is asked to help, and when the next: one fitting peer after the other, then everybody who named the
topic, then the meta-mentor by name. Every request ends with a human answer or stays somebody's debt."""

from collections.abc import Sequence
from datetime import datetime

from bot import AnyText, Context, Priority, _, on
from db.help import asked, candidates, help_requests
from db.models import HelpRequest, Member
from db.network import numbers
from handlers.asking import handing_over, night, posting, urgent, wording
from handlers.asking.night import Plan
from handlers.asking.steps import (
    HandOver,
    LastQuestion,
    NextAfterSilence,
    SomebodyWakes,
    Widen,
)

LOOKED_AT = 50
"""Fitting members among whom one who is awake is looked for."""
AT_ONCE, MOST = 30, 1000
"""Of those who named the topic, so many are asked in one turn, and in all."""


def begin(ctx: Context, request: HelpRequest) -> Plan:
    """Plan the way of a request that looks for somebody, and ask the first peer, or the first few where it
    is urgent. Return how that goes on."""
    fitting = candidates.fitting(ctx.db, request, ctx.now, LOOKED_AT)
    widens_at, handed_at = _hours(ctx, request, fitting)
    last = ctx.now + numbers.span(request, "last_question_hours")
    ctx.later(handed_at, HandOver(request.id), about=wording.about(request))
    ctx.later(last, LastQuestion(request.id), about=wording.about(request))
    if request.urgent_at is not None:
        going = urgent.again(ctx, request)
    else:
        ctx.later(widens_at, Widen(request.id), about=wording.about(request))
        going = ask_next(ctx, request, fitting)
    if request.posting == "now":
        posting.post(ctx, request)
    return going


def begin_urgent(ctx: Context, request: HelpRequest) -> None:
    """Plan a new request's way that its asker calls urgent, and say how it begins."""
    if urgent.had_one(ctx, request):
        begin(ctx, request)
        urgent.say_had_one(ctx, request)
    else:
        urgent.begin(ctx, request, begin)


def _hours(ctx: Context, request: HelpRequest, fitting: Sequence[Member]) -> tuple[datetime, datetime]:
    """Return when a request is widened, after `widen_hours` in which those who fit are awake, and when it is
    handed over: after all of them had time to answer."""
    widens_at = ctx.now + numbers.span(request, "widen_hours")
    if fitting:
        quiet = night.quiet(ctx, night.first_awake(ctx, fitting))
        widens_at = quiet.awake(ctx.now, numbers.span(request, "widen_hours"))
    handed_at = ctx.now + numbers.span(request, "hand_over_hours")
    return widens_at, max(handed_at, widens_at + numbers.span(request, "silence_hours"))


def plan(ctx: Context, request: HelpRequest, fitting: Sequence[Member] | None = None) -> Plan:
    """Return how a request goes on: with the best peer who is awake, with all who named the topic after
    some, with nobody while all sleep. Those who are `fitting` may be given."""
    if request.urgent_at is not None:
        return urgent.plan(ctx, request)
    if fitting is None:
        fitting = candidates.fitting(ctx.db, request, ctx.now, LOOKED_AT)
    widens = (
        request.widened_at is None
        and asked.count(ctx.db, request).asked >= numbers.people(request, "peers")
        and not _is_for_all(request)
    )
    if widens:
        fitting = _naming_topic(ctx, request)
    if not fitting:
        return Plan(widens=widens)
    awake = night.awake(ctx, fitting)
    if not awake:
        return Plan(until=night.quiet(ctx, night.first_awake(ctx, fitting)).over(ctx.now), widens=widens)
    return Plan(fitting if widens else awake[:1], widens=widens)


def ask_next(ctx: Context, request: HelpRequest, fitting: Sequence[Member] | None = None) -> Plan:
    """Ask the best peer who is awake, of those who are `fitting` where they are known. Wait for the first to
    wake where all sleep, widen after some, and hand over when nobody is left. Return how it goes on."""
    for waiting in (NextAfterSilence, SomebodyWakes):
        ctx.call_off(wording.about(request), waiting)
    going = plan(ctx, request, fitting)
    if going.until is not None:
        ctx.later(going.until, SomebodyWakes(request.id), about=wording.about(request))
    elif going.widens:
        _widen(ctx, request, going.peers)
    elif going.peers:
        posting.ask(ctx, request, going.peers)
        silence = night.quiet(ctx, going.peers[0]).awake(ctx.now, numbers.span(request, "silence_hours"))
        ctx.later(silence, NextAfterSilence(request.id), about=wording.about(request))
    elif not asked.count(ctx.db, request).silent:  # nobody is left who could still say yes
        handing_over.hand_over(ctx, request)
    return going


@on(NextAfterSilence)
def next_after_silence(ctx: Context, step: NextAfterSilence) -> None:
    """Go on: a peer was silent for too long."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is not None and request.state in help_requests.OPEN and request.widened_at is None:
        ask_next(ctx, request)


@on(SomebodyWakes)
def somebody_wakes(ctx: Context, step: SomebodyWakes) -> None:
    """Ask the first who has woken up, as it was said."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is not None and request.state in help_requests.OPEN:
        ask_next(ctx, request)


@on(Widen)
def widen(ctx: Context, step: Widen) -> None:
    """Ask everybody who named the topic, some in each turn: `widen_hours` of the network are over."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is None or request.state not in help_requests.OPEN:
        return
    if step.place is not None:
        _ask_some(ctx, request, _naming_topic(ctx, request), step.place)
        return
    if request.widened_at is not None:
        return
    if request.urgent_at is None and _is_for_all(request):
        if request.posting == "later":
            posting.post(ctx, request)
        return
    peers = _naming_topic(ctx, request)
    if request.urgent_at is None and peers and not night.awake(ctx, peers):
        wakes = night.quiet(ctx, night.first_awake(ctx, peers)).over(ctx.now)
        ctx.later(wakes, Widen(request.id), about=wording.about(request))
    else:
        _widen(ctx, request, peers)


def _naming_topic(ctx: Context, request: HelpRequest) -> Sequence[Member]:
    """Return those who named the topic and can be asked next."""
    fitting = candidates.fitting(ctx.db, request, ctx.now, AT_ONCE)
    return candidates.naming_topic(ctx.db, request, fitting)


def _ask_some(ctx: Context, request: HelpRequest, peers: Sequence[Member], before: int) -> None:
    """Ask these, and leave the others to turns of their own; `before` counts those who were asked in them."""
    if peers:
        posting.ask(ctx, request, peers)
    if len(peers) == AT_ONCE and before + AT_ONCE < MOST:
        ctx.go_on(Widen(request.id), before + AT_ONCE, about=wording.about(request))


def _is_for_all(request: HelpRequest) -> bool:
    """Whether everybody is asked in turn, because the topic is one that nobody names."""
    return request.topic == help_requests.ANYTHING


def widen_at_once(ctx: Context, request: HelpRequest) -> None:
    """Ask everybody who named the topic, at the wish of those who coordinate. Where nobody is left and the
    asker has no name, the request becomes theirs only after a while: at once it would tell that the asker is
    the only one who named it."""
    _widen(ctx, request, _naming_topic(ctx, request), patient=request.anonymous)


def _widen(ctx: Context, request: HelpRequest, peers: Sequence[Member], *, patient: bool = False) -> None:
    """Widen a request to peers, these first. `patient` delays the hand-over by `silence_hours` where nobody
    is left to ask."""
    help_requests.widen(request, ctx.now)
    if request.posting == "later":
        posting.post(ctx, request)
    if peers:
        is_awake = bool(night.awake(ctx, peers))
        wakes = night.quiet(ctx, night.first_awake(ctx, peers)).over(ctx.now)
        _ask_some(ctx, request, peers, 0)
        ctx.tell(
            request.asker.person,
            _widened(ctx, request, None if is_awake else wakes),
            priority=Priority.CARRIED,
        )
    elif patient:
        silence = numbers.span(request, "silence_hours")
        ctx.later(silence, HandOver(request.id), about=wording.about(request))
    elif not asked.count(ctx.db, request).silent:
        handing_over.hand_over(ctx, request)


def _widened(ctx: Context, request: HelpRequest, wakes: datetime | None) -> AnyText:
    """Return what the asker hears of more peers who are asked, now or when the first of them `wakes`."""
    if wakes is not None:
        time = night.clock(ctx, request.asker, wakes)
        return _("I will ask more people from {time} on, when they are awake.", time=time)
    return _("Nobody has been able to help so far, so I am asking more people now.")


@on(HandOver)
def hand_over(ctx: Context, step: HandOver) -> None:
    """Hand a request over to whoever coordinates: `hand_over_hours` of the network are over, and the answer
    is theirs to give."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is not None and request.state == "open":
        handing_over.hand_over(ctx, request)


def declined(ctx: Context, request: HelpRequest) -> Plan:
    """Go on after a peer said no: to the next one, or to whoever coordinates once all have said no. Return
    how it goes on."""
    if request.urgent_at is not None and request.widened_at is None:
        urgent.declined(ctx, request)
    elif request.widened_at is None:
        return ask_next(ctx, request)
    elif not asked.count(ctx.db, request).silent:
        handing_over.hand_over(ctx, request)
    return Plan()


def stop(ctx: Context, request: HelpRequest) -> None:
    """Stop asking."""
    ctx.call_off(wording.about(request))
