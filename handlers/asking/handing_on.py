"""When somebody goes, pauses or gives up: their requests end, and those they help get somebody else."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Text, _, paragraphs
from db.help import asked, help_requests, relays
from db.models import HelpRequest, Member
from handlers.asking import ending, night, posting, routing, wording
from handlers.asking.night import Plan
from handlers.asking.steps import Solve, TakePostBack
from handlers.talking import parting

UNSEEN = (6 * 3600.0, 48 * 3600.0)
"""Seconds between which others see that a request is over whose asker has no name, and has gone."""


LEFT = _("The one who asked has left the network, so this conversation ends. Thank you for your help.")


def end_requests_of(ctx: Context, member: Member, why: Text = LEFT) -> None:
    """End the requests of a member who leaves, and find others for those whom they help; `why` is what their
    helpers read."""
    for request in _held(ctx, help_requests.open_by(ctx.db, member), lambda each: each.closed_at is None):
        routing.stop(ctx, request)
        if request.anonymous:
            _end_unseen(ctx, request)
            continue
        help_requests.close(ctx.db, request, "withdrawn", ctx.now)
        posting.close_post(ctx, request, posting.TAKEN_BACK)
        ending.end_of_request(ctx, request, why)
    hand_on(ctx, member)


def _end_unseen(ctx: Context, request: HelpRequest) -> None:
    """End a request whose asker has no name, and goes. It is over at once, but others see that only at a
    random time, as if it had been taken back: an end in the minute in which somebody goes would tell who
    asked."""
    seen_at = ctx.now + timedelta(seconds=ctx.installation.rng.uniform(*UNSEEN))
    help_requests.close(ctx.db, request, "withdrawn", seen_at)
    parting.end_unseen(ctx, request, seen_at)
    if request.post_id is not None:
        ctx.later(seen_at, TakePostBack(request.id), about=wording.about(request))


def hand_on(ctx: Context, member: Member) -> None:
    """Find others for those whom a member helps, or who wait for their answer: this member cannot help
    now."""
    taken = help_requests.taken_by(ctx.db, member)
    for request in _held(ctx, taken, lambda each: each.state == "taken" and each.helper_id == member.id):
        replace_helper(ctx, request)
    waiting = help_requests.waiting_for_answer_of(ctx.db, member)
    for request in _held(ctx, waiting, lambda each: each.state in help_requests.OPEN):
        asked.answer(ctx.db, request, member, "no", ctx.now)
        routing.declined(ctx, request)


def replace_helper(ctx: Context, request: HelpRequest) -> None:
    """Tell the asker that their helper cannot go on, and look for another."""
    assert request.helper is not None
    gone = _("{name} cannot go on helping.", name=request.helper.person.name)
    _release(ctx, request)
    ctx.tell(
        request.asker.person,
        _then(gone, night.somebody_else(ctx, request, routing.plan(ctx, request))),
        Button(_("It is settled"), Solve(request.id, unless_helped=True)),
        priority=Priority.CARRIED,
    )
    routing.begin(ctx, request)


def helper_was_silent(ctx: Context, request: HelpRequest, closed: Text) -> None:
    """Tell the asker that their conversation was `closed`, in which nobody wrote, and look for another."""
    _release(ctx, request)
    ctx.tell(
        request.asker.person,
        _then(closed, night.somebody_else(ctx, request, routing.plan(ctx, request))),
        priority=Priority.CHECK_IN,
    )
    routing.begin(ctx, request)


def _then(text: Text, going_on: AnyText | None) -> AnyText:
    return text if going_on is None else paragraphs(text, going_on)


def look_for_another(ctx: Context, request: HelpRequest) -> Plan:
    """Look for another helper for a request that was taken. Return how it goes on."""
    _release(ctx, request)
    return routing.begin(ctx, request)


def _release(ctx: Context, request: HelpRequest) -> None:
    talk = relays.of_request(ctx.db, request.id)
    if talk is not None:
        parting.end(ctx, talk)
    help_requests.release(ctx.db, request)


def _held(
    ctx: Context, requests: Sequence[HelpRequest], still: Callable[[HelpRequest], bool]
) -> Iterator[HelpRequest]:
    """Yield requests, locked one by one, without those that have changed in the meantime."""
    for request in requests:
        held = ctx.hold(HelpRequest, request.id)
        if held is not None and still(held):
            yield held
