"""The real program, as an operator runs it: every turn on the disk before it is answered."""

from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from db import store
from db.engine import turns
from db.models import Delivery, Letter, Seen
from tests.bench.crowd import fill, sqlite
from tests.bench.people import People
from tests.bench.server import TOKEN, Server

UNLIMITED = {"telegram.messages_per_second": 1000}
"""What the outbox takes for "no limit"."""


class Ours:
    """mentorNET on a server, with a database in `folder` unless the settings name one; settings by their
    names in the config."""

    name = "mentorNET"
    module = "bot"

    def __init__(self, folder: Path, server: Server, settings: dict[str, Any] | None = None) -> None:
        self._settings: dict[str, Any] = {
            "database.url": sqlite(folder),
            "telegram.token": TOKEN,
            "telegram.api_url": server.url,
            **(settings or {}),
        }

    def arguments(self) -> list[str]:
        """What it is started with."""
        return ["run"]

    def environment(self) -> dict[str, str]:
        """Its settings."""
        return {
            f"MENTORNET_{name.replace('.', '__').upper()}": str(value)
            for name, value in self._settings.items()
        }


class InTheFlood(Ours):
    """The same for a flood of people, all of them members already."""

    keeps = True

    def __init__(self, folder: Path, people: People) -> None:
        self._people, self._database = people, sqlite(folder)
        fill(self._database, people.many)
        super().__init__(folder, people.server, UNLIMITED)

    def verify(self) -> None:
        """Whether each update is kept and each message settled. Raises AssertionError."""
        self._people.verify()
        kept(self._database, self._people)


def kept(url: str, people: People) -> None:
    """Whether each update is kept and each message settled in a database. Raises AssertionError."""
    with store.connected(url) as database, turns.sessions(database)() as db:
        seen = db.scalar(select(func.count()).select_from(Seen))
        messages = (
            select(Delivery.state, Delivery.replaces.is_(None)).join(Letter).where(Letter.act.is_(None))
        )
        settled = Counter(tuple(row) for row in db.execute(messages))
    edits = people.server.calls["editmessagetext"] + people.server.calls["editmessagereplymarkup"]
    sent = Counter({("sent", True): people.replies, ("sent", False): edits})
    if seen != people.updates or settled != sent:
        raise AssertionError(f"{seen} of {people.updates} updates are kept; deliveries {settled}, {sent}")
