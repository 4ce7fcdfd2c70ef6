"""What can be pressed: where a network stands on its way."""

from bot import Role, Slice, Step, Timer, _


class ShowConditions(Step, needs=Role.MEMBER):
    """Show all that a network needs, and what of it there is."""


class WhyThisOrder(Step, needs=Role.MEMBER):
    """Say why the phases come in this order."""


class WishFor(Step, needs=Role.MEMBER, menu=_("Say what you would like")):
    """Tell those who can do it that a member would like a condition, by its name."""

    condition: str


class LookAtRoads(Slice):
    """Look how far each network has come."""


class LookAtRoad(Timer):
    """See what a network has reached or lost, by its id."""

    network_id: int
