"""What can be pressed: what operators do."""

from bot import Role, Step


class ShowProposal(Step, needs=Role.OPERATOR):
    """Show a network that waits for a word of the operators."""

    network_id: int


class MoreProposals(Step, needs=Role.OPERATOR):
    """Show the networks that have waited less long than this one."""

    after: int


class MoreNetworks(Step, needs=Role.OPERATOR):
    """Show the networks that come after this one, by name."""

    after: int
