"""What can be pressed and what comes due: conversations that the bot carries."""

from bot import Answerable, Role, Step, Timer, _


class Reply(Answerable, only_replies=True):
    """Answer to a message that was carried."""

    relay_id: int


class WasFor(Answerable):
    """Say that words which went into one conversation were for another one; None: it is asked for which."""

    relay_id: int
    for_id: int | None


class WayOut(Step):
    """See what can be done about a conversation."""

    relay_id: int


class GoOnWith(Step):
    """Read a conversation on another messenger of one's own from now on."""

    relay_id: int
    messenger: str


class KeepApart(Step, menu=_("Keep two people apart")):
    """End a conversation, and never be brought together with the other one again; None: one that is open."""

    relay_id: int | None = None


class MeetAgain(Step):
    """Take back that one is never brought together with a person, who was `named` or not."""

    other_id: int
    named: bool


class WriteToCoordinators(Answerable):
    """Write to one who coordinates a network; words that were said already are carried there.

    `to_coordinators.way_to` and `way_into` make the button, "Write to Mia". For any area above this one.
    """

    coordinator_id: int


class WriteToMember(Step, needs=Role.META_MENTOR, menu=_("Write to a member")):
    """Write to the member who is called so: who coordinates is shown who that may be."""

    called: str


class ShowEnd(Timer):
    """Tell a helper, at a random time, that the conversation with somebody unnamed is over."""

    relay_id: int


class EndQuietly(Timer):
    """Tell one of the two, at a random time, that the conversation is over, as if it had just been ended."""

    relay_id: int
    person_id: int


class EndSettled(Timer):
    """End a conversation in which all was settled some time ago, without a word."""

    relay_id: int


class FellSilent(Timer):
    """End a conversation in which nobody has written for a long time."""

    relay_id: int
