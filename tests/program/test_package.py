"""The package that `pip install .` makes: all that the program reads is inside, and it runs from anywhere."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.program import __version__
from tests.program.test_run import clean_environment

ROOT = Path(__file__).parents[2]
ROOMS = ("adapters", "bot", "db", "handlers", "i18n")
FIRST_DAY = ROOT / "tests/transcripts/front/first_day.txt"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the wheel and the source archive were built, without the network."""
    folder = tmp_path_factory.mktemp("package")
    words = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return folder


def of_the_program() -> set[str]:
    """Every file of our folders, by its path from the root."""
    return {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def wheel_in(folder: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(folder / f"mentornet-{__version__}-py3-none-any.whl")


def test_the_wheel_holds_every_file_of_the_program_and_no_other(package: Path) -> None:
    with wheel_in(package) as wheel:
        inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
        scripts = wheel.read(f"mentornet-{__version__}.dist-info/entry_points.txt").decode()
    assert inside == of_the_program()
    assert "mentornet = bot.__main__:main" in scripts
    assert {"i18n/de.po", "i18n/words/en/need.toml", "handlers/protecting/emergency.toml"} <= inside
    assert {"bot/reading/where/cities.tsv", "bot/reading/where/zones.tsv"} <= inside
    assert any(name.startswith("db/migrations/versions/") for name in inside)


def test_the_source_archive_holds_what_a_checkout_needs(package: Path) -> None:
    with tarfile.open(package / f"mentornet-{__version__}.tar.gz") as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    beside = {"Makefile", "README.md", "LICENSE", "config.example.toml", "requirements.lock"}
    assert of_the_program() | beside <= inside
    assert FIRST_DAY.relative_to(ROOT).as_posix() in inside


def test_what_is_in_the_wheel_plays_a_conversation_in_another_folder(package: Path, tmp_path: Path) -> None:
    with wheel_in(package) as wheel:
        wheel.extractall(tmp_path / "installed")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo"],
        input=FIRST_DAY.read_text("utf-8"),
        cwd=tmp_path,
        env={**clean_environment(), "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Du kannst jetzt mit Ana schreiben." in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["installed"]


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert (end.value.code, capsys.readouterr().out) == (0, f"mentorNET {__version__}\n")
