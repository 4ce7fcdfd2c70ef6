"""The package that `pip install .` makes: all that the program reads is inside, and it runs from anywhere."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE
from typing import Any
from urllib.request import urlopen

import pytest

from bot.__main__ import main
from bot.program import __version__
from tests.program.test_run import clean_environment
from tests.support.around import free_port

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
    lists = "language_names.tsv", "where/cities.tsv", "where/zones.tsv"
    assert {f"bot/reading/{name}" for name in lists} <= inside
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


SOMEBODY = "nobody"
"""A user of most systems to whom nothing belongs."""


def python_of_others() -> str:
    """Return a Python of this version that any user may run. Skips where there is none, or where this test
    cannot become another user."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if SOMEBODY not in {each.pw_name for each in pwd.getpwall()}:
        pytest.skip(f"there is no user {SOMEBODY}")
    of_all = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    if of_all is None or not Path(sysconfig.get_path("purelib")).stat().st_mode & stat.S_IXOTH:
        pytest.skip(f"other users have no Python 3.{sys.version_info.minor} with what the program needs")
    return of_all


@pytest.fixture
def elsewhere(package: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """What another user has who has installed the package: an empty folder, and how they run things there."""
    python = python_of_others()
    with tempfile.TemporaryDirectory() as folder:  # those of pytest are for its own user
        home = Path(folder)
        shutil.copy(wheel_in(package).filename or "", home)
        (here := home / "empty").mkdir()
        for each in (home, here):
            shutil.chown(each, SOMEBODY)
        theirs: dict[str, Any] = {
            "cwd": here,
            "user": SOMEBODY,
            "group": pwd.getpwnam(SOMEBODY).pw_gid,
            "extra_groups": (),
            "env": {"HOME": folder, "LANG": "C.UTF-8", "PATH": f"{home}/env/bin:{os.defpath}"},
            "text": True,
        }
        subprocess.run([python, "-m", "venv", home / "env"], check=True, **theirs)
        (packages,) = home.glob("env/lib/*/site-packages")
        (packages / "what_it_needs.pth").write_text(sysconfig.get_path("purelib"))  # without the network
        install = ["pip", "install", "--quiet", "--no-index", "--no-deps", *map(str, home.glob("*.whl"))]
        subprocess.run(install, check=True, **theirs)
        yield here, theirs


def test_another_user_who_has_installed_it_can_begin_in_an_empty_folder(
    elsewhere: tuple[Path, dict[str, Any]],
) -> None:
    here, theirs = elsewhere

    def done(*words: str, given: str = "") -> tuple[int, str, str]:
        it = subprocess.run(["mentornet", *words], input=given, capture_output=True, **theirs)
        return it.returncode, it.stdout, it.stderr

    status, said, wrong = done("check")
    assert (status, wrong, [*here.iterdir()]) == (1, "", [])
    assert "There is no database yet; the first start makes it: " in said
    assert [line[:30] for line in said.splitlines() if line.startswith("✗")] == [
        "✗ Nobody is named in operators",
        "✗ No messenger is set up: put ",
    ]
    status, said, wrong = done("found", "Neckar Mentors")
    assert (status, wrong) == (0, "") and "Type the code " in said
    assert [(each.name, each.stat().st_mode & 0o777) for each in here.iterdir()] == [("mentornet.db", 0o600)]
    day = FIRST_DAY.read_text("utf-8")
    assert done("demo", given=day) == (0, day, "")
    port = free_port()
    with subprocess.Popen(["mentornet", "demo", "--web", str(port)], stdout=PIPE, **theirs) as stage:
        assert stage.stdout is not None and f"http://127.0.0.1:{port}/" in stage.stdout.readline()
        for name in ("", "main.js", "phone.css", "words/de"):
            with urlopen(f"http://127.0.0.1:{port}/{name}") as answer:
                assert answer.status == 200
        stage.send_signal(signal.SIGINT)
        assert stage.wait(20) == 0
    assert [each.name for each in here.iterdir()] == ["mentornet.db"]


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert (end.value.code, capsys.readouterr().out) == (0, f"mentorNET {__version__}\n")
