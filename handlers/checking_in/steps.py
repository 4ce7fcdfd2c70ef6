"""What can be pressed and what comes due: check-ins."""

from typing import Any

from bot import Answerable, Role, Slice, Step, Timer, _
from db.models import Fit, Mood


class AnswerMood(Answerable):
    """Say how one is. `asked`: which of the moods the words mean was asked."""

    round_id: int
    mood: Mood
    asked: bool = False


class AnswerInWords(Answerable, no_questions=True, menu=_("Answer the check-in")):
    """Say in words of one's own how one is."""

    round_id: int


class GoOn(Answerable):
    """Go on with a check-in whose first answer was understood right."""

    check_in_id: int


class Rate(Step):
    """Answer the network's own question of this number; None skips it."""

    check_in_id: int
    number: int
    value: int | None


class ChangeAnswer(Step):
    """Answer a check-in anew."""

    check_in_id: int


class AskForTalk(Step):
    """Ask whoever coordinates for a talk."""

    check_in_id: int


class MarkTalked(Step):
    """Say that the two have talked."""

    check_in_id: int


class WantNothing(Step):
    """Say that nobody needs to do anything."""

    check_in_id: int


class AddWords(Answerable):
    """Add words to a check-in."""

    check_in_id: int


class TellInWords(Answerable, menu=_("Answer the check-in")):
    """Answer the network’s own question of this number in words."""

    check_in_id: int
    number: int


class SendWords(Step):
    """Send the answer in words to the question of this number to those who coordinate."""

    check_in_id: int
    number: int


class SayAmount(Answerable, needs=Role.MEMBER):
    """Say whether the amount is right for one."""

    says: Fit


class AmountInWords(
    Answerable, needs=Role.MEMBER, no_questions=True, menu=_("Say whether the amount is right")
):
    """Say that in words of one's own."""


class ShowMoods(Step, needs=Role.META_MENTOR):
    """Show what the last check-ins came to."""


class StillHere(Step, needs=Role.MEMBER):
    """Say that one is still there."""


class AskMember(Timer):
    """Ask a member whose check-in is due, or whether they are still there."""

    member_id: int


class PlanOn(Slice):
    """Plan the next check-in of members of a network, as its rhythm was `since` then (UTC, ISO): of all, or
    of those who live `by_its_zone`."""

    network_id: int
    since: str
    by_its_zone: bool


class AskAmount(Timer):
    """Ask a member who was busy whether the amount is right for them."""

    member_id: int


class AskLater(Timer):
    """Ask a member who was busy; `day` is that of the round (ISO)."""

    member_id: int
    day: str


class Remind(Timer):
    """Remind somebody who has not answered."""

    check_in_id: int


class Climb(Timer):
    """Do the next about a member of whom nothing is heard."""

    member_id: int


class SendDigest(Slice):
    """Send the digest of a round, in which answers are counted `so_far`."""

    round_id: int
    so_far: Any = None
