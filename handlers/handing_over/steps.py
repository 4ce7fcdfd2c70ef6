"""What can be pressed and what comes due: roles that pass on."""

from typing import Literal

from bot import Role, Step, Timer, _


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


class LookAround(Timer):
    """See, once a day, whose role ends by itself."""
