"""Rows that a turn decides about: held until it is over, so that turns in other programs decide after it."""

from typing import TypeVar

from sqlalchemy.orm import Session

from db.models import Base

Row = TypeVar("Row", bound=Base)


class OnceMore(Exception):
    """What a turn began with is not so any more: it has to begin anew."""


def hold(db: Session, kind: type[Row], key: int) -> Row | None:
    """A row as it is now, and stays for everybody else until this transaction ends: who holds it as well
    waits. None where there is none.

    PostgreSQL's weaker lock is enough, which does not keep others from referring to the row; SQLite has one
    writer anyway.
    """
    db.flush()
    lock = {"key_share": True, "of": kind}
    return db.get(kind, key, with_for_update=lock, populate_existing=True)
