"""What it means that a message is changed or taken back."""

from typing import Any

from bot.dialogue.meaning import refusals
from bot.dialogue.meaning.commands import called
from bot.dialogue.meaning.meanings import Answer, Call, Ignore, Meaning, Say
from bot.dialogue.meaning.said import changed, message_of
from bot.dialogue.meaning.state import State
from bot.dialogue.questions import Given
from bot.handler import Answerable, InNeed
from bot.message import Deleted, Edited
from bot.user_message import UserMessage


def deleted(message: str, state: State) -> Meaning:
    """Return that a message which a letter carries is taken back, by its name among all messengers."""
    if not state.is_carried(message):
        return Ignore()
    return Call(state.router.events[Deleted], Deleted(message))


def edited(words: str, message: str, state: State) -> Meaning:
    """Return what it means that a message has other words now. They count where it is not too late: as an
    answer in a dialogue that is still open, or in a conversation. Where it is, that is said."""
    parked = next((each for each in state.parked if message in each.heard), None)
    if parked is not None:
        return _answered_anew(parked, message, words, state)
    if (carried := edited_carried(words, message, state)) is not None:
        return carried
    if (name := state.used_by(message, words)) is not None:
        handler = state.router.handlers.get(name)
        if handler is not None and handler.changed is not None:
            said = UserMessage(words, message=message)
            return state.take(handler.changed(said=said), said)
        ways = state.commands([handler.command, *["requests"] * (name == "ask")] if handler else [])
        return Say(refusals.used_already(handler), "changed too late", handler, ways)
    if state.is_need(words):
        return state.take(InNeed(said=UserMessage(words)))
    return Ignore("changed too late")


def edited_carried(words: str, message: str, state: State) -> Meaning | None:
    """Return what it means that a message which a letter carries has other words now; None else."""
    if not state.is_carried(message):
        return None
    if state.is_same(message, words):
        return Ignore("nothing changed")
    return Call(state.router.events[Edited], Edited(words, message), messages={message: ["", words]})


def _answered_anew(parked: Any, message: str, words: str, state: State) -> Meaning:
    """Return what it means that a message which brought an answer, or began a dialogue, has other words now:
    the other answers of that dialogue stay as they are."""
    question, before = parked.heard[message]
    if before == words:
        return Ignore("nothing changed")
    heard = {**parked.heard, message: [question, words]}
    # An album has words below each of its parts.
    whole = "\n".join(said for about, said in heard.values() if about == question and said)
    if question:
        answers = dict(parked.answers)
        said = changed(message_of(answers.pop(question, None)), whole, message)
        return Answer(parked, Given(question, said), said, answers=answers, messages=heard)
    if (typed := called(UserMessage(words, message=message), state)) is not None:
        return typed
    revived = state.router.revive(parked)
    if revived is None:
        return Ignore()
    handler, step = revived
    if isinstance(step, Answerable):
        step = step.answered(changed(step.said, whole, message), replied=step.replied)
    return Call(handler, step, messages=heard)
