"""Which handler an event belongs to, and what each may be called by."""

import difflib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from bot.adapter import MenuEntry
from bot.delivery.offers import Button, Leads, is_of_question, offer
from bot.dialogue.access import Actor, may
from bot.handler import Handler, Role, Step, Stored, handlers_of
from bot.making.recipes import Recipe
from bot.markup import plain
from bot.message import Event, Opened, Words
from bot.text import Command, Reader, render


class Router:
    """All handlers of a package, by each of the ways that lead to them. Rows name a handler: those of letters
    one of `actions`, those of timers one of `timers`, those of parked dialogues one of `handlers`. So none
    leads to what was not meant for it, whatever stands in it.

    Raises LookupError for a step or a timer that no handler takes, or that two do.
    """

    def __init__(self, package: ModuleType) -> None:
        found: dict[str, Handler] = {}
        steps: set[type[Stored]] = set()
        self.recipes: dict[str, type[Recipe]] = {}
        own = f"{package.__name__}."
        for thing in _things(package):
            for handler in handlers_of(thing):
                if found.setdefault(handler.name, handler) is not handler:
                    raise LookupError(f"{handler.name} leads to two handlers")
            if not isinstance(thing, type) or not issubclass(thing, Stored):
                continue
            if issubclass(thing, Recipe):
                self.recipes[thing.name] = thing
            elif thing.__module__.startswith(own):
                steps.add(thing)
        lost = sorted(step.name for step in steps if step.name not in found)
        if lost:
            raise LookupError(f"no handler takes {', '.join(lost)}")
        self.timers = {name: handler for name, handler in found.items() if handler.timed}
        self.handlers = {name: handler for name, handler in found.items() if not handler.timed}
        self.actions = {name: handler for name, handler in self.handlers.items() if handler.event is None}
        every = self.handlers.values()
        self.commands = {handler.command: handler for handler in every if handler.command}
        self.anywhere = [each for each in self.commands.values() if each.anywhere is not None]
        self.payloads = {handler.payload: handler for handler in every if handler.payload}
        self._menus: dict[frozenset[Role], Sequence[Handler]] = {}  # worked out once: each turn looks
        self.usual = frozenset(
            handler.command
            for handler in self.commands.values()
            if handler.needs in (Role.ANYONE, Role.MEMBER)
        )
        self.events = {handler.event: handler for handler in every if handler.event}

    def read(self, stored: Mapping[str, Any]) -> tuple[Handler, Step | None] | None:
        """Return where a button or an answer leads; None where that is gone or never was, and for a choice of
        a question, which leads nowhere but to the question."""
        if is_of_question(stored):
            return None
        return self._revived(self.actions.get(stored["do"]), stored["args"])

    def button(self, stored: Mapping[str, Any]) -> Button | None:
        """Return the button that an offer was made from; None where what it leads to is gone."""
        called, made = self.read(stored), offer(stored)
        if called is None or not isinstance(made, Leads):
            return None
        handler, step = called
        return Button(
            made.label, step or Command(handler.command), dict(made.given), made.keep, means=made.means
        )

    def revive(self, parked: Any) -> tuple[Handler, Step | None] | None:
        """Return the handler of a parked dialogue and the step with which it began; None where it is gone."""
        return self._revived(self.handlers.get(parked.handler), parked.args)

    def due(self, timer: Any) -> tuple[Handler, Any] | None:
        """Return what takes a timer that has run out, and the timer; None where it is gone."""
        return self._revived(self.timers.get(timer.handler), timer.args)

    def _revived(self, handler: Handler | None, stored: Any) -> tuple[Handler, Any] | None:
        if handler is None:
            return None
        try:
            return handler, handler.read(stored)
        except ValueError:
            return None

    def menu(self, actor: Actor) -> Sequence[Handler]:
        """Return the commands that `actor` may call in their private chat, by name."""
        rights = frozenset(role for role in Role if may(role, actor))
        if rights not in self._menus:
            self._menus[rights] = self.offered(
                lambda handler: handler.needs in rights and (handler.shown_to or handler.needs) in rights
            )
        return self._menus[rights]

    def entries(self, commands: Iterable[str], reader: Reader) -> list[MenuEntry]:
        """Return the lines of a messenger's menu for these commands, in the reader's language, without those
        that are gone."""
        there = (self.commands[command] for command in commands if command in self.commands)
        return [
            MenuEntry(handler.command, plain(render(handler.menu, reader)))
            for handler in there
            if handler.menu is not None
        ]

    def opened(self, payload: str) -> tuple[Handler, str]:
        """Return the handler to which a link leads, and the words with which it is called: only where a link
        is meant to bring them, for nothing that somebody else has written answers a question."""
        word, _sep, rest = payload.partition("_")
        if word in self.payloads:
            return self.payloads[word], rest
        found = self.commands.get(word)
        return (found if found is not None and found.menu is not None else self.commands["start"]), ""

    def written(self, words: str) -> tuple[str, str] | None:
        """Return the command that words call without its mark, whatever is open, and the words behind it;
        None for none."""
        for handler in self.anywhere:
            if handler.anywhere is not None and (rest := handler.anywhere(words)):
                return handler.command, rest
        return None

    def called(self, event: Event | None) -> Handler | None:
        """Return the command that words or a link call; None where they call none."""
        match event:
            case Words(text):
                typed = command_word(text)
                return self.commands.get(typed[0]) if typed else None
            case Opened(payload):
                return self.opened(payload)[0]
        return None

    def shown(self, handler: Handler | None) -> str:
        """Return what logs and figures call a handler; "engine" where none was called."""
        if handler is None:
            return "engine"
        return self.events[Words].name if handler.discreet else handler.name

    def offered(self, fits: Callable[[Handler], bool]) -> list[Handler]:
        """Return the commands that fit, by name."""
        return sorted((h for h in self.commands.values() if fits(h)), key=lambda handler: handler.command)

    def nearest(self, word: str, among: Iterable[Handler]) -> Handler | None:
        """Return the command that was probably meant by a mistyped one; None for none."""
        names = {handler.command: handler for handler in among}
        close = difflib.get_close_matches(word, names, n=1)
        return names[close[0]] if close else None


def _things(package: ModuleType) -> Iterator[object]:
    """Return all that stands in the modules of a package."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield from vars(import_module(module.name)).values()


def command_word(text: str, prefixes: str = "/!") -> tuple[str, str] | None:
    """Return the command and the rest of words such as "/ask papers"; None for words that are no command."""
    if len(text) < 2 or text[0] not in prefixes or not text[1].isalpha():
        return None
    word, *rest = text[1:].split(maxsplit=1)
    return word.partition("@")[0].lower(), rest[0].strip() if rest else ""
