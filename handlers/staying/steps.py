"""What comes due: places of people of whom nothing is heard."""

from bot import Timer


class ForgetRested(Timer):
    """Delete what is kept of somebody whose place has rested for very long."""

    member_id: int
