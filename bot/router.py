"""The handlers: how a function becomes one, and which one an event belongs to."""

import difflib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from bot.access import Actor, Role, may
from bot.adapter import MenuEntry
from bot.markup import plain
from bot.message import Event, Opened, Words
from bot.text import Reader, Text, render

Function = TypeVar("Function", bound=Callable[..., None])


class Place(Enum):
    """Where a command does its work: called in a room, a private one answers with the way to the private
    chat. One for rooms is told whether the caller leads the room."""

    PRIVATE = auto()
    ANYWHERE = auto()
    ROOM = auto()


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that people can reach, and who may.

    `name` is "file.function" and is stored in rows: renaming a function breaks the buttons that are out.
    `menu` is what help and menus call it; `command` what is typed, `payload` the word before "_" in a link.
    `together`: timers that run out at once call it once, with the list of their first arguments.
    """

    name: str
    run: Callable[..., None]
    needs: Role
    command: str = ""
    menu: Text | None = None
    payload: str = ""
    event: type[Event] | None = None
    place: Place = Place.PRIVATE
    together: bool = False


def command(
    name: str, *, needs: Role, menu: Text, payload: str = "", place: Place = Place.PRIVATE
) -> Callable[[Function], Function]:
    """Reached by typing `name`, from `/help`, from the menu, and by links that begin with this word or with
    `payload`; what follows in the link is then the first answer."""
    return _mark(lambda key, run: Handler(key, run, needs, name, menu, payload, place=place))


def action(
    *, needs: Role = Role.ANYONE, menu: Text | None = None, together: bool = False
) -> Callable[[Function], Function]:
    """Reached by a `Button` or a timer. `menu` names it where it asks questions: what /cancel stops.
    `together`: it is only reached by timers, and by many at once."""
    return _mark(lambda key, run: Handler(key, run, needs, menu=menu, together=together))


def on(event: type[Event]) -> Callable[[Function], Function]:
    """Called with the event when nothing more special takes it."""
    return _mark(lambda key, run: Handler(key, run, Role.ANYONE, event=event))


def _mark(make: Callable[[str, Callable[..., None]], Handler]) -> Callable[[Function], Function]:
    def mark(function: Function) -> Function:
        key = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
        function.handler = make(key, function)  # type: ignore[attr-defined]  # read in `Router`
        return function

    return mark


def name_of(function: Callable[..., Any]) -> str:
    """The stored name of a handler: "ask_peers.ask". Raises TypeError for a function that is none, because
    a button or a timer that leads to it would lead nowhere."""
    handler = getattr(function, "handler", None)
    if not isinstance(handler, Handler):
        raise TypeError(f"{function.__qualname__} is not a handler: mark it with @action()")
    return handler.name


class Router:
    """All handlers of a package, by each of the ways that lead to them."""

    def __init__(self, package: ModuleType) -> None:
        self.handlers: dict[str, Handler] = {}
        for module in pkgutil.iter_modules(package.__path__):
            for thing in vars(import_module(f"{package.__name__}.{module.name}")).values():
                handler = getattr(thing, "handler", None)
                if isinstance(handler, Handler):
                    self.handlers[handler.name] = handler
        every = self.handlers.values()
        self.commands = {handler.command: handler for handler in every if handler.command}
        self.payloads = self.commands | {handler.payload: handler for handler in every if handler.payload}
        self._menus: dict[frozenset[Role], Sequence[Handler]] = {}  # worked out once: each turn looks
        self.usual = frozenset(
            handler.command
            for handler in self.commands.values()
            if handler.needs in (Role.ANYONE, Role.MEMBER)
        )
        self.events = {handler.event: handler for handler in every if handler.event}

    def menu(self, actor: Actor) -> Sequence[Handler]:
        """The commands that `actor` may call in their private chat, by name."""
        rights = frozenset(role for role in Role if may(role, actor))
        if rights not in self._menus:
            self._menus[rights] = self.offered(lambda handler: handler.needs in rights)
        return self._menus[rights]

    def entries(self, commands: Iterable[str], reader: Reader) -> list[MenuEntry]:
        """Lines of a messenger's menu for these commands, in the reader's language; those that are gone are
        left out."""
        there = (self.commands[command] for command in commands if command in self.commands)
        return [
            MenuEntry(handler.command, plain(render(handler.menu, reader)))
            for handler in there
            if handler.menu is not None
        ]

    def opened(self, payload: str) -> tuple[Handler, str]:
        """Which handler a link leads to, and the words with which it is called."""
        word, _sep, rest = payload.partition("_")
        return self.payloads.get(word) or self.commands["start"], rest

    def called(self, event: Event | None) -> Handler | None:
        """The command that words or a link call, if they do."""
        match event:
            case Words(text):
                typed = command_word(text)
                return self.commands.get(typed[0]) if typed else None
            case Opened(payload):
                return self.opened(payload)[0]
        return None

    def offered(self, fits: Callable[[Handler], bool]) -> list[Handler]:
        """The commands that fit, by name."""
        return sorted((h for h in self.commands.values() if fits(h)), key=lambda handler: handler.command)

    def nearest(self, word: str, among: Iterable[Handler]) -> Handler | None:
        """The command that was probably meant by a mistyped one."""
        names = {handler.command: handler for handler in among}
        close = difflib.get_close_matches(word, names, n=1)
        return names[close[0]] if close else None


def command_word(text: str, prefixes: str = "/!") -> tuple[str, str] | None:
    """`"/ask papers"` → `("ask", "papers")`; None for words that are no command."""
    if len(text) < 2 or text[0] not in prefixes or not text[1].isalpha():
        return None
    word, *rest = text[1:].split(maxsplit=1)
    return word.partition("@")[0].lower(), rest[0].strip() if rest else ""
