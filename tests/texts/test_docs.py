"""What the documents tell is there: commands, settings, files, texts; and what is there is told.

That config.example.toml explains every setting is kept by tests/program/test_config.py.
"""

import re
from pathlib import Path

import pytest

import handlers
from bot.__main__ import main
from bot.dialogue.router import Router
from bot.handler import Role
from bot.program.compose import SETTINGS
from i18n.__main__ import template

ROOT = Path(__file__).parents[2]
keys = SETTINGS.keys
README = (ROOT / "README.md").read_text("utf-8")
FOLDERS = ("adapters", "bot", "db", "handlers", "i18n", "tests")
"""Those that explain themselves."""
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("[a-z]*/**/*.md")})

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
    """Of the code, or of the example that `make capability` writes."""
    texts = {message.id if isinstance(message.id, str) else message.id[0] for message in template()}
    for example in (ROOT / "tests" / "capability").glob("*.txt"):
        texts |= quoted(example)
    assert quoted(path) - texts == set()


def quoted(path: Path) -> set[str]:
    """The texts that a file names as the code does."""
    return set(re.findall(r'\b_\("([^"]+)"', path.read_text("utf-8")))


# --- what operators and developers can do --------------------------------------------------------


def test_the_readme_tells_every_command_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    there = re.findall(r"^    ([\w-]+)", capsys.readouterr().out, re.M)
    told = [re.findall(r"mentornet ([\w-]+)", row[0])[0] for row in table("on the command line")]
    assert told == there


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_the_command_line_understands_what_a_document_names(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in `mentornet check`, in a line to type, and behind the path of where it is installed."""
    words = path.read_text("utf-8")
    for command in set(re.findall(r"(?:^|[`/])(?:mentornet|python3? -m bot) (-?-?[a-z-]+)", words, re.M)):
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


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_settings_that_a_document_shows_are_understood(path: Path, tmp_path: Path) -> None:
    for number, block in enumerate(re.findall(r"^```toml\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)):
        config = tmp_path / f"{number}.toml"
        config.write_text(block, "utf-8")
        SETTINGS.load(config, {})


ENDINGS = ("md", "po", "py", "svg", "toml", "txt")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_file_that_a_document_names_is_there(path: Path) -> None:
    words = path.read_text("utf-8")
    links = {link for link in re.findall(r"\]\(([^)#]+)", words) if "://" not in link}
    paths = {
        found[0] for found in re.finditer(rf"(?<![\w/])[\w-]+/[\w/-]+\.(?:{'|'.join(ENDINGS)})\b", words)
    }
    missing = {link for link in links if not (path.parent / link).exists()}
    missing |= {file for file in paths if not (ROOT / file).exists() and not (path.parent / file).exists()}
    assert missing == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_heading_that_a_document_leads_to_is_there(path: Path) -> None:
    for file, heading in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", path.read_text("utf-8")):
        target = path.parent / file if file else path
        assert heading in set(map(anchor, headings(target)))


def headings(path: Path) -> list[str]:
    """The headings of a document; a line in a block of code is none."""
    return re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S), re.M
    )


def anchor(heading: str) -> str:
    """How a heading is called in a link, on GitHub and GitLab."""
    return re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-")


def test_each_folder_explains_itself_and_is_named_in_the_readme() -> None:
    explained = {f"{folder}/README.md" for folder in FOLDERS}
    assert {"README.md", *explained} <= set(map(name, DOCUMENTS))
    assert explained <= set(re.findall(r"\]\(([^)#]+)", README))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_that_a_table_of_another_one_names_is_there(folder: str) -> None:
    rows = re.findall(r"^\| (`\w+/`.*?) \|", (ROOT / folder / "README.md").read_text("utf-8"), re.M)
    named = {below for row in rows for below in re.findall(r"`(\w+)/`", row)}
    assert {below for below in named if not (ROOT / folder / below).is_dir()} == set()
