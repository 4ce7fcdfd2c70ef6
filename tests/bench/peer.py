"""What it is measured against: echo bots on python-telegram-bot, programs of their own."""

from pathlib import Path

from tests.bench.people import People
from tests.bench.server import TOKEN


class Echo:
    """The library's own example of a bot, in its default settings."""

    name = "PTB"
    module = "tests.bench.echo"
    keeps = False

    def __init__(self, _folder: Path, people: People) -> None:
        self._url = people.server.url

    def arguments(self) -> list[str]:
        """What it is started with."""
        return [TOKEN, self._url]

    def environment(self) -> dict[str, str]:
        """It has no settings."""
        return {}

    def verify(self) -> None:
        """It keeps nothing."""


class EchoOnAiohttp(Echo):
    """The same on a faster transport, with many updates in flight."""

    name = "PTB on aiohttp"
    module = "tests.bench.echo_on_aiohttp"
