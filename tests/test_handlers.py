"""What the bot can do, as one table: who may do it, what it is called, and a conversation that shows it.

`pytest --rewrite` writes the table anew, to be read and then kept.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import handlers
import i18n
from adapters import script
from adapters.script import Says
from bot.access import Role
from bot.markup import plain
from bot.router import Handler, Router, command_word
from bot.text import Reader, Text, render
from tests.stage import transcripts

TABLE = Path(__file__).parent / "handlers.txt"
FOLDER = Path(handlers.__file__).parent
ROUTER = Router(handlers)
COMMANDS = {handler.command: handler for handler in ROUTER.handlers.values() if handler.command}

BY_THE_ENGINE = {"back", "cancel"}
"""Commands that belong to every question, so no handler may take their names."""

HANDLER_PLACES = {"Button": 1, "ctx.later": 1, "ctx.instead": 0, "ctx.call_off": 1}
"""Which argument of these is a handler, counted from 0; by name it is "handler"."""


def english(text: Text | None) -> str:
    return plain(render(text, Reader())) if text is not None else ""


def modules() -> list[ModuleType]:
    return [import_module(f"handlers.{path.stem}") for path in sorted(FOLDER.glob("[!_]*.py"))]


# --- the table -----------------------------------------------------------------------------------


def how_reached(handler: Handler) -> str:
    """By what somebody or something calls a handler."""
    if handler.event is not None:
        return f"on {handler.event.__name__}"
    if not handler.command:
        return "button or timer"
    return f"/{handler.command}" + (f", link {handler.payload}_…" if handler.payload else "")


def table() -> str:
    """All handlers, file by file."""
    rows = [
        (handler.name, how_reached(handler), handler.needs.name.lower(), english(handler.menu))
        for handler in sorted(ROUTER.handlers.values(), key=lambda handler: handler.name)
    ]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(3)]
    lines = ["".join(map(str.ljust, row, (*widths, 0))).rstrip() for row in rows]
    return (
        "# Each handler: how it is reached, who may call it, what menus call it.\n" + "\n".join(lines) + "\n"
    )


def test_the_handlers_are_those_in_the_table(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rewrite"):
        TABLE.write_text(table(), "utf-8")
    assert table() == TABLE.read_text("utf-8")


# --- commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_name_that_every_messenger_takes(name: str) -> None:
    assert re.fullmatch("[a-z0-9_]{1,32}", name)
    assert name not in BY_THE_ENGINE
    assert command_word(f"/{name}") == (name, "")


@pytest.mark.parametrize("locale", i18n.available())
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_menu_text_in_every_language(name: str, locale: str) -> None:
    menu = COMMANDS[name].menu
    assert menu is not None
    words = plain(render(menu, Reader(locale)))
    assert 1 <= len(words) <= 256, "what Telegram takes"
    assert words[0].isupper()
    assert not words.endswith("."), "a menu has no sentences"


def test_no_two_commands_do_the_same() -> None:
    menus = [english(handler.menu) for handler in COMMANDS.values()]
    assert sorted(menus) == sorted(set(menus))


def test_there_are_commands_for_each_role() -> None:
    """A member who became a meta-mentor finds more in their help."""
    assert {handler.needs for handler in COMMANDS.values()} == set(Role)


def commands_typed() -> set[str]:
    """The commands that people use in transcripts, with a prefix or as a bare word."""
    typed = set()
    for path in transcripts():
        for line in script.read(path.read_text("utf-8").splitlines()):
            if isinstance(line.step, Says) and line.step.words:
                command = command_word(line.step.words)
                typed.add(command[0] if command else line.step.words.lower().partition(" ")[0])
    return typed


def test_every_command_is_used_in_a_transcript() -> None:
    assert (COMMANDS.keys() | BY_THE_ENGINE) - commands_typed() == set()


# --- what buttons and timers call ----------------------------------------------------------------


def handed_on(module: ModuleType) -> Iterator[tuple[int, object]]:
    """What a file gives to buttons, timers and `instead` to be called: the line, and the thing. What comes
    in a variable is not seen here; transcripts press it."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.Call):
            continue
        place = HANDLER_PLACES.get(ast.unparse(node.func))
        if place is not None:
            given = node.args[place : place + 1] + [k.value for k in node.keywords if k.arg == "handler"]
            for what in given:
                path = ast.unparse(what).split(".")
                if path[0] in vars(module):
                    thing: object = module
                    for name in path:
                        thing = getattr(thing, name)
                    yield node.lineno, thing


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_what_buttons_and_timers_call_is_a_handler(module: ModuleType) -> None:
    """Otherwise the button would be a dead one, and the timer would pass without a deed."""
    known = {handler.run for handler in ROUTER.handlers.values()}
    assert [(line, thing) for line, thing in handed_on(module) if thing not in known] == []


def test_buttons_and_timers_are_found_by_this_test() -> None:
    assert sum(len(list(handed_on(module))) for module in modules()) > 50


@pytest.mark.parametrize("handler", ROUTER.handlers.values(), ids=lambda handler: handler.name)
def test_a_handler_is_a_function_of_its_file(handler: Handler) -> None:
    """Its name is stored with buttons and timers, and has to lead back to it."""
    file, function = handler.name.split(".")
    assert getattr(import_module(f"handlers.{file}"), function) is handler.run
    assert next(iter(inspect.signature(handler.run).parameters)) == "ctx"
    assert inspect.getdoc(handler.run), "a sentence about what it does"
