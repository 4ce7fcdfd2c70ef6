"""What a message can mean: the turn carries it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.delivery import offers
from bot.delivery.offers import Leads
from bot.dialogue.questions import Given
from bot.handler import Handler
from bot.text import AnyText
from bot.user_message import UserMessage

NOTHING = UserMessage()


@dataclass(frozen=True, slots=True)
class Button:
    """What was pressed to call a handler: an offer, of which delivery."""

    offer: Leads
    delivery_id: int


@dataclass(frozen=True, slots=True)
class Call:
    """A handler is called from its top, with the step or event that it takes.

    rest:     what stood after the command
    said:     the message that called it
    given:    answers to its first questions
    messages: those with which it begins, as `Dialogue.messages` keeps them; None: what was said
    linked:   whether a link called it, which only opens
    button:   what was pressed
    """

    handler: Handler
    what: Any = None
    rest: str = ""
    said: UserMessage = NOTHING
    given: Mapping[str, Any] | None = None
    messages: Mapping[str, Any] | None = None
    linked: bool = False
    button: Button | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A parked handler is called again with one more answer; None: with fewer.

    said:      the message that brought it
    chosen:    the label that was pressed
    answers:   those that it has already, where not all of them stay
    messages:  those that brought answers, where there are others now
    talking:   whether what does not fit the question is for the one they are talking with
    """

    parked: Any
    given: Given | None
    said: UserMessage = NOTHING
    chosen: AnyText | None = None
    answers: Mapping[str, Any] | None = None
    messages: Mapping[str, Any] | None = None
    talking: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """A question is stopped; None: the open one."""

    parked: Any = None


@dataclass(frozen=True, slots=True)
class Back:
    """The last answer is taken back."""


@dataclass(frozen=True, slots=True)
class Complete:
    """One more part of an album belongs to what a conversation has: these columns of it change."""

    parked: Any
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Say:
    """The engine says this, and does nothing; `outcome` is what the log calls it, "" where the log is
    silent."""

    text: AnyText
    outcome: str = ""
    handler: Handler | None = None
    buttons: Sequence[offers.Button] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A press is answered by a small note, where the messenger has one, and by nothing else."""

    text: AnyText
    outcome: str


@dataclass(frozen=True, slots=True)
class ShowWay:
    """Somebody in a room wants to take part whom the bot cannot write to: they are shown how to change it."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing happens; `outcome` is what the log calls it, "" where the log is silent as well."""

    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Instead:
    """An open question of the engine's own is over, and this is meant."""

    parked: Any
    meaning: "Meaning"


@dataclass(frozen=True, slots=True)
class Privately:
    """What somebody does in a room is answered in their private chat."""

    meaning: "Meaning"


Meaning = Call | Answer | Cancel | Back | Complete | Say | Note | ShowWay | Ignore | Instead | Privately
