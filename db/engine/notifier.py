"""What programs on one PostgreSQL tell each other: that there is something to send (LISTEN and NOTIFY)."""

import secrets

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from db.faults import Unavailable
from db.store import LINE

CHANNEL = "mentornet"
NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', :us)")


class Notifier:
    """Notifies the other programs, and listens to them on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._us = secrets.token_hex(8)
        self._connection: psycopg.Connection | None = None
        self._closed = False

    def notify(self, db: Session) -> None:
        """Notify the other programs once this transaction is committed."""
        db.connection().execute(NOTIFY, {"us": self._us})

    def open(self) -> int:
        """Begin to listen; return the number of a file that can be read when another program has notified us.
        May take some seconds. Raises Unavailable."""
        if self._connection is not None:
            self._connection.close()  # it was lost
        _, address = self._engine.dialect.create_connect_args(self._engine.url)
        try:
            self._connection = psycopg.connect(**{**address, **LINE}, autocommit=True)
            if self._closed:
                self._connection.close()
            self._connection.execute(f"LISTEN {CHANNEL}")
            return self._connection.fileno()
        except psycopg.Error:
            raise Unavailable("The other programs cannot be listened to.") from None

    def notified(self) -> bool:
        """Whether another program has notified us since the last call. Raises Unavailable when the connection
        is lost."""
        assert self._connection is not None, "it is open"
        try:
            who = {each.payload for each in self._connection.notifies(timeout=0)}
            return bool(who - {self._us})
        except psycopg.Error:
            raise Unavailable("The other programs are no longer listened to.") from None

    def close(self) -> None:
        """Stop listening, even while `open` is under way."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()
