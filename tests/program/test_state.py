"""Where the database and the keys lie when the program is not started in its checkout."""

import subprocess
import sys
from pathlib import Path

import pytest

from adapters import matrix
from bot.__main__ import main
from bot.program.compose import SETTINGS
from bot.program.config import Database
from bot.program.state import placed, state_folder
from tests.program.test_check import config_of
from tests.program.test_run import clean_environment

ROOT = Path(__file__).parents[2]


def test_systemd_names_the_folder_else_the_config_is_in_it_else_it_is_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = Path("/etc/mentornet/config.toml")
    assert state_folder(config, {"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}) == Path("/var/lib/a")
    assert state_folder(config, {}) == Path("/etc/mentornet")
    assert state_folder(Path("own/config.toml"), {}) == tmp_path / "own"
    assert state_folder(None, {}) == tmp_path


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("sqlite:///mentornet.db", "sqlite:////state/mentornet.db"),
        ("sqlite:///sub/a.db", "sqlite:////state/sub/a.db"),
        ("sqlite:////elsewhere/a.db", "sqlite:////elsewhere/a.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://localhost/mentornet", "postgresql://localhost/mentornet"),
    ],
)
def test_relative_paths_begin_in_the_folder(url: str, there: str) -> None:
    config = placed(SETTINGS.config(database=Database(url=url)), Path("/state"))
    assert config.database.url == there
    assert config.of(matrix.MESSENGER).store == "/state/matrix-store"


def test_an_absolute_path_stays() -> None:
    own = SETTINGS.config.model_validate({"matrix": {"store": "/keys"}})
    assert placed(own, Path("/state")).of(matrix.MESSENGER).store == "/keys"


def test_the_database_is_made_beside_the_config_wherever_the_program_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "state").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    config = config_of("sqlite:///mentornet.db", tmp_path / "state")
    assert main(["--config", str(config), "migrate"]) == 0
    assert capsys.readouterr().out.endswith(f", {tmp_path}/state/mentornet.db.\n")
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize("words", [["run"], ["found", "Neckar"], ["migrate"], ["check"]], ids=" ".join)
def test_a_folder_in_which_nothing_can_be_written_is_said_with_its_whole_path(
    words: list[str], tmp_path: Path
) -> None:
    config = config_of("sqlite:///mentornet.db", tmp_path, '[telegram]\ntoken = "1:TEST"')
    (tmp_path / "other").mkdir()
    seal = ["-m", "tests.support.sealed", str(tmp_path / "other"), sys.executable, "-m", "bot"]
    done = subprocess.run(
        [sys.executable, *seal, "--config", str(config), *words],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert str(tmp_path) in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
