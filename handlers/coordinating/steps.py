"""What can be pressed and what comes due: what meta-mentors and deputies do."""

from bot import Role, Slice, Step, Timer, _
from db.models import MemberRole


class MoreMembers(Step, needs=Role.META_MENTOR):
    """Show the members that come after this one, of those whose name contains the words."""

    after: int
    words: str


class ShowMember(Step, needs=Role.META_MENTOR):
    """Show a member, with what may be done."""

    member_id: int


class FindMember(Step, needs=Role.META_MENTOR, menu=_("Find a member")):
    """Look for a member by name."""


class WriteTo(Step, needs=Role.META_MENTOR):
    """Open a conversation with a member."""

    member_id: int


class AppointDeputy(Step, needs=Role.META_MENTOR):
    """Ask a member to be a deputy."""

    member_id: int


class AppointMetaMentor(Step, needs=Role.META_MENTOR, menu=_("Ask for a meta-mentor")):
    """Ask a member to be a meta-mentor."""

    member_id: int


class AcceptRole(Step, needs=Role.MEMBER):
    """Take a role that a member who coordinates has offered."""

    role: MemberRole
    by_id: int


class DeclineRole(Step, needs=Role.MEMBER):
    """Say no to a role that a member who coordinates has offered."""

    role: MemberRole
    by_id: int


class RevokeRole(Step, needs=Role.META_MENTOR, menu=_("End a role")):
    """Take a member's role back."""

    member_id: int


class ResignRole(Step, needs=Role.META_MENTOR):
    """Give one's own role back."""


class Remove(Step, needs=Role.META_MENTOR, menu=_("End a membership")):
    """End a membership, with a reason."""

    member_id: int


class Appeal(Step, menu=_("Have it looked at again")):
    """Ask for another look at one's removal."""

    member_id: int
    remover_id: int


class AppealOutside(Step):
    """Talk about one's removal with those who run the bot."""

    member_id: int
    remover_id: int


class Readmit(Step, needs=Role.META_MENTOR):
    """Take a removed member back in."""

    member_id: int


class UpholdRemoval(Step, needs=Role.META_MENTOR):
    """Leave a removal as it is."""

    member_id: int


class MoreOfLog(Step, needs=Role.META_MENTOR):
    """Show earlier entries of the journal than this one, of one kind or of all."""

    before: int
    kind: str = ""


class FilterLog(Step, needs=Role.META_MENTOR, menu=_("Choose what the journal shows")):
    """Choose of which kind the entries are that are shown."""


class SeenOfMe(Step, needs=Role.MEMBER):
    """Show what those who coordinate can see of a member."""


class OneByOne(Step, needs=Role.META_MENTOR):
    """Show what is owed, one debt at a time."""


class NextDebt(Step, needs=Role.META_MENTOR):
    """Show the debt after this one: a row of the kind, shown as the n-th of them."""

    kind: str
    row_id: int
    n: int


class MoreDebts(Step, needs=Role.META_MENTOR):
    """Show what is owed: what lists led to that showed some debts of a kind at a time."""

    place: int
    after: int


class ShowFigures(Step, needs=Role.META_MENTOR):
    """Show how the network is, in figures."""


class Talked(Step, needs=Role.META_MENTOR):
    """Say that one has talked with a member who is not well."""

    check_in_id: int


class ShowSent(Step, needs=Role.META_MENTOR):
    """Show the voice note, the picture or the file of a request."""

    request_id: int


class HelpWith(Step, needs=Role.META_MENTOR):
    """Help with a request that nobody else takes."""

    request_id: int


class AskEverybody(Step, needs=Role.META_MENTOR):
    """Put a request before all who are left."""

    request_id: int


class WriteToNew(Step, needs=Role.META_MENTOR, menu=_("Write to all new ones")):
    """Write to all newcomers who have heard nothing yet."""


class SetMorning(Step, needs=Role.META_MENTOR):
    """Hear on this weekday in the morning who waits (Monday is 0), or never."""

    weekday: int


class Mornings(Timer):
    """Tell those who coordinate who waits, where a morning of theirs has come since then (UTC, ISO)."""

    since: str


class WriteOn(Slice):
    """Write an announcement to the next of those for whom it is: without the members in `but`; where it is
    for newcomers, to those who came after `new_since` (UTC, ISO)."""

    announcement_id: int
    but: list[int]
    new_since: str | None = None


class HowFar(Step, needs=Role.META_MENTOR):
    """Show how far an announcement is."""

    announcement_id: int


class ReportOnce(Timer):
    """Tell, only once, how far an announcement is."""

    announcement_id: int
