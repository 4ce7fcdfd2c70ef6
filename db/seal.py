"""The key of an installation: where it is, and whether it is the one with which a database was sealed."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.orm import Session

from db import files, shape, store
from db.faults import Unavailable
from db.models import Proof
from db.models.sealed import Seal, WrongKey, give

SHORTEST = 32
"""Characters of a key: as many as there are bytes of AES-256, so that a random one is as good."""


class WrongSeal(Unavailable):
    """What is sealed in the database cannot be opened. `str()` says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Key:
    """The key that the operator has `given`, else the one in the file at `path`, which is made where there is
    none."""

    given: str
    path: Path

    def __repr__(self) -> str:
        return f"Key({self.path})"

    def words(self) -> str | None:
        """Return the key; None where there is none yet. Raises Unavailable."""
        if self.given:
            return self.given
        try:
            words = self.path.read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise Unavailable(f"The key of what is sealed cannot be read ({self.path}): {why}.") from None
        if len(words) < SHORTEST:
            raise WrongSeal(f"The file {self.path} holds no key: put back the one from your backup.")
        return words

    def put(self, words: str) -> None:
        """Write the key into its file, which is made for us alone. Raises Unavailable."""
        try:
            self.path.touch(0o600, exist_ok=False)
            self.path.write_text(f"{words}\n", "utf-8")
        except OSError as error:
            raise Unavailable(
                f"The key of what is sealed cannot be written to {self.path}: {error.strerror}."
            ) from None

    def is_open_to_others(self) -> bool:
        """Whether the rights of its file let others read it."""
        return not self.given and os.access(self.path, os.F_OK) and bool(files.open_to_others([self.path]))


def unlock(engine: Engine, key: Key) -> None:
    """Let an engine open and seal with a key, whose file nobody else may read from then on. At the first
    start the key is made, and a proof of it is kept in the database, by which any other program knows whether
    it has the same. Raises WrongSeal and Unavailable."""
    with store.reached(engine) as connection:
        shape.lock(connection)  # of programs that start together, one makes the proof
        words, sealed = key.words(), is_sealed(connection)
        if words is None and sealed:
            raise WrongSeal(missing(key))
        if words is None:
            words = _new(key)
        elif key.is_open_to_others():
            files.narrow([key.path])
        give(engine, Seal(words))
        if not sealed:
            connection.execute(insert(Proof).values(words=secrets.token_hex(8)))
        elif not _opens(connection):
            raise WrongSeal(wrong(key))


def renew(db: Session, key: Key) -> None:
    """Seal with a key from now on, of which a proof is kept: the one that is there, else a new one. What was
    sealed before must be gone. Raises WrongSeal and Unavailable."""
    give(db.get_bind().engine, Seal(key.words() or _new(key)))
    db.add(Proof(words=secrets.token_hex(8)))
    db.flush()


def _new(key: Key) -> str:
    words = secrets.token_urlsafe(SHORTEST)
    key.put(words)
    return words


def lend(db: Session, words: str | None) -> None:
    """Let the engine of a session open and seal with a key, for one piece of work; with none, nothing."""
    if words is not None:
        give(db.get_bind().engine, Seal(words))


def missing(key: Key) -> str:
    """Return what is said where the key is gone."""
    return (
        f"The key of what is sealed is missing ({key.path}): put it back from your backup, or copy it from "
        "another program that works on this database. Nothing else can open what people have reported. If it "
        "is lost for good, `mentornet newkey` says what that means."
    )


def wrong(key: Key) -> str:
    """Return what is said where there is another key."""
    where = "privacy.key" if key.given else key.path
    return (
        f"The key of what is sealed ({where}) is not the one with which this database was sealed: put that "
        "one back from your backup. Programs that share a database need the same key."
    )


def fits(connection: Connection, key: Key) -> bool | None:
    """Return whether a key opens what is sealed in a database of this program's shape; None where nothing is
    sealed there yet, or there is no key. Raises Unavailable."""
    words = key.words()
    if words is None or not is_sealed(connection):
        return None
    give(connection.engine, Seal(words))
    return _opens(connection)


def is_sealed(connection: Connection) -> bool:
    """Whether anything was sealed in a database."""
    return connection.scalar(select(Proof.id).limit(1)) is not None


def _opens(connection: Connection) -> bool:
    try:
        connection.scalars(select(Proof.words)).all()
    except WrongKey:
        return False
    return True
