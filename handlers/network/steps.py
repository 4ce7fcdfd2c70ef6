"""What can be pressed: facts about a network."""

from bot import Role, Step


class ShowTrusted(Step, needs=Role.META_MENTOR):
    """Show whom the network trusts with what is reported."""
