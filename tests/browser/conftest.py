"""One browser for all tests of a process; where there is none, they are skipped."""

from collections.abc import Iterator

import pytest

from tests.browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[str]:
    """The address at which a real browser is led."""
    program = chromium.found()
    if program is None:
        pytest.skip(chromium.MISSING)
    with chromium.running(program) as address:
        yield address
