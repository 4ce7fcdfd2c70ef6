"""What can be pressed and what comes due: agreements, signatures and offices."""

from bot import Role, Slice, Step, Timer, _


class WriteAgreement(Step, needs=Role.META_MENTOR, menu=_("Write the agreement")):
    """Write the next version of the agreement."""


class ReadAgreement(Step, needs=Role.MEMBER):
    """Read what the network agrees on: a version, or the one that is to be signed."""

    agreement_id: int = 0


class SignAgreement(Step, needs=Role.MEMBER, menu=_("Sign the agreement")):
    """Agree to a version."""

    agreement_id: int


class SayNotYet(Step, needs=Role.MEMBER):
    """Say that one does not want to sign a version so far."""

    agreement_id: int


class SendRecord(Step, needs=Role.MEMBER):
    """Get the proof of what one has signed last, as a file."""


class ShowUnsigned(Step, needs=Role.META_MENTOR):
    """Show who has not signed, after a member (by id) where there are many."""

    after: int = 0


class RemindUnsigned(Step, needs=Role.META_MENTOR):
    """Remind those who have not signed a version, once."""

    agreement_id: int


class ConfirmAgreement(Step, needs=Role.META_MENTOR):
    """Say that a version is still right."""

    agreement_id: int


class BringAgreement(Slice):
    """Bring letters about a version, by the language of their text, to the next members: to those who have
    not signed it, for a reminder."""

    agreement_id: int
    letters: dict[str, int]
    reminds: bool = False


class LookAtAgreement(Timer):
    """See, once a day, whether enough have signed a version, and what follows."""

    agreement_id: int


class ReviewAgreement(Timer):
    """Ask those who coordinate to look at a version again."""

    agreement_id: int


class SetGoal(Step, needs=Role.META_MENTOR, menu=_("Set a goal")):
    """Set a goal."""


class KeepGoal(Step, needs=Role.MEMBER):
    """Keep a goal that has no keeper."""

    goal_id: int


class TellGoal(Step, needs=Role.MEMBER, menu=_("Tell how a goal goes")):
    """Tell how a goal goes that one keeps."""

    goal_id: int


class NothingNew(Step, needs=Role.MEMBER):
    """Say that there is nothing new about a goal that one keeps."""

    goal_id: int


class PassGoalOn(Step, needs=Role.MEMBER):
    """Keep a goal no longer."""

    goal_id: int


class AskAboutGoal(Step, needs=Role.MEMBER):
    """Ask others for help with a goal that one keeps."""

    goal_id: int


class HelpWithGoal(Step, needs=Role.MEMBER):
    """Write to whoever keeps a goal."""

    goal_id: int


class RestGoal(Step, needs=Role.MEMBER):
    """Let a goal rest."""

    goal_id: int


class MoveGoal(Step, needs=Role.MEMBER, menu=_("Change a goal")):
    """Give a goal another day."""

    goal_id: int


class GoalsOnCard(Step, needs=Role.META_MENTOR, menu=_("Goals on the profile")):
    """Show the goals to strangers on the network's card, or no longer."""

    shown: bool


class AskKeeper(Timer):
    """Ask the keeper of a goal how it goes, once a month."""

    goal_id: int


class GoalDue(Timer):
    """Ask about a goal whose day has come."""

    goal_id: int
