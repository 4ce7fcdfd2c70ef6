"""What can be pressed and what comes due: the first word."""

from bot import Step


class Explain(Step):
    """Read how the bot works."""


class AllIsWell(Step):
    """Leave everything as it is."""


class NoCode(Step):
    """Read how somebody without an invitation gets one."""


class MoreHelp(Step):
    """Read all that one can do, in groups."""


class HelpWith(Step):
    """See the commands of a group as buttons."""

    group: str
