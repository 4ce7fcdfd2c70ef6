"""What can be pressed and what comes due: organisations to turn to."""

from bot import Role, Slice, Step, Timer, _


class ShowOrganisation(Step, needs=Role.MEMBER):
    """Show an organisation, with what can be done."""

    organisation_id: int


class ShowNear(Step, needs=Role.MEMBER):
    """Show the organisations near whoever asks, those after one of them."""

    after: int | None = None


class ShowAll(Step, needs=Role.MEMBER):
    """Show all organisations of the network, those after one of them."""

    after: int | None = None


class AddOrganisation(Step, needs=Role.MEMBER, menu=_("Add an organisation")):
    """Add an organisation."""


class ItHelped(Step, needs=Role.MEMBER):
    """Say that an organisation has helped."""

    organisation_id: int


class SomethingWrong(Step, needs=Role.MEMBER, menu=_("Say what is wrong with an entry")):
    """Say what is wrong with an entry."""

    organisation_id: int


class PassOrganisationOn(Step, needs=Role.MEMBER):
    """Get an entry as a message that can be forwarded."""

    organisation_id: int


class StillRight(Step, needs=Role.MEMBER):
    """Say that an entry is right."""

    organisation_id: int


class ChangeOrganisation(Step, needs=Role.MEMBER, menu=_("Change an entry")):
    """Change what an entry says."""

    organisation_id: int


class OrganisationGone(Step, needs=Role.MEMBER, menu=_("Take an organisation off the list")):
    """Say that an organisation is gone."""

    organisation_id: int


class DoNotKnow(Step, needs=Role.MEMBER):
    """Say that one does not know whether an entry is right."""

    organisation_id: int


class PutBack(Step, needs=Role.META_MENTOR):
    """Put an organisation back that was taken off the list."""

    organisation_id: int


class ShareOrganisation(Step, needs=Role.META_MENTOR):
    """Let all networks here find an organisation, or only this one."""

    organisation_id: int
    shared: bool


class ImportOrganisations(Step, needs=Role.META_MENTOR, menu=_("Bring a list of organisations")):
    """Take organisations in from a list."""


class TakeList(Step, needs=Role.META_MENTOR):
    """Take in what is wanted of a list."""

    list_id: int
    fates: list[str]


class DropList(Step, needs=Role.META_MENTOR):
    """Take in nothing of a list."""

    list_id: int


class ExportOrganisations(Step, needs=Role.MEMBER):
    """Get the organisations as a table, or as the files of the standard."""

    standard: bool = False


class ReadList(Slice):
    """Read some rows of a list."""

    list_id: int


class TakeIn(Slice):
    """Take in some rows of a list."""

    list_id: int


class LookAfter(Slice):
    """Find somebody to ask about some entries of a network whose time has come."""

    network_id: int


class AskWhether(Timer):
    """Ask somebody whether an entry is still right."""

    word_id: int
