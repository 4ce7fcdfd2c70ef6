"""The homeserver of the tests with a limit, and what the bot asked of it: its access log."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import NotMeasuredError
from tests.support.matrix_person import PASSWORD, matrix_name, new_account
from tests.support.synapse import PYTHON, Synapse

_LINE = re.compile(
    r'^(?P<at>\d+\.\d+) .*\{(?P<who>[^}]*)\} Processed.* (?P<status>\d{3})!? "(?P<what>\w+ [^"?]*)'
)


@dataclass(frozen=True)
class Request:
    """What the bot asked for ("PUT /…"), when it was answered (seconds since 1970), and how."""

    at: float
    status: int
    what: str


class Homeserver:
    """A homeserver with an account for the bot, and its folder."""

    def __init__(self, place: Path, server: Synapse, log: Path) -> None:
        self.synapse = server
        self._log = log
        account = new_account(server, place)
        self.bot = matrix_name(account)
        self.settings: dict[str, Any] = {
            "matrix.homeserver": server.url,
            "matrix.user": account.user,
            "matrix.password": PASSWORD,
            "matrix.store": account.folder,
        }
        """What the bot has to be told of it."""

    def requests(self, of: str) -> list[Request]:
        """What the bot asked for, where it has these words in it."""
        found = map(_LINE.match, self._log.read_text().splitlines())
        return [
            Request(float(line["at"]), int(line["status"]), line["what"])
            for line in found
            if line and line["who"].startswith(self.bot) and of in line["what"]
        ]


@contextmanager
def homeserver(place: Path, a_second: float = 1000.0) -> Iterator[Homeserver]:
    """A homeserver that takes so many messages a second from one account, ten at once. Raises
    NotMeasuredError where there is none."""
    if not PYTHON.exists():
        raise NotMeasuredError("there is no .venv-synapse, which `make bench` makes")
    log, config = place / "homeserver.log", place / "homeserver-log.json"
    config.write_text(json.dumps(_logging(log)))
    limit = {"per_second": a_second, "burst_count": 10}
    server = Synapse({"rc_message": limit, "log_config": str(config)})
    try:
        yield Homeserver(place, server.start(), log)
    finally:
        server.remove()


def _logging(log: Path) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(created)f %(message)s"}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "filename": str(log), "formatter": "line"},
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
        "loggers": {"synapse.access": {"level": "INFO"}},
    }
