"""What can be pressed and what comes due: several accounts of one person."""

from bot import Step, Timer, _


class StopLinking(Step):
    """Take one's code back."""


class BeOne(Step):
    """Say, where the code was made, that the account on which it was typed is one's own too."""

    code_id: int


class NotOne(Step):
    """Say there that it is not."""

    code_id: int


class TakeApart(Step):
    """Make two again of two accounts that became one person."""

    merge_id: int


class TakeOff(Step, menu=_("Take a messenger off")):
    """Let an account of one's own be somebody new."""

    messenger: str


class Settle(Timer):
    """Bring to the right one what turns left behind that had begun before two became one, or two again."""

    person_id: int
    other_id: int


class EndUndo(Timer):
    """Delete what is needed to take two apart."""

    merge_id: int
