"""Rows that a turn decides about: locked until it ends, so that turns in other programs decide after it."""

from typing import TypeVar

from sqlalchemy.orm import Session

from db.models import Base

Row = TypeVar("Row", bound=Base)


class StaleRead(Exception):
    """What a turn read at its beginning has changed since: the turn has to run again."""


def lock_row(db: Session, kind: type[Row], key: int) -> Row | None:
    """Lock a row and read it afresh; other programs wait until this turn ends. Return None where there is no
    such row.

    PostgreSQL's weaker lock is enough: others may still refer to the row. SQLite has one writer anyway.
    """
    db.flush()
    lock = {"key_share": True, "of": kind}
    return db.get(kind, key, with_for_update=lock, populate_existing=True)
