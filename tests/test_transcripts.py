"""Every conversation in `tests/transcripts` goes as it is written there, on both databases, and leaves no
error in the log."""

import logging
from pathlib import Path

import pytest

from tests.stage import play, transcripts


@pytest.mark.parametrize("path", transcripts(), ids=lambda path: path.stem)
def test_a_conversation(
    path: Path, database: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    written = path.read_text()
    played = play(written, database)
    if request.config.getoption("--rewrite"):
        path.write_text(played)
    else:
        assert played == written
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
