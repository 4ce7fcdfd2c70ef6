"""What can be pressed and what comes due: privacy and safety."""

from dataclasses import field

from bot import Answerable, Slice, Step, Timer
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


class GoOn(Slice):
    """Delete the next rows of the first that is `left`, after a place in it; `so_far` counts each. The log
    heard of it `minutes` after the beginning, which was at the second `since` (of Unix time)."""

    left: list[str]
    so_far: dict[str, int]
    since: int = 0
    minutes: int = 0
    place: Place | None = field(default=None, kw_only=True)


class TellAlarms(Timer):
    """Tell one who coordinates what came since they last heard of something: this row of a `kind`, which is
    the name of a function in `Alarms`; without one it only says that they have just heard. It may explain why
    somebody writes to them."""

    member_id: int
    kind: str = ""
    row_id: int = 0
    explains_id: int = 0
