"""What `make capability` writes works at once, in a copy of this checkout; the page shows the same."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.capability.__main__ import ROOT, TEMPLATES, Capability, Refused

ROOMS = ("adapters", "bot", "db", "handlers", "i18n", "tests")
WRITTEN = {
    "README.md",
    "db/README.md",
    "db/privacy/kept.toml",
    "handlers/privacy/labels.py",
    "i18n/de.po",
    "tests/transcripts/front/rights.txt",
    *(f"tests/handlers/{table}.txt" for table in ("handlers", "reached", "steps")),
}
"""What changes for each capability besides its own files and the files of its area."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of this checkout."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def runs(copy: Path, *words: str) -> None:
    done = subprocess.run([sys.executable, "-m", *words], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def contents(copy: Path) -> dict[str, bytes]:
    """What is in each file of the copy."""
    files = (
        path
        for path in copy.rglob("*")
        if path.is_file() and not {"__pycache__", ".ruff_cache"} & {*path.parts}
    )
    return {path.relative_to(copy).as_posix(): path.read_bytes() for path in files}


def test_a_new_capability_works_at_once(copy: Path) -> None:
    before = contents(copy)
    runs(copy, "tests.capability", "ideas", "coordinating")
    changed = {name for name, written in contents(copy).items() if before.get(name) != written}
    assert {re.sub(r"\d+_", "", name) for name in changed - WRITTEN} == {
        "db/migrations/versions/a_network_has_ideas.py",
        "db/models/__init__.py",
        "db/models/network.py",
        "db/network/ideas.py",
        "handlers/coordinating/ideas.py",
        "handlers/coordinating/steps.py",
        "tests/transcripts/coordinating/ideas.txt",
    }
    assert 'menu=_("Add an idea")' in (copy / "handlers/coordinating/steps.py").read_text("utf-8")
    runs(copy, "ruff", "check", "--no-cache")
    runs(copy, "ruff", "format", "--check", "--no-cache")
    tests = ("tests/handlers", "tests/privacy", "tests/texts/test_docs.py", "tests/test_architecture.py")
    new = "ideas or kept or rights or handlers_are_those or rows_keep or is_reached or every_command or floor"
    untold = "postgresql or another_language"  # what it says in other languages is written by people
    runs(copy, "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", f"({new}) and not ({untold})")


@pytest.mark.soak
def test_a_new_capability_has_the_right_types(copy: Path) -> None:
    runs(copy, "tests.capability", "ideas", "asking")
    runs(copy, "mypy")


@pytest.mark.parametrize(
    ("name", "area", "why"),
    [
        ("", "", "What is in the list?"),
        ("Goals!", "network", "What is in the list?"),
        ("ideas", "nowhere", "In which area?"),
        ("ideas", "", "In which area?"),
        ("networks", "coordinating", "There are networks already"),
        ("relays", "talking", "There are relays already"),
    ],
)
def test_what_cannot_be_written_is_said(name: str, area: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        Capability(name, area)
    assert str(refused.value).startswith(why)


def test_the_page_shows_what_is_written() -> None:
    page = (ROOT / "handlers" / "README.md").read_text("utf-8").partition("## A capability")[2]
    shown = re.findall(r"^```(?:python)?\n(.*?)^```", page, re.M | re.S)
    written = [path.read_text("utf-8").replace("AREA", "network") for path in sorted(TEMPLATES.glob("*.txt"))]
    assert sorted(shown) == sorted(written)
