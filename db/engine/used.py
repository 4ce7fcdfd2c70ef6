"""Messages whose words went into something: a later change of them is too late, and that is said."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Used
from db.old import Forgotten, Old

INSERT_SQLITE, INSERT_POSTGRESQL = sqlite.insert(Used), postgresql.insert(Used)
INSERT = {
    "sqlite": INSERT_SQLITE.on_conflict_do_update(
        index_elements=["message"], set_={"digest": INSERT_SQLITE.excluded.digest}
    ),
    "postgresql": INSERT_POSTGRESQL.on_conflict_do_update(
        index_elements=["message"], set_={"digest": INSERT_POSTGRESQL.excluded.digest}
    ),
}


def row(message: str, words: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Return the columns of a message that was used; `by` names the handler that used it."""
    return {"message": message, "handler": by, "digest": _digest(message, words), "at": now}


def note(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Note that messages were used."""
    if kept := list(rows):
        connection.execute(INSERT[connection.dialect.name], kept)


def by_whom(db: Session, message: str, words: str) -> str | None:
    """Return the handler that used a message, where its words have changed since; None where nobody used it,
    or its words are the same."""
    used = db.get(Used, message)
    return used.handler if used is not None and used.digest != _digest(message, words) else None


def is_same(db: Session, message: str, words: str) -> bool:
    """Whether a message was used with these very words."""
    used = db.get(Used, message)
    return used is not None and used.digest == _digest(message, words)


def forget(db: Session, old: Old) -> Forgotten:
    """Delete those that are too old."""
    return old.forget(db, delete(Used), Used.at, Used.message)


def _digest(message: str, words: str) -> str:
    """Return the digest of words, salted by the message that brought them."""
    return hashlib.blake2b(
        words.encode(errors="replace"), key=message.encode()[-64:], digest_size=16
    ).hexdigest()
