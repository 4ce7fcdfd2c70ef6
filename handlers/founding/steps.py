"""What can be pressed and what comes due: founding a network, also like another one."""

from bot import Role, Slice, Step, Timer


class TellOrigin(Timer):
    """Tell those who coordinate a network that another one began like theirs."""

    network_id: int


class SayHello(Step, needs=Role.META_MENTOR):
    """Write to whoever coordinates a network that began like one’s own."""

    network_id: int


class TakeOver(Step, needs=Role.META_MENTOR):
    """Take over what has changed in the network of which one took it."""

    copy_id: int


class LeaveOurs(Step, needs=Role.META_MENTOR):
    """Leave what one took of another network as it is."""

    copy_id: int


class TellCopies(Slice):
    """Tell those who took something of a network that it has changed there."""

    network_id: int
