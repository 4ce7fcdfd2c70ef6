"""The key of what is sealed: `check` says whether it is there and fits, `run` works with no other, and a
backup brings it along."""

import signal
from pathlib import Path

import pytest

from db import seal, shape, store
from db.seal import Key
from tests.program.test_backup import command, config_at
from tests.program.test_check import says
from tests.program.test_run import program, settings
from tests.support.aio import on_loop
from tests.telegram_server import TelegramServer

GIVEN = "k" * 40


def sealed(config: Path, given: str = "") -> Key:
    """The key of an installation after its first start."""
    key = Key(given, config.parent / "mentornet.key")
    with store.connected(f"sqlite:///{config.parent}/mentornet.db") as engine:
        shape.migrate(engine)
        seal.unlock(engine, key)
    return key


def test_check_says_that_the_key_is_still_to_be_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _status, told = says(capsys, config_at(tmp_path), "check")
    assert f"✓ There is no key for texts of reports yet; the first start makes it: {tmp_path}" in told
    assert not (tmp_path / "mentornet.key").exists()


def test_check_says_that_the_key_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_at(tmp_path)
    sealed(config)
    assert "✓ There is a key for texts of reports, and it fits." in says(capsys, config, "check")[1]


def test_check_says_that_the_key_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_at(tmp_path)
    sealed(config).path.unlink()
    status, told = says(capsys, config, "check")
    assert status == 1
    assert f"✗ The key of what is sealed is missing ({tmp_path}/mentornet.key)" in told


def test_check_says_that_it_is_another_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(config_at(tmp_path))
    config = config_at(tmp_path, "", f'[privacy]\nkey = "{GIVEN}"')
    status, told = says(capsys, config, "check")
    assert status == 1
    assert "✗ The key of what is sealed (privacy.key) is not the one" in told
    assert GIVEN not in told


def test_check_says_that_others_may_read_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_at(tmp_path)
    sealed(config).path.chmod(0o644)
    assert (
        f"✗ The rights of the key let others on this computer read it: chmod go= {tmp_path}"
        in (says(capsys, config, "check")[1])
    )


@on_loop
async def test_the_program_does_not_start_with_another_key(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server)
        async with program(config) as running:
            await running.says("connected")
            assert await running.ends(signal.SIGTERM) == 0
        assert (tmp_path / "mentornet.key").exists()
        (tmp_path / "mentornet.key").unlink()
        async with program(config) as running:
            await running.says("The key of what is sealed is missing")
            assert await running.ends() == 78


@pytest.mark.parametrize("given", ["", GIVEN], ids=["in a file", "in the config"])
def test_a_backup_brings_the_key(tmp_path: Path, given: str) -> None:
    lines = [f'[privacy]\nkey = "{given}"'] if given else []
    here, there = config_at(tmp_path / "here", "", *lines), config_at(tmp_path / "there")
    words = sealed(here, given).words()
    assert command(here, "backup", tmp_path / "saved") == 0
    assert command(there, "restore", tmp_path / "saved") == 0
    restored = Key("", there.parent / "mentornet.key")
    assert restored.words() == words
    with store.connected(f"sqlite:///{there.parent}/mentornet.db") as engine:
        seal.unlock(engine, restored)


def test_a_key_that_is_there_already_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = config_at(tmp_path / "here"), config_at(tmp_path / "there")
    sealed(here)
    other = Key("", there.parent / "mentornet.key")
    other.put(GIVEN)
    assert command(here, "backup", tmp_path / "saved") == 0
    status, told = says(capsys, there, "restore", tmp_path / "saved")
    assert status != 0
    assert "There is another key already" in told
    assert other.words() == GIVEN
    assert not (there.parent / "mentornet.db").exists()
