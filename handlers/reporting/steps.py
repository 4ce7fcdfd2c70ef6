"""What can be pressed and what comes due: reports. All of it is discreet."""

from bot import Answerable, Role, Step, Timer, _


class AskMembers(Step, needs=Role.MEMBER, discreet=True, menu=_("I want members to be asked")):
    """Wish that all members be asked whether somebody still is to coordinate."""


class ReadReport(Step, discreet=True):
    """Read what was reported, for those to whom it was given."""

    report_id: int


class TakeReport(Step, discreet=True):
    """Say that one sees to a report."""

    report_id: int


class AmInvolved(Step, discreet=True):
    """Pass a report on, because one has to do with it."""

    report_id: int


class AskBack(Step, discreet=True, menu=_("Ask back about a report")):
    """Ask the one who reported, with or without knowing who that is."""

    report_id: int


class AnswerBack(Answerable, discreet=True, menu=_("Answer about a report")):
    """Answer who asked back, by the id of that person."""

    report_id: int
    person_id: int


class CloseReport(Step, discreet=True, menu=_("Close a report")):
    """Say what became of a report."""

    report_id: int


class AddToReport(Answerable, discreet=True, menu=_("Add to a report")):
    """Add to what one has reported; None: to one that is open, which is asked."""

    report_id: int | None = None


class TakeReportBack(Step, discreet=True):
    """Take back what one has reported."""

    report_id: int


class WasSerious(Step, discreet=True):
    """Say whether a report was taken seriously."""

    report_id: int
    was: bool


class LetRest(Step, discreet=True, menu=_("Let somebody rest")):
    """Let the membership rest that a report is about."""

    report_id: int


class EndRest(Step, discreet=True):
    """Let that membership go on."""

    report_id: int


class EndMembership(Step, discreet=True, menu=_("End a membership")):
    """End that membership."""

    report_id: int


class AskTrusted(Step, needs=Role.META_MENTOR, menu=_("Name a trusted person")):
    """Ask a member to be a trusted person of the network."""


class InviteTrusted(Step, needs=Role.META_MENTOR):
    """Make an invitation by which somebody from outside becomes a trusted person."""


class AgreeTrusted(Step):
    """Say yes or no to being a trusted person."""

    trusted_id: int
    agrees: bool


class RemoveTrusted(Step, needs=Role.META_MENTOR, menu=_("Remove a trusted person")):
    """Choose a trusted person who is none any longer."""


class NotTaken(Timer, discreet=True):
    """Tell others about a report that nobody has taken in time."""

    report_id: int


class HowItStands(Timer, discreet=True):
    """Ask how a report stands that is not closed."""

    report_id: int
