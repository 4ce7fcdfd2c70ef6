"""What can be pressed and what comes due: what people set for themselves."""

from bot import Answerable, Role, Step, Timer, _


class SpeakIn(Step):
    """Make one of one's networks the active one."""

    network_id: int


class ChooseMorning(Step, needs=Role.META_MENTOR, menu=_("Choose a morning")):
    """Choose on which morning one hears who waits."""


class HelpIn(Step, needs=Role.MEMBER, menu=_("Languages I can help in")):
    """Say in which languages one can help."""

    languages: list[str]


class PauseUntil(Answerable, no_questions=True):
    """Change the day on which a pause ends, in words."""


class ShowApart(Step):
    """See whom one does not want to meet, after this many."""

    after: int = 0


class AddApart(Step):
    """Name somebody more whom one does not want to meet."""


class Wake(Step):
    """Go on in a place of one's own that rests."""

    member_id: int


class PauseOver(Timer):
    """End a pause."""

    person_id: int
