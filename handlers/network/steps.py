"""What can be pressed and comes due: facts about a network, and who is welcomed in its rooms."""

from bot import Role, Step, Timer, _


class ShowApplying(Step, needs=Role.META_MENTOR):
    """Show how people ask to join the network."""


class LookForNetwork(Step, menu=_("Look for a network")):
    """Look for a network by its place."""


class ShowNetworks(Step):
    """Show networks near a place, or all, those that come after this one."""

    near: str
    after: int | None = None


class ShowTrusted(Step, needs=Role.META_MENTOR):
    """Show whom the network trusts with what is reported."""


class ShowAgreement(Step, needs=Role.META_MENTOR):
    """Show how the agreement of the network stands."""


class ChangeOffice(Step, needs=Role.META_MENTOR, menu=_("Say where you are found")):
    """Say how the network is reached, where and when."""


class NoOffice(Step, needs=Role.META_MENTOR):
    """Say that the network has no office."""


class ShowNumbers(Step, needs=Role.META_MENTOR):
    """Show how long the bot waits in the network, and how many it asks."""


class ChangeNumber(Step, needs=Role.META_MENTOR, menu=_("Change how the network runs")):
    """Change one of these numbers."""


class UsualNumbers(Step, needs=Role.META_MENTOR, menu=_("Change how the network runs")):
    """Make all of these numbers what they were at the start; or take those out that are no longer used."""

    unused: bool = False


class WelcomeRest(Timer):
    """Welcome those of a course group in one line who came into a room after the first of them. Of the
    members `named`, the room has seen the name; of the `others`, another one."""

    room_id: int
    cohort_id: int
    named: list[int]
    others: list[int]
