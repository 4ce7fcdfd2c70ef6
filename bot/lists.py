"""Lists to which every area adds.

An act with consequences calls them by name, in order, in one file. A list is the other way round: who reads
it does not know who adds to it, so a capability that is new changes no file but its own.

    @adds(Debts, place=30)
    def newcomers(ctx: Context) -> Owed[Member]: ...

A list is in order of `place`. The table of handlers (tests/handlers/handlers.txt) prints all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from bot.delivery.offers import Button
from bot.dialogue.context import Context
from bot.installation import Keep
from bot.listing import Line
from bot.text import AnyText, Text
from bot.user_message import UserMessage
from db.models import Network, Person, Relay
from db.network import journal
from db.old import Forgotten, Old

Function = TypeVar("Function", bound=Callable[..., Any])
Row = TypeVar("Row")


class Listing(Generic[Function]):
    """A list of functions of one signature, in order of their places."""

    def __init__(self) -> None:
        self._added: dict[int, Function] = {}

    def add(self, function: Function, place: int) -> None:
        """Put a function at a place. Raises ValueError for a place that is taken: an order is never left to
        chance."""
        if self._added.setdefault(place, function) is not function:
            raise ValueError(
                f"{function.__module__}.{function.__name__} adds to a place that is taken: {place}"
            )

    def __iter__(self) -> Iterator[Function]:
        return (function for _place, function in self.items())

    def items(self) -> list[tuple[int, Function]]:
        """Return the places and the functions, in order."""
        return sorted(self._added.items(), key=lambda item: item[0])

    def named(self) -> dict[str, Function]:
        """Return the functions by their names."""
        return {function.__name__: function for function in self}


def adds(to: Listing[Function], *, place: int) -> Callable[[Function], Function]:
    """Add a function to a list. Places leave gaps, for what comes later."""

    def add(function: Function) -> Function:
        to.add(function, place)
        return function

    return add


# --- what is owed, on the pulse of a network -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owed(Generic[Row]):
    """Debts of one kind.

    counted: how many there are, as a part of a sentence ("3 people are not well")
    rows:    the debts, stored rows, the most urgent first
    tell:    one in a sentence or two, with what can be done about it
    names:   the member (an id) whom one names; None where it names nobody
    yields:  whether one is left out where a debt of another kind names the same member
    at_once: what can be done about all of them together
    """

    counted: Callable[[int], Text]
    rows: Sequence[Row]
    tell: Callable[[Row], Line]
    names: Callable[[Row], int | None]
    yields: bool = False
    at_once: Button | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A debt that is a sentence and a button, of nobody in the network."""

    text: Text
    button: Button


Debts: Listing[Callable[[Context], Owed[Any] | Notice | None]] = Listing()
"""What waits for those who coordinate the active network, the most urgent kind first."""


# --- what somebody finds who comes back ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waits:
    """Something that waits for a person, and the way to it."""

    text: Text
    button: Button


Waiting: Listing[Callable[[Context, Person], Waits | None]] = Listing()
"""What waits for a person whose pause is over, in all of their networks."""

Missed: Listing[Callable[[Context, datetime], Iterator[AnyText]]] = Listing()
"""What the member who acts has missed since a moment (UTC) at which they blocked the bot, one fact a
paragraph."""


# --- what somebody reads who is in no network ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that concerns a person who is in no network, and what can be done about it."""

    text: AnyText
    buttons: Sequence[Button] = ()


Outside: Listing[Callable[[Context], Concern | None]] = Listing()
"""What concerns the one who acts and is in no network; it is said in the place of the hello."""


# --- what is said in a conversation --------------------------------------------------------------

Carried: Listing[Callable[[Context, Relay, UserMessage], None]] = Listing()
"""What is done beside words of the one who acts that have just gone into a conversation."""


# --- what is too old -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What is deleted at night.

    forget: delete the next rows that are older than a moment
    days:   for how long they are kept
    """

    forget: Callable[[Session, Old], Forgotten]
    days: int


Retention: Listing[Callable[[Keep], Forgetting]] = Listing()
"""What is deleted when it is too old, under the name by which the log counts it."""


# --- the journal ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Act:
    """Something that the journal of a network keeps, and the sentence that says so."""

    name: str
    sentence: Text

    def record(
        self,
        ctx: Context,
        network: Network,
        *,
        by: Person | None = None,
        about: Person | None = None,
        **details: Any,
    ) -> None:
        """Write down that it was done now: by the one who acts, unless it was somebody else. `details` are
        JSON values that hold no content."""
        journal.record(ctx.db, network, self.name, by=by or ctx.person, about=about, now=ctx.now, **details)


ACTS: dict[str, Act] = {}
"""Every act, by its stored name."""


def act(name: str, sentence: Text) -> Act:
    """Declare an act beside the handler that does it. The sentence may hold {who}, {whom} and {day}.

    Raises ValueError for a name that is taken.
    """
    declared = Act(name, sentence)
    if ACTS.setdefault(name, declared) is not declared:
        raise ValueError(f"there is an act {name} already")
    return declared
