"""What the documents tell is there: commands, settings, files, texts; and what is there is told.

That config.example.toml explains every setting is kept by tests/test_config.py.
"""

import re
from pathlib import Path

import pytest

import handlers
from bot.__main__ import main
from bot.access import Role
from bot.config import keys
from bot.router import Router
from i18n.__main__ import template

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [
    path for folder in (ROOT, *ROOT.glob("[a-z]*/")) for path in sorted(folder.glob("*.md")) if path.is_file()
]

ROLES = {
    "everybody": Role.ANYONE,
    "members": Role.MEMBER,
    "meta-mentors": Role.META_MENTOR,
    "operators": Role.OPERATOR,
}
"""What the README calls those who may."""

COMMANDS = {
    handler.command: handler.needs for handler in Router(handlers).handlers.values() if handler.command
}
BY_THE_ENGINE = dict.fromkeys(["back", "cancel"], Role.ANYONE)
NOT_OURS = {"newbot"}
"""What people type to @BotFather."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def table(heading: str) -> list[list[str]]:
    """The rows of the README's table whose first heading is this one."""
    lines = README.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    end = next(at for at in range(start, len(lines)) if not lines[at].startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start + 2 : end]]


# --- what people can do --------------------------------------------------------------------------


def test_the_readme_tells_every_command_and_for_whom_it_is() -> None:
    told = {
        command: ROLES[whom]
        for commands, whom, _what in table("command")
        for command in re.findall(r"`/(\w+)`", commands)
    }
    assert told == COMMANDS | BY_THE_ENGINE


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_command_that_a_document_names_is_there(path: Path) -> None:
    """In the text (`/ask papers`), and as somebody types it at the beginning of a line."""
    words = path.read_text("utf-8")
    named = set(re.findall(r"`[/!]([a-z]\w*)[^`/]*`", words)) | set(
        re.findall(r"^[/!]([a-z]\w*)", words, re.M)
    )
    assert named - COMMANDS.keys() - BY_THE_ENGINE.keys() - NOT_OURS == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_text_that_a_document_quotes_is_one_of_ours(path: Path) -> None:
    texts = {message.id if isinstance(message.id, str) else message.id[0] for message in template()}
    assert set(re.findall(r'\b_\("([^"]+)"', path.read_text("utf-8"))) - texts == set()


# --- what operators and developers can do --------------------------------------------------------


def test_the_readme_tells_every_command_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    there = re.findall(r"^    (\w+)", capsys.readouterr().out, re.M)
    told = [re.findall(r"python -m bot (\w+)", row[0])[0] for row in table("on the command line")]
    assert told == there


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_the_command_line_understands_what_a_document_names(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in set(re.findall(r"python3? -m bot (\w+)", path.read_text("utf-8"))):
        with pytest.raises(SystemExit) as end:
            main([command, "--help"])
        assert end.value.code == 0, f"{command}: {capsys.readouterr().err}"


def targets() -> dict[str, str]:
    """What `make` can do, and the words of `make help` about it."""
    return dict(re.findall(r"^([a-z]+):[^=\n]*?(?:## (.+))?$", (ROOT / "Makefile").read_text("utf-8"), re.M))


def test_make_help_tells_every_target() -> None:
    assert [target for target, words in targets().items() if not words] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_target_of_make_that_a_document_names_is_there(path: Path) -> None:
    named = set(re.findall(r"(?:`|^\s*(?:\$ )?)make ([a-z]+)", path.read_text("utf-8"), re.M))
    assert named - targets().keys() == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_setting_that_a_document_names_is_there(path: Path) -> None:
    words = path.read_text("utf-8")
    sections = {key.partition(".")[0] for key in keys()}
    dotted = {
        f"{a}.{b}" for a, b in re.findall(r"`(\w+)\.(\w+)`", words) if a in sections and b not in ENDINGS
    }
    variables = {variable.removesuffix("_FILE") for variable in re.findall(r"MENTORNET_[A-Z]\w+", words)}
    known = {f"MENTORNET_{key.replace('.', '__').upper()}" for key in keys()}
    assert (dotted - keys().keys(), variables - known) == (set(), set())


ENDINGS = ("md", "po", "py", "toml", "txt")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_file_that_a_document_names_is_there(path: Path) -> None:
    words = path.read_text("utf-8")
    links = {link for link in re.findall(r"\]\(([^)#]+)", words) if "://" not in link}
    paths = {found[0] for found in re.finditer(rf"\b[\w-]+/[\w/-]+\.(?:{'|'.join(ENDINGS)})\b", words)}
    missing = {link for link in links if not (path.parent / link).exists()}
    missing |= {file for file in paths if not (ROOT / file).exists() and not (path.parent / file).exists()}
    assert missing == set()


def test_the_readme_and_the_words_for_translators_are_looked_at() -> None:
    assert {"README.md", "i18n/README.md"} <= set(map(name, DOCUMENTS))
