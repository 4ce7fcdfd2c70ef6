"""How a handler's run ends before its end: it waits, or it is not to be."""

from collections.abc import Callable
from typing import Any

from bot.dialogue.questions import Question
from bot.handler import Target
from bot.text import AnyText
from bot.user_message import UserMessage


class Parked(BaseException):
    """The handler has to wait for an answer. No `except Exception` may catch it."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.name)
        self.question = question


class Redirect(BaseException):
    """Another handler is meant: this one's run is undone, and that one called from its top, as if `rest` had
    been written after the command."""

    def __init__(self, target: Target, rest: str) -> None:
        super().__init__()
        self.target = target
        self.rest = rest


class AnswersOther(BaseException):
    """What was said answers another question that is open: this handler's run is undone."""

    def __init__(self, conversation_id: int, said: UserMessage) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.said = said


class GoesOn(BaseException):
    """What was said means something else, as `means` finds out: this handler's run is undone, and the turn
    goes on with that."""

    def __init__(self, means: Callable[[Any], Any]) -> None:
        super().__init__()
        self.means = means


class Misused(Exception):
    """A handler asks in a way that would lose something. It is a mistake of the code: its turn fails."""


class Undone(Exception):
    """A run that must not count, because nobody has agreed to what it did; `text` says so."""

    def __init__(self, text: AnyText) -> None:
        super().__init__()
        self.text = text
