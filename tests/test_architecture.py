"""Imports run one way, third parties stay in their rooms, and a turn waits for nobody.

Read from the code itself, so imports inside functions and those for types only count too.
"""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path, PurePath

import pytest

from bot.program.compose import MESSENGERS

ROOT = Path(__file__).parent.parent
ROOMS = {
    "adapters": {"bot"},
    "handlers": {"bot", "db", "i18n"},
    "bot": {"db", "i18n"},
    "db": set(),
    "i18n": set(),
}
"""Our folders, and what each may know besides itself."""

COMPOSITION_ROOT = {"bot/program/compose.py", "bot/program/demo.py"}
"""The files that know every folder."""
TOOLS = {"i18n/__main__.py"}
"""What developers run, and the program never loads."""

THIRD_PARTIES = {
    "PIL": ["bot/making/painting.py"],
    "Crypto": ["adapters/matrix/*"],
    "cryptography": ["db/models/sealed.py"],
    "aiohttp": ["adapters/*", "bot/support/port.py", "bot/program/watch/pages.py"],
    "alembic": ["db/shape.py", "db/migrations/*"],
    "apscheduler": ["bot/support/clock.py", "bot/times.py"],
    "babel": ["i18n/*", "bot/text.py", "bot/reading/*", "bot/making/tables.py", "handlers/*"],
    "markupsafe": ["bot/markup.py", "bot/text.py", "bot/delivery/render.py", "handlers/privacy/my_data.py"],
    "nio": ["adapters/matrix/*"],
    "phonenumbers": ["bot/reading/personal/phones.py"],
    "prometheus_client": ["bot/support/metrics.py"],
    "orjson": ["db/store.py", "db/models/sealed.py", "adapters/telegram/http.py"],
    "psycopg": ["db/store.py", "db/engine/leases.py", "db/engine/notifier.py"],
    "pydantic": ["bot/settings.py", "bot/program/config.py", "bot/program/schema.py", "adapters/*"],
    "regex": ["bot/markup.py", "bot/reading/names.py"],
    "fontpkg_noto_sans": ["bot/making/painting.py"],
    "fontpkg_noto_sans_arabic": ["bot/making/painting.py"],
    "segno": ["bot/making/painting.py"],
    "sqlalchemy": ["db/*"],
    "sqlalchemy.orm.Session": ["db/*", "bot/*", "handlers/*"],
    "sqlalchemy.orm.sessionmaker": ["db/*", "bot/support/worker.py", "bot/dialogue/engine.py"],
    "snowballstemmer": ["bot/reading/search/stems.py"],
    "stdnum": ["bot/reading/personal/accounts.py", "bot/reading/personal/numbers.py"],
    "telegram": ["adapters/telegram/*"],
}
"""Where each library, or one thing of it, may be imported: whoever wants to replace it looks there."""

SEAM = {
    "bot.adapter",
    "bot.message",
    "bot.messenger",
    "bot.settings",
    "bot.support.backoff",
    "bot.support.log",
    "bot.support.port",
    "bot.support.told",
}
"""All that a messenger needs to know of the engine."""
STAGES = {"terminal", "browser"}
"""Folders that play messengers and are none. The page of the second shows the stage of the first, in words of
its own."""


FLOORS = {
    "bot": [
        ["bot/[!_]*.py", "bot/support/*", "bot/making/*"],
        [
            "bot/reading/*",
            "bot/reading/personal/*",
            "bot/reading/directory/*",
            "bot/reading/search/*",
            "bot/reading/when/*",
            "bot/reading/where/*",
        ],
        ["bot/delivery/*", "bot/listing.py"],
        ["bot/dialogue/*", "bot/dialogue/meaning/*"],
        ["bot/__init__.py", "bot/facade.py", "bot/lists.py"],
        ["bot/program/*", "bot/program/*/*", "bot/__main__.py"],
    ],
    "db": [
        ["db/__init__.py", "db/models/*", "db/shards.py"],
        ["db/people.py", "db/bulk.py", "db/holds.py", "db/old.py", "db/files.py"],
        [
            "db/faults.py",
            "db/seal.py",
            "db/store.py",
            "db/shape.py",
            "db/single_program.py",
            "db/migrations/*",
            "db/migrations/versions/*",
        ],
        ["db/engine/*"],
        ["db/shown.py"],
        ["db/backup.py", "db/checkup.py"],
        ["db/network/*"],
        ["db/leading/*"],
        ["db/help/*"],
        ["db/sharing/*"],
        ["db/applying/*"],
        ["db/growing/*"],
        ["db/directory/*"],
        ["db/agreeing/*"],
        ["db/linking/*"],
        ["db/electing/*"],
        ["db/privacy/*"],
    ],
    "handlers": [
        ["handlers/__init__.py", "handlers/vocabulary.py"],
        ["handlers/protecting/*"],
        ["handlers/talking/*"],
        ["handlers/asking/*"],
        ["handlers/waiting/*"],
        ["handlers/checking_in/*"],
        ["handlers/settings/*"],
        ["handlers/front/*"],
        ["handlers/network/*"],
        ["handlers/agreeing/*"],
        ["handlers/sharing/*"],
        ["handlers/joining/*"],
        ["handlers/applying/*"],
        ["handlers/founding/*"],
        ["handlers/linking/*"],
        ["handlers/staying/*"],
        ["handlers/reporting/*"],
        ["handlers/privacy/*"],
        ["handlers/coordinating/*"],
        ["handlers/leading/*"],
        ["handlers/electing/*"],
        ["handlers/handing_over/*"],
        ["handlers/partnering/*"],
        ["handlers/directory/*"],
        ["handlers/exporting/*"],
        ["handlers/growing/*"],
        ["handlers/operating/*"],
    ],
}
"""The floors of a folder, lowest first: a file imports from its own and from lower ones. A new area of
handlers is put in by hand. What is named twice stands on the higher floor."""

FOR_HANDLERS = [
    "bot/*.py",
    "bot/making/*",
    "bot/reading/*",
    "bot/reading/personal/*",
    "bot/reading/directory/*",
    "bot/reading/search/*",
    "bot/reading/when/*",
    "bot/reading/where/*",
    "bot/support/log.py",
]
"""What handlers may know of the engine: its top, what it makes, what people type, and the log."""


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


def test_imports_run_one_way() -> None:
    against = {
        (file, name)
        for file in files()
        for name in ours(file)
        if name.partition(".")[0] not in rooms_of(file)
    }
    assert against == set()


def rooms_of(file: str) -> set[str]:
    """The folders from which a file may import."""
    here = file.partition("/")[0]
    return set(ROOMS) if file in COMPOSITION_ROOT | TOOLS else {here, *ROOMS[here]}


def test_only_the_composition_root_knows_every_folder() -> None:
    known = {name.partition(".")[0] for file in COMPOSITION_ROOT for name in ours(file)}
    assert known == set(ROOMS) - {"i18n"}


def test_a_messenger_knows_the_seam_and_nothing_else_of_the_engine() -> None:
    for file in files():
        if file.startswith("adapters/"):
            words = {"bot.markup", "bot.text"} if file == "adapters/browser/words.py" else set()
            assert {name for name in ours(file) if name.partition(".")[0] == "bot"} <= SEAM | words, file


def test_the_words_of_the_seam_know_no_messenger_no_database_and_no_language() -> None:
    assert ours("bot/message.py") == set()
    assert ours("bot/adapter.py") == {"bot.message"}


def test_messengers_do_not_know_each_other() -> None:
    for file in files():
        if file.startswith("adapters/") and file != "adapters/__init__.py":
            mine = _messenger(file)
            others = {_messenger(modules()[name]) for name in ours(file) if name.startswith("adapters.")}
            assert others <= (STAGES if mine == "browser" else {mine}), file


def _messenger(file: str) -> str:
    return file.split("/")[1]


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_has_no_circles(room: str) -> None:
    """In each folder there is a file to begin to read with."""
    inside = {name: file for name, file in modules().items() if name.startswith(f"{room}.")}
    graph = {name: ours(file) & inside.keys() for name, file in inside.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_a_file_stands_on_its_own_floor_and_lower_ones() -> None:
    above = {
        (file, name)
        for file in files()
        if (here := file.partition("/")[0]) in FLOORS
        for name in ours(file)
        if name.partition(".")[0] == here and floor(modules()[name]) > floor(file)
    }
    assert above == set()


def floor(file: str) -> int:
    """Return the number of a file's floor; one that is on none is a mistake in the table."""
    floors = FLOORS[file.partition("/")[0]]
    found = [number for number, patterns in enumerate(floors) if any(map(PurePath(file).match, patterns))]
    assert found, f"{file} stands on no floor"
    return found[-1]


def test_handlers_know_the_top_of_the_engine() -> None:
    """Its rooms are nobody else's business."""
    known = {name for file in files() if file.startswith("handlers/") for name in ours(file)}
    of_the_engine = {modules()[name] for name in known if name.partition(".")[0] == "bot"}
    assert {file for file in of_the_engine if not any(map(PurePath(file).match, FOR_HANDLERS))} == set()


def test_the_engine_never_asks_which_messenger_it_is() -> None:
    """It asks what a chat can show; a third messenger changes no line of it. Docstrings and remarks may say
    where a number comes from."""
    names = re.compile(rf"\b({'|'.join(each.name for each in MESSENGERS)})\b", re.IGNORECASE)
    naming = {
        f"{file}:{line}"
        for file in files()
        if file.startswith(("bot/", "handlers/", "db/"))
        for line, text in _strings(tree(file))
        if names.search(text)
    }
    assert naming == set()


def _strings(parsed: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the strings of a file with their lines, but for docstrings: people do not read those."""
    alone = {id(node.value) for node in ast.walk(parsed) if isinstance(node, ast.Expr)}
    for node in ast.walk(parsed):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


def test_each_messenger_is_found_by_the_name_of_its_folder() -> None:
    folders = {_messenger(file) for file in files() if file.startswith("adapters/") and file.count("/") > 1}
    assert folders - {each.name for each in MESSENGERS} == STAGES


# --- third parties -------------------------------------------------------------------------------


def test_third_parties_stay_in_their_rooms() -> None:
    outside = {
        (file, name)
        for file in files()
        for name in third_parties(file)
        if not any(fnmatch(file, room) for room in room_of(name))
    }
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


def test_rows_are_made_in_db() -> None:
    """One that is not stored is shown to nobody: it does not know yet what it will be stored as."""
    making = [f"{file}:{line}" for file in files() if not file.startswith("db/") for line in _made_in(file)]
    assert making == []


def _made_in(file: str) -> Iterator[int]:
    """Yield the lines in which a file makes a row."""
    rows = {name.removeprefix("db.models.") for name in imports(file) if name.startswith("db.models.")}
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("models.") in rows:
            yield node.lineno


def test_rows_are_changed_in_db() -> None:
    """How a request, a membership or a person may change stands in one place, as verbs. So a handler assigns
    to no attribute, but for an object of its own that makes itself."""
    changing = [
        f"{file}:{node.lineno}"
        for file in files()
        if file.startswith("handlers/")
        for node in ast.walk(tree(file))
        if (
            isinstance(node, ast.Attribute)
            and not isinstance(node.ctx, ast.Load)
            and ast.unparse(node.value) != "self"
        )
        or (isinstance(node, ast.Call) and ast.unparse(node.func) in {"setattr", "delattr"})
    ]
    assert changing == []


# --- a turn waits for nobody ---------------------------------------------------------------------


def test_handlers_and_the_database_are_plain_functions() -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    found = [
        f"{file}:{node.lineno}"
        for file in files()
        if file.startswith(("handlers/", "db/"))
        for node in ast.walk(tree(file))
        if isinstance(node, waiting)
    ]
    assert found == []


def test_a_handler_asks_its_context_for_the_time_and_for_chance() -> None:
    """So that a transcript goes the same way each time, also when the clock is wound."""
    handlers = [file for file in files() if file.startswith("handlers/")]
    own = {
        (file, name)
        for file in handlers
        for name in imports(file)
        if name.partition(".")[0] in {"time", "random", "secrets"}
    }
    now = [
        f"{file}:{node.lineno}"
        for file in handlers
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if not (isinstance(node.value, ast.Name) and node.value.id == "ctx")
    ]
    assert (own, now) == (set(), [])


# --- rooms that people can look over -------------------------------------------------------------


def test_a_folder_has_fifteen_files_at_most() -> None:
    inside = Counter(file.rpartition("/")[0] for file in files())
    assert {folder for folder, many in inside.items() if many > 15} - {"db/migrations/versions"} == set()


def test_a_file_has_four_hundred_lines_at_most_and_one_in_fifty_three_hundred() -> None:
    lines = {
        file: len((ROOT / file).read_text("utf-8").splitlines())
        for file in files()
        if "/versions/" not in file
    }
    assert {file for file, many in lines.items() if many > 400} == set()
    assert len({file for file, many in lines.items() if many > 300}) <= len(lines) / 50
