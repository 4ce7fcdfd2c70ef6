"""`make capability NAME="goals" AREA=network`: write a small capability that works, ready to be changed: a
list to which the members of a network add.

It belongs to the tests because it is for developers, writes into every folder, and is no part of the program.
The files beside this one are a capability called "goals": another name takes the place of that word.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = Path(__file__).parent
OF_HELP = ("asking", "checking_in", "talking")
"""Areas whose nouns belong to `help` in db/; those of all others belong to `network`."""


class Refused(Exception):
    """Nothing can be written; `str()` says why."""


class Capability:
    """A capability that is to be written: its plural `name`, in an `area` of handlers/ below `root`.

    Raises Refused where there is no such area, or the name is none or taken.
    """

    def __init__(self, name: str, area: str, root: Path = ROOT) -> None:
        if not re.fullmatch("[a-z]{2,14}s", name):
            raise Refused('What is in the list? Say it in the plural, as in: make capability NAME="goals"')
        areas = sorted(path.parent.name for path in (root / "handlers").glob("*/__init__.py"))
        if area not in areas:
            raise Refused(
                f"In which area? As in: make capability NAME={name} AREA={areas[0]} ({', '.join(areas)})"
            )
        self.name = name
        self.one = f"{name[:-3]}y" if name.endswith("ies") else name[:-1]
        self.area = area
        self.floor = "help" if area in OF_HELP else "network"
        self.models = root / "db" / "models"
        self.verbs = root / "db" / self.floor / f"{name}.py"
        self.handler = root / "handlers" / area / f"{name}.py"
        self.steps = self.handler.with_name("steps.py")
        self.transcript = root / "tests" / "transcripts" / area / f"{name}.txt"
        self.reached = root / "tests" / "handlers" / "reached.txt"
        self.readme = root / "README.md"
        self.kept = root / "db" / "privacy" / "kept.toml"
        self.labels = root / "handlers" / "privacy" / "labels.py"
        words = " ".join(path.read_text("utf-8") for path in (*self.models.glob("*.py"), self.readme))
        if re.search(rf'"{name}"|`/{name}`', words) or self.handler.exists() or self.verbs.exists():
            raise Refused(f"There are {name} already: a table, a command or a file is called so.")

    def write(self) -> None:
        """Write its model, verbs, steps, handler and script, and its rows in tables."""
        self._add_model()
        self.verbs.write_text(self._filled("verbs"), "utf-8")
        self._add_steps()
        self.handler.write_text(self._filled("handler"), "utf-8")
        self.transcript.parent.mkdir(exist_ok=True)
        self.transcript.write_text(self._filled("transcript"), "utf-8")
        self._note_reached()
        self._note_kept()
        before, of_members, after = self.readme.read_text("utf-8").rpartition(" | members | ")
        row = f"| `/{self.name}` | members | see the {self.name} of the network, add one, remove one |\n"
        rest, end, more = after.partition("\n")
        self.readme.write_text("".join([before, of_members, rest, end, row, more]), "utf-8")

    def _filled(self, template: str) -> str:
        """Return a template with the names of this capability in it."""
        names = {"goals": self.name, "goal": self.one}
        words = (TEMPLATES / f"{template}.txt").read_text("utf-8").replace("AREA", self.area)
        words = words.replace(f"db.{self.area}", f"db.{self.floor}")
        words = re.sub("[Gg]oals?", lambda found: _as(found[0], names[found[0].lower()]), words)
        return re.sub(rf"\b([Aa]) (?={self.one}\b)", r"\1n ", words) if self.one[0] in "aeiou" else words

    def _add_model(self) -> None:
        path, room = self.models / f"{self.floor}.py", self.models / "__init__.py"
        path.write_text(f"{path.read_text('utf-8')}\n\n{self._filled('model')}", "utf-8")
        line, name = f"from db.models.{self.floor} import (\n", self.one.capitalize()
        words = room.read_text("utf-8").replace(line, f"{line}    {name},\n")
        room.write_text(words.replace("__all__ = [\n", f'__all__ = [\n    "{name}",\n'), "utf-8")

    def _add_steps(self) -> None:
        there = self.steps.read_text("utf-8") if self.steps.exists() else '"""What can be pressed."""\n\n'
        docstring, end, rest = there.partition('"""\n\n')
        imports = "from bot import Role, Step, _\n"  # what is imported twice is put in order below
        self.steps.write_text(f"{docstring}{end}{imports}{rest}\n\n{self._filled('steps')}", "utf-8")

    def _note_reached(self) -> None:
        """Note that the script reaches each of its handlers, instead of playing all conversations."""
        one = self.one.capitalize()
        names = (self.name, f"{self.area}.Add{one}", f"{self.area}.Remove{one}")
        lines = {
            *self.reached.read_text("utf-8").splitlines(),
            *(f"{name} {self.area}/{self.name}" for name in names),
        }
        self.reached.write_text("".join(f"{line}\n" for line in sorted(lines)), "utf-8")

    def _note_kept(self) -> None:
        """Say what its table keeps of whom, and what its columns are called in somebody's data."""
        with self.kept.open("a", encoding="utf-8") as file:
            file.write(self._filled("kept"))
        name, words = self.name, self.labels.read_text("utf-8")
        title = f'    "{name}": _("{name.capitalize()} you added"),\n'
        columns = {"network_id": "_NETWORK", "words": '_("Your words")', "added_at": "_WHEN"}
        rows = "".join(f'    ("{name}", "{column}"): {label},\n' for column, label in columns.items())
        for end, lines in (('}\n"""The tables', title), ('}\n"""The columns', rows)):
            words = words.replace(end, lines + end)
        self.labels.write_text(words, "utf-8")


def _as(found: str, name: str) -> str:
    return name.capitalize() if found[0].isupper() else name


def run(*words: str, root: Path, may_fail: bool = False) -> None:
    """Run a tool of the checkout. Raises CalledProcessError where it fails."""
    subprocess.run([sys.executable, "-m", *words], cwd=root, check=not may_fail)


def tidy(root: Path) -> None:
    """Put imports and lines in order."""
    run("ruff", "format", "--quiet", "db", "handlers", root=root)
    run("ruff", "check", "--quiet", "--fix", "db", "handlers", root=root)
    run("ruff", "format", "--quiet", "db", "handlers", root=root)


def finish(made: Capability, root: Path = ROOT) -> None:
    """Bring into order what follows from the new files: imports, migration, tables, transcript, catalogues.
    A language that lacks the new texts is named."""
    tidy(root)
    run("db.migrations", f"a network has {made.name}", root=root)
    tidy(root)
    tests = ("tests/handlers/test_handlers.py", "tests/handlers/test_transcripts.py", "tests/privacy")
    played = f"test_a_conversation and sqlite and ({made.area}/{made.name} or front/rights)"  # the whole help
    new = f"handlers_are_those or what_rows_keep or shows_the_list or ({played})"
    run("pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", new, "--rewrite", root=root)
    run("i18n", root=root, may_fail=True)


def main(words: list[str]) -> None:
    """Write the capability that the words name."""
    name, area = [*words, "", ""][:2]
    made = Capability(name, area)
    made.write()
    finish(made)
    print(
        f"`/{name}` works. Make of it what it is to be: handlers/README.md says how, and in which order.\n"
        "What is missing in a language is named above; `make test` asks for it."
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as why:
        sys.exit(str(why))
