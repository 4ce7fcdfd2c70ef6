"""What can be pressed and what comes due: who leads a network."""

from bot import Timer


class KeepEnds(Timer):
    """Keep outside the database where each chain ends."""
