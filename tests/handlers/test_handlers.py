"""What the bot can do, as one table: who may do it, what it is called, and a conversation that shows it; then
the lists to which areas add, in their order.

`pytest --rewrite` writes the table anew, to be read and then kept.
"""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import handlers
import i18n
from adapters.terminal import script
from adapters.terminal.script import Says
from bot import lists
from bot.dialogue.router import Router, command_word
from bot.handler import Handler, Role, Stored
from bot.markup import plain
from bot.text import Reader, Text, render
from tests.support.stage import transcripts

TABLE = Path(__file__).parent / "handlers.txt"
REWRITE = (
    "If that is meant, write it anew and read what changed: "
    ".venv/bin/python -m pytest tests/handlers/test_handlers.py --rewrite"
)
FOLDER = Path(handlers.__file__).parent
ROOT = FOLDER.parent
ROUTER = Router(handlers)
EVERY = {**ROUTER.handlers, **ROUTER.timers}
COMMANDS = {handler.command: handler for handler in ROUTER.handlers.values() if handler.command}

OTHER_WORDS = {"consent", "forget", "library", "mydata", "settings", "office", "rules"}
"""Commands that are other words for another one or a part of it, and so stand in no menu."""
BY_THE_ENGINE = {"back", "cancel"}
"""Commands that belong to every question, so no handler may take their names."""


def english(text: Text | None) -> str:
    return plain(render(text, Reader())) if text is not None else ""


def modules() -> list[ModuleType]:
    names = sorted(path.relative_to(FOLDER).with_suffix("").parts for path in FOLDER.rglob("[!_]*.py"))
    return [import_module(".".join(["handlers", *parts])) for parts in names]


# --- the table -----------------------------------------------------------------------------------


def how_reached(handler: Handler) -> str:
    """By what somebody or something calls a handler."""
    if handler.event is not None:
        return f"on {handler.event.__name__}"
    if handler.timed:
        return "timer"
    if not handler.command:
        return "button"
    return f"/{handler.command}" + (f", link {handler.payload}_…" if handler.payload else "")


def needs(handler: Handler) -> str:
    """Who may call it; nobody does what only timers reach."""
    return "nobody" if handler.timed else handler.needs.name.lower()


def table() -> str:
    """Return all handlers by name, then what is added to each list, then the acts of the journal."""
    called = [
        (handler.name, how_reached(handler), needs(handler), english(handler.menu))
        for handler in sorted(EVERY.values(), key=lambda handler: handler.name)
    ]
    added = [
        (name, str(place), function.__name__, function.__module__.removeprefix("handlers."))
        for name, listing in vars(lists).items()
        if isinstance(listing, lists.Listing)
        for place, function in listing.items()
    ]
    acts = [(name, english(act.sentence)) for name, act in sorted(lists.ACTS.items())]
    return "\n".join(
        [
            *columns("Each handler: how it is reached, who may call it, what menus call it.", called),
            *columns("Each list, in its order: the place, what is added, and where.", added),
            *columns("Each act that journals keep, and its sentence.", acts),
        ]
    )


def columns(title: str, rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) + 2 for column in zip(*rows, strict=True)]
    return [f"# {title}", *("".join(map(str.ljust, row, widths)).rstrip() for row in rows), ""]


def test_the_handlers_are_those_in_the_table(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rewrite"):
        TABLE.write_text(table(), "utf-8")
    assert table() == TABLE.read_text("utf-8"), REWRITE


# --- lists and acts ------------------------------------------------------------------------------


def test_a_place_in_a_list_is_taken_once() -> None:
    some: lists.Listing[Callable[[], None]] = lists.Listing()
    lists.adds(some, place=1)(lambda: None)
    with pytest.raises(ValueError, match="taken"):
        lists.adds(some, place=1)(lambda: None)


def test_what_is_added_says_what_it_is() -> None:
    every = [listing for listing in vars(lists).values() if isinstance(listing, lists.Listing)]
    assert len(every) > 3
    assert [function for listing in every for function in listing if not inspect.getdoc(function)] == []


def test_the_sentence_of_an_act_holds_who_and_whom_and_when() -> None:
    held = {name: set(re.findall(r"{(\w+)}", act.sentence.msgid)) for name, act in lists.ACTS.items()}
    assert len(held) > 20
    assert {name: names for name, names in held.items() if not names <= {"who", "whom", "day"}} == {}


def test_no_two_acts_have_one_name() -> None:
    taken = next(iter(lists.ACTS.values()))
    with pytest.raises(ValueError, match=taken.name):
        lists.act(taken.name, taken.sentence)


def test_every_act_that_is_recorded_has_a_sentence() -> None:
    """Handlers record what they have declared; what `db` does on its own is declared all the same."""
    recorded = {
        (room, ast.unparse(name))
        for room in ("handlers", "db", "bot")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "journal.record"
        for name in node.args[2:3]
    }
    by_db = {ast.literal_eval(name) for room, name in recorded if room == "db"}
    assert {each for each in recorded if each[0] != "db"} == {("bot", "self.name")}
    assert by_db <= lists.ACTS.keys()


# --- commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_name_that_every_messenger_takes(name: str) -> None:
    assert re.fullmatch("[a-z0-9_]{1,32}", name)
    assert name not in BY_THE_ENGINE
    assert command_word(f"/{name}") == (name, "")


@pytest.mark.parametrize("locale", i18n.available())
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in OTHER_WORDS])
def test_a_command_has_a_menu_text_in_every_language(name: str, locale: str) -> None:
    menu = COMMANDS[name].menu
    assert menu is not None
    words = plain(render(menu, Reader(locale)))
    assert 1 <= len(words) <= 256, "what Telegram takes"
    assert words[0].isupper()
    assert not words.endswith("."), "a menu has no sentences"


def test_only_other_words_for_a_command_stand_in_no_menu() -> None:
    assert {name for name, handler in COMMANDS.items() if handler.menu is None} == OTHER_WORDS


def test_no_two_commands_do_the_same() -> None:
    menus = [english(handler.menu) for handler in COMMANDS.values() if handler.menu is not None]
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


# --- steps ---------------------------------------------------------------------------------------

STEPS = Path(__file__).parent / "steps.txt"
"""Every step that ever was, with its fields: one a line, as rows of installations keep it."""


def stored() -> list[str]:
    """All steps and timers there are, as rows keep them."""
    steps = [handler.takes for handler in EVERY.values() if _is_stored(handler.takes)]
    return sorted(" ".join([step.name, *sorted(each.name for each in fields(step))]) for step in steps)


def _is_stored(taken: object) -> bool:
    return isinstance(taken, type) and issubclass(taken, Stored)


def test_what_rows_keep_leads_somewhere_for_ever(request: pytest.FixtureRequest) -> None:
    """A line is only ever added: buttons that are out keep their step, also where it has more fields by now.
    `--rewrite` adds what is new."""
    kept = STEPS.read_text("utf-8").splitlines() if STEPS.exists() else []
    if request.config.getoption("--rewrite"):
        kept = sorted({*kept, *stored()})
        STEPS.write_text("\n".join(kept) + "\n", "utf-8")
    assert {*stored()} <= {*kept}, REWRITE
    assert [line for line in kept if not is_read(line)] == []


def is_read(line: str) -> bool:
    """Whether a row that keeps these fields of a step, in the way of some version, still leads somewhere."""
    name, *kept = line.split()
    takes = EVERY[name].takes if name in EVERY else None
    if not _is_stored(takes):
        return False
    known = {each.name: each.default is MISSING for each in fields(takes)}  # type: ignore[arg-type]  # a step
    return {each for each, is_needed in known.items() if is_needed} <= {*kept} <= {*known}


@pytest.mark.parametrize("handler", EVERY.values(), ids=lambda handler: handler.name)
def test_a_handler_takes_what_leads_to_it(handler: Handler) -> None:
    parameters = list(inspect.signature(handler.run).parameters)
    assert parameters[0] == "ctx"
    assert len(parameters) == (1 if handler.takes is None else 2)
    assert inspect.getdoc(handler.run), "a sentence about what it does"


KEPT = [handler.takes for handler in EVERY.values() if _is_stored(handler.takes)]
EXAMPLES = {"str": "x", "list[str]": ["a"], "dict[str, int]": {"a": 1}}


@pytest.mark.parametrize("step", KEPT, ids=lambda step: step.name)
def test_a_step_is_what_it_was_after_it_was_stored(step: type[Stored]) -> None:
    """Its fields are JSON, and other fields make no step."""
    kinds = {name: getattr(kind, "__name__", str(kind)) for name, kind in step.__annotations__.items()}
    given = {name: EXAMPLES.get(kind, 7) for name, kind in kinds.items()}
    made = step(**given)
    assert step.from_json(json.loads(json.dumps(made.to_json()))) == made
    with pytest.raises(ValueError, match=step.name):
        step.from_json({**made.to_json(), "more": 1})


def commands_named() -> Iterator[tuple[str, str]]:
    """The commands that files name, in texts and as where a button leads: the file and the command."""
    for module in modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Call(func=ast.Name("Command"), args=[ast.Constant(str(name))]):
                    yield module.__name__, name


def test_a_command_that_is_named_is_there() -> None:
    named = list(commands_named())
    assert len(named) > 50
    assert [each for each in named if each[1] not in COMMANDS.keys() | BY_THE_ENGINE] == []
