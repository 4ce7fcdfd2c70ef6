"""Imports run one way, third parties stay in their rooms, and a turn waits for nobody.

Read from the code itself, so imports inside functions and those for types only count too.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "adapters": {"bot"},
    "handlers": {"bot", "db", "i18n"},
    "bot": {"db", "i18n"},
    "db": set(),
    "i18n": set(),
}
"""Our folders, and what each may know besides itself."""

COMPOSITION_ROOT = "bot/app.py"
"""The one file that knows every folder."""

THIRD_PARTIES = {
    "Crypto": ["adapters/matrix*"],
    "aiohttp": ["adapters/*", "bot/port.py", "bot/watch.py"],
    "alembic": ["db/store.py", "db/migrations/*"],
    "apscheduler": ["bot/clock.py"],
    "babel": ["i18n/*", "bot/text.py", "handlers/*"],
    "markupsafe": ["bot/markup.py", "bot/text.py", "bot/render.py"],
    "nio": ["adapters/matrix*"],
    "prometheus_client": ["bot/metrics.py"],
    "orjson": ["db/store.py", "adapters/telegram_http.py"],
    "psycopg": ["db/store.py", "db/duties.py", "db/bell.py"],
    "pydantic": ["bot/config.py"],
    "segno": ["bot/links.py"],
    "sqlalchemy": ["db/*"],
    "sqlalchemy.orm.Session": ["db/*", "bot/*", "handlers/*"],
    "sqlalchemy.orm.sessionmaker": ["db/*", "bot/engine.py"],
    "telegram": ["adapters/telegram*"],
}
"""Where each library, or one thing of it, may be imported: whoever wants to replace it looks there."""

SEAM = {"bot.adapter", "bot.log", "bot.message", "bot.port", "bot.trouble"}
"""All that a messenger needs to know of the engine."""


def files() -> list[str]:
    """Every file of the program, by its path from the root."""
    return sorted(path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py"))


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text("utf-8"), file)


@cache
def modules() -> dict[str, str]:
    """Every module of the program, and its file."""
    return {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in files()}


@cache
def imports(file: str) -> frozenset[str]:
    """What a file imports: modules, and things in modules, by their dotted names."""
    return frozenset(_imported(tree(file)))


def _imported(parsed: ast.Module) -> Iterator[str]:
    for node in ast.walk(parsed):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{name.name}" for name in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module


def ours(file: str) -> set[str]:
    """The modules of ours that a file imports."""
    return {
        name if name in modules() else name.rpartition(".")[0]
        for name in imports(file)
        if name.partition(".")[0] in ROOMS
    }


def third_parties(file: str) -> set[str]:
    """What a file imports that is neither ours nor Python's, by dotted names."""
    known = {*ROOMS, *sys.stdlib_module_names}
    return {name for name in imports(file) if name.partition(".")[0] not in known}


def room_of(name: str) -> list[str]:
    """The files in which a library may be imported, by the longest name of it that has a room."""
    while name not in THIRD_PARTIES and "." in name:
        name = name.rpartition(".")[0]
    return THIRD_PARTIES.get(name, [])


# --- our own folders -----------------------------------------------------------------------------


@pytest.mark.parametrize("file", files())
def test_imports_run_one_way(file: str) -> None:
    here = file.partition("/")[0]
    allowed = set(ROOMS) if file == COMPOSITION_ROOT else {here, *ROOMS[here]}
    against = {name for name in ours(file) if name.partition(".")[0] not in allowed}
    assert against == set()


def test_only_the_composition_root_knows_every_folder() -> None:
    assert {name.partition(".")[0] for name in ours(COMPOSITION_ROOT)} == set(ROOMS) - {"i18n"}


def test_a_messenger_knows_the_seam_and_nothing_else_of_the_engine() -> None:
    known = {name for file in files() if file.startswith("adapters/") for name in ours(file)}
    assert {name for name in known if name.partition(".")[0] == "bot"} <= SEAM


def test_the_words_of_the_seam_know_no_messenger_no_database_and_no_language() -> None:
    assert ours("bot/message.py") == set()
    assert ours("bot/adapter.py") == {"bot.message"}


def test_messengers_do_not_know_each_other() -> None:
    """A folder or several files may make one messenger: their names begin alike."""
    for file in files():
        if file.startswith("adapters/") and file != "adapters/__init__.py":
            mine = _messenger(file)
            others = {_messenger(modules()[name]) for name in ours(file) if name.startswith("adapters.")}
            assert others <= {mine}, file


def _messenger(file: str) -> str:
    name = re.split("[/_.]", file.removeprefix("adapters/"))[0]
    return "console" if name == "script" else name  # the grammar of the terminal


@pytest.mark.parametrize("room", ["adapters", "bot", "db", "i18n"])
def test_a_folder_has_no_circles(room: str) -> None:
    """In each folder there is a file to begin to read with. Handlers lead to each other, as people do."""
    inside = {name: file for name, file in modules().items() if name.startswith(f"{room}.")}
    graph = {name: ours(file) & inside.keys() for name, file in inside.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_the_engine_never_asks_which_messenger_it_is() -> None:
    """It asks what a chat can show; a third messenger changes no line of it."""
    naming = {
        file
        for file in files()
        if file.startswith(("bot/", "handlers/", "db/"))
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and node.value in {"telegram", "matrix", "Telegram", "Matrix"}
    }
    assert naming == {COMPOSITION_ROOT}


# --- third parties -------------------------------------------------------------------------------


@pytest.mark.parametrize("file", files())
def test_third_parties_stay_in_their_rooms(file: str) -> None:
    outside = {name for name in third_parties(file) if not any(fnmatch(file, room) for room in room_of(name))}
    assert outside == set()


def test_what_the_program_needs_is_what_it_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[\[<>=!~; ]", need)[0].lower() for need in project["dependencies"]}
    imported = {name.partition(".")[0] for file in files() for name in third_parties(file)}
    distributions = packages_distributions()
    needed = {distributions.get(name, [name])[0].lower().replace("_", "-") for name in imported}
    assert needed == declared


def test_outside_db_a_session_is_only_handed_on() -> None:
    """Sessions are opened in one place, and belong to a turn."""
    opening = {
        file
        for file in files()
        if not file.startswith("db/")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Session", "sessionmaker", "create_engine"}
    }
    assert opening == set()


# --- a turn waits for nobody ---------------------------------------------------------------------


@pytest.mark.parametrize("file", [file for file in files() if file.startswith(("handlers/", "db/"))])
def test_handlers_and_the_database_are_plain_functions(file: str) -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert [node.lineno for node in ast.walk(tree(file)) if isinstance(node, waiting)] == []


@pytest.mark.parametrize("file", [file for file in files() if file.startswith("handlers/")])
def test_a_handler_asks_its_context_for_the_time_and_for_chance(file: str) -> None:
    """So that a transcript goes the same way each time, also when the clock is wound."""
    own = {"time", "random", "secrets"} & {name.partition(".")[0] for name in imports(file)}
    now = [
        node.lineno
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if not (isinstance(node.value, ast.Name) and node.value.id == "ctx")
    ]
    assert (own, now) == (set(), [])
