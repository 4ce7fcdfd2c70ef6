"""The real program, as an operator runs it: every turn on the disk before it is answered."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot import cast
from bot.clock import RealClock
from db import store
from db.models import Delivery, Seen
from tests.bench.people import FIRST, People
from tests.bench.server import TOKEN


class Ours:
    """mentorNET with a database in `folder`."""

    name = "mentorNET"
    module = "bot"

    def __init__(self, folder: Path) -> None:
        self._database = f"sqlite:///{folder}/bench.db"

    def arguments(self, url: str) -> list[str]:
        """What it is started with."""
        return ["run"]

    def environment(self, url: str) -> dict[str, str]:
        """Its settings; 1000 messages a second is the outbox's "no limit"."""
        return {
            "MENTORNET_DATABASE__URL": self._database,
            "MENTORNET_TELEGRAM__TOKEN": TOKEN,
            "MENTORNET_TELEGRAM__API_URL": url,
            "MENTORNET_TELEGRAM__MESSAGES_PER_SECOND": "1000",
        }

    def prepare(self, people: People) -> None:
        """Everybody is a member of one network already."""
        database = store.connect(self._database)
        store.migrate(database)
        joined = RealClock().now() - timedelta(days=1)
        with store.sessions(database).begin() as db:
            for account in map(str, range(FIRST, FIRST + people.many)):
                who = cast.Character("Ana", "telegram", account, "en", "member", None, ("papers",), ("en",))
                cast.enter(db, who, time_zone="Europe/Berlin", now=joined)
        database.dispose()

    def verify(self, people: People) -> None:
        """Whether each update is kept and each message settled. Raises AssertionError."""
        database = store.connect(self._database)
        with store.sessions(database)() as db:
            seen = db.scalar(select(func.count()).select_from(Seen))
            by_kind = select(Delivery.state, Delivery.replaces.is_(None))
            settled = Counter(tuple(row) for row in db.execute(by_kind))
        database.dispose()
        edits = people.server.calls["editmessagetext"] + people.server.calls["editmessagereplymarkup"]
        sent = Counter({("sent", True): people.replies, ("sent", False): edits})
        if seen != people.updates or settled != sent:
            raise AssertionError(f"{seen} of {people.updates} updates are kept; deliveries {settled}, {sent}")
