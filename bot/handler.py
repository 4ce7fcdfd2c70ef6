"""How a function becomes a handler: what leads to it, and who may.

What can be pressed or come due is a step, a small class in `steps.py` of its area. The handler takes it:

    class Take(Step, needs=Role.MEMBER):
        "Help with a request."
        request_id: int

    @on(Take)
    def take(ctx: Context, step: Take) -> None: ...

    Button(_("I can help"), Take(request.id))

Its name, "asking.Take", and its fields are stored with buttons and timers: files and functions may change
their names at any time, steps may not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import Enum, auto
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

from bot.message import Event, Words, WordsOfNeed
from bot.text import Command, Text
from bot.user_message import UserMessage


class Role(Enum):
    """What a handler needs from the one who calls it."""

    ANYONE = auto()
    MEMBER = auto()
    META_MENTOR = auto()  # a deputy holds the same rights
    OPERATOR = auto()


class Place(Enum):
    """Where a command does its work: called in a room, a private one answers with the way to the private
    chat. One for rooms is told whether the caller leads the room."""

    PRIVATE = auto()
    ANYWHERE = auto()
    ROOM = auto()


# --- steps ---------------------------------------------------------------------------------------


@dataclass_transform(field_specifiers=(field,))
class Stored:
    """What rows keep of something to be done: a name and fields, all of it JSON.

    `sealed`: what it says, asks and hears is a secret: not shown unasked in a copy of somebody's data.
    `discreet`: so it is, and that it was called says something about a person: logs and figures call it by
    the name of what hears ordinary words.
    """

    name: ClassVar[str]
    discreet: ClassVar[bool]
    sealed: ClassVar[bool]

    def __init_subclass__(cls, *, discreet: bool = False, sealed: bool = False) -> None:
        cls.name, cls.discreet = f"{cls.__module__.split('.')[-2]}.{cls.__name__}", discreet
        cls.sealed = discreet or sealed
        dataclass(frozen=True)(cls)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as they are stored."""
        return dict(vars(self))

    @classmethod
    def read(cls, leads: Mapping[str, Any] | None) -> Self | None:
        """Return the step to which a letter leads; None where it leads elsewhere, or nowhere."""
        return cls.from_json(leads["args"]) if leads is not None and leads["do"] == cls.name else None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` packed. Raises ValueError for anything else, such as a row that somebody has
        forged, or one from before a field was renamed."""
        known = {each.name: each for each in fields(cls)}  # type: ignore[arg-type]  # each is a dataclass
        needed = {name for name, each in known.items() if each.default is MISSING}
        if not needed <= stored.keys() <= known.keys():
            raise ValueError(f"{cls.name} has other fields")
        return cls(**stored)


class Step(Stored):
    """What can be pressed. `needs` is who may, `menu` names it where it asks questions: what /cancel stops;
    `event` is what the engine takes for it."""

    needs: ClassVar[Role]
    menu: ClassVar[Text | None]
    event: ClassVar[type[Event] | None]

    def __init_subclass__(
        cls,
        *,
        needs: Role = Role.ANYONE,
        menu: Text | None = None,
        discreet: bool = False,
        sealed: bool = False,
        event: type[Event] | None = None,
    ) -> None:
        super().__init_subclass__(discreet=discreet, sealed=sealed)
        cls.needs, cls.menu, cls.event = needs, menu, event


class Answerable(Step):
    """A step that words lead to as well, in answer to a letter: `said` are those words, and `replied` says
    that they answer the very message; where they were only typed below it, they may be for something else.
    With `only_replies` they have to answer it, and with `no_questions` questions lead elsewhere."""

    only_replies: ClassVar[bool]
    no_questions: ClassVar[bool]
    said: UserMessage = field(default=UserMessage(), kw_only=True)
    replied: bool = field(default=False, kw_only=True)

    def __init_subclass__(
        cls, *, only_replies: bool = False, no_questions: bool = False, **more: Any
    ) -> None:
        super().__init_subclass__(**more)
        cls.only_replies, cls.no_questions = only_replies, no_questions

    def to_json(self) -> dict[str, Any]:
        """Return the fields as they are stored."""
        return super().to_json() | {"said": self.said.to_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` packed; like that of all steps."""
        step = super().from_json(stored)
        return replace(step, said=UserMessage.from_json(stored["said"])) if "said" in stored else step

    def fits(self, words: str, locale: str) -> bool:
        """Whether words that are only typed below the letter may be an answer to it; else they lead
        elsewhere."""
        return not (self.no_questions and words.rstrip().endswith("?"))

    def answered(self, said: UserMessage, *, replied: bool = False) -> Self:
        """Return the same step with these words."""
        return replace(self, said=said, replied=replied)


class Unasked(Answerable, event=Words):
    """Words that answer nothing, or may not. `question` is the number of an open conversation whose question
    they may be for: somebody has spoken to their writer since it was asked. `discreet_at`: when their writer
    has read something discreet since anybody has (UTC, ISO 8601); "": they have not."""

    question: int | None = None
    discreet_at: str = ""


class Meant(Answerable):
    """Words that may choose an offer of a delivery's letter, or answer it (None), or `also` another one."""

    delivery_id: int
    slot: int | None
    also: int | None = None


class Stops(Answerable):
    """Words that may stop a question, the conversation of this number, or answer it where it is `free`."""

    question: int
    free: bool = True


class Wished(Answerable):
    """What somebody wants of the bot by a whole sentence (`talk.wish`): its name, and the rest of it."""

    wish: str
    rest: str = ""


class InNeed(Answerable, event=WordsOfNeed, discreet=True):
    """Words of need that nobody asked for."""


class Timer(Stored):
    """What comes due at a time. Nobody acts then."""


class Slice(Timer):
    """Some of what concerns very many: what takes 50 ms, with no statement for each row. The rest, behind the
    key `place`, is left to the next turn (`ctx.go_on`); whoever writes in between is answered."""

    place: Any = field(default=None, kw_only=True)


Target = Step | Command
"""Where a button leads: a step, or a command by its name, in whichever area it is."""


# --- handlers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that people, the clock or the engine can reach, and who may.

    `name` is the command, or the name of the step, and is stored in rows. `menu` is what help and menus call
    it; `command` what is typed; `payload` the word before "_" in links whose rest is the first answer. A link
    to any other command only opens it. `shown_to` is who finds it in help and menus, where not everybody does
    who may call it. `rest` names the questions that words behind the command may answer; None: any;
    `sub` the one whose choices are sub-commands. `takes` is the step, timer or event that it is given; those
    timers that run out at once call a `together` one once, with the list of them. `unfinished` is the timer
    that comes due a day after its first question, with the person (by id) who may not have gone on. `changed`
    is the step that takes words which have gone into what it did, where their writer changes them afterwards.
    `anywhere` returns the words behind the command in what calls it without its mark, whatever is open; ""
    for words that do not.
    """

    name: str
    run: Callable[..., None]
    needs: Role = Role.ANYONE
    command: str = ""
    menu: Text | None = None
    payload: str = ""
    place: Place = Place.PRIVATE
    shown_to: Role | None = None
    rest: Sequence[str] | None = None
    sub: str = ""
    takes: Any = None
    event: type[Event] | None = None
    together: bool = False
    discreet: bool = False
    sealed: bool = False
    unfinished: "type[Timer] | None" = None
    changed: type[Answerable] | None = None
    anywhere: Callable[[str], str] | None = None

    @property
    def timed(self) -> bool:
        """Whether only timers reach it."""
        return isinstance(self.takes, type) and issubclass(self.takes, Timer)

    def read(self, stored: Mapping[str, Any]) -> Any:
        """Return the step that rows keep; None for a command. Raises ValueError where it is another one."""
        return None if self.takes is None else self.takes.from_json(stored)

    def call(self, ctx: Any, what: Any = None) -> None:
        """Run the function, with the step or event that it takes."""
        self.run(ctx) if self.takes is None else self.run(ctx, what)


Taken = TypeVar("Taken")
Due = TypeVar("Due", bound=Timer)


def command(
    name: str,
    *,
    needs: Role,
    menu: Text | None,
    payload: str = "",
    place: Place = Place.PRIVATE,
    shown_to: Role | None = None,
    rest: Sequence[str] = (),
    sub: str = "",
    discreet: bool = False,
    sealed: bool = False,
    unfinished: type[Timer] | None = None,
    changed: type[Answerable] | None = None,
    anywhere: Callable[[str], str] | None = None,
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Make a function one that is reached by typing `name`, from `/help`, from the menu, and by links that
    are this word, or begin with `payload`; what follows in such a link is the first answer. One without a
    `menu` is another word for something, and stands in no menu and no help. `rest` names the
    questions that words typed behind the command may answer, in this order; `sub` names the one before them
    whose choices are sub-commands ("/network name"). Other words are not used, and that is said. `discreet`
    and `sealed` are what they are for steps. A day after its first question `unfinished` comes due, with the
    `person_id` of who was asked. Words that are changed after they have gone into what it did are given to
    the step `changed`. `anywhere` is what calls it without its mark, whatever is open: it returns the words
    behind the command, "" for none."""
    more: dict[str, Any] = {
        "discreet": discreet,
        "sealed": discreet or sealed,
        "unfinished": unfinished,
        "changed": changed,
        "anywhere": anywhere,
    }
    return _declare(
        lambda run: Handler(name, run, needs, name, menu, payload, place, shown_to, rest, sub, **more)
    )


def on(taken: type[Taken]) -> Callable[[Callable[[Any, Taken], None]], Callable[[Any, Taken], None]]:
    """Make a function the one that takes a step, a timer, or an event that nothing more special takes."""
    if not issubclass(taken, Step):
        if issubclass(taken, Timer):
            kept: dict[str, Any] = {"discreet": taken.discreet, "sealed": taken.sealed}
            return _declare(lambda run: Handler(taken.name, run, takes=taken, **kept))
        event: Any = taken  # what is no step and no timer is an event
        return _declare(lambda run: Handler(taken.__name__, run, takes=taken, event=event))
    facts: dict[str, Any] = {
        "menu": taken.menu,
        "event": taken.event,
        "discreet": taken.discreet,
        "sealed": taken.sealed,
    }
    return _declare(lambda run: Handler(taken.name, run, taken.needs, takes=taken, **facts))


def on_all(
    timer: type[Due],
) -> Callable[[Callable[[Any, Sequence[Due]], None]], Callable[[Any, Sequence[Due]], None]]:
    """Make a function the one that takes all timers of a kind that run out at once."""
    return _declare(lambda run: Handler(timer.name, run, takes=timer, together=True))


Function = TypeVar("Function", bound=Callable[..., None])


def _declare(make: Callable[[Callable[..., None]], Handler]) -> Callable[[Function], Function]:
    def declare(function: Function) -> Function:
        declared = getattr(function, "handlers", ())
        function.handlers = (*declared, make(function))  # type: ignore[attr-defined]  # read in `Router`
        return function

    return declare


def handlers_of(thing: object) -> tuple[Handler, ...]:
    """Return the handlers that a function was declared as; none for what is no handler."""
    found = getattr(thing, "handlers", ())
    return found if isinstance(found, tuple) and all(isinstance(each, Handler) for each in found) else ()


def leads_to(target: Target) -> dict[str, Any]:
    """Return where a button or an answer leads, as it is stored with a letter."""
    if isinstance(target, Step):
        return {"do": target.name, "args": target.to_json()}
    return {"do": target.name, "args": {}}
