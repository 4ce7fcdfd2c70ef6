"""What can be pressed and what comes due: asking peers for help."""

from bot import Answerable, Role, Slice, Step, Timer, _
from db.models import Verdict


class Take(Step, needs=Role.MEMBER):
    """Help with a request."""

    request_id: int


class Decline(Step, needs=Role.MEMBER):
    """Say that one cannot help with a request now."""

    request_id: int


class AnswerRequest(Answerable, needs=Role.MEMBER, menu=_("Answer a question")):
    """Answer a request in words: they go to its asker."""

    request_id: int


class Withdraw(Step, menu=_("Withdraw a question")):
    """Take a request of one's own back."""

    request_id: int


class CanWait(Step):
    """Say that a request can wait until others are awake."""

    request_id: int


class MakeUrgent(Step, needs=Role.MEMBER):
    """Say that a request is urgent."""

    request_id: int


class AboutMine(Answerable, needs=Role.MEMBER):
    """Words that may be about an open request of one's own."""


class AddTo(Answerable, needs=Role.MEMBER, menu=_("Add to my question")):
    """Add words to an open request of one's own; `urgent`: and make it urgent."""

    request_id: int
    urgent: bool = False


class ChangeMine(Step, needs=Role.MEMBER, menu=_("Change my question")):
    """Write an open request of one's own anew."""

    request_id: int


class ReadAndHelp(Step, needs=Role.META_MENTOR):
    """Read a request that waits, for those who coordinate."""

    request_id: int


class Solve(Step, menu=_("Settle a question")):
    """Say that a request is solved. `unless_helped`: its button came before there was a helper, so where
    there is one by now it is asked first whether that conversation is to end."""

    request_id: int
    unless_helped: bool = False


class NotYet(Step):
    """Say that a question is not settled yet."""

    request_id: int


class AskAgain(Step, needs=Role.MEMBER):
    """Ask the same once more."""

    request_id: int


class TellHowItWent(Answerable):
    """Answer whether it helped."""

    request_id: int
    how: Verdict


class TellInWords(Answerable, no_questions=True):
    """Answer in words of one's own whether it helped."""

    request_id: int


class SayThanks(Answerable, no_questions=True, menu=_("Say thank you")):
    """Thank whoever helped, in words of one's own."""

    request_id: int


class AskCoordinators(Step):
    """Let whoever coordinates read a request, too."""

    request_id: int


class AskSomebody(Step, needs=Role.META_MENTOR, menu=_("Ask somebody to help")):
    """Ask a certain member to help with a request: this one, or one who is still to be chosen."""

    request_id: int
    member_id: int | None = None


class AnswerInRoom(Answerable, needs=Role.MEMBER):
    """Answer in the room to a request that is posted there."""

    request_id: int


class LastQuestion(Timer):
    """Ask whether a request that nobody answered still matters."""

    request_id: int


class FollowUp(Timer):
    """Ask some days later whether it helped."""

    request_id: int


class NextAfterSilence(Timer):
    """Go on after a peer was silent for too long."""

    request_id: int


class SomebodyWakes(Timer):
    """Ask the first who wakes up, where all slept."""

    request_id: int


class NextWave(Timer):
    """Ask several peers at once, for an urgent request."""

    request_id: int


class Widen(Slice):
    """Ask more peers than one at a time, after so many who were asked in earlier turns."""

    request_id: int


class HandOver(Timer):
    """Hand a request over to whoever coordinates."""

    request_id: int


class RemindCoordinators(Timer):
    """Remind those who coordinate of a request that waits for them."""

    request_id: int


class StillLooking(Timer):
    """Tell the asker that somebody is still looked for."""

    request_id: int


class TakePostBack(Timer):
    """Show in the rooms that a request was taken back."""

    request_id: int
