"""What can be pressed and what comes due: privacy and safety."""

from bot import Answerable, Step, Timer
from db.old import Place


class WriteInNeed(Step, discreet=True):
    """Open a conversation with whoever coordinates."""

    coordinator_id: int


class CallSomebody(Step, discreet=True):
    """Open a conversation with whoever is most likely awake."""


class AskToWrite(Step, discreet=True):
    """Let whoever is most likely awake be asked to write."""


class WriteToOperators(Step, discreet=True):
    """Open a conversation with one of those who run the bot."""


class ShowNumbers(Step, discreet=True):
    """Read once more who can help."""


class ComeBack(Step, discreet=True):
    """Go on with what was open before words of need."""


class NotMeant(Answerable, discreet=True):
    """Say that words were not words of need."""


class Misunderstood(Step, discreet=True):
    """Say that words about oneself were not words of need. They are not kept: `marks` stand for the phrases
    in them, and tell nobody what was said."""

    marks: list[str]


class Nightly(Timer):
    """Begin to delete what is too old."""


class ForgetStranger(Timer):
    """Forget somebody who has agreed to nothing."""

    person_id: int


class GoOn(Timer):
    """Delete the next rows of the first that is `left`, after a place in it; `so_far` counts each."""

    left: list[str]
    place: Place | None
    so_far: dict[str, int]
