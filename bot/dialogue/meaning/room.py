"""What an event in a room means. What everybody may read is answered there; what is personal stays between
the bot and the one who acts; and what is not for the bot it has not heard."""

from bot.dialogue.meaning import changes, refusals
from bot.dialogue.meaning.meanings import Call, Ignore, Meaning, Privately, Say, ShowWay
from bot.dialogue.meaning.state import State
from bot.dialogue.router import command_word
from bot.handler import Place
from bot.installation import Installation
from bot.markup import clean
from bot.message import AsksIn, Deleted, Edited, Event, Opened, Pressed, Reacted, Unsupported, Words
from bot.user_message import UserMessage, key


def meaning(event: Event, state: State, installation: Installation) -> Meaning:
    """Return what an event means. `state` holds the questions of the one who acts, which matter only where
    they choose something: that is answered in their private chat."""
    match event:
        case Words():
            said = UserMessage.of(event, clean(event.text), state.chat)
            return _words(event, said, state, installation)
        case Pressed(slot, message, outgoing):
            return Privately(state.pressed(message, outgoing, slot)) if _is_reached(state) else ShowWay()
        case Opened(payload):
            handler, rest = state.router.opened(payload)
            return Ignore() if handler.place is Place.PRIVATE else Call(handler, rest=rest, linked=True)
        case Edited(text, message):
            name = key(state.chat, message)
            return changes.edited_carried(clean(text), name, state) or Ignore()
        case Deleted(message):
            return changes.deleted(key(state.chat, message), state)
        case AsksIn():
            return Privately(Call(state.router.events[AsksIn], event))
        case Unsupported() | Reacted():
            return Ignore()
        case _:
            return Call(state.router.events[type(event)], event)


def _words(event: Words, said: UserMessage, state: State, installation: Installation) -> Meaning:
    if typed := command_word(said.words, state.marks):
        word, rest = typed
        return _command(word, rest, said, state, installation, to_us=event.to_us)
    # A thread may begin with a message of ours: what is said in it answers that one.
    for message in filter(None, (event.reply_to, state.chat.thread)):
        row = state.shown(message)
        slot = state.slot_typed(said.words, row.offers) if row is not None and not row.closed else None
        if slot is not None:
            return Privately(state.chosen(row, slot, said)) if _is_reached(state) else ShowWay()
        if (call := state.led_to(message, said)) is not None:
            return call
    return Ignore()


def _command(
    word: str, rest: str, said: UserMessage, state: State, installation: Installation, *, to_us: bool
) -> Meaning:
    handler = state.router.commands.get(word)
    if handler is None:
        return Say(refusals.unknown_command_here(word)) if to_us else Ignore()
    if handler.place is not Place.PRIVATE:
        return Call(handler, rest=rest, said=said)
    link = installation.way(state.chat.messenger, handler.command)
    return Say(refusals.between_us(handler.command, link), "personal", handler)


def _is_reached(state: State) -> bool:
    """Whether what follows can be said in the private chat of the one who acts."""
    return state.actor is not None and state.actor.known.reachable
