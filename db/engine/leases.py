"""Leases: what only one program does at a time, of all those that work on one database.

On PostgreSQL a lease is an advisory lock on the very connection on which the program works. A program that
loses the connection loses its leases before it can do anything else, and PostgreSQL gives them to the next.
"""

from collections.abc import Callable
from typing import Any
from zlib import crc32

import psycopg
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from db.store import OURS

SETTINGS = {
    # What `store.LINE` is on our side, this is on PostgreSQL's: it soon releases what a lost program held.
    "tcp_keepalives_idle": "5s",
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
    # A program that is stuck loses its connection, and its leases with it.
    "idle_session_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
}
TAKE = text("SELECT pg_try_advisory_lock(:ours, :lease)")
RELEASE = text("SELECT pg_advisory_unlock(:ours, :lease)")
JOIN = text("SELECT pg_try_advisory_lock_shared(:ours, :lease)")
WORKERS = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE datname = current_database() AND locktype = 'advisory' AND granted "
    "AND classid::bigint = :ours AND objid::bigint = :lease"
)


class Leases:
    """The leases that this program holds. On SQLite there is no other program, and it gets all it takes.

    `lost` is called when there is a new connection after a lost one, before anything is done on it.
    """

    def __init__(self, engine: Engine) -> None:
        self.shared = engine.dialect.name != "sqlite"
        self.held: set[str] = set()
        self.lost: Callable[[], None] = lambda: None
        self._joined: set[str] = set()
        self._connection: psycopg.Connection | None = None
        if self.shared:
            engine.dispose()  # a connection from before would not have our settings
            event.listen(engine, "connect", self._connected)

    def _connected(self, connection: psycopg.Connection, _record: Any) -> None:
        alone = self._connection is None or self._connection.closed
        assert alone, "the leases are on the one connection; who works beside it has an engine of its own"
        self._connection = connection
        self.held.clear()
        self._joined.clear()
        self.lost()
        for name, value in SETTINGS.items():
            connection.execute(
                "SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s", (value, name)
            )
        connection.commit()

    def take(self, db: Session, lease: str) -> bool:
        """Take a lease unless another program holds it; return whether it is ours."""
        if lease not in self.held and (not self.shared or db.scalar(TAKE, _named(lease))):
            self.held.add(lease)
        return lease in self.held

    def release(self, db: Session, lease: str) -> None:
        """Release a lease for another program."""
        if lease in self.held and self.shared:
            db.execute(RELEASE, _named(lease))
        self.held.discard(lease)

    def workers(self, db: Session, work: str) -> int:
        """Join the programs that share a kind of work; return how many there are."""
        if not self.shared:
            return 1
        if work not in self._joined:
            db.execute(JOIN, _named(work))
            self._joined.add(work)
        return int(db.scalar(WORKERS, _named(work)) or 1)


def _named(lease: str) -> dict[str, int]:
    return {"ours": OURS, "lease": crc32(lease.encode()) & 0x7FFFFFFF}
