"""The bell between programs on one PostgreSQL: who writes what another one sends, rings."""

import secrets

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from db.store import LINE, Unavailable

CHANNEL = "mentornet"
RING = text(f"SELECT pg_notify('{CHANNEL}', :us)")


class Bell:
    """This program's end of it. It is heard on a connection of its own, at whose file it can be waited."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._us = secrets.token_hex(8)
        self._connection: psycopg.Connection | None = None
        self._closed = False

    def ring(self, db: Session) -> None:
        """Ring at the others once this is committed."""
        db.connection().execute(RING, {"us": self._us})

    def open(self) -> int:
        """Begin to listen; the number of the file that is readable when somebody has rung. May take some
        seconds. Raises Unavailable."""
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
            raise Unavailable("The bell between programs cannot be heard.") from None

    def rung(self) -> bool:
        """Whether another one has rung since the last time. Raises Unavailable when the line is lost."""
        assert self._connection is not None, "it is open"
        try:
            who = {each.payload for each in self._connection.notifies(timeout=0)}
            return bool(who - {self._us})
        except psycopg.Error:
            raise Unavailable("The bell between programs is not heard any more.") from None

    def close(self) -> None:
        """Listen no more, also where it is being opened."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()
