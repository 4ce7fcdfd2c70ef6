"""What can be pressed and what comes due: what people set for themselves."""

from bot import Answerable, Role, Step, Timer, _


class SpeakIn(Step):
    """Make one of one's networks the active one."""

    network_id: int


class ChooseMorning(Step, needs=Role.META_MENTOR, menu=_("Choose a morning")):
    """Choose on which morning one hears who waits."""


class PauseUntil(Answerable, no_questions=True):
    """Change the day on which a pause ends, in words."""


class ShowApart(Step):
    """See whom one does not want to meet, after this many."""

    after: int = 0


class PauseOver(Timer):
    """End a pause."""

    person_id: int
