"""What was said, as it is stored with a dialogue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.dialogue.meaning.meanings import NOTHING
from bot.user_message import UserMessage


def messages(said: Sequence[UserMessage], given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the messages with which a handler begins, as `Dialogue.messages` keeps them: those that it is
    called with, and those that have answered questions already."""
    answers = [(question, message_of(answer)) for question, answer in (given or {}).items()]
    return {
        each.message: [question, each.words]
        for question, each in [("", each) for each in said] + answers
        if each.message
    }


def is_message(stored: Any) -> bool:
    """Whether a stored answer is what `UserMessage.to_json` packed."""
    return isinstance(stored, dict) and "words" in stored


def message_of(stored: Any) -> UserMessage:
    """Return a stored answer as a message; an empty one where it was none."""
    return UserMessage.from_json(stored) if is_message(stored) else NOTHING


def together(first: UserMessage, more: UserMessage) -> UserMessage:
    """Return two messages as one."""
    words = "\n".join(filter(None, [first.words, more.words]))
    return replace(first, media=first.media + more.media, words=words)


def with_media(stored: Any, said: UserMessage) -> Any:
    """Return a stored message with what was sent together with it; what is none stays as it is."""
    return together(UserMessage.from_json(stored), said).to_json() if is_message(stored) else stored


def changed(said: UserMessage, words: str, message: str) -> UserMessage:
    """Return what was said in a message, with other words."""
    return replace(said, words=words, message=said.message or message)
