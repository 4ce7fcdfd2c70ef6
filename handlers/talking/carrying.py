"""Carrying words from messenger to messenger, between the two sides of a conversation."""

from bot import AnyText, Context, Deleted, Edited, Priority, Text, UserMessage, _, form, on, paragraphs
from bot.lists import Carried
from bot.times import AWAKE, NIGHT, Quiet
from db.engine import deliveries, letters
from db.help import relays
from db.models import Person, Relay, Room
from handlers.protecting import alarms, awake, limits, need
from handlers.talking import opening, safety, sides
from handlers.talking.steps import Reply
from handlers.vocabulary import room_name


@on(Edited)
def changed(ctx: Context, event: Edited) -> None:
    """Change a message on the other side that its sender changed, as long as the two talk."""
    letter, words = letters.carrying(ctx.db, event.message), event.text
    if letter is None:
        return
    if ctx.room is not None:
        if limits.allows(ctx, limits.CHANGES, words):
            ctx.letters.change(letter, spoken_in_room(ctx, ctx.room, words), words)
        return
    reply = Reply.read(letter.on_reply)
    relay = ctx.db.get(Relay, reply.relay_id) if reply is not None else None
    if relay is None:
        ctx.say(_("I have already used those words as they were. Changing them here changes nothing."))
    elif relay.closed_at is None:
        need.beside(ctx, words)
        if not limits.allows(ctx, limits.CHANGES, words):
            return
        changed_words = spoken(relay, sides.other(relay, ctx.person), words)
        ctx.letters.change(letter, changed_words, words)
    else:
        ctx.say(_("That conversation has ended, so I could not change your message on the other side."))


@on(Deleted)
def deleted(ctx: Context, event: Deleted) -> None:
    """Take a message back on the other side that its sender took back."""
    letter = letters.carrying(ctx.db, event.message)
    if letter is not None:
        ctx.letters.take_back(letter)


def spoken(relay: Relay, to: Person, words: str, *, forwarded: str = "") -> Text:
    """Return words as the listener reads them; `forwarded` is who has written them, where the speaker has
    not."""
    if forwarded and relays.shows_name(relay, sides.other(relay, to)):
        speaker = sides.speaker(relay, to)
        return _("<b>{name}</b>, forwarded from {who}: {words}", name=speaker, who=forwarded, words=words)
    if forwarded:
        return _("<b>{name}</b>, forwarded: {words}", name=sides.speaker(relay, to), words=words)
    if not words:
        return form("<b>{name}</b>", name=sides.speaker(relay, to))
    return form("<b>{name}</b>: {words}", name=sides.speaker(relay, to), words=words)


def carry(ctx: Context, relay: Relay, message: UserMessage) -> None:
    """Carry what was said to the other side. The sender is told only of trouble."""
    if not relays.shows_name(relay, ctx.person):
        message = message.unnamed()
    if ctx.letters.completes_album(message):
        return
    to = sides.other(relay, ctx.person)
    if ctx.quiet(ctx.person, relay.network).at(ctx.now):
        deliveries.no_longer_put_off(ctx.db, ctx.person.id)  # whoever writes is awake
    in_flow = relay.last_words_at is not None and relay.last_words_at > ctx.now - AWAKE
    woken = relay.asker_named and awake.is_woken(ctx, to)
    below = safety.below_words(ctx, relay)
    if relays.shows_name(relay, ctx.person):
        alarms.explain(ctx, to, relay.network)
    relays.note_words(relay, ctx.person, ctx.now)
    opening.plan_silence(ctx, relay)
    letter, reached = ctx.carry(
        to,
        spoken(relay, to, message.words, forwarded=message.forwarded),
        message,
        *([] if message.album else below),
        unnamed=not relays.shows_name(relay, to),
        priority=Priority.URGENT if woken else Priority.CARRIED,
        answers_in=relay.network_id if relays.shows_name(relay, to) else None,
        on_reply=Reply(relay.id),
        via=relays.via(relay, to),
        forget=True,
    )
    if message.album and below and reached:  # no messenger has room for buttons below an album
        letter, _reached = ctx.tell(
            to,
            _("This is your conversation with {name}.", name=sides.other_name(relay, to)),
            *below,
            priority=Priority.CARRIED,
            on_reply=Reply(relay.id),
            via=relays.via(relay, to),
        )
    relays.note_letter(relay, letter)
    if not relays.shows_name(relay, to):
        _say_how_it_goes(ctx, relay, there=bool(reached), in_flow=in_flow)
    elif not reached:
        ctx.say(_("I cannot reach {name} at the moment. Your message did not arrive.", name=to.name))
    elif not in_flow and not woken and ctx.sleeps(to, relay.network):
        ctx.say(_("{name} has quiet hours now. Your message will arrive afterwards.", name=to.name))
    for beside in Carried:
        beside(ctx, relay, message)


def _say_how_it_goes(ctx: Context, relay: Relay, *, there: bool, in_flow: bool) -> None:
    """Say the same about somebody without a name, by what anybody may know: where they live, when they sleep
    and whether they have blocked the bot would tell them from others."""
    if not there:
        ctx.say(_("Your words did not get there this time. Please write them again later."))
    elif not in_flow and Quiet(*NIGHT, ctx.installation.zone(relay.network.time_zone)).at(ctx.now):
        ctx.say(_("It is night now, so your words may be read only in the morning."))


def spoken_in_room(ctx: Context, room: Room, words: str) -> AnyText:
    """Return what somebody answers to a request in a room, as its asker reads it."""
    return paragraphs(
        _(
            "{name} answered your question in the group {room}:",
            name=ctx.person.name,
            room=room_name(room),
        ),
        form("<blockquote>{words}</blockquote>", words=words or "…"),
    )
