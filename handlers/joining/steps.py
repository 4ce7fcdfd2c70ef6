"""What can be pressed and what comes due: ways into a network, and out of it."""

from bot import Answerable, Role, Step, Timer, _


class TellWhy(Answerable, no_questions=True):
    """Say why one has left; without a reason and without words: one would rather not."""

    member_id: int
    reason: str | None = None


class ShowInvitations(Step, needs=Role.META_MENTOR):
    """Show the open invitations: all, or those that were made before this one."""

    before: int | None = None


class ChangeInvitation(Step, needs=Role.META_MENTOR, menu=_("Change an invitation")):
    """Change what an invitation says: "uses", "days" or "label"."""

    invitation_id: int
    what: str


class WithdrawInvitation(Step, needs=Role.META_MENTOR):
    """Withdraw an invitation."""

    invitation_id: int


class JoinAfterAll(Step, menu=_("Join with a code")):
    """Think again about an invitation, after a no. It is known by the hash of its code."""

    code_hash: str


class AgreeAgain(Step):
    """Agree to what is kept, after it has changed."""


class BecomeTrusted(Step, menu=_("Join with a code")):
    """Become a trusted person, by the hash of an invitation’s code."""

    code_hash: str


class Unfinished(Timer):
    """Remind somebody who began to join a while ago and has not finished."""

    person_id: int


class WithdrawProposal(Step):
    """Take a network back that waits for its confirmation."""

    network_id: int


class ConfirmNetwork(Step, needs=Role.OPERATOR):
    """Confirm a network."""

    network_id: int


class DeclineNetwork(Step, needs=Role.OPERATOR, menu=_("Decline a network")):
    """Decline a network, with a reason."""

    network_id: int
