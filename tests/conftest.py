"""What all tests share: `--rewrite` fills in what the bot says."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write into the transcripts what the bot says, to be read"
    )
