"""Relays: a conversation between two people, carried by the bot from messenger to messenger."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Deleted,
    Edited,
    Note,
    Priority,
    Role,
    Text,
    Verbatim,
    Words,
    _,
    action,
    command,
    form,
    on,
    paragraphs,
)
from bot.quiet import AWAKE
from db import help_requests, invitations, letters, members, networks, relays
from db.models import HelpRequest, Network, Person, Relay
from handlers import ask_peers, help, join, profile

JUST_NOW = timedelta(hours=1)
"""Words that come so soon after the end of a conversation were meant for it."""


@on(Words)
def hear(ctx: Context, said: dict[str, Any]) -> None:
    """What answers no question: for the relay that is open."""
    note = Note.from_json(said)
    mine = relays.open_of(ctx.db, ctx.person.id)
    if mine and note:
        question = (
            _(
                "You are talking with several people. For whom is “{words}”?",
                words=ask_peers.shortened(note.words, 60),
            )
            if note.words
            else _("You are talking with several people. For whom is that?")
        )
        _carry(ctx, _which(ctx, mine, question), note)
    elif invitations.looks_like_code(note.words):
        ctx.instead(join.join, words=note.words)
    elif (note.words or note.media) and (
        over := relays.closed_since(ctx.db, ctx.person.id, ctx.now - JUST_NOW)
    ):
        ctx.say(
            _(
                "Your conversation with {name} is over, so nobody got your words. "
                "{help} shows what I can do.",
                name=other_name(over, ctx.person),
                help=Command("help"),
            )
        )
    else:
        help.lost(ctx, note)


@action()
def reply(ctx: Context, relay_id: int, said: dict[str, Any]) -> None:
    """What answers a carried message always goes to that relay."""
    mine = [relay for relay in relays.open_of(ctx.db, ctx.person.id) if relay.id == relay_id]
    if mine:
        _carry(ctx, mine[0], Note.from_json(said))
    else:
        ctx.say(_("That conversation is over, so nobody got your words."))


@on(Edited)
def changed(ctx: Context, message: str, words: str) -> None:
    """The sender changed a message that was carried: it changes on the other side too, as long as the two
    talk."""
    letter = letters.carrying(ctx.db, message)
    relay = ctx.db.get(Relay, letter.on_reply["args"][0]) if letter and letter.on_reply else None
    if letter is not None and relay is not None and relay.closed_at is None:
        ctx.change(letter, _spoken(relay, other(relay, ctx.person), words))


@on(Deleted)
def deleted(ctx: Context, message: str) -> None:
    """The sender took a message back that was carried: it goes on the other side too."""
    letter = letters.carrying(ctx.db, message)
    if letter is not None:
        ctx.take_back(letter)


def _which(ctx: Context, mine: Sequence[Relay], question: Text) -> Relay:
    """The conversation that is meant, asked for where several are open."""
    if len(mine) == 1:
        return mine[0]
    chosen = ctx.choose("relay", question, {str(relay.id): _named(ctx, relay) for relay in mine})
    return next(relay for relay in mine if str(relay.id) == chosen)


def _named(ctx: Context, relay: Relay) -> AnyText:
    """The other side, with the topic that tells two apart."""
    who = _speaker(relay, ctx.person)
    request = ctx.db.get(HelpRequest, relay.request_id) if relay.request_id else None
    topic = profile.TOPICS.get(request.topic) if request else None
    return form("{who}: {topic}", who=who, topic=topic) if topic else who


def other(relay: Relay, person: Person) -> Person:
    """Who is on the other side."""
    return relay.helper if relay.asker_id == person.id else relay.asker


def other_name(relay: Relay, person: Person) -> AnyText:
    """How the other side is called within a sentence, for this side's eyes."""
    if relay.asker_id == person.id:
        return Verbatim(relay.helper.name)
    return Verbatim(relay.asker.name) if relay.asker_named else _("the one who asks")


def _speaker(relay: Relay, listener: Person) -> AnyText:
    """How the other side is called above their words."""
    name = other_name(relay, listener)
    return name if isinstance(name, Verbatim) else _("The one who asks")


# --- carrying ------------------------------------------------------------------------------------


def _spoken(relay: Relay, to: Person, words: str) -> Text:
    """Words as the listener sees them."""
    if not words:
        return form("<b>{name}</b>", name=_speaker(relay, to))
    return form("<b>{name}</b>: {words}", name=_speaker(relay, to), words=words)


def _carry(ctx: Context, relay: Relay, note: Note) -> None:
    """Bring what was said to the other side. The sender hears nothing but trouble."""
    if ctx.completes_album(note):
        return
    to = other(relay, ctx.person)
    they = other_name(relay, ctx.person)
    in_flow = relay.last_words_at is not None and relay.last_words_at > ctx.now - AWAKE
    relay.last_words_at = ctx.now
    _plan_silence(ctx, relay)
    reached = ctx.tell(
        to,
        _spoken(relay, to, note.words),
        priority=Priority.CARRIED,
        note=note,
        on_reply=(reply, relay.id),
        forget=True,
    )
    if not reached:
        ctx.say(_("{name} cannot be reached at the moment, so your words did not get there.", name=they))
        return
    members.in_contact(ctx.db, relay.network_id, to, ctx.now)
    if not in_flow and ctx.sleeps(to, relay.network):
        ctx.say(_("{name} has quiet hours now and will read it afterwards.", name=they))


def begin(ctx: Context, request: HelpRequest) -> None:
    """Somebody has taken a request: from now on the two can talk."""
    assert request.helper is not None
    asker, helper = request.asker.person, request.helper.person
    relay = relays.open_(
        ctx.db,
        request.asker.network,
        request_id=request.id,
        asker=asker,
        helper=helper,
        asker_named=not request.anonymous,
        now=ctx.now,
    )
    _plan_silence(ctx, relay)
    ctx.tell(
        asker,
        _(
            "{name} can help. Write here, I carry your words. {close} ends the conversation.",
            name=helper.name,
            close=Command("close"),
        ),
        Button(_("It is solved"), ask_peers.solve, (request.id,)),
        priority=Priority.CARRIED,
        on_reply=(reply, relay.id),
    )
    ctx.say(
        _(
            "You are connected with {name}. Write here, I carry your words. {close} ends the conversation.",
            name=other_name(relay, helper),
            close=Command("close"),
        )
    )


# --- ending --------------------------------------------------------------------------------------


@command("close", needs=Role.MEMBER, menu=_("End a conversation"))
def close(ctx: Context) -> None:
    """Ends a relay. The asker says whether it is solved; if a helper ends it, others are asked."""
    mine = relays.open_of(ctx.db, ctx.person.id)
    if not mine:
        ctx.say(_("You have no open conversation."))
        return
    relay = _which(ctx, mine, _("You are talking with several people. Which conversation shall end?"))
    request = _hold(ctx, relay)
    if relay.closed_at is not None:  # the other side was faster
        ctx.say(_("You have no open conversation."))
    elif request is None:
        end(ctx, relay)
        ctx.tell(
            other(relay, ctx.person),
            _("{name} has ended the conversation.", name=other_name(relay, other(relay, ctx.person))),
            priority=Priority.CARRIED,
        )
        ctx.say(_("The conversation is closed."))
    elif relay.asker_id == ctx.person.id:
        how = ctx.choose(
            "how",
            _("Is your request solved?"),
            {
                "solved": _("Yes, it is solved"),
                "others": _("No, ask somebody else"),
                "withdraw": _("No, but I need no more help"),
            },
        )
        if how == "solved":
            ask_peers.solve(ctx, request.id)
        elif how == "withdraw":
            ask_peers.withdraw(ctx, request.id)
        else:
            _thank(ctx, relay)
            ask_peers.look_again(ctx, request)
            if request.state == "open":  # otherwise they have just been told who sees to it
                ctx.say(_("All right. I am asking somebody else now."))
    else:
        ask_peers.give_back(ctx, request)
        ctx.say(_("The conversation is closed. I ask somebody else now. Thank you for what you did."))


def _thank(ctx: Context, relay: Relay) -> None:
    ctx.tell(
        relay.helper, _("The conversation was ended. Thank you for your help."), priority=Priority.CARRIED
    )


def _hold(ctx: Context, relay: Relay) -> HelpRequest | None:
    """Hold a relay, and the request it belongs to, if there is one: that first, as all do who decide."""
    request = ctx.hold(HelpRequest, relay.request_id) if relay.request_id else None
    ctx.hold(Relay, relay.id)
    return request


def end(ctx: Context, relay: Relay) -> None:
    """Nothing is carried any more."""
    relay.closed_at = ctx.now
    ctx.call_off(_about(relay))
    ctx.db.flush()


def end_of_request(ctx: Context, request: HelpRequest, words: Text) -> None:
    """The request is over: the helper, if there is one, hears it."""
    relay = relays.of_request(ctx.db, request.id)
    if relay is not None:
        end(ctx, relay)
        ctx.tell(relay.helper, words, priority=Priority.CARRIED)


# --- silence -------------------------------------------------------------------------------------


def _plan_silence(ctx: Context, relay: Relay) -> None:
    ctx.call_off(_about(relay))
    ctx.later(networks.span(relay.network, "relay_silence_hours"), fell_silent, relay.id, about=_about(relay))


def _about(relay: Relay) -> str:
    return f"relay:{relay.id}"


@action()
def fell_silent(ctx: Context, relay_id: int) -> None:
    """Thirty days without a word: the conversation ends, with a notice to both. Where nobody ever wrote,
    the request has no answer yet, and looks for somebody else."""
    relay = ctx.db.get(Relay, relay_id)
    if relay is None:
        return
    request = _hold(ctx, relay)
    if relay.closed_at is not None:
        return
    end(ctx, relay)
    unanswered = request is not None and request.closed_at is None and relay.last_words_at is None
    for person in (relay.asker, relay.helper):
        closed = _(
            "Your conversation with {name} was silent for a long time, so I have closed it.",
            name=other_name(relay, person),
        )
        again = _("I am asking others now.")
        ctx.tell(
            person,
            paragraphs(closed, again) if unanswered and person is relay.asker else closed,
            priority=Priority.CHECK_IN,
        )
    if request is None or request.closed_at is not None:
        return
    if unanswered:
        ask_peers.look_again(ctx, request)
    else:
        help_requests.close(ctx.db, request, "solved", ctx.now)
        ask_peers.follow_up(ctx, request.id)


def talk(ctx: Context, network: Network, asker: Person, helper: Person, *, asker_named: bool = True) -> Relay:
    """Connect two people without a request: a meta-mentor and a member."""
    relay = relays.open_(
        ctx.db, network, request_id=None, asker=asker, helper=helper, asker_named=asker_named, now=ctx.now
    )
    _plan_silence(ctx, relay)
    return relay
