"""Lists to which every area adds.

An act with consequences calls them by name, in order, in one file. A list is the other way round: who reads
it does not know who adds to it, so a capability that is new changes no file but its own.

    @adds(Debts, place=30)
    def newcomers(ctx: Context) -> Owed[Member]: ...

A list is in order of `place`. The table of handlers (tests/handlers/handlers.txt) prints all of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from bot.delivery.letters import Priority
from bot.delivery.offers import Button
from bot.dialogue.context import Context
from bot.handler import Role, Step
from bot.installation import Keep
from bot.listing import Line
from bot.text import AnyText, Command, Text, _
from bot.user_message import UserMessage
from db.help.queues import Queue
from db.leading import journal
from db.models import Base, HelpRequest, Item, Member, Network, Person, Relay
from db.old import Forgotten, Old

Function = TypeVar("Function", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Base)


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
    yields:  whether one is left out where a debt of another kind names the same member
    at_once: what can be done about all of them together
    """

    counted: Callable[[int], Text]
    rows: Queue[Row]
    tell: Callable[[Row], Line]
    yields: bool = False
    at_once: Button | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A debt that is a sentence and a button, of nobody in the network."""

    text: Text
    button: Button


Debts: Listing[Callable[[Context], Owed[Any] | Notice | None]] = Listing()
"""What waits for those who coordinate the active network, the most urgent kind first."""


# --- what those who coordinate hear of at once ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alarm(Generic[Row]):
    """What one who coordinates hears of, of one kind, as far as it still matters.

    priority: how one is told
    rows:     the stored rows that it is about
    alone:    tell them of one
    together: several of them in a sentence
    """

    priority: Priority
    rows: Sequence[Row]
    alone: Callable[[Row], None]
    together: Callable[[Sequence[Row]], AnyText]


Alarms: Listing[Callable[[Context, Member, Sequence[int]], Alarm[Any]]] = Listing()
"""The kinds of it: each finds, for one who coordinates, those of some rows (by id) that still matter."""


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


Gone: Listing[Callable[[Context, Person], None]] = Listing()
"""What follows where a person can no longer be reached, or is forgotten."""


Ended: Listing[Callable[[Context, Member], None]] = Listing()
"""What follows where somebody's membership has just ended."""


# --- what somebody reads who is in no network ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that concerns a person who is in no network, and what can be done about it."""

    text: AnyText
    buttons: Sequence[Button] = ()


Outside: Listing[Callable[[Context], Concern | None]] = Listing()
"""What concerns the one who acts and is in no network; it is said in the place of the hello."""


# --- what all members hear ---------------------------------------------------------------------------

News: Listing[Callable[[Context, Network, datetime, datetime], Iterator[AnyText]]] = Listing()
"""What all members of a network hear below the next check-in: of what was done from one moment on (UTC) and
before another, one fact a paragraph."""


# --- what is said in a conversation --------------------------------------------------------------

Carried: Listing[Callable[[Context, Relay, UserMessage], None]] = Listing()
"""What is done beside words of the one who acts that have just gone into a conversation."""


# --- what another network can begin with ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a network with which another one can begin. It holds nothing of people.

    name:    what it is called, also on a button
    of:      its value in a network, as JSON; None where there is none
    told:    a value, as people read it
    give:    put a value into a network, as its own; None where it is enough to remember it
    taken:   what is said above a value that was taken over
    differs: what differs between two values, as people read it; None where both are told
    """

    name: Text
    of: Callable[[Session, Network], Any]
    told: Callable[[Any], AnyText]
    give: Callable[[Context, Network, Any], None] | None = None
    taken: Text = _("Taken over. With you it is now:")
    differs: Callable[[Any, Any], AnyText] | None = None


Parts: Listing[Callable[[], Part]] = Listing()
"""All of them, under the name by which a network remembers what it took over."""

Changed: Listing[Callable[[Context, Network], None]] = Listing()
"""What follows where a part of a network has changed."""


def has_changed(ctx: Context, network: Network) -> None:
    """Do what follows where a part of a network has changed."""
    for follow in Changed:
        follow(ctx, network)


# --- what a network knows together -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing on the shelf.

    called: what it is called: "Experience"
    told:   what it says, as people read it
    deeds:  what can be done with it, besides what can be done with all things
    opens:  where one is read; None: as all things
    give:   the way to give one; None where there is none
    around: the way to those of this kind, without a word to look for; None where there is none
    """

    called: Text
    told: Callable[[Context, Item], AnyText]
    deeds: Callable[[Context, Item], Sequence[Button]] = lambda ctx, item: ()
    opens: Callable[[Context, Item], Step | None] = lambda ctx, item: None
    give: Button | None = None
    around: Button | None = None


Kinds: Listing[Callable[[], Kind]] = Listing()
"""All of them, under the name by which it is stored of what kind a thing is."""


Sparing: Listing[Callable[[Context, str, UserMessage], bool]] = Listing()
"""What may spare others a question of a topic: each shows what it has, and returns whether it was enough."""

Learned: Listing[Callable[[Context, HelpRequest], Button | None]] = Listing()
"""What can be done with a question whose answer helped, by who asked it."""


# --- what a network needs, one after the other ------------------------------------------------------


class Phase(Enum):
    """The phases of a network, in their order."""

    DECISION = _("Decision")
    BEGINNING = _("Beginning")
    ORGANISING = _("Organising")
    LASTING = _("Lasting")
    GOING_OUTSIDE = _("Going outside")


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that a network needs in a phase. Whether it has it is looked up, and nobody says so.

    phase:  in which phase it belongs
    text:   what it is, in a few words
    next:   what is to be done where it is not, and what for
    met:    whether the active network has it: an EXISTS, or a count that goes no further than it has to
    way:    the command that leads there; None where no member can do anything about it
    remedy: what does it with one tap
    needs:  who can do it
    """

    phase: Phase
    text: Text
    next: AnyText
    met: Callable[[Context], bool]
    way: Command | None = None
    remedy: Button | None = None
    needs: Role = Role.META_MENTOR


RoadmapConditions: Listing[Callable[[], Condition]] = Listing()
"""All of them: by their phases, and in these the more urgent first. Wishes keep their names."""

OnCard: Listing[Callable[[Context, Network], AnyText | None]] = Listing()
"""What strangers read of a network besides its facts, a line each; None: nothing."""


# --- what takes long ----------------------------------------------------------------------------------

Ahead: Listing[Callable[[str], Callable[[], object] | None]] = Listing()
"""What a turn will need of somebody's words, and takes long: it is done before the turn, beside all others,
and remembered by what does it. None: they need nothing."""


def ahead(words: str) -> Callable[[], object] | None:
    """Return all of it for somebody's words; None where they need nothing."""
    works = [work for each in Ahead if (work := each(words)) is not None]
    return (lambda: [work() for work in works]) if works else None


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
    """Something that the journal of a network keeps, and the sentence that says so; `more` makes another one
    of its details."""

    name: str
    sentence: Text
    more: Callable[[Mapping[str, Any]], AnyText] | None = None

    def record(
        self,
        ctx: Context,
        network: Network,
        *,
        by: Person | None = None,
        about: Person | None = None,
        **details: Any,
    ) -> None:
        """Write down that it was done now: by the one who acts, unless it was somebody else, or a timer.
        `details` are JSON values that hold no content."""
        who = by or (ctx.person if ctx.actor is not None else None)
        journal.record(ctx.db, network, self.name, by=who, about=about, now=ctx.now, **details)


ACTS: dict[str, Act] = {}
"""Every act, by its stored name."""


def act(name: str, sentence: Text, more: Callable[[Mapping[str, Any]], AnyText] | None = None) -> Act:
    """Declare an act beside the handler that does it. The sentence may hold {who}, {whom} and {day}.

    Raises ValueError for a name that is taken.
    """
    declared = Act(name, sentence, more)
    if ACTS.setdefault(name, declared) is not declared:
        raise ValueError(f"there is an act {name} already")
    return declared
