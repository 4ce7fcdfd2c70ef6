"""What somebody wants of the bot: a command, with its mark or by its name alone, or a wish in a sentence."""

from bot.dialogue.access import may
from bot.dialogue.meaning import refusals
from bot.dialogue.meaning.meanings import Back, Call, Cancel, Meaning, Say
from bot.dialogue.meaning.state import State
from bot.dialogue.router import command_word
from bot.handler import InNeed, Wished
from bot.reading import talk, typed
from bot.user_message import UserMessage

ANSWERS = {*talk.NAMES, "change_language"} - {"thanks", "greeting", "urgent", "stop", *talk.WAYS}
"""What words can want that also answer a question ("yes", "I do not know"): while one is open that does not
take them, it says so."""

GIVE_WAY = frozenset({"write_to", "ask", "news", "waiting", "solved", "urgent", "later", "dont_know"})
"""What somebody hardly wants of the bot who was asked something: "ask Cem" is an answer then."""

OF_ONESELF = frozenset({"stop", "leave", "pause", "resume", "delete_data", "report", "talk_to_human"})
"""What somebody may want who was asked something else: these are never taken for an answer."""


def called(said: UserMessage, state: State) -> Meaning | None:
    """Return what a command means, with its mark or in words that always call it; None for other words, for
    what somebody else has written, and in a conversation for what is no command."""
    marked = command_word(said.words, state.marks) or state.router.written(said.words)
    if marked is None or said.forwarded:
        return None
    word, rest = marked
    if state.is_need(rest):
        return state.take(InNeed(said=said.with_words(rest)), said)
    if word == "cancel":
        return Cancel()
    if word == "back":
        return Back()
    locale = state.reader.locale
    handler = state.router.commands.get(word) or state.router.commands.get(talk.command(word, locale) or "")
    if handler is not None:
        return Call(handler, rest=rest, said=said)
    if state.is_in_conversation():
        return None
    if "stop" in talk.lists(word, locale):
        return Cancel() if state.parked else state.take_if_there(Wished("stop", said=said), said)
    assert state.actor is not None, "somebody acts in a private chat"
    meant = state.router.nearest(word, state.router.menu(state.actor))
    return Say(refusals.unknown_command(word, meant), "unknown command")


def named(said: UserMessage, state: State) -> Call | None:
    """Return the command whose name alone the words are, in English or the reader's language."""
    name = talk.command(said.words, state.reader.locale) or typed.bare(said.words)
    handler = state.router.commands.get(name)
    if handler is None or not may(handler.needs, state.actor) or state.is_in_conversation():
        return None
    return Call(handler, said=said)


def gives_way(said: UserMessage, state: State) -> bool:
    """Whether what somebody seems to want may as well be the answer to a letter that waits for words."""
    found = talk.wish(said.words, state.reader.locale)
    return found is not None and (found.name in GIVE_WAY or (not found.sure and found.name not in OF_ONESELF))


def wish(said: UserMessage, state: State) -> Call | None:
    """Return what somebody wants by a whole sentence; None for nothing, or where they talk with somebody."""
    found = talk.wish(said.words, state.reader.locale)
    if found is None or state.is_in_conversation():
        return None
    if state.parked and (not found.sure or found.name in ANSWERS):
        return None
    return state.take_if_there(Wished(found.name, found.rest, said=said), said)
