"""What a handler gets: who acts, the database, the time, and the ways to ask and to tell."""

from collections.abc import Callable

from bot.delivery.offers import Button
from bot.dialogue.asking import Asking
from bot.dialogue.dialogue import Said
from bot.dialogue.telling import Telling


class Context(Asking, Telling):
    """One run of a handler."""


After = Callable[[Context], Said | None]
AFTERWARDS: list[After] = []
"""What is said below what somebody has done, where there is something to say."""


def afterwards(after: After) -> After:
    """Say what a function returns, in a message of its own, after what somebody did in their private chat. It
    is called each time: it has to know at once whether there is anything."""
    AFTERWARDS.append(after)
    return after


Way = Callable[[Context], Button | None]
WAYS_OUT: list[Way] = []
"""What is offered below a question whose answer was not understood twice, besides its end."""


def way_out(way: Way) -> Way:
    """Offer the button that a function returns below a question that was not understood twice: people, for
    one."""
    WAYS_OUT.append(way)
    return way
