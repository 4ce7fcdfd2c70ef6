"""How the house stands, in one table: `python -m tests.house [FOLDER]`, this checkout where none is named.

Read from the code itself. The rules that follow from it are tests (`test_architecture.py`); this shows how
near the house is to them, also that of another checkout.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOMS = ("adapters", "bot", "db", "handlers", "i18n")
LONG = 300
"""Lines from which a file is long."""
HANDED_ON = {"Button": 1, "later": 1, "instead": 0, "redirect": 0}
"""What is given something to be called later, and which of its arguments that is, counted from 0."""


class House:
    """The program's files in a checkout, and what they import of each other."""

    def __init__(self, root: Path) -> None:
        self.root = root
        files = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
        self.files = {_module(path.relative_to(root)): path for path in files}
        self.trees = {name: ast.parse(path.read_text("utf-8")) for name, path in self.files.items()}
        self.imports = {name: set(self._imported(tree)) - {name} for name, tree in self.trees.items()}

    def _imported(self, tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for each in node.names:
                    whole = f"{node.module}.{each.name}"
                    yield from {whole if whole in self.files else node.module} & self.files.keys()

    def lines(self) -> Mapping[str, int]:
        """Return each file's length, in lines; migrations and tables made by others are not counted."""
        return {
            str(path.relative_to(self.root)): len(path.read_text("utf-8").splitlines())
            for path in self.files.values()
            if "migrations" not in path.parts
        }

    def circles(self) -> list[set[str]]:
        """Return the groups of files of which each leads to each other."""
        reach = {name: self._reached(name) for name in self.files}
        found: list[set[str]] = []
        for name in sorted(self.files):
            circle = {other for other in reach[name] if name in reach[other]}
            if len(circle) > 1 and circle not in found:
                found.append(circle)
        return found

    def _reached(self, name: str) -> set[str]:
        seen: set[str] = set()
        left = [name]
        while left:
            new = self.imports[left.pop()] - seen
            seen |= new
            left += new
        return seen

    def roots(self) -> list[str]:
        """Return the files that put the program together: they know both handlers and adapters."""
        return [
            name
            for name, known in self.imports.items()
            if {"handlers", "adapters"} <= {each.partition(".")[0] for each in known | self._packages(name)}
        ]

    def _packages(self, name: str) -> set[str]:
        """Return the folders that a file imports as a whole, to walk through them."""
        imports = [node for node in ast.walk(self.trees[name]) if isinstance(node, ast.Import)]
        return {each.name for node in imports for each in node.names}

    def messengers(self) -> set[str]:
        """Return the names of the messengers that people have: folders, or files, of adapters/."""
        names = {
            re.split("[/_.]", str(path.relative_to(self.root / "adapters")))[0] for path in self._adapters()
        }
        return {name for name in names if name} - {"console", "script", "terminal"}

    def _adapters(self) -> list[Path]:
        return [path for path in self.files.values() if path.parts[len(self.root.parts)] == "adapters"]

    def naming(self) -> list[str]:
        """Return the lines outside adapters/ whose code names a messenger: in a string, a name or an import.
        Docstrings are prose."""
        word = re.compile("|".join(sorted(self.messengers())), re.I)
        return [
            f"{name}:{line}"
            for name, tree in self.trees.items()
            if not name.startswith("adapters")
            for line in sorted({line for line, text in _code(tree) if word.search(text)})
        ]

    def central_lists(self) -> list[str]:
        """Return the lists that grow with each capability: at the top of a file of the engine or of handlers,
        a display that gathers from three files or more, or of names with three prefixes ("member.left")."""
        return [
            f"{name}.{ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)}"
            for name, tree in self.trees.items()
            if name.startswith(("handlers", "bot"))
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and _gathers(node.value)
            if not ast.unparse(node).startswith("__all__")
        ]

    def arguments(self) -> Counter[bool]:
        """Count buttons and timers by whether mypy knows the arguments with which they are called: those that
        hold a step or a command, and no function with whatever stands beside it."""
        functions = {
            node.name
            for name, tree in self.trees.items()
            if name.startswith("handlers")
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        return Counter(
            ast.unparse(node.args[place]).rpartition(".")[2] not in functions
            for name, tree in self.trees.items()
            if name.startswith("handlers")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for called in [ast.unparse(node.func).rpartition(".")[2]]
            for place in [HANDED_ON.get(called, 99)]
            if len(node.args) > place
        )


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _gathers(value: ast.expr | None) -> bool:
    if not isinstance(value, ast.Dict | ast.List | ast.Tuple | ast.Set):
        return False
    nodes = list(ast.walk(value))
    files = {ast.unparse(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    keys = value.keys if isinstance(value, ast.Dict) else value.elts
    names = {
        str(key.value).partition(".")[0] for key in keys if isinstance(key, ast.Constant) and _is_act(key)
    }
    return max(len(files), len(names)) >= 3


def _is_act(key: ast.Constant) -> bool:
    return isinstance(key.value, str) and re.fullmatch(r"\w+\.\w+", key.value) is not None


def _code(tree: ast.Module) -> Iterator[tuple[int, str]]:
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(str(text)) if id(node) not in prose:
                yield node.lineno, text
            case ast.Name(text) | ast.Attribute(attr=text) | ast.arg(text):
                yield node.lineno, text
            case ast.ImportFrom(module=str(module), names=names):
                yield node.lineno, " ".join([module, *(each.name for each in names)])


def table(house: House) -> list[tuple[str, str]]:
    """Return what is measured, and how much it is."""
    lines = house.lines()
    folders = Counter(str(path.parent.relative_to(house.root)) for path in house.files.values())
    folders = Counter({name: many for name, many in folders.items() if "migrations" not in name})
    circles = house.circles()
    longest = max(lines, key=lambda name: lines[name])
    roots = {name: len(house.imports[name]) for name in house.roots()}
    known = house.arguments()
    (fullest, most), *_more = folders.most_common(1)
    return [
        ("import circles (files in them)", f"{len(circles)} ({sum(map(len, circles))})"),
        ("most files in a folder", f"{most} in {fullest}/"),
        (f"files over {LONG} lines", str(sum(many > LONG for many in lines.values()))),
        ("longest file", f"{lines[longest]} lines, {longest}"),
        (
            "fan-out of the composition root",
            ", ".join(f"{many} of {name}" for name, many in sorted(roots.items())),
        ),
        ("central lists that a capability edits", str(len(house.central_lists()))),
        ("places outside adapters/ that name a messenger", str(len(house.naming()))),
        ("buttons and timers whose arguments mypy checks", f"{known[True]} of {known.total()}"),
    ]


def main(words: list[str]) -> None:
    """Print the table."""
    rows = table(House(Path(words[0] if words else Path(__file__).parents[1]).resolve()))
    width = max(len(what) for what, _many in rows) + 2
    for what, many in rows:
        print(f"{what:<{width}}{many}")


if __name__ == "__main__":
    main(sys.argv[1:])
