"""What can be pressed and what comes due: check-ins."""

from bot import Answerable, Step, Timer, _
from db.models import Mood


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


class AskMember(Timer):
    """Ask a member whose check-in is due."""

    member_id: int


class AskLater(Timer):
    """Ask a member who was busy; `day` is that of the round (ISO)."""

    member_id: int
    day: str


class Remind(Timer):
    """Remind somebody who has not answered."""

    check_in_id: int


class SendDigest(Timer):
    """Send the digest of a round."""

    round_id: int
