"""What can be pressed and what comes due: roles that pass on."""

from typing import Literal

from bot import Role, Slice, Step, Timer, _


class WriteNote(Step, needs=Role.META_MENTOR, menu=_("Write the note for the next one"), sealed=True):
    """Write down what the next one has to know, or change it."""


class ReadNote(Step, needs=Role.MEMBER, sealed=True):
    """Read such a note."""

    note_id: int


class NoteIsRight(Step, needs=Role.MEMBER):
    """Say that one's note is still right."""

    note_id: int


class DeleteNote(Step, needs=Role.MEMBER, menu=_("Delete the note")):
    """Delete one's note."""

    note_id: int


class AskAboutNote(Timer):
    """Ask whether a note is still right."""

    note_id: int


class GiveRole(Step, needs=Role.META_MENTOR, menu=_("Give my role to somebody")):
    """Offer one's role to a member."""


class AnswerHandover(Step, needs=Role.MEMBER):
    """Say whether one takes a role that is handed over."""

    handover_id: int
    says: Literal["yes", "talk", "no"]


class StayAsDeputy(Step, needs=Role.MEMBER):
    """Stay as a deputy for some time, after giving one's role."""

    handover_id: int


class OfferEnds(Timer):
    """End an offer that nobody has answered."""

    handover_id: int


class HereAgain(Step, needs=Role.META_MENTOR):
    """Say that one is here, and see who waits."""


class AskDeputies(Step, needs=Role.META_MENTOR):
    """Let deputies be asked to act for now."""

    vacancy_id: int


class ActForNow(Step, needs=Role.META_MENTOR):
    """Act for whoever coordinates and is away."""

    vacancy_id: int


class CannotAct(Step, needs=Role.META_MENTOR):
    """Say that one cannot act for now."""

    vacancy_id: int


class LookAround(Slice):
    """See, once a day, whose role ends by itself, and from whom nothing is heard."""


class LookAtVacancy(Timer):
    """See what is to be done in a network from whose meta-mentors nothing is heard."""

    network_id: int
