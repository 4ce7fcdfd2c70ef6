"""Duties: what only one program does at a time, of all those that work on one database.

On PostgreSQL a duty is an advisory lock on the very connection on which the program works. Who loses the
connection has lost the duty before anything else can be done, and PostgreSQL gives it to the next.
"""

from collections.abc import Callable
from typing import Any
from zlib import crc32

import psycopg
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from db.store import OURS

SETTINGS = {
    # What `store.LINE` is on our side is this on PostgreSQL's: it soon lets go of what a lost program held.
    "tcp_keepalives_idle": "5s",
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
    # A program that is stuck loses its connection, and with it its duties.
    "idle_session_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
}
TAKE = text("SELECT pg_try_advisory_lock(:ours, :duty)")
GIVE_BACK = text("SELECT pg_advisory_unlock(:ours, :duty)")
JOIN = text("SELECT pg_try_advisory_lock_shared(:ours, :duty)")
DOERS = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE datname = current_database() AND locktype = 'advisory' AND granted "
    "AND classid::bigint = :ours AND objid::bigint = :duty"
)


class Duties:
    """The duties that this program has. On SQLite there is only this one, and it has all that it takes.

    `lost` is called when the connection was lost and there is a new one, before anything is done on it.
    """

    def __init__(self, engine: Engine) -> None:
        self.shared = engine.dialect.name != "sqlite"
        self.held: set[str] = set()
        self.lost: Callable[[], None] = lambda: None
        self._joined: set[str] = set()
        if self.shared:
            engine.dispose()  # a connection from before would not be noticed
            event.listen(engine, "connect", self._connected)

    def _connected(self, connection: psycopg.Connection, _record: Any) -> None:
        self.held.clear()
        self._joined.clear()
        self.lost()
        for name, value in SETTINGS.items():
            connection.execute(
                "SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s", (value, name)
            )
        connection.commit()

    def take(self, db: Session, duty: str) -> bool:
        """Take on a duty, if nobody else has it."""
        if duty not in self.held and (not self.shared or db.scalar(TAKE, _named(duty))):
            self.held.add(duty)
        return duty in self.held

    def give_back(self, db: Session, duty: str) -> None:
        """Leave a duty to the next."""
        if duty in self.held and self.shared:
            db.execute(GIVE_BACK, _named(duty))
        self.held.discard(duty)

    def doers(self, db: Session, work: str) -> int:
        """Join those who share a kind of work; how many they are."""
        if not self.shared:
            return 1
        if work not in self._joined:
            db.execute(JOIN, _named(work))
            self._joined.add(work)
        return int(db.scalar(DOERS, _named(work)) or 1)


def _named(duty: str) -> dict[str, int]:
    return {"ours": OURS, "duty": crc32(duty.encode()) & 0x7FFFFFFF}
