"""What an event in a private chat means."""

from dataclasses import replace
from typing import Any

from bot.adapter import LARGEST_FILE
from bot.delivery import asked
from bot.dialogue.meaning import answering, commands, letters, refusals
from bot.dialogue.meaning.changes import deleted, edited
from bot.dialogue.meaning.meanings import Answer, Call, Ignore, Instead, Meaning, Say
from bot.dialogue.meaning.state import State
from bot.handler import InNeed, Unasked
from bot.markup import clean
from bot.message import (
    Deleted,
    Edited,
    Event,
    Left,
    Opened,
    Pressed,
    Reacted,
    Returned,
    Unsupported,
    Words,
)
from bot.reading import typed
from bot.user_message import UserMessage, key


def meaning(event: Event, state: State) -> Meaning:
    """Return what an event means, over what is open for the one who acts. It reads, and changes nothing."""
    match event:
        case Words():
            said = UserMessage.of(event, clean(event.text), state.chat)
            return _words(said, event.reply_to, state)
        case Edited(text, message):
            return edited(clean(text), key(state.chat, message), state)
        case Deleted(message):
            return deleted(key(state.chat, message), state)
        case Reacted(sign, message):
            said = UserMessage(clean(sign), answers=(state.chat.messenger, state.chat.id, message))
            return _reacted(said, message, state)
        case Pressed(slot, message, outgoing):
            return state.pressed(message, outgoing, slot)
        case Opened(payload):
            handler, rest = state.router.opened(payload)
            return Call(handler, rest=rest, linked=True)
        case Unsupported(kind, text):
            return Call(state.router.events[Unsupported], Unsupported(kind, clean(text)))
        case Left() | Returned():
            return Call(state.router.events[type(event)], event)
        case _:
            raise AssertionError(f"{type(event).__name__} does not happen in a private chat")


# --- words ---------------------------------------------------------------------------------------


def _words(said: UserMessage, reply_to: str | None, state: State) -> Meaning:
    """Return what words mean: the rows of the table, in their order."""
    if any((each.size or 0) > LARGEST_FILE for each in said.media):
        return Say(refusals.too_large(said), "too large")
    found = (
        commands.called(said, state)
        or (_reply(reply_to, said, state) if reply_to else None)
        or answering.rest(said, state)
    )
    if found is not None:
        return found
    if state.parked:
        return _with_question(state.parked[0], said, state)
    if state.is_need(said.words):
        return state.take(InNeed(said=said), said)
    return unasked(said, state, reply_to=reply_to)


def anew(said: UserMessage, state: State) -> Meaning:
    """Return what words mean, now that the question for which they were is over."""
    return _words(said, None, state)


def _with_question(parked: Any, said: UserMessage, state: State) -> Meaning:
    """Return what words mean while a question is open. What asks about earlier words is over with others, and
    a question that was left to wait comes after what was said below it."""
    if said.words and asked.waits(parked):
        below = replace(state, parked=()).where(lambda row: row.letter_id > parked.letter_id)
        if (found := letters.chosen(said, below)) is not None:
            return found
    if (end := answering.stops_indeed(parked, said, state)) is not None:
        return Instead(parked, end)
    if parked.handler in answering.DOUBTS and not answering.is_answer_to_doubt(parked, said, state):
        return Instead(parked, _words(said, None, replace(state, parked=state.parked[1:])))
    if said.words and (way := state.way_out(said.words)) is not None:
        return way
    return answering.stopping(parked, said, state) or answering.answer(parked, said, state)


def unasked(said: UserMessage, state: State, but: int | None = None, reply_to: str | None = None) -> Meaning:
    """Return what words mean that no question waits for. `but`: they choose nothing of the letter that this
    delivery brought, nor of newer ones. `reply_to`: the message that they answer, which leads nowhere."""
    found = None
    if said.words and not said.media and not said.forwarded:
        state = state if but is None else state.where(lambda row: row.id < but)
        found = (
            letters.chosen(said, state)
            or commands.named(said, state)
            or letters.begun(said, state)
            or letters.to_news(said, state)
            or (letters.longer(said, state) if commands.gives_way(said, state) else None)
            or commands.wish(said, state)
        )
    found = found or letters.longer(said, state)
    return found or state.take(Unasked(said=said, discreet_at=_discreet_at(reply_to, state)), said)


def _discreet_at(reply_to: str | None, state: State) -> str:
    """Return when the newest letter was written by which something discreet can be done, of those that came
    after all that was said to the one who acts in a conversation (UTC, ISO 8601): now, where it is the one
    that is answered; "" where there is none."""
    answered = state.shown(reply_to) if reply_to else None
    if answered is not None and _is_discreet(answered, state):
        return state.now.isoformat()
    return max((row.made_at.isoformat() for row in state.letters() if _is_discreet(row, state)), default="")


def _is_discreet(row: Any, state: State) -> bool:
    called = (state.router.read(each) for each in row.offers)
    return any(each is not None and each[0].discreet for each in called)


def _reply(message: str, said: UserMessage, state: State) -> Meaning | None:
    """Return what words in answer to a message of ours mean: one of its choices, the answer to the question
    that it asks, or that they go where its answers lead."""
    row = state.shown(message)
    slot = state.slot_typed(said.words, row.offers) if row is not None else None
    if row is not None and not row.closed and slot is not None:
        return state.chosen(row, slot, said)
    if row is not None and state.shows_open_question(row):
        return Answer(state.parked[0], answering.given(state.parked[0], said, state), said)
    if row is not None and not row.closed and (found := letters.replied(row, said, state)) is not None:
        return found
    if slot is not None and typed.number(said.words) is not None:
        return state.gone(row, slot)  # a number is for its choices, and no words for anybody
    return state.led_to(message, said) or (state.gone(row, slot) if slot is not None else None)


def _reacted(said: UserMessage, message: str, state: State) -> Meaning:
    """Return what an emoji under a message means: what it would mean in answer to it; on a message of their
    own in a conversation it is for the other side. Under anything else it means nothing."""
    stored = state.carried_in(message)
    own = state.leads(stored, said) if stored is not None else None
    return own or _reply(message, said, state) or Ignore("a sign")
