"""How a conversation between two people begins, and the clock that ends it when it falls silent."""

from datetime import datetime, timedelta

from bot import AnyText, Button, Command, Context, Priority, Text, UserMessage, _
from bot.times import NIGHT, Quiet
from db.help import relays
from db.models import Network, Person, Relay
from db.network import numbers
from handlers.talking import private
from handlers.talking.steps import EndSettled, FellSilent, Reply

LAST_WORDS = timedelta(hours=12)
"""Waking hours in which the two still write to each other after all is settled: thanks come late."""


def open_relay(
    ctx: Context,
    network: Network,
    asker: Person,
    helper: Person,
    *,
    request_id: int | None = None,
    asker_named: bool = True,
) -> Relay:
    """Open a conversation, and plan its end in case it falls silent."""
    relay = relays.open_relay(
        ctx.db,
        network,
        request_id=request_id,
        asker=asker,
        helper=helper,
        asker_named=asker_named,
        now=ctx.now,
    )
    plan_silence(ctx, relay)
    private.tell_who_reads_along(ctx, relay)
    return relay


def connect(
    ctx: Context,
    person: Person,
    network: Network,
    words: Text,
    *buttons: Button,
    priority: Priority = Priority.CARRIED,
) -> Relay:
    """Connect the one who acts with a person by name, in the conversation that they have or in a new one; the
    person reads these words."""
    relay = opened(ctx, person, network)
    letter, _reached = ctx.carry(
        person, words, UserMessage(), *buttons, priority=priority, on_reply=Reply(relay.id)
    )
    relays.note_letter(relay, letter)
    return relay


def opened(ctx: Context, person: Person, network: Network) -> Relay:
    """Return the conversation by name of the one who acts with a person: the one that they have, or a new
    one."""
    return between(ctx, network, person) or open_relay(ctx, network, ctx.person, person)


def connected(name: AnyText) -> Text:
    """Return what somebody reads who is connected from now on."""
    return _(
        "You can now write to {name}. I pass on what you write here. {close} ends the conversation.",
        name=name,
        close=Command("close"),
    )


def settle(ctx: Context, relay: Relay) -> datetime:
    """Let a conversation in which all is settled go on for the last words; return until when (UTC). Its
    waking hours are those of the network, so they tell nothing about either of the two."""
    until = Quiet(*NIGHT, ctx.installation.zone(relay.network.time_zone)).awake(ctx.now, LAST_WORDS)
    relays.settle(relay, until)
    ctx.call_off(about(relay))
    ctx.later(until, EndSettled(relay.id), about=about(relay))
    return until


def between(ctx: Context, network: Network, person: Person) -> Relay | None:
    """Return the open conversation by name between the one who acts and a person, which goes on where all was
    settled in it; None for none."""
    relay = relays.named_between(ctx.db, network.id, ctx.person, person)
    if relay is not None and relay.ends_at is not None:
        relays.go_on(relay)
        plan_silence(ctx, relay)
    return relay


def plan_silence(ctx: Context, relay: Relay) -> None:
    """Plan the end of a conversation in which nobody writes from now on; one in which all is settled ends at
    its own time."""
    if relay.ends_at is not None:
        return
    ctx.call_off(about(relay))
    ctx.later(numbers.span(relay.network, "relay_silence_hours"), FellSilent(relay.id), about=about(relay))


def about(relay: Relay) -> str:
    """Return the tag of a conversation's timers."""
    return f"relay:{relay.id}"
