"""What can be pressed and what comes due: ways into a network, and out of it."""

from contextlib import suppress
from datetime import date

from bot import Answerable, Role, Step, Timer, Unclear, _
from bot.reading import talk
from bot.reading.when import numbers

MOST_USES = 1000
"""People whom an invitation lets in at most."""
MOST_DAYS = 365
"""Days for which it works at most."""
SOME_DAY = date(2000, 1, 1)


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


class ChangeInWords(Answerable, needs=Role.META_MENTOR, menu=_("Change an invitation")):
    """Change for how many people an invitation is, or for how long, in words that say nothing else."""

    invitation_id: int

    def fits(self, words: str, locale: str) -> bool:
        """Whether words are a number of people, or days, whichever day it is."""
        return self.many(words, locale) is not None or self.days(words, SOME_DAY, locale) is not None

    @staticmethod
    def many(words: str, locale: str) -> int | None:
        """Return the number of people that words name; None where they say anything else, or wish for
        something new."""
        if talk.wish(words, locale) is not None:
            return None
        with suppress(Unclear):
            return numbers.number(words, MOST_USES, locale)
        return None

    @staticmethod
    def days(words: str, today: date, locale: str) -> int | None:
        """Return how many days from today words name, as in "60 days" or "until Easter"; None where they say
        anything else."""
        if not numbers.speaks_of_days(words, locale) or talk.wish(words, locale) is not None:
            return None
        with suppress(Unclear):
            return numbers.days(words, MOST_DAYS, today, locale)
        return None


class WithdrawInvitation(Step, needs=Role.META_MENTOR):
    """Withdraw an invitation."""

    invitation_id: int


class ShowPartners(Step, needs=Role.META_MENTOR):
    """Show the partner organisations of the network: all, or those that came after this one."""

    after: int | None = None


class ShowOwnGroups(Step, needs=Role.MEMBER):
    """Show whoever speaks for a partner organisation what they can do."""


class ShowGroup(Step, needs=Role.MEMBER):
    """Show how far a course group is."""

    cohort_id: int


class NewCode(Step, needs=Role.META_MENTOR, menu=_("Make a new code")):
    """Give somebody in a course group another code."""

    cohort_id: int


class WithdrawRest(Step, needs=Role.META_MENTOR, menu=_("Withdraw the rest")):
    """Withdraw the codes of those in a course group who have not come."""

    cohort_id: int


class RemindOfGroup(Step, needs=Role.META_MENTOR):
    """Say in three days who of a course group has not come."""

    cohort_id: int


class GroupWaits(Timer):
    """Say that some of a course group have not come, to whoever invited it."""

    cohort_id: int


class JoinAfterAll(Step, menu=_("Join with a code")):
    """Think again about an invitation, after a no. It is known by the hash of its code."""

    code_hash: str


class AgreeAgain(Step):
    """Agree to what is kept, after it has changed."""


class BecomeTrusted(Step, menu=_("Join with a code")):
    """Become a trusted person, by the hash of an invitation’s code."""

    code_hash: str


class ApplyByCode(Step, sealed=True, menu=_("Join with a code")):
    """Apply to a network, by the hash of the code with which a member recommends somebody."""

    code_hash: str


class Recommend(Step, needs=Role.MEMBER, menu=_("Recommend somebody")):
    """Recommend somebody who is to ask whether they can join."""


class Unfinished(Timer):
    """Remind somebody who began to join a while ago and has not finished."""

    person_id: int


class WithdrawProposal(Step):
    """Take a network back that waits for its confirmation."""

    network_id: int


class RemindOperators(Timer):
    """Tell the operators again that a network waits for them, and after so many working days its founder."""

    network_id: int
    days: int


class ConfirmNetwork(Step, needs=Role.OPERATOR):
    """Confirm a network."""

    network_id: int


class DeclineNetwork(Step, needs=Role.OPERATOR, menu=_("Decline a network")):
    """Decline a network, with a reason."""

    network_id: int
