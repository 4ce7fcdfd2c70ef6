"""One stage a module: its servers are opened only once."""

from collections.abc import Iterator

import pytest

from tests.contract.promise import Stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Where the promises of a module are played."""
    with Stage() as stage:
        yield stage
