"""What can be pressed and what comes due: partner organisations."""

from typing import Literal

from bot import Role, Step, Timer, _


class InvitePartner(Step, needs=Role.META_MENTOR, menu=_("Invite an organisation")):
    """Invite an organisation, which brings its own graduates."""


class ShowPartner(Step, needs=Role.META_MENTOR):
    """Show a partner, with what can be done."""

    partner_id: int


class ChangeQuota(Step, needs=Role.META_MENTOR, menu=_("Change how many may come")):
    """Agree on another number of graduates a year."""

    partner_id: int


class InviteSpeaker(Step, needs=Role.META_MENTOR):
    """Invite somebody who speaks for a partner."""

    partner_id: int


class EndPartnership(Step, needs=Role.MEMBER, menu=_("End a partnership")):
    """End a partnership, as one of its two sides."""

    partner_id: int


class SayTogether(Step, needs=Role.MEMBER):
    """Say, as one of two sides, whether they go on together."""

    partner_id: int
    says: Literal["yes", "talk"]


class TakeOwnGroups(Step, needs=Role.MEMBER, menu=_("The list of our graduates")):
    """Take the list of those who came by the groups of the organisation one speaks for."""


class ListPartner(Step, needs=Role.MEMBER):
    """Say whether the network’s profile may name the organisation for which one speaks."""

    listed: bool


class PartnerYear(Timer):
    """Ask both sides whether they go on together."""

    partner_id: int
