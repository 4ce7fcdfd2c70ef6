"""What can be pressed and what comes due: applications, and vouching."""

from bot import Role, Slice, Step, Timer, _
from db.models import MemberRole


class TakeApplicationBack(Step):
    """Take one's own application back."""

    application_id: int


class ReadApplication(Step, sealed=True):
    """Read an application, with what can be decided."""

    application_id: int


class Accept(Step):
    """Let an applicant in."""

    application_id: int


class TalkFirst(Step):
    """Talk with an applicant before anything is decided; nobody is let in by the clock any more."""

    application_id: int


class Decline(Step, sealed=True, menu=_("Decline an application")):
    """Say no to an applicant, with a reason or without."""

    application_id: int


class RemindOfApplication(Timer):
    """Remind those in a role that somebody waits for an answer."""

    application_id: int
    role: MemberRole


class StillUndecided(Timer):
    """Tell an applicant that there is no answer yet, and ask once more."""

    application_id: int


class Lapse(Timer):
    """End an application that nobody has decided."""

    application_id: int


class AskToVouch(Step):
    """Get a message to forward to a member who may vouch."""

    application_id: int


class LetIn(Timer):
    """Let an applicant in for whom members vouch, unless somebody has objected."""

    application_id: int


class ForgetApplicant(Slice):
    """Delete what is left of an application some time after its end: what was written, and the name; `place`
    is the letter after which to go on."""

    application_id: int


class SetQuestions(Step, needs=Role.META_MENTOR, menu=_("Change the questions to applicants")):
    """Write the network's own questions to applicants."""


class UsualQuestions(Step, needs=Role.META_MENTOR):
    """Ask applicants the usual questions again."""


class SetVouching(Step, needs=Role.META_MENTOR):
    """Let members vouch for applicants, or not."""

    on: bool
