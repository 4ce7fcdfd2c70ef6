"""How a conversation ends, and how the two are told."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot import Context, Priority, Text, _, _n, on
from bot.installation import Keep
from bot.lists import Forgetting, Retention, adds
from db.help import pasts, relays
from db.models import HelpRequest, Person, Relay
from handlers.talking import opening, sides
from handlers.talking.steps import EndSettled, ShowEnd

TAKEN_BACK = _("The question was withdrawn, so this conversation ends. Thank you for your help.")


def hold(ctx: Context, relay: Relay) -> HelpRequest | None:
    """Lock a conversation and the request it belongs to, if there is one: that first, as everybody does who
    decides about both. Return the request."""
    request = ctx.hold(HelpRequest, relay.request_id) if relay.request_id else None
    ctx.hold(Relay, relay.id)
    return request


def end(ctx: Context, relay: Relay, seen_at: datetime | None = None) -> None:
    """End a conversation, as one of the two wishes where one of them acts: nothing is carried any longer. At
    `seen_at` the helper is to be told."""
    is_theirs = ctx.actor is not None and ctx.person.id in (relay.asker_id, relay.helper_id)
    by = relays.side(relay, ctx.person) if is_theirs else None
    relays.end(ctx.db, relay, seen_at or ctx.now, by)
    ctx.call_off(opening.about(relay))


def end_by_one(ctx: Context, relay: Relay) -> None:
    """End a conversation about no open request, as the one who acts wishes, and tell the other side."""
    end(ctx, relay)
    if relay.ends_at is None:
        they = sides.other(relay, ctx.person)
        ctx.tell(
            they,
            _("The conversation with {name} has ended.", name=sides.other_name(relay, they)),
            priority=Priority.CARRIED,
            via=relays.via(relay, they),
        )


def part(ctx: Context, talks: Iterable[Relay], person: Person) -> None:
    """End the conversations of a person who is no longer in their network, as far as they are open, and tell
    the other side, unless all was settled in one."""
    for relay in talks:
        hold(ctx, relay)
        if relay.closed_at is not None:  # together with its request
            continue
        end(ctx, relay)
        if relay.ends_at is not None:
            continue
        they = sides.other(relay, person)
        if ctx.actor is not None and they.id == ctx.person.id:
            ctx.say(over([relay], they))
        else:
            ctx.tell(
                they,
                _(
                    "{name} is not a member of <b>{network}</b> any more, so your conversation has ended.",
                    name=sides.speaker(relay, they),
                    network=relay.network.name,
                ),
                priority=Priority.CARRIED,
            )


def over(talks: Sequence[Relay], person: Person) -> Text:
    """Return that these conversations have ended, for one side of them."""
    return _n(
        "Your conversation with {people} has ended.",
        "Your conversations with {people} have ended.",
        len(talks),
        people=[sides.other_name(relay, person) for relay in talks],
    )


def end_unseen(ctx: Context, request: HelpRequest, seen_at: datetime) -> None:
    """End the conversation of a request that is over; the helper is told only at `seen_at`."""
    relay = relays.of_request(ctx.db, request.id)
    if relay is not None:
        end(ctx, relay, seen_at)
        ctx.later(seen_at, ShowEnd(relay.id), about=opening.about(relay))


@on(ShowEnd)
def show_end(ctx: Context, step: ShowEnd) -> None:
    """Tell the helper that a conversation is over."""
    relay = ctx.db.get(Relay, step.relay_id)
    if relay is not None and relay.closed_at is not None and relay.closed_at <= ctx.now:
        ctx.tell(relay.helper, TAKEN_BACK, priority=Priority.CARRIED)


@on(EndSettled)
def end_settled(ctx: Context, step: EndSettled) -> None:
    """End a conversation in which all is settled, silently: the last words were said."""
    relay = ctx.hold(Relay, step.relay_id)
    if relay is not None and relay.closed_at is None and relay.ends_at is not None:
        relays.end(ctx.db, relay, ctx.now)


def has_heard(ctx: Context, over: Relay) -> None:
    """Note that somebody has just read that a conversation is over, and need not be told again."""
    if ctx.person.id == over.helper_id:
        ctx.call_off(opening.about(over), ShowEnd)


@adds(Retention, place=7)
def talks(keep: Keep) -> Forgetting:
    """Return for how long conversations about no question are kept one by one."""
    return Forgetting(pasts.let_go_talks, keep.history_days)
